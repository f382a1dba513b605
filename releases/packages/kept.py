"""The archive that is kept in place of the upload: a plain ZIP, files only, stored, sorted, without times.

The same files always make the same bytes, on every machine: nothing is compressed, so no version of a
compressor has a say, and a single file is read without unpacking anything.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from releases.packages.limits import PLATFORM
from releases.packages.records import (
    CENTRAL,
    CENTRAL_SIGNATURE,
    END,
    END_SIGNATURE,
    LOCAL,
    LOCAL_SIGNATURE,
    STORED,
)

_MADE_BY: Final = 3 << 8 | 20  # Unix, APPNOTE 2.0
_NEEDED: Final = 20
_UTF8: Final = 0x0800
_MIDNIGHT: Final = 0
_FIRST_DAY: Final = 1 << 5 | 1  # 1 January 1980, the earliest a ZIP can tell
_PLAIN_FILE: Final = 0o100644 << 16


@dataclass(frozen=True)
class Content:
    """One file to keep; `crc` is its CRC-32."""

    path: str
    content: bytes
    crc: int


def packed(files: Iterable[Content]) -> bytes:
    """Return the archive of these files."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for file in sorted(files, key=lambda file: file.path):
        name, size = file.path.encode(), len(file.content)
        common = (_NEEDED, _UTF8, STORED, _MIDNIGHT, _FIRST_DAY, file.crc, size, size, len(name), 0)
        pieces += (LOCAL.pack(LOCAL_SIGNATURE, *common), name, file.content)
        directory += (CENTRAL.pack(CENTRAL_SIGNATURE, _MADE_BY, *common, 0, 0, 0, _PLAIN_FILE, at), name)
        at += LOCAL.size + len(name) + size
    count, listed = len(directory) // 2, sum(map(len, directory))
    end = END.pack(END_SIGNATURE, 0, 0, count, count, listed, at, 0)
    return b"".join((*pieces, *directory, end))


def file_of(archive: IO[bytes], path: str, *, most: int = PLATFORM.code) -> bytes:
    """Return one file of a kept archive, opened for reading; at most `most` bytes are ever held.

    Raises FileNotFoundError when the package has no such file, ValueError when the archive is none that
    `read` made, or is damaged.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entry = opened.NameToInfo.get(path)
            if entry is None:
                raise FileNotFoundError(path)
            if entry.compress_type != STORED or entry.file_size > most:
                raise ValueError("no archive that was kept")
            with opened.open(entry) as file:
                return file.read(most)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValueError("a kept archive is damaged") from error


def files_of(archive: IO[bytes], paths: Iterable[str], *, most: int = PLATFORM.code) -> Iterator[Content]:
    """Yield files of a kept archive, opened for reading, in the order of `paths`; unknown paths are left out.

    Ends before the file that would bring them to more than `most` bytes together. Raises ValueError as
    `file_of` does.
    """
    left = most
    try:
        with zipfile.ZipFile(archive) as opened:
            for path in paths:
                entry = opened.NameToInfo.get(path)
                if entry is None:
                    continue
                left -= entry.file_size
                if left < 0:
                    return
                if entry.compress_type != STORED:
                    raise ValueError("no archive that was kept")
                yield Content(path, opened.read(entry), entry.CRC)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValueError("a kept archive is damaged") from error
