"""Pictures that people upload: private files of their world, named by what they hold.

The row that names a picture is written after its file, so that no row ever points to nothing; a
file whose row was rolled back is nobody's: `kept_files.sweep` takes it away.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import struct
import tempfile
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.kernel.errors import Refused

FOLDER: Final = "media"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Picture:
    """A picture that was checked and re-encoded; `sha256` is of `content`, in hexadecimal."""

    content: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    name: str


def store(world_id: int, picture: Picture) -> None:
    """Keep a picture's content in its world, whole or not at all; the same content is kept once.

    Belongs inside an action that holds the world, before the row that names it.
    """
    keep(world_id, picture.sha256, picture.content)


def keep(world_id: int, sha256: str, content: bytes) -> None:
    """Keep any content under its name in its world, whole or not at all; packages lie beside pictures."""
    folder = _folder(world_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as fresh:
        try:
            fresh.write(content)
            fresh.flush()
            os.fsync(fresh.fileno())
            os.replace(fresh.name, path_of(world_id, sha256))
        except BaseException:
            Path(fresh.name).unlink(missing_ok=True)
            raise


def load(world_id: int, sha256: str) -> bytes:
    """Return the content of a kept picture. Raises FileNotFoundError."""
    return path_of(world_id, sha256).read_bytes()


def path_of(world_id: int, sha256: str) -> Path:
    """Return the file of a picture; ValueError for what is no SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("a picture is named by its SHA-256")
    return _folder(world_id) / sha256


def forget(world_id: int) -> None:
    """Delete every picture of a world when the transaction that empties it commits.

    Belongs inside it, with the world held alone: what is there now goes, and what people upload
    as soon as the world is theirs again stays.
    """
    kept = {path: path.stat().st_ino for path in _folder(world_id).glob("*")}
    transaction.on_commit(lambda: _remove(_folder(world_id), kept))


def _remove(folder: Path, kept: dict[Path, int]) -> None:
    for path, inode in kept.items():
        if path.exists() and path.stat().st_ino == inode:
            path.unlink(missing_ok=True)
    with suppress(OSError):  # not there, or somebody has uploaded again
        folder.rmdir()


def _folder(world_id: int) -> Path:
    return root() / str(world_id)


def root() -> Path:
    """Return the folder that holds a folder for each world."""
    return Path(settings.DATA_DIR) / FOLDER


# --- reading an upload --------------------------------------------------------------------

FORMATS: Final = ("JPEG", "PNG", "GIF", "BMP")
MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = 2 * MEGABYTE  # of one file (console-rules 3.3)
MOST_PIXELS: Final = 24_000_000
LONGEST_SIDE: Final = 3000  # of what is kept, in pixels
LONGEST_NAME: Final = 80

# A picture at the limit takes some 200 MB while it is drawn: no more than two at once in a process.
_TABLE: Final = threading.BoundedSemaphore(2)

# What people send instead of a picture: how its first bytes look, and what to tell them.
_OTHERS: Final = (
    (re.compile(rb"%PDF-"), gettext_lazy("This is a PDF. Save each page as a JPEG or PNG and choose that.")),
    (
        re.compile(rb"PK\x03\x04|PK\x05\x06"),
        gettext_lazy("This is a ZIP archive or an office document. Choose a JPEG, PNG, GIF or BMP."),
    ),
    (
        re.compile(rb"....ftyp|RIFF|II\*\x00|MM\x00\*", re.DOTALL),
        gettext_lazy("This kind of picture or film is not taken. Save it as a JPEG or PNG and choose that."),
    ),
    (
        re.compile(rb"[\xef\xbb\xbf\s]*<(?:svg|\?xml.{0,2000}?<svg)", re.DOTALL | re.IGNORECASE),
        gettext_lazy("This is an SVG drawing. Save it as a PNG and choose that."),
    ),
    (
        re.compile(rb"[\xef\xbb\xbf\s]*<"),
        gettext_lazy("This is a web page, not a picture. Choose a JPEG, PNG, GIF or BMP."),
    ),
)


def read(upload: File[bytes], *, most_bytes: int = MOST_BYTES) -> Picture:
    """Return the picture in an uploaded file, drawn anew: only its pixels are kept.

    JPEG, PNG, GIF (its first frame) or BMP by content, whatever it is called; at most `most_bytes`, 2 MB
    unless told, and 24 megapixels. What hides behind, beside or inside the pixels (archives, scripts,
    EXIF) is gone; the turn that EXIF tells is applied. Nothing larger than 24 megapixels is ever unpacked.
    Refused with a sentence for anything else (reliability 4.2).
    """
    if not upload.size:
        raise _not_taken(_("The file is empty. Choose the picture again."))
    if upload.size > most_bytes:
        raise _not_taken(
            _("The file is larger than %(megabytes)d MB. Choose a smaller picture.")
            % {"megabytes": most_bytes // MEGABYTE}
        )
    upload.seek(0)
    data = upload.read()
    try:
        with _TABLE, Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _not_taken(
                    _("The picture has %(width)d x %(height)d pixels. Keep it to 24 million pixels in all.")
                    % {"width": image.width, "height": image.height}
                )
            return _drawn_anew(
                image, name=upload.name or "", photo=image.format == "JPEG", most_bytes=most_bytes
            )
    except UnidentifiedImageError:
        raise _not_taken(_what_it_is(data)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _not_taken(_("The picture has too many pixels. Keep it to 24 million pixels in all.")) from None
    except (OSError, ValueError, SyntaxError, EOFError, LookupError, OverflowError, struct.error, zlib.error):
        raise _not_taken(_("The picture is damaged or cut off. Save it anew and choose it again.")) from None


@dataclass(frozen=True)
class Cut:
    """The square to cut out of a picture, in fractions of it.

    `x` and `y` are its left of the width and its top of the height, `side` is of the shorter side;
    all from 0 to 1. A square that would stand over the edge is moved back inside.
    """

    x: float
    y: float
    side: float

    @classmethod
    def middle(cls, width: int, height: int) -> Cut:
        """Return the cut of the largest square in the middle of a picture of this size in pixels."""
        short = min(width, height)
        return cls((width - short) / 2 / width, (height - short) / 2 / height, 1)

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom in pixels, a square inside the picture.

        ValueError for a fraction that is no number from 0 to 1.
        """
        if not all(0 <= fraction <= 1 for fraction in (self.x, self.y, self.side)):  # NaN is not, either
            raise ValueError("the fractions of a cut are numbers from 0 to 1")
        side = max(1, round(self.side * min(width, height)))
        left = min(round(self.x * width), width - side)
        top = min(round(self.y * height), height - side)
        return left, top, left + side, top + side


def square(picture: Picture, cut: Cut, *, side: int) -> Picture:
    """Return the square of a read picture that `cut` names, drawn anew as a PNG of `side` x `side` pixels.

    ValueError for fractions that are none.
    """
    box = cut.box(picture.width, picture.height)
    with _TABLE, Image.open(io.BytesIO(picture.content), formats=FORMATS) as image:
        drawn = image.convert("RGB").resize((side, side), Image.Resampling.LANCZOS, box=box)
    content = _saved(drawn, "png")
    return Picture(
        content=content,
        content_type="image/png",
        width=side,
        height=side,
        sha256=hashlib.sha256(content).hexdigest(),
        name=_named(picture.name, "png"),
    )


def _what_it_is(data: bytes) -> str:
    for begins, sentence in _OTHERS:
        if begins.match(data):
            return str(sentence)
    return _("This is not a picture, whatever its name says. Choose a JPEG, PNG, GIF or BMP.")


def _drawn_anew(image: Image.Image, *, name: str, photo: bool, most_bytes: int) -> Picture:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is unpacked at a part of its size
    image.load()
    drawn = ImageOps.exif_transpose(image)
    if drawn.mode.startswith("I"):  # 16 bits a pixel: a plain conversion would cut them off
        drawn = drawn.point(lambda value: value * (1 / 256)).convert("L")
    if drawn.has_transparency_data:
        over = drawn.convert("RGBA")
        drawn = Image.new("RGB", over.size, "white")
        drawn.paste(over, mask=over.getchannel("A"))
    drawn = drawn.convert("RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn.info.clear()
    content, kind = b"", "jpeg"
    if not photo:
        content, kind = _saved(drawn, "png"), "png"
    if photo or len(content) > most_bytes:
        content, kind = _saved(drawn, "jpeg", quality=88), "jpeg"
    return Picture(
        content=content,
        content_type=f"image/{kind}",
        width=drawn.width,
        height=drawn.height,
        sha256=hashlib.sha256(content).hexdigest(),
        name=_named(name, kind),
    )


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    saved = io.BytesIO()
    image.save(saved, kind, **options)
    return saved.getvalue()


def _named(name: str, kind: str) -> str:
    """Return what the file was called, showable and safe in a header, with the ending it now has."""
    stem = PurePath(name.replace("\\", "/")).stem
    kept = " ".join(re.sub(r"[^\w .()-]", " ", stem).split())[:LONGEST_NAME].strip(" .")
    return f"{kept or 'picture'}.{'jpg' if kind == 'jpeg' else kind}"


def _not_taken(sentence: str) -> Refused:
    return Refused(sentence, code="picture")
