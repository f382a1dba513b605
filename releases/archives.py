"""The kept archives of uploaded packages: private files of their world, named by what they hold.

The row that names an archive is written after its file, so that no row ever points to nothing; a file
whose row was rolled back is nobody's: `sweep` takes it away, and it goes with its world at the latest.
"""

from __future__ import annotations

from typing import IO, Final

from portal.kernel import pictures
from portal.kernel.models import World
from releases import packages
from releases.models import Version
from releases.packages import Package

SETTLED: Final = 3600  # seconds: a file younger than this may be about to get its row


def store(world: World, package: Package) -> None:
    """Keep a package's archive, whole or not at all; belongs inside an action that holds the world."""
    pictures.keep(world.pk, package.sha256, package.content)


def open_archive(version: Version) -> IO[bytes]:
    """Return the kept archive, open for reading. Raises FileNotFoundError."""
    return pictures.path_of(version.world_id, version.sha256).open("rb")


def file_of(version: Version, path: str) -> bytes:
    """Return one file of a version's package. Raises FileNotFoundError."""
    with open_archive(version) as archive:
        return packages.file_of(archive, path)
