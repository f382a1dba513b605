"""What people upload instead of a ZIP archive, told by its first bytes."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# The first match tells; each sentence names the kind and what to do.
_OTHERS: Final[tuple[tuple[re.Pattern[bytes], Promise], ...]] = (
    (
        re.compile(rb"PK\x07\x08"),
        gettext_lazy("This is one part of a split ZIP archive. Pack the project into a single file."),
    ),
    (
        re.compile(rb"Rar!\x1a\x07"),
        gettext_lazy("This is a RAR archive. Pack the project as a ZIP archive and choose that."),
    ),
    (
        re.compile(rb"7z\xbc\xaf\x27\x1c"),
        gettext_lazy("This is a 7z archive. Pack the project as a ZIP archive and choose that."),
    ),
    (
        re.compile(rb"\x1f\x8b|BZh[1-9]|\xfd7zXZ\0|\x28\xb5\x2f\xfd"),
        gettext_lazy("This is a gz, bz2, xz or zst file. Pack the project as a ZIP archive and choose that."),
    ),
    (
        re.compile(rb"\xbe.{12}\xed", re.DOTALL),
        gettext_lazy(
            "This is a wxapkg file, compiled already. Pack the project's own folder as a ZIP archive."
        ),
    ),
    (
        re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{12}[\x0c\x28\x6c\x7c]|RIFF.{4}WEBP", re.DOTALL),
        gettext_lazy("This is a picture. Pack the project as a ZIP archive and choose that."),
    ),
    (
        re.compile(rb"%PDF-"),
        gettext_lazy("This is a PDF. Pack the project as a ZIP archive and choose that."),
    ),
    (
        re.compile(rb"MZ|\x7fELF|[\xca\xfe]\xed\xfa|\xcf\xfa\xed\xfe|#!"),
        gettext_lazy("This is a program. Pack the project as a ZIP archive and choose that."),
    ),
    (
        re.compile(rb"[\xef\xbb\xbf\s]{0,200}<"),
        gettext_lazy("This is a web page or XML. Pack the project as a ZIP archive and choose that."),
    ),
    (
        re.compile(rb"[\xef\xbb\xbf\s]{0,200}[{\[]"),
        gettext_lazy("This is a JSON file. Pack the whole project as a ZIP archive and choose that."),
    ),
)
_TAR_HEADER: Final = 512
_TAR_SUM: Final = slice(148, 156)  # of the header's bytes, in octal, itself counted as spaces


def sentence_for(data: bytes) -> str:
    """Return what `data`, which is no ZIP archive, is instead, and what to do."""
    if _is_tar(data):
        return _("This is a tar archive. Pack the project as a ZIP archive and choose that.")
    for begins, sentence in _OTHERS:
        if begins.match(data):
            return str(sentence)
    return _("This is not a ZIP archive, whatever its name says. Pack the project as one and choose that.")


def _is_tar(data: bytes) -> bool:
    header = data[:_TAR_HEADER]
    if len(header) < _TAR_HEADER:
        return False
    with suppress(ValueError):
        written = int(header[_TAR_SUM].strip(b"\0 ") or b"-1", 8)
        return sum(header) - sum(header[_TAR_SUM]) + 8 * ord(" ") == written
    return False
