"""A package of 20 MB opened, checked and made anew, beside `zipfile` reading the same bytes (REL-1).

The floor reads every entry with Python's own module, which checks the CRC and nothing else. Two archives: one
as games are, half pictures and sounds that do not compress and half scripts and data that do; one of pictures
only, where the floor hardly does anything and the digests are all there is.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from functools import partial
from random import Random

from bench import table
from releases.packages import Limits, read

MEGABYTE = 1024 * 1024
FILES = 400
WORDS = 4_000


def main(*, quick: bool) -> None:
    """Measure and print."""
    size = (1 if quick else 20) * MEGABYTE
    table.title(f"Opening and checking a package of {size // MEGABYTE} MB")
    for name, share, aim in (("a game's mixture", 0.5, "2 at most"), ("pictures only", 1.0, "told only")):
        archive = packed(size, share)
        variants = {"zipfile": partial(plain, archive), "read": partial(checked, archive)}
        found = table.rounds(variants, 3 if quick else 15)
        for variant, took in found.items():
            table.row(f"{name}, {variant}", took, "ms")
        table.ratio(f"{name}, read over zipfile", found["read"], found["zipfile"], aim)


def packed(size: int, pictures: float) -> bytes:
    """Return an archive of about `size` bytes; `pictures` is the share in it of what does not compress."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("game.js", b"'use strict'\n")
        made.writestr("game.json", b"{}")
        for number, (ending, content) in enumerate(contents(size, pictures)):
            made.writestr(f"part{number % 20:02}/{number:04}.{ending}", content)
    return saved.getvalue()


def contents(size: int, pictures: float) -> Iterator[tuple[str, bytes]]:
    """Yield the ending and the content of each file."""
    random = Random(20)  # noqa: S311 -- the same in every run
    words = [random.randbytes(random.randint(2, 9)).hex().encode() for _word in range(WORDS)]
    scripts = int(FILES * (1 - pictures))
    each = size // FILES
    for _picture in range(FILES - scripts):
        yield "png", random.randbytes(each)
    text = b" ".join(random.choices(words, k=each * 3 // 16))
    for script in range(scripts):
        yield "js", b"// %d\n" % script + text


def plain(archive: bytes) -> float:
    """Return the milliseconds `zipfile` takes to read every entry."""
    began = time.perf_counter()
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for entry in opened.infolist():
            opened.read(entry)
    return (time.perf_counter() - began) * 1000


def checked(archive: bytes) -> float:
    """Return the milliseconds that `read` takes, with ceilings that let the archive pass."""
    limits = Limits(archive=len(archive), package=8 * len(archive), code=8 * len(archive))
    began = time.perf_counter()
    read(io.BytesIO(archive), limits=limits)
    return (time.perf_counter() - began) * 1000
