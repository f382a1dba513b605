"""Uploaded pictures: what is taken, what is refused and with which sentence (reliability 4.2)."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from portal.kernel import pictures
from portal.kernel.errors import Refused
from portal.kernel.pictures import Picture

PDF = "This is a PDF. Save each page as a JPEG or PNG and choose that."
WEB_PAGE = "This is a web page, not a picture. Choose a JPEG, PNG, GIF or BMP."
SVG = "This is an SVG drawing. Save it as a PNG and choose that."
ZIP = "This is a ZIP archive or an office document. Choose a JPEG, PNG, GIF or BMP."
OTHER_KIND = "This kind of picture or film is not taken. Save it as a JPEG or PNG and choose that."
NO_PICTURE = "This is not a picture, whatever its name says. Choose a JPEG, PNG, GIF or BMP."
DAMAGED = "The picture is damaged or cut off. Save it anew and choose it again."
SVG_FILE = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    saved = io.BytesIO()
    Image.new("RGB", size, "red").save(saved, kind, **options)
    return saved.getvalue()


def read(content: bytes, name: str = "licence.png") -> Picture:
    return pictures.read(ContentFile(content, name))


def shown(found: Picture) -> Image.Image:
    return Image.open(io.BytesIO(found.content))


def flood(width: int, height: int) -> bytes:
    """Return a tiny PNG that claims `width` x `height` pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "content_type", "ending"),
    [
        ("JPEG", "image/jpeg", "jpg"),
        ("PNG", "image/png", "png"),
        ("GIF", "image/png", "png"),
        ("BMP", "image/png", "png"),
    ],
)
def test_four_kinds_are_taken_by_content_whatever_they_are_called(kind: str, content_type: str, ending: str):
    found = read(picture(kind), name="licence.pdf")

    assert (found.content_type, found.width, found.height) == (content_type, 60, 40)
    assert found.name == f"licence.{ending}"
    assert found.sha256 == hashlib.sha256(found.content).hexdigest()
    assert shown(found).size == (60, 40)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose the picture again."),
        (b"%PDF-1.7\n1 0 obj\n", PDF),
        (b"PK\x03\x04" + b"\0" * 60, ZIP),
        (SVG_FILE, SVG),
        (b'<?xml version="1.0"?>\n' + SVG_FILE, SVG),
        (b"\xef\xbb\xbf  <!doctype html><script>alert(1)</script>", WEB_PAGE),
        (b"RIFF\x24\0\0\0WEBPVP8 ", OTHER_KIND),
        (b"\0\0\0\x18ftypheic", OTHER_KIND),
        (b"II*\0" + b"\0" * 60, OTHER_KIND),
        (b"MZ" + b"\0" * 60, NO_PICTURE),
        (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", NO_PICTURE),
        (b"GIF89a/*\0\0\0*/=1;alert(1)", NO_PICTURE),
        (picture("PNG", (300, 300))[:-40], DAMAGED),
        (picture("JPEG", (300, 300))[:-400], DAMAGED),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, NO_PICTURE),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_sentence(content: bytes, sentence: str):
    with pytest.raises(Refused) as refusal:
        read(content)
    assert (str(refusal.value), refusal.value.code) == (sentence, "picture")


def test_a_file_over_two_megabytes_is_refused_unread():
    with pytest.raises(Refused, match="The file is larger than 2 MB"):
        read(picture() + b"\0" * pictures.MOST_BYTES)


@pytest.mark.parametrize("size", [(30_000, 30_000), (6_000, 4_001), (2**31 - 1, 2**31 - 1), (24_000_001, 1)])
def test_a_flood_of_pixels_is_refused_unpacked(size: tuple[int, int]):
    with pytest.raises(Refused, match="Keep it to 24 million pixels in all"):
        read(flood(*size))


def test_what_hides_behind_beside_and_inside_a_picture_is_gone():
    """A polyglot is two files in one: drawn anew, only the picture is left."""
    hidden = b"<script>alert(1)</script>PK\x03\x04%PDF-1.7"
    exif = Image.Exif()
    exif[0x010E] = "<script>taken at home</script>"
    for content in (
        picture("JPEG", exif=exif, comment=hidden) + hidden,
        picture("PNG") + hidden,
        picture("GIF", comment=hidden) + hidden,
    ):
        kept = read(content)
        assert b"script" not in kept.content
        assert b"PK\x03\x04" not in kept.content
        assert b"%PDF" not in kept.content
        assert not shown(kept).getexif()


def test_the_turn_that_exif_tells_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # a phone held upright
    found = read(picture("JPEG", (60, 40), exif=exif))
    assert (found.width, found.height) == (40, 60)


def test_of_a_moving_picture_the_first_frame_is_kept():
    saved = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(saved, "GIF", save_all=True, append_images=frames[1:])

    found = shown(read(saved.getvalue()))
    assert (getattr(found, "n_frames", 1), found.convert("RGB").getpixel((5, 5))) == (1, (255, 0, 0))


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "pixel"),
    [
        ("L", "PNG", 100, (100, 100, 100)),
        ("I;16", "PNG", 25_600, (100, 100, 100)),
        ("1", "PNG", 1, (255, 255, 255)),
        ("RGBA", "PNG", (9, 9, 9, 0), (255, 255, 255)),
        ("LA", "PNG", (9, 0), (255, 255, 255)),
        ("CMYK", "JPEG", (0, 0, 0, 0), (255, 255, 255)),
    ],
)
def test_every_mode_of_colour_becomes_plain(mode: str, kind: str, colour: Any, pixel: tuple[int, int, int]):
    saved = io.BytesIO()
    Image.new(mode, (20, 20), colour).save(saved, kind)

    found = shown(read(saved.getvalue()))
    assert (found.mode, found.getpixel((5, 5))) == ("RGB", pixel)


def test_a_large_picture_is_kept_at_three_thousand_pixels():
    found = read(picture("JPEG", (5_000, 4_000)))
    assert (found.width, found.height) == (3_000, 2_400)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\scans\\licence (2).PNG", "licence (2).png"),
        ('a"; filename="b.html', "a filename b.png"),
        ("营业执照.png", "营业执照.png"),
        ("line\r\nbreak\u202egnp.exe", "line break gnp.png"),
        ("\0", "picture.png"),
        ("x" * 300 + ".png", "x" * 80 + ".png"),
    ],
)
def test_a_name_is_safe_in_a_header(name: str, kept: str):
    file = ContentFile(picture())
    file.name = name
    assert pictures.read(file).name == kept
