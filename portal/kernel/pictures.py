"""Pictures that people upload: private files of their world, named by what they hold.

The row that names a picture is written after its file, so that no row ever points to nothing; a
file whose row was rolled back is nobody's, and goes with its world.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

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
    folder = _folder(world_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as fresh:
        try:
            fresh.write(picture.content)
            fresh.flush()
            os.fsync(fresh.fileno())
            os.replace(fresh.name, path_of(world_id, picture.sha256))
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
    return Path(settings.DATA_DIR) / FOLDER / str(world_id)
