"""Four characters in a picture, which a person reads and a simple program does not.

Where a challenge is kept, how often it may be tried and that it is used once is the form's matter.
"""

import hmac
import io
import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFont

LENGTH = 4
# Without look-alikes: 0 O D Q, 1 I L, 2 Z, 5 S, 6 G, 7 (a leaning T), 8 B, U V W.
ALPHABET = "ACEFHJKMNPRTXY349"

WIDTH, HEIGHT = 240, 88  # pixels; the page lays it out at 120 x 44
# The look's text on its sunken surface (tokens.css: --gr-text, --gr-sunken).
INK = (0x1B, 0x23, 0x20)
SUNKEN = (0xF7, 0xF8, 0xF8)

# Drawn twice as large and reduced at the end, so that letters and lines have smooth edges.
_FINE = 2
_SIZE = (WIDTH * _FINE, HEIGHT * _FINE)
_STRIP = 16  # width of the strips that a wave bends


@dataclass(frozen=True)
class Challenge:
    """What the picture says."""

    answer: str

    @classmethod
    def fresh(cls, rng: Random) -> "Challenge":
        """Return a new challenge; what guards a door passes `secrets.SystemRandom()`."""
        return cls("".join(rng.choice(ALPHABET) for _place in range(LENGTH)))

    def accepts(self, typed: str) -> bool:
        """Return whether `typed` is the answer, in whatever case or width, in constant time.

        A challenge without its four characters accepts nothing.
        """
        if len(self.answer) != LENGTH or len(typed) > 4 * LENGTH:
            return False
        read = "".join(unicodedata.normalize("NFKC", typed).upper().split())
        return hmac.compare_digest(read.encode(errors="replace"), self.answer.encode())


def draw(text: str, rng: Random) -> bytes:
    """Return `text`, four characters or so, as a distorted PNG of WIDTH x HEIGHT pixels."""
    ink = Image.new("L", _SIZE, 0)
    cell = (_SIZE[0] - 48) / len(text)
    for place, character in enumerate(text):
        glyph = _glyph(character, rng)
        left = 24 + cell * (place + 0.5) - glyph.width / 2 + rng.uniform(-10, 10)
        top = (_SIZE[1] - glyph.height) / 2 + rng.uniform(-12, 12)
        layer = Image.new("L", _SIZE, 0)
        layer.paste(glyph, (round(left), round(top)))
        ink = ImageChops.lighter(ink, layer)
    ink = _waved(ink, rng)
    _strike(ink, rng)
    # Sixteen shades are enough: they are the palette's steps from the ground to the ink.
    shades = ink.reduce(_FINE).point([level // 16 for level in range(256)])
    picture = Image.frombytes("P", shades.size, shades.tobytes())
    picture.putpalette(
        [
            round(ground + (colour - ground) * step / 15)
            for step in range(16)
            for ground, colour in zip(SUNKEN, INK, strict=True)
        ]
    )
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _glyph(character: str, rng: Random) -> Image.Image:
    """Return one character, leaning and turned, white on black, cut to its own size."""
    side, middle = 240, 120
    layer = Image.new("L", (side, side), 0)
    ImageDraw.Draw(layer).text(
        (middle, middle),
        character,
        fill=255,
        font=_font(rng.randrange(112, 132, 4)),
        anchor="mm",
        stroke_width=2,
    )
    lean = rng.uniform(-0.2, 0.2)
    layer = layer.transform(
        layer.size,
        Image.Transform.AFFINE,
        (1, lean, -middle * lean, 0, 1, 0),
        resample=Image.Resampling.BILINEAR,
    )
    layer = layer.rotate(rng.uniform(-15, 15), resample=Image.Resampling.BILINEAR)
    return layer.crop(layer.getbbox())


def _waved(ink: Image.Image, rng: Random) -> Image.Image:
    """Return the picture bent along a wave across its whole width."""
    depth, length, start = rng.uniform(6, 11), rng.uniform(150, 260), rng.uniform(0, math.tau)

    def rise(x: int) -> float:
        return depth * math.sin(start + math.tau * x / length)

    bottom = _SIZE[1]
    strips = []
    for left in range(0, _SIZE[0], _STRIP):
        right = left + _STRIP
        corners = (
            left, rise(left), left, bottom + rise(left),
            right, bottom + rise(right), right, rise(right),
        )  # fmt: skip
        strips.append(((left, 0, right, bottom), corners))
    return ink.transform(ink.size, Image.Transform.MESH, strips, resample=Image.Resampling.BILINEAR)


def _strike(ink: Image.Image, rng: Random) -> None:
    """Draw a line of ground and a line of ink across the letters, and specks around them."""
    pen = ImageDraw.Draw(ink)
    for shade, width in ((0, 4), (255, 6)):
        middle, depth = rng.uniform(60, 116), rng.uniform(16, 32)
        length, start = rng.uniform(320, 600), rng.uniform(0, math.tau)
        curve = [
            (x, middle + depth * math.sin(start + math.tau * x / length)) for x in range(-8, _SIZE[0] + 9, 4)
        ]
        pen.line(curve, fill=shade, width=width, joint="curve")
    for _speck in range(28):
        x, y, radius = rng.uniform(0, _SIZE[0]), rng.uniform(0, _SIZE[1]), rng.uniform(1.5, 3)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=150)
