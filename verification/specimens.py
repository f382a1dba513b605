"""Documents that nobody has: specimens drawn on the spot, and the template of the application letter.

Everything on them is invented, and SPECIMEN stands across each.
"""

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
from verification.materials import Slot

TEMPLATE: Final = "letter-template"

SIZE: Final = (900, 1200)
MARGIN: Final = 90
PAPER: Final = "#fdfcf7"
INK: Final = "#23302b"
FAINT: Final = "#7d8b85"
SEAL: Final = "#b8322a"

# The font that is at hand has Latin letters only, so what is drawn is English in every language.
TITLES: Final = {
    "licence": "Business Licence",
    "certificate": "Registration Certificate",
    "media_licence": "Media Licence",
    "letter": "Application Letter",
    "other": "Supporting Document",
}


def specimen(account: Account, slot: str) -> bytes:
    """Return a PNG that stands for the document of this slot, with SPECIMEN across it."""
    return _png(_page(account, slot, signed=True))


def letter_template(account: Account) -> bytes:
    """Return the application letter as a PNG, to be signed and sealed."""
    return _png(_page(account, "letter", signed=False))


def _page(account: Account, slot: str, *, signed: bool) -> Image.Image:
    page = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(page)
    draw.rectangle((40, 40, SIZE[0] - 40, SIZE[1] - 40), outline=FAINT, width=3)
    draw.rectangle((52, 52, SIZE[0] - 52, SIZE[1] - 52), outline=FAINT)
    draw.text((SIZE[0] / 2, 150), TITLES[slot], font=_font(52), fill=INK, anchor="mm")
    draw.text(
        (SIZE[0] / 2, 215), "Simulation: nothing on this page exists", font=_font(22), fill=FAINT, anchor="mm"
    )
    top = _letter(draw, account) if slot == "letter" else _facts(draw, account)
    draw.text((MARGIN, top + 60), "Signature", font=_font(24), fill=FAINT)
    draw.line((MARGIN, top + 150, MARGIN + 300, top + 150), fill=INK, width=2)
    draw.text((SIZE[0] - 330, top + 60), "Seal of the entity", font=_font(24), fill=FAINT)
    if signed:
        signature = _drawable(account.administrator.name)
        draw.text((MARGIN + 20, top + 100), signature, font=_font(36), fill="#2c4f8c")
        _seal(draw, (SIZE[0] - 230, top + 170))
        _across(page, "SPECIMEN")
    return page


def _facts(draw: ImageDraw.ImageDraw, account: Account) -> int:
    """Draw what a register says about the entity; return where it ends."""
    rows = {
        "Name": _drawable(account.entity.name if account.entity else ""),
        "Credit code": account.entity.number if account.entity else "",
        "Legal representative": _drawable(account.administrator.name),
        "Registered with": "Demonstration Register, region 99",
        "Valid": "In this simulation only",
    }
    top = 300
    for label, value in rows.items():
        draw.text((MARGIN, top), label, font=_font(24), fill=FAINT)
        draw.text((MARGIN, top + 36), value, font=_font(30), fill=INK)
        top += 110
    return top


def _letter(draw: ImageDraw.ImageDraw, account: Account) -> int:
    """Draw the letter's sentences; return where they end."""
    name = _drawable(account.entity.name if account.entity else "")
    lines = (
        "To the simulated platform",
        "",
        name,
        "applies for WeChat authentication of the account",
        account.appid or "",
        "and confirms that the materials are true",
        "and that the contact acts in its name.",
        "",
        f"Contact: {_drawable(account.administrator.name)}",
    )
    top = 300
    for line in lines:
        draw.text((MARGIN, top), line, font=_font(28), fill=INK)
        top += 56
    return top


def _seal(draw: ImageDraw.ImageDraw, centre: tuple[int, int]) -> None:
    x, y = centre
    draw.ellipse((x - 90, y - 90, x + 90, y + 90), outline=SEAL, width=6)
    draw.regular_polygon((x, y, 30), 5, fill=SEAL)
    draw.text((x, y + 60), "DEMO", font=_font(24), fill=SEAL, anchor="mm")


def _across(page: Image.Image, word: str) -> None:
    """Write a word across the page, corner to corner."""
    strip = Image.new("L", (1300, 240))
    ImageDraw.Draw(strip).text((650, 120), word, font=_font(210), fill=70, anchor="mm")
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


# --- samples to fill a slot with ----------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A file that fills a slot: its button, whether it is taken, what it is called and holds."""

    label: Promise
    valid: bool
    name: str
    make: Callable[[Account, str], bytes]

    def upload(self, account: Account, slot: Slot) -> ContentFile[bytes]:
        """Return it as if somebody had chosen it."""
        return ContentFile(self.make(account, slot.name), f"{slot.name}-{self.name}")


SAMPLES: Final[Mapping[str, Sample]] = {
    "specimen": Sample(_("Use the specimen"), True, "specimen.png", specimen),
    "pdf": Sample(_("A PDF"), False, "scan.pdf", lambda _account, _slot: b"%PDF-1.7\n%%EOF\n"),
    "half": Sample(
        _("Half a picture"), False, "half.png", lambda account, slot: specimen(account, slot)[:4000]
    ),
    "page": Sample(
        _("A web page called .png"),
        False,
        "page.png",
        lambda _account, _slot: b"<!doctype html><title>Not a picture</title>",
    ),
}
