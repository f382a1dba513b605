"""Uploads come in bounded: a file too large is not kept, an absurd request is not read to its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from portal.kernel import uploads
from portal.kernel.pictures import MOST_BYTES

GIGABYTE = 2**30
HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="typed"\r\n\r\nkept\r\n'
    b'--x\r\nContent-Disposition: form-data; name="licence"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n"
)
TAIL = b'\r\n--x\r\nContent-Disposition: form-data; name="after"\r\n\r\nkept too\r\n--x--\r\n'


class Upload:
    """The body of a form with one file of `size` bytes, made as it is read; counts what was read."""

    def __init__(self, size: int) -> None:
        self.length = len(HEAD) + size + len(TAIL)
        self.pieces = self._made(size)
        self.waiting = b""
        self.taken = 0

    def _made(self, size: int) -> Iterator[bytes]:
        yield HEAD
        block = b"\0" * 65_536
        for start in range(0, size, len(block)):
            yield block[: size - start]
        yield TAIL

    def readline(self) -> bytes:
        raise AssertionError("a form with files is read in pieces")

    def read(self, size: int) -> bytes:
        while len(self.waiting) < size and (piece := next(self.pieces, b"")):
            self.waiting += piece
        found, self.waiting = self.waiting[:size], self.waiting[size:]
        self.taken += len(found)
        return found


def sent(upload: Upload) -> WSGIRequest:
    environ: dict[str, Any] = {
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(upload.length),
        "wsgi.input": upload,
    }
    return RequestFactory().generic("POST", "/", **environ)


def size_of_licence(request: WSGIRequest) -> int | None:
    file = request.FILES["licence"]
    assert isinstance(file, UploadedFile)
    return file.size


def test_a_picture_comes_in_whole():
    request = sent(Upload(MOST_BYTES))
    assert request.POST.dict() == {"typed": "kept", "after": "kept too"}
    assert size_of_licence(request) == MOST_BYTES
    assert not uploads.cut_off(request)


def test_of_a_file_too_large_one_byte_more_is_kept_and_the_form_whole():
    request = sent(Upload(5 * MOST_BYTES))
    assert request.POST.dict() == {"typed": "kept", "after": "kept too"}
    assert size_of_licence(request) == MOST_BYTES + 1
    assert not uploads.cut_off(request)


def test_two_gigabytes_are_cut_off_after_two_megabytes():
    """What was typed before the file is kept; the rest of the request is never read."""
    upload = Upload(2 * GIGABYTE)
    request = sent(upload)
    assert request.POST.dict() == {"typed": "kept"}
    assert request.FILES == {}
    assert uploads.cut_off(request)
    assert upload.taken < MOST_BYTES + 1_000_000


def test_many_pictures_are_cut_off_after_sixteen_megabytes():
    one = HEAD[HEAD.index(b"--x", 3) :] + b"\0" * MOST_BYTES + b"\r\n"
    request = RequestFactory().generic(
        "POST", "/", one * 9 + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert len(request.FILES.getlist("licence")) == 8
    assert uploads.cut_off(request)
