"""The kept archives of uploaded packages: private files of their world, named by what they hold.

The row that names an archive is written after its file, so that no row ever points to nothing; a file
whose row was rolled back is nobody's: `portal.kernel.kept_files.sweep` takes it away.
"""

from __future__ import annotations

import hashlib
import threading
from io import BufferedReader
from typing import Final

from portal.kernel import pictures
from portal.kernel.models import World
from releases import packages
from releases.models import Version
from releases.packages import Package
from releases.packages.package import Upload

# Reading a package at the limit takes some 60 MB: no more than two at once in a process.
_TABLE: Final = threading.BoundedSemaphore(2)


def read(upload: Upload) -> Package:
    """Return the package in an uploaded file, when it is this upload's turn; belongs outside a transaction.

    Refused as `packages.read` does.
    """
    with _TABLE:
        return packages.read(upload)


def store(world: World, package: Package) -> None:
    """Keep a package's archive, whole or not at all; belongs inside an action that holds the world."""
    pictures.keep(world.pk, package.sha256, package.content)


def open_archive(version: Version) -> BufferedReader:
    """Return the kept archive, open for reading. Raises FileNotFoundError."""
    return pictures.path_of(version.world_id, version.sha256).open("rb")


def file_of(version: Version, path: str) -> bytes:
    """Return one file of a version's package. Raises FileNotFoundError."""
    with open_archive(version) as archive:
        return packages.file_of(archive, path)


def is_whole(version: Version) -> bool:
    """Return whether the kept archive is there, and is what its name says."""
    try:
        with open_archive(version) as archive:
            return hashlib.file_digest(archive, "sha256").hexdigest() == version.sha256
    except FileNotFoundError:
        return False
