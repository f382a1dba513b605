"""How a package comes in: onto disk, without a name, never more of it than a package may hold."""

from __future__ import annotations

import tempfile
from typing import IO, Final

from django.conf import settings

from portal.kernel.uploads import BoundedUploadHandler
from releases.packages import PLATFORM

# A larger request is cut off; below it the rest of a package too large is dropped, so that its
# uploader gets an answer rather than a broken connection.
MOST_PER_REQUEST: Final = 64 * 1024 * 1024


class PackageUploadHandler(BoundedUploadHandler):
    """Keeps one byte more of a package than it may have; uploads under way take no memory."""

    most_bytes = PLATFORM.archive
    most_per_request = MOST_PER_REQUEST

    def opened(self) -> IO[bytes]:
        """Return an empty file that is gone when it is closed, or its process ends."""
        return unnamed_file()


def unnamed_file() -> IO[bytes]:
    """Return an empty file on disk that no folder lists."""
    return tempfile.TemporaryFile(dir=settings.DATA_DIR)
