"""The pictures of Mini Program codes: QR codes in Greenroom's own look, for the simulated phones.

Every phone reads them: the corners and the quiet zone are those of any QR code, and what the photo in
the middle covers is far less than the code can lose.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Final

import segno
from PIL import Image, ImageDraw

BLACK: Final = (0, 0, 0)
ACCENT: Final = (18, 140, 84)  # where the caller leaves the colour to us
QUIET: Final = 4  # modules around the code
WIDTHS: Final = (280, 1280)  # pixels; what is asked below or above is drawn at the nearer one
DEFAULT_WIDTH: Final = 430
FINDER: Final = 7  # modules of a corner's side
PHOTO: Final = 0.22  # of the code's side
_FINEST: Final = 2  # how much larger it is drawn, for smooth edges

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """How a code is drawn: `width` in pixels, `dots` instead of squares, no `ground` if it is see-through."""

    width: int = DEFAULT_WIDTH
    ink: Colour = BLACK
    dots: bool = True
    transparent: bool = False

    @property
    def content_type(self) -> str:
        """Return what the picture is."""
        return "image/png" if self.transparent else "image/jpeg"


def drawn(address: str, look: Look, photo: bytes = b"") -> bytes:
    """Return the picture of a code that a phone opens `address` by; `photo` (a PNG) lies in its middle."""
    matrix = segno.make(address, error="h", micro=False).matrix
    side = len(matrix) + 2 * QUIET
    module = -(-look.width * _FINEST // side)
    image = Image.new("RGBA", (side * module, side * module), (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    gap = module * 0.06 if look.dots else 0
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark and not _is_taken(row, column, len(matrix), photo=bool(photo)):
                left, top = (column + QUIET) * module, (row + QUIET) * module
                box = (left + gap, top + gap, left + module - 1 - gap, top + module - 1 - gap)
                (pen.ellipse if look.dots else pen.rectangle)(box, fill=look.ink)
    for row, column in ((0, 0), (0, len(matrix) - FINDER), (len(matrix) - FINDER, 0)):
        _draw_corner(pen, (column + QUIET) * module, (row + QUIET) * module, module, look)
    if photo:
        _lay(image, photo)
    small = image.resize((look.width, look.width), Image.Resampling.LANCZOS)
    saved = io.BytesIO()
    if look.transparent:
        small.save(saved, "PNG")
    else:
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        ground.save(saved, "JPEG", quality=92)
    return saved.getvalue()


def within(width: int | None) -> int:
    """Return the width that is drawn for one asked for."""
    least, most = WIDTHS
    return DEFAULT_WIDTH if width is None else min(max(width, least), most)


def _is_taken(row: int, column: int, size: int, *, photo: bool) -> bool:
    """Return whether a module belongs to one of the three corners, or lies under the photo."""
    far, middle = size - FINDER, (size - 1) / 2
    if (row < FINDER and (column < FINDER or column >= far)) or (row >= far and column < FINDER):
        return True
    covered = (size + 2 * QUIET) * PHOTO / 2 + 0.4
    return photo and math.hypot(row - middle, column - middle) < covered


def _draw_corner(pen: ImageDraw.ImageDraw, left: int, top: int, module: int, look: Look) -> None:
    """Draw one of the three squares by which a phone finds the code: a ring and its middle."""
    for inset, colour in ((0, (*look.ink, 255)), (1, (255, 255, 255, 0)), (2, (*look.ink, 255))):
        box = [left + inset * module, top + inset * module]
        box += [left + (FINDER - inset) * module - 1, top + (FINDER - inset) * module - 1]
        radius = module * (1 - inset * 0.2) if look.dots else 0
        pen.rounded_rectangle(box, radius=radius, fill=colour)


def _lay(image: Image.Image, photo: bytes) -> None:
    """Lay a round photo with a white rim into the middle."""
    side = round(image.width * PHOTO)
    rim = round(side * 0.08)
    with Image.open(io.BytesIO(photo)) as kept:
        small = kept.convert("RGB").resize((side - 2 * rim, side - 2 * rim), Image.Resampling.LANCZOS)
    left = (image.width - side) // 2
    ImageDraw.Draw(image).ellipse((left, left, left + side, left + side), fill="white")
    mask = Image.new("L", small.size, 0)
    ImageDraw.Draw(mask).ellipse((0, 0, small.width - 1, small.height - 1), fill=255)
    image.paste(small, (left + rim, left + rim), mask)
