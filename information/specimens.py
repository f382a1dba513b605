"""Pictures that nobody has: a proof with SPECIMEN across it, a photo to begin with, and broken ones."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw, ImageFont

from accounts.models import Account

PAPER, INK, FAINT, STAMP = "#fdfcf7", "#23302b", "#7d8b85", "#b8322a"
PROOF_SIZE: Final = (700, 940)
PHOTO_SIZE: Final = (640, 420)

# Grounds and shapes of photos that tell each other apart; none is a colour of the platform family.
COLOURS: Final = (
    ("#f4c95d", "#2f4858"),
    ("#33658a", "#f6f7eb"),
    ("#f26419", "#fff3e0"),
    ("#5b5f97", "#ffc145"),
    ("#2a9d8f", "#fdf0d5"),
)


def proof(account: Account) -> bytes:
    """Return a PNG that stands for any proof, with SPECIMEN across it.

    The font at hand has Latin letters only, so what is drawn is English in every language.
    """
    page = Image.new("RGB", PROOF_SIZE, PAPER)
    draw = ImageDraw.Draw(page)
    width, height = PROOF_SIZE
    draw.rectangle((32, 32, width - 32, height - 32), outline=FAINT, width=3)
    draw.text((width / 2, 130), "Proof", font=ImageFont.load_default(54), fill=INK, anchor="mm")
    lines = (
        "Simulation: nothing on this page exists",
        "",
        f"Holder: {_drawable(str(account.entity or ''))}",
        f"Account: {account.appid or ''}",
        "Valid: in this simulation only",
    )
    for number, line in enumerate(lines):
        draw.text((80, 220 + 62 * number), line, font=ImageFont.load_default(26), fill=INK)
    centre = (width - 190, height - 200)
    draw.circle(centre, 84, outline=STAMP, width=6)
    draw.text(centre, "DEMO", font=ImageFont.load_default(30), fill=STAMP, anchor="mm")
    strip = Image.new("L", (1100, 200))
    ImageDraw.Draw(strip).text((550, 100), "SPECIMEN", font=ImageFont.load_default(160), fill=70, anchor="mm")
    turned = strip.rotate(52, expand=True)
    place = ((width - turned.width) // 2, (height - turned.height) // 2)
    page.paste(Image.new("RGB", turned.size, STAMP), place, turned)
    return _png(page)


def photo(account: Account) -> bytes:
    """Return a PNG of a paper kite, wider than high, its colours by the account's AppID."""
    turn = hashlib.sha256((account.appid or "").encode()).digest()[0]
    ground, shape = COLOURS[turn % len(COLOURS)]
    drawn = Image.new("RGB", PHOTO_SIZE, ground)
    draw = ImageDraw.Draw(drawn)
    x, y = PHOTO_SIZE[0] // 2, PHOTO_SIZE[1] // 2 - 20
    draw.polygon([(x, y - 130), (x + 100, y), (x, y + 130), (x - 100, y)], fill=shape)
    draw.line([(x, y - 130), (x, y + 130)], fill=ground, width=8)
    draw.line([(x - 100, y), (x + 100, y)], fill=ground, width=8)
    draw.line([(x, y + 130), (x + 26, y + 162), (x - 12, y + 190)], fill=shape, width=8)
    return _png(drawn)


def _drawable(text: str) -> str:
    """Return the text if the font has its letters, else what stands for it."""
    return text if text.isascii() else "(as registered)"


def _png(page: Image.Image) -> bytes:
    saved = io.BytesIO()
    page.save(saved, "png")
    return saved.getvalue()


@dataclass(frozen=True)
class Sample:
    """A file that a button uploads: its label, whether it is taken, its name, and what it holds."""

    label: Promise
    valid: bool
    name: str
    make: Callable[[Account], bytes]

    def upload(self, account: Account) -> SimpleUploadedFile:
        """Return it as if somebody had chosen it."""
        return SimpleUploadedFile(self.name, self.make(account))


BROKEN: Final[Mapping[str, Sample]] = {
    "pdf": Sample(_("A PDF"), False, "scan.pdf", lambda _account: b"%PDF-1.7\n%%EOF\n"),
    "half": Sample(_("Half a picture"), False, "half.png", lambda account: photo(account)[:1000]),
    "page": Sample(
        _("A web page called .png"),
        False,
        "page.png",
        lambda _account: b"<!doctype html><title>Not a picture</title>",
    ),
}
PROOFS: Final[Mapping[str, Sample]] = {
    "specimen": Sample(_("Use the specimen"), True, "specimen.png", proof),
    **BROKEN,
}
PHOTOS: Final[Mapping[str, Sample]] = {
    "kite": Sample(_("A paper kite"), True, "kite.png", photo),
    **BROKEN,
}
