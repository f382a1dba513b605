"""Files of every kind that the server API takes, made in memory."""

from __future__ import annotations

import io
import random
from typing import Final

from PIL import Image

AMR: Final = b"#!AMR\n" + bytes(64)
MP3: Final = b"ID3\x03" + bytes(64)
MP4: Final = b"\x00\x00\x00\x18ftypmp42" + bytes(64)


def drawn(kind: str = "PNG", width: int = 300, height: int = 200, ink: str = "#27496d") -> bytes:
    """Return a picture of one colour."""
    made = io.BytesIO()
    Image.new("RGB", (width, height), ink).save(made, kind)
    return made.getvalue()


def noisy(width: int, height: int) -> bytes:
    """Return a PNG that cannot be packed: three bytes a pixel, the same each time."""
    made = io.BytesIO()
    pixels = random.Random(7).randbytes(width * height * 3)
    Image.frombytes("RGB", (width, height), pixels).save(made, "PNG")
    return made.getvalue()
