"""How an upload comes in: in memory, never more of it than a picture may hold, and cut off when absurd."""

from __future__ import annotations

import io
from typing import IO, Any, Final

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from portal.kernel.pictures import MOST_BYTES

MOST_BYTES_PER_REQUEST: Final = 16 * 1024 * 1024


def cut_off(request: HttpRequest) -> bool:
    """Return whether the rest of this request's form was not read, because its files are too large."""
    return getattr(request, "upload_cut_off", False)


class BoundedUploadHandler(FileUploadHandler):
    """Keeps one byte more of each file than it may have, so that its size still tells; drops the rest.

    Nothing goes to disk. A request of more than 16 MB is not read further once a file in it proves
    too large, or once 16 MB of files have come: `cut_off(request)` says so, and the fields read
    before it are kept. A handler of its own for larger files sets its ceilings, and `opened`.
    """

    most_bytes = MOST_BYTES
    most_per_request = MOST_BYTES_PER_REQUEST

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.declared = 0
        self.received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Remember how much the client says is coming."""
        self.declared = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with an empty file."""
        super().new_file(*args, **kwargs)
        self.file = self.opened()

    def opened(self) -> IO[bytes]:
        """Return an empty file to write to and read from."""
        return io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what fits; StopUpload when going on would be for nothing."""
        self.received += len(raw_data)
        self.file.write(raw_data[: max(0, self.most_bytes + 1 - start)])
        too_large = start + len(raw_data) > self.most_bytes
        absurd = self.declared > self.most_per_request
        if self.received > self.most_per_request or (too_large and absurd):
            self.request.upload_cut_off = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=True)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file, at most one byte larger than it may be."""
        size = self.file.tell()
        self.file.seek(0)
        return InMemoryUploadedFile(
            self.file,
            self.field_name,
            self.file_name or "",
            self.content_type or "",
            size,
            self.charset,
            self.content_type_extra,
        )
