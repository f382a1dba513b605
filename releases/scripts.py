"""What the scripts of a package name in plain sight: servers, and calls that a reviewer looks at (REL-7).

A look at the text and no more: a game that puts a name together from pieces is not seen through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from releases import archives, packages
from releases.models import Version
from releases.packages.limits import ending

MOST_BYTES: Final = 4 * 1024 * 1024  # of scripts that are searched
MOST_HOSTS: Final = 20
_ADDRESS: Final = re.compile(rb"(?:https?|wss?)://([A-Za-z0-9][A-Za-z0-9.-]{0,252}(?::[0-9]{1,5})?)")
_CALL: Final = re.compile(rb"\bwx\s*\.\s*([A-Za-z]{3,40})\b")
_NO_SERVERS: Final = frozenset({"www.w3.org"})  # names of XML vocabularies, never reached
# Calls of the platform's own interface: those that take money, and those that send to others.
PURCHASES: Final = frozenset({"requestMidasPayment", "requestPayment"})
SHARING: Final = frozenset({"shareAppMessage", "onShareAppMessage"})
JUMPS: Final = frozenset({"navigateToMiniProgram"})  # to other Mini Programs
# Calls that a package has to declare before, and that the account has to be granted (85310 to 85312).
PRIVATE: Final = frozenset({
    "chooseAddress", "chooseLocation", "choosePoi", "getFuzzyLocation", "getLocation", "onLocationChange",
    "startLocationUpdate", "startLocationUpdateBackground",
})  # fmt: skip


@dataclass(frozen=True)
class Scripts:
    """What was found, each with the first script that names it; `whole` when all scripts were searched."""

    hosts: dict[str, str] = field(default_factory=dict)
    purchases: dict[str, str] = field(default_factory=dict)
    sharing: dict[str, str] = field(default_factory=dict)
    jumps: dict[str, str] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=dict)
    whole: bool = True


def found_in(version: Version) -> Scripts:
    """Return what a version's scripts name, at most MOST_HOSTS servers.

    Raises FileNotFoundError when the archive is gone, ValueError when it is damaged.
    """
    paths = tuple(path for path, *_rest in version.contents["files"] if ending(path) == "js")
    return _found(version.world_id, version.sha256, paths)


@lru_cache(maxsize=64)
def _found(world_id: int, sha256: str, paths: tuple[str, ...]) -> Scripts:
    """Search an archive once: it is named by what it holds, so what was found stays true."""
    hosts: dict[str, str] = {}
    calls: dict[frozenset[str], dict[str, str]] = {kind: {} for kind in (PURCHASES, SHARING, JUMPS, PRIVATE)}
    read = 0
    with archives.open_archive(Version(world_id=world_id, sha256=sha256)) as archive:
        for script in packages.files_of(archive, paths, most=MOST_BYTES):
            read += 1
            for match in _ADDRESS.finditer(script.content):
                host = match[1].decode().lower().rstrip(".-")
                if host not in _NO_SERVERS and len(hosts) < MOST_HOSTS:
                    hosts.setdefault(host, script.path)
            for match in _CALL.finditer(script.content):
                name = match[1].decode()
                for kind, found in calls.items():
                    if name in kind:
                        found.setdefault(name, script.path)
    return Scripts(
        hosts,
        purchases=calls[PURCHASES],
        sharing=calls[SHARING],
        jumps=calls[JUMPS],
        private=calls[PRIVATE],
        whole=read == len(paths),
    )
