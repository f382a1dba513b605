"""ZIP archives byte by byte, so that each of their records can lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

STORED, DEFLATED = 0, 8
UTF8 = 0x0800
FILE, FOLDER, LINK = 0o100644, 0o040755, 0o120777
UNIX, DOS = 3 << 8, 0


@dataclass
class Part:
    """One entry. What is None is as it should be; `local` lies in the local header alone."""

    name: str | bytes
    content: bytes = b""
    method: int = DEFLATED
    flags: int = UTF8
    mode: int = FILE
    system: int = UNIX
    raw: bytes | None = None  # packed
    crc: int | None = None
    packed: int | None = None
    size: int | None = None
    at: int | None = None
    extra: bytes = b""
    local_extra: bytes = b""
    comment: bytes = b""
    local: dict[str, Any] = field(default_factory=dict)
    descriptor: bytes | None = None  # the sizes follow: what begins them, "PK\7\8" or nothing
    behind: bytes = b""  # other data behind the entry

    def facts(self) -> dict[str, Any]:
        """Return what both headers should say."""
        raw = self.packed_content()
        name = self.name.encode() if isinstance(self.name, str) else self.name
        facts = {"crc": zlib.crc32(self.content), "packed": len(raw), "size": len(self.content)}
        facts |= {key: value for key in facts if (value := getattr(self, key)) is not None}
        flags = self.flags | (0 if self.descriptor is None else 0x0008)
        return {"name": name, "flags": flags, "method": self.method, **facts}

    def packed_content(self) -> bytes:
        """Return the content as it is packed."""
        if self.raw is not None:
            return self.raw
        return deflated(self.content) if self.method == DEFLATED else self.content


def deflated(content: bytes, level: int = 6) -> bytes:
    """Return a raw deflate stream."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def archive(
    parts: Iterable[Part],
    *,
    comment: bytes = b"",
    first: bytes = b"",
    before_directory: bytes = b"",
    before_end: bytes = b"",
    count: int | None = None,
    disk: int = 0,
    directory_at: int | None = None,
) -> bytes:
    """Return an archive of these parts, positions counted with everything that stands before."""
    body, directory = first, b""
    parts = list(parts)
    for part in parts:
        facts = part.facts()
        at = len(body) if part.at is None else part.at
        body += _local({**facts, **_sizes_later(part), **part.local}, part.local_extra)
        body += part.packed_content()
        if part.descriptor is not None:
            body += part.descriptor + struct.pack("<3L", facts["crc"], facts["packed"], facts["size"])
        body += part.behind
        directory += _central(facts, part, at)
    body += before_directory
    begin = len(body) if directory_at is None else directory_at
    number = len(parts) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\5\6", disk, disk, number, number, len(directory), begin, len(comment))
    return body + directory + before_end + end + comment


def _sizes_later(part: Part) -> dict[str, int]:
    return {} if part.descriptor is None else {"crc": 0, "packed": 0, "size": 0}


def _numbers(facts: dict[str, Any]) -> tuple[int, ...]:
    time, date = 0x6000, 0x4E69  # noon on 9 March 2019
    return (20, facts["flags"], facts["method"], time, date, facts["crc"], facts["packed"], facts["size"])


def _local(facts: dict[str, Any], extra: bytes) -> bytes:
    name: bytes = facts["name"]
    numbers = _numbers(facts)
    return struct.pack("<4s5H3L2H", b"PK\3\4", *numbers, len(name), len(extra)) + name + extra


def _central(facts: dict[str, Any], part: Part, at: int) -> bytes:
    numbers = _numbers(facts)
    name: bytes = facts["name"]
    sizes = (len(name), len(part.extra), len(part.comment), 0, 0, part.mode << 16, at)
    header = struct.pack("<4s6H3L5H2L", b"PK\1\2", part.system | 20, *numbers, *sizes)
    return header + name + part.extra + part.comment


GAME_JS = Part("game.js", b"var pen = wx.createCanvas().getContext('2d')\n")
GAME_JSON = Part("game.json", b'{"deviceOrientation": "portrait"}')


def project(*parts: Part, game_json: bytes | None = None, **options: Any) -> bytes:
    """Return an archive with game.js, game.json and these parts."""
    manifest = GAME_JSON if game_json is None else Part("game.json", game_json)
    return archive([GAME_JS, manifest, *parts], **options)
