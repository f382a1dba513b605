"""Qualification documents that nobody has: specimens drawn on the spot, SPECIMEN across each (REL-4).

Everything on them is invented; the numbers are those of the sample's fields, so that a reviewer can
compare them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.core.files.base import ContentFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw, ImageFont

from accounts.models import Account
from releases.qualifications import Slot

SIZE: Final = (900, 1200)
PREVIEW: Final = (720, 1280)
MARGIN: Final = 90
PAPER: Final = "#fdfcf7"
NIGHT: Final = "#1d2b4a"
LANTERN: Final = "#f2a03d"
INK: Final = "#23302b"
FAINT: Final = "#7d8b85"
SEAL: Final = "#b8322a"

# The font that is at hand has Latin letters only, so what is drawn is English in every language.
TITLES: Final = {
    "edition_number": ("Approval", "Edition Number of a Game"),
    "culture_record": ("Record Information", "Ministry of Culture"),
    "software_copyright": ("Registration Certificate", "Computer Software Copyright"),
    "self_review": ("Report", "Game Self-review and Self-examination"),
}


@dataclass(frozen=True)
class Sample:
    """What fills a slot: its button, whether it is right, and whether its numbers are."""

    label: Promise
    is_valid: bool


SAMPLES: Final[Mapping[str, Sample]] = {
    "specimen": Sample(_("Specimen with its fields"), True),
    "wrong": Sample(_("With a wrong number"), False),
    "pdf": Sample(_("A PDF"), False),
}


def upload(key: str, account: Account, slot: Slot) -> ContentFile[bytes]:
    """Return the file of a sample as if somebody had chosen it."""
    if key == "pdf":
        return ContentFile(b"%PDF-1.7\n%%EOF\n", f"{slot.name}.pdf")
    return ContentFile(document(account, slot, fields_of(key, slot)), f"{slot.name}-{key}.png")


def fields_of(key: str, slot: Slot) -> dict[str, str]:
    """Return what a sample types beside its picture."""
    return slot.mistakes() if key == "wrong" else slot.examples()


def document(account: Account, slot: Slot, fields: Mapping[str, str]) -> bytes:
    """Return a PNG that stands for the document of this slot."""
    page = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(page)
    draw.rectangle((40, 40, SIZE[0] - 40, SIZE[1] - 40), outline=FAINT, width=3)
    draw.rectangle((52, 52, SIZE[0] - 52, SIZE[1] - 52), outline=FAINT)
    title, under = TITLES[slot.name]
    draw.text((SIZE[0] / 2, 150), title, font=_font(54), fill=INK, anchor="mm")
    draw.text((SIZE[0] / 2, 215), under, font=_font(28), fill=INK, anchor="mm")
    draw.text(
        (SIZE[0] / 2, 262), "Simulation: nothing on this page exists", font=_font(22), fill=FAINT, anchor="mm"
    )
    rows = {
        "Game": _drawable(account.name),
        "Entity": _drawable(account.entity.name if account.entity else ""),
        **{name.replace("_", " ").capitalize(): value for name, value in fields.items()},
        "Valid": "In this simulation only",
    }
    top = 340
    for label, value in rows.items():
        draw.text((MARGIN, top), label, font=_font(24), fill=FAINT)
        draw.text((MARGIN, top + 34), value, font=_font(30), fill=INK)
        top += 104
    _seal(draw, (SIZE[0] - 230, SIZE[1] - 220))
    _across(page)
    return _png(page)


def preview(account: Account, number: int) -> bytes:
    """Return a PNG that stands for a screenshot of the game; each `number` looks another way."""
    page = Image.new("RGB", PREVIEW, NIGHT)
    draw = ImageDraw.Draw(page)
    for nth in range(7):
        x, y = 90 + (nth * 173 + number * 61) % 560, 180 + (nth * 137 + number * 97) % 820
        draw.line((x, 0, x, y - 46), fill=FAINT, width=2)
        draw.ellipse((x - 46, y - 46, x + 46, y + 46), fill=LANTERN)
    draw.text((PREVIEW[0] / 2, 90), _drawable(account.name), font=_font(40), fill=PAPER, anchor="mm")
    draw.text((PREVIEW[0] / 2, 1190), f"Specimen preview {number}", font=_font(26), fill=PAPER, anchor="mm")
    return _png(page)


def _seal(draw: ImageDraw.ImageDraw, centre: tuple[int, int]) -> None:
    x, y = centre
    draw.ellipse((x - 90, y - 90, x + 90, y + 90), outline=SEAL, width=6)
    draw.regular_polygon((x, y, 30), 5, fill=SEAL)
    draw.text((x, y + 60), "DEMO", font=_font(24), fill=SEAL, anchor="mm")


def _across(page: Image.Image) -> None:
    """Write SPECIMEN across the page, corner to corner."""
    strip = Image.new("L", (1300, 240))
    ImageDraw.Draw(strip).text((650, 120), "SPECIMEN", font=_font(210), fill=70, anchor="mm")
    turned = strip.rotate(50, expand=True)
    place = ((page.width - turned.width) // 2, (page.height - turned.height) // 2)
    page.paste(Image.new("RGB", turned.size, SEAL), place, turned)


def _drawable(text: str) -> str:
    """Return the text if the font has its letters, else what stands for it."""
    return text if text.isascii() else "(as registered)"


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _png(page: Image.Image) -> bytes:
    saved = io.BytesIO()
    page.save(saved, "png")
    return saved.getvalue()
