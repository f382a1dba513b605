"""Documents that nobody has: licence and ID card, drawn on the spot, SPECIMEN across each (PAY-1)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.core.files.base import ContentFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw, ImageFont

from accounts.models import Account

SIZE: Final = (1000, 640)
MARGIN: Final = 70
PAPER: Final = "#fdfcf7"
INK: Final = "#23302b"
FAINT: Final = "#7d8b85"
SEAL: Final = "#b8322a"

# The font that is at hand has Latin letters only, so what is drawn is English in every language.
TITLES: Final = {
    "licence": "Document of the Entity",
    "id_front": "ID Card, front",
    "id_back": "ID Card, back",
}


def specimen(account: Account, slot: str) -> bytes:
    """Return a PNG that stands for the document of this slot. KeyError for a slot that there is not."""
    page = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(page)
    draw.rectangle((24, 24, SIZE[0] - 24, SIZE[1] - 24), outline=FAINT, width=3)
    draw.text((MARGIN, 60), TITLES[slot], font=_font(40), fill=INK)
    draw.text((MARGIN, 118), "Simulation: nothing on this page exists", font=_font(20), fill=FAINT)
    top = 180
    for label, value in _rows(account, slot).items():
        draw.text((MARGIN, top), label, font=_font(20), fill=FAINT)
        draw.text((MARGIN, top + 28), value, font=_font(28), fill=INK)
        top += 92
    _across(page)
    return _png(page)


def _rows(account: Account, slot: str) -> dict[str, str]:
    person = account.administrator
    if slot == "id_front":
        return {"Name": _drawable(person.name), "Number": person.id_number, "Portrait": "none"}
    if slot == "id_back":
        return {"Issued by": "Demonstration Bureau, region 99", "Valid": "In this simulation only"}
    return {
        "Name": _drawable(str(account.entity)),
        "Number": account.entity.number if account.entity else "",
        "Legal person": _drawable(person.name),
        "Registered with": "Demonstration Register, region 99",
    }


def _across(page: Image.Image) -> None:
    """Write SPECIMEN across the page."""
    strip = Image.new("L", (900, 180))
    ImageDraw.Draw(strip).text((450, 90), "SPECIMEN", font=_font(150), fill=70, anchor="mm")
    turned = strip.rotate(28, expand=True)
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


# --- samples to fill a slot with ----------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A file that fills a slot: its button, whether it is taken, what it is called and holds."""

    label: Promise
    valid: bool
    name: str
    make: Callable[[Account, str], bytes]

    def upload(self, account: Account, slot: str) -> ContentFile[bytes]:
        """Return it as if somebody had chosen it."""
        return ContentFile(self.make(account, slot), f"{slot}-{self.name}")


SAMPLES: Final[Mapping[str, Sample]] = {
    "specimen": Sample(_("Use the specimen"), True, "specimen.png", specimen),
    "pdf": Sample(_("A PDF"), False, "scan.pdf", lambda _account, _slot: b"%PDF-1.7\n%%EOF\n"),
    "half": Sample(
        _("Half a picture"), False, "half.png", lambda account, slot: specimen(account, slot)[:1000]
    ),
}
