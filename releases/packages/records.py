"""The records of a ZIP archive, as they are written: positions, sizes and names, nothing unpacked.

Only one reading of an archive is taken: its records follow one another from the first byte to the last, and
what is written twice is the same both times. So no two programs can see different files in it, and nothing
hides before, between or behind them (reliability 4.2). Formats: PKWARE's APPNOTE 6.3.
"""

from __future__ import annotations

import re
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from portal.kernel.errors import Refused
from releases.packages import names
from releases.packages.limits import Limits

STORED: Final = 0
DEFLATED: Final = 8
_OTHER_METHODS: Final = {9: "Deflate64", 12: "BZIP2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_AES: Final = 99

LOCAL: Final = struct.Struct("<4s5H3L2H")
CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
END: Final = struct.Struct("<4s4H2LH")
LOCAL_SIGNATURE: Final = b"PK\x03\x04"
CENTRAL_SIGNATURE: Final = b"PK\x01\x02"
END_SIGNATURE: Final = b"PK\x05\x06"
_SIGNATURE: Final = re.compile(rb"PK(?:\x01\x02|\x03\x04|\x05\x06|\x06[\x06-\x08])")
_DESCRIPTOR_SIGNATURE: Final = b"PK\x07\x08"
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_SIZE: Final = 20
_LONGEST_COMMENT: Final = 0xFFFF
_EXTRA: Final = struct.Struct("<2H")
_EXTRA_ZIP64: Final = 0x0001
_EXTRA_UNICODE_PATH: Final = 0x7075
_ZIP64: Final = 0xFFFFFFFF  # "the real number stands in the ZIP64 record"

_ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_PATCHED: Final = 0x0020
_SIZES_FOLLOW: Final = 0x0008
_UTF8: Final = 0x0800
_EMPTY_DEFLATED: Final = 2  # bytes that some tools write as a folder's content


class _LocalHeader(NamedTuple):
    signature: bytes
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_size: int
    extra_size: int


class _CentralHeader(NamedTuple):
    signature: bytes
    made_by: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_size: int
    extra_size: int
    comment_size: int
    disk: int
    internal_attributes: int
    attributes: int
    header_at: int


@dataclass(frozen=True)
class Entry:
    """One file or folder as the directory lists it; sizes and positions in bytes."""

    name: str  # a folder's ends with a slash
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    at: int  # of its local header
    data_at: int = 0  # of its content

    @property
    def is_folder(self) -> bool:
        """Return whether it is a folder."""
        return self.name.endswith("/")


def entries(data: bytes, limits: Limits) -> list[Entry]:
    """Return every entry of an archive in the order of its directory, with headers and positions checked.

    Refused, code by rule: `package_cut_off`, `package_surplus`, `package_split`, `package_zip64`,
    `package_entries`, `package_damaged`, `package_encrypted`, `package_compression`, `package_name`,
    `package_path`, `package_link`, `package_file_type`, `package_duplicate`, `package_file_and_folder`,
    `package_headers`, `package_overlap`.
    """
    end = _end_at(data)
    count, directory_at = _directory(data, end, limits)
    found = list(_listed(data, directory_at, end, limits))
    if len(found) != count:
        raise _damaged()
    names.check_distinct([entry.name for entry in found])
    return _placed(data, found, directory_at)


# --- the end record and the directory -----------------------------------------------------


def _end_at(data: bytes) -> int:
    """Return where the end record stands: the only one that reaches exactly to the last byte."""
    begin = max(0, len(data) - END.size - _LONGEST_COMMENT)
    last = data.rfind(END_SIGNATURE, begin)
    if last < 0:
        raise Refused(
            _("The archive has no end: the file was cut off on its way. Pack it again and upload it anew."),
            code="package_cut_off",
        )
    fitting, at = [], data.find(END_SIGNATURE, begin)
    while at >= 0:
        if at + END.size <= len(data) and at + END.size + _comment_size(data, at) == len(data):
            fitting.append(at)
        at = data.find(END_SIGNATURE, at + 1)
    if not fitting:
        if last + END.size > len(data) or last + END.size + _comment_size(data, last) > len(data):
            raise Refused(
                _("The archive ends in the middle of its last record. Upload it again, whole."),
                code="package_cut_off",
            )
        raise _surplus(_("The archive has other data behind its last record. Pack the project again."))
    (end, *more) = fitting
    if more or _SIGNATURE.search(data, end + END.size):
        raise _surplus(_("The archive has another archive in its comment. Pack the project again."))
    return end


def _comment_size(data: bytes, end: int) -> int:
    return int.from_bytes(data[end + END.size - 2 : end + END.size], "little")


def _directory(data: bytes, end: int, limits: Limits) -> tuple[int, int]:
    """Return how many entries the directory has, and where it begins."""
    _signature, disk, first_disk, here, count, size, at, _comment = END.unpack_from(data, end)
    locator = end - _ZIP64_LOCATOR_SIZE
    if (locator >= 0 and data.startswith(_ZIP64_LOCATOR, locator)) or _ZIP64 in (size, at):
        raise _zip64()
    if disk or first_disk or here != count:
        raise Refused(
            _("This is one part of a split ZIP archive. Pack the project into a single file."),
            code="package_split",
        )
    if count > limits.entries:
        raise Refused(
            _("The archive has %(count)d files and folders; %(limit)d are taken. Remove what is not needed.")
            % {"count": count, "limit": limits.entries},
            code="package_entries",
        )
    if not count:
        raise Refused(
            _("The archive is empty. Pack the project's folder and choose that."), code="package_entries"
        )
    if at + size < end:
        raise _surplus(
            _("The archive has other data before its first record or behind its directory. Pack it again.")
        )
    if at + size > end:
        raise _damaged()
    return count, at


def _listed(data: bytes, at: int, end: int, limits: Limits) -> Iterator[Entry]:
    """Yield what the directory lists."""
    while at < end:
        if at + CENTRAL.size > end or not data.startswith(CENTRAL_SIGNATURE, at):
            raise _damaged()
        header = _CentralHeader._make(CENTRAL.unpack_from(data, at))
        name_at = at + CENTRAL.size
        extra_at = name_at + header.name_size
        comment_at = extra_at + header.extra_size
        at = comment_at + header.comment_size
        if at > end or header.disk:
            raise _damaged()
        raw = data[name_at:extra_at]
        name = names.decoded(raw, utf8=bool(header.flags & _UTF8))
        names.check(name, limits)
        _check_extra(data[extra_at:comment_at], name)
        if _ZIP64 in (header.packed, header.size, header.header_at):
            raise _zip64()
        entry = Entry(
            name, raw, header.flags, header.method, header.crc, header.packed, header.size, header.header_at
        )
        _check_kind(entry, mode=header.attributes >> 16)
        _check_packing(entry)
        yield entry


def _check_extra(extra: bytes, name: str) -> None:
    """Refuse an entry whose extra fields tell another size or another name."""
    at = 0
    while at + _EXTRA.size <= len(extra):
        tag, size = _EXTRA.unpack_from(extra, at)
        body = extra[at + _EXTRA.size : at + _EXTRA.size + size]
        at += _EXTRA.size + size
        if at > len(extra):
            raise _damaged()
        if tag == _EXTRA_ZIP64:
            raise _zip64()
        if tag == _EXTRA_UNICODE_PATH and body[5:] != name.encode():
            raise _headers_differ(name)


def _check_kind(entry: Entry, *, mode: int) -> None:
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        raise Refused(
            _("The entry %(name)s is a symbolic link. Put the file itself in its place and pack again.")
            % {"name": names.shown(entry.name)},
            code="package_link",
        )
    if kind not in {0, stat.S_IFDIR if entry.is_folder else stat.S_IFREG}:
        raise Refused(
            _("The entry %(name)s is neither a plain file nor a folder. Remove it and pack again.")
            % {"name": names.shown(entry.name)},
            code="package_file_type",
        )


def _check_packing(entry: Entry) -> None:
    details = {"name": names.shown(entry.name)}
    if entry.flags & _ENCRYPTED or entry.method == _AES:
        raise Refused(
            _("The entry %(name)s is encrypted. Pack the project without a password.") % details,
            code="package_encrypted",
        )
    if entry.method not in {STORED, DEFLATED} or entry.flags & _PATCHED:
        details["method"] = _OTHER_METHODS.get(entry.method, str(entry.method))
        raise Refused(
            _("The entry %(name)s is packed by the method %(method)s. Pack by Store or Deflate.") % details,
            code="package_compression",
        )
    if entry.is_folder and (entry.size or entry.packed > _EMPTY_DEFLATED):
        raise Refused(
            _("The folder %(name)s has content of its own. Pack the project again.") % details,
            code="package_file_type",
        )
    if entry.method == STORED and entry.packed != entry.size:
        raise _headers_differ(entry.name)


# --- local headers ------------------------------------------------------------------------


def _placed(data: bytes, listed: list[Entry], directory_at: int) -> list[Entry]:
    """Return the entries with the positions of their contents; each begins where the one before ends."""
    data_at, expected = {}, 0
    for entry in sorted(listed, key=lambda entry: entry.at):
        if entry.at < expected:
            raise Refused(
                _("The entry %(name)s shares its bytes with another one. Pack the project again.")
                % {"name": names.shown(entry.name)},
                code="package_overlap",
            )
        if entry.at > expected:
            raise _surplus(
                _("The archive has other data before the entry %(name)s. Pack the project again.")
                % {"name": names.shown(entry.name)}
            )
        data_at[entry.name], expected = _content(data, entry, directory_at)
    if expected < directory_at:
        raise _surplus(
            _("The archive has other data between its files and its directory. Pack the project again.")
        )
    return [replace(entry, data_at=data_at[entry.name]) for entry in listed]


def _content(data: bytes, entry: Entry, directory_at: int) -> tuple[int, int]:
    """Return where an entry's content begins and where all of the entry ends; its two headers must agree."""
    if entry.at + LOCAL.size > directory_at or not data.startswith(LOCAL_SIGNATURE, entry.at):
        raise _damaged()
    header = _LocalHeader._make(LOCAL.unpack_from(data, entry.at))
    name_at = entry.at + LOCAL.size
    extra_at = name_at + header.name_size
    begin = extra_at + header.extra_size
    end = begin + entry.packed
    if end > directory_at:
        raise _damaged()
    _check_extra(data[extra_at:begin], entry.name)
    told, real = (header.crc, header.packed, header.size), (entry.crc, entry.packed, entry.size)
    if _ZIP64 in told[1:]:
        raise _zip64()
    same = told == real
    if header.flags & _SIZES_FOLLOW:
        same = all(here in (0, there) for here, there in zip(told, real, strict=True))
        end = _behind_descriptor(data, end, entry)
    facts = (header.flags, header.method, data[name_at:extra_at])
    if not same or facts != (entry.flags, entry.method, entry.raw_name):
        raise _headers_differ(entry.name)
    if end > directory_at:
        raise _damaged()
    return begin, end


def _behind_descriptor(data: bytes, at: int, entry: Entry) -> int:
    descriptor = struct.pack("<3L", entry.crc, entry.packed, entry.size)
    for form in (_DESCRIPTOR_SIGNATURE + descriptor, descriptor):
        if data.startswith(form, at):
            return at + len(form)
    raise _headers_differ(entry.name)


# --- refusals that several rules share ----------------------------------------------------


def _damaged() -> Refused:
    return Refused(
        _("The archive is damaged: its directory does not fit its files. Pack the project again."),
        code="package_damaged",
    )


def _headers_differ(name: str) -> Refused:
    return Refused(
        _("The archive tells two different things about %(name)s. Pack the project again.")
        % {"name": names.shown(name)},
        code="package_headers",
    )


def _surplus(sentence: str) -> Refused:
    return Refused(sentence, code="package_surplus")


def _zip64() -> Refused:
    return Refused(
        _("This is a ZIP64 archive, made for files over 4 GB. Pack the project as a plain ZIP archive."),
        code="package_zip64",
    )
