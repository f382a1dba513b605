"""An entry's content: unpacked piece by piece, counted as it comes, never beyond what was declared."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.kernel.errors import Refused
from releases.packages.limits import Limits
from releases.packages.names import shown
from releases.packages.records import STORED, Entry

_PIECE: Final = 256 * 1024  # packed bytes at a time


def check_ratios(entries: Iterable[Entry], limits: Limits) -> None:
    """Refuse what unpacks to far more than it is, by what the archive declares (`package_ratio`).

    `content` holds every entry to its declaration.
    """
    packed = size = 0
    for entry in entries:
        packed, size = packed + entry.packed, size + entry.size
        if _is_bomb(entry.packed, entry.size, limits):
            raise Refused(
                _(
                    "The file %(name)s unpacks to %(size)s, more than %(ratio)d times what it is packed."
                    " Store it in a form that is compressed itself."
                )
                % {"name": shown(entry.name), "size": filesizeformat(entry.size), "ratio": limits.ratio},
                code="package_ratio",
            )
    if _is_bomb(packed, size, limits):
        raise Refused(
            _(
                "The archive unpacks to %(size)s, more than %(ratio)d times what it is packed."
                " Store its files in forms that are compressed themselves."
            )
            % {"size": filesizeformat(size), "ratio": limits.ratio},
            code="package_ratio",
        )


def _is_bomb(packed: int, size: int, limits: Limits) -> bool:
    return size > limits.ratio_above and size > limits.ratio * packed


def content(data: bytes, entry: Entry) -> bytes:
    """Return the content of an entry, whose size and checksum are as declared.

    Never holds more than the declared size and one byte. Refused with `package_size` when it unpacks to
    another size, `package_damaged` when it does not unpack, `package_checksum`.
    """
    packed = memoryview(data)[entry.data_at : entry.data_at + entry.packed]
    unpacked = bytes(packed) if entry.method == STORED else _inflated(packed, entry)
    if zlib.crc32(unpacked) != entry.crc:
        raise Refused(
            _("The file %(name)s is damaged: its checksum is another. Pack the project again.")
            % {"name": shown(entry.name)},
            code="package_checksum",
        )
    return unpacked


def _inflated(packed: memoryview, entry: Entry) -> bytes:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces, left = [], entry.size + 1
    try:
        for begin in range(0, len(packed), _PIECE):
            piece = unpacker.decompress(packed[begin : begin + _PIECE], left)
            pieces.append(piece)
            left -= len(piece)
            if not left or unpacker.eof:
                break
    except zlib.error:
        raise _damaged(entry) from None
    if left != 1:
        raise Refused(
            _("The file %(name)s unpacks to another size than the archive declares. Pack the project again.")
            % {"name": shown(entry.name)},
            code="package_size",
        )
    if not unpacker.eof or unpacker.unused_data or begin + _PIECE < len(packed):
        raise _damaged(entry)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _damaged(entry: Entry) -> Refused:
    return Refused(
        _("The file %(name)s in the archive is damaged. Pack the project again.")
        % {"name": shown(entry.name)},
        code="package_damaged",
    )
