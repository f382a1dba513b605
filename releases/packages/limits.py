"""What a package may be: its numbers, and the kinds of files that are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Ceilings of one package; sizes in bytes.

    `package` and `code` are the platform's of 2018 and 2019, counted unpacked: 4 MB for the main package
    and for each subpackage, 8 MB for all together. The others guard the reader (reliability 4.2).
    """

    archive: int = 20 * MEGABYTE  # the upload itself
    entries: int = 2_000  # files and folders in it
    package: int = 4 * MEGABYTE  # the main package or one subpackage
    code: int = 8 * MEGABYTE  # everything that is kept
    name: int = 256  # characters of a path
    ratio: int = 50  # unpacked over packed, of whatever unpacks to more than `ratio_above`
    ratio_above: int = MEGABYTE
    manifest: int = 64 * 1024  # game.json or project.config.json
    depth: int = 20  # of nesting in them


PLATFORM: Final = Limits()

# The platform's list of endings (its guide to code packages, December 2019), and wasm. A file with any other
# is left out with a finding, as the platform's own uploader does. An archive among them (zip, gz) is a file
# like any other: it is never opened.
_ENDINGS: Final[Mapping[str, str]] = {
    "script": "js wasm",
    "data": "json plist proto bin map txt cer dbbin dbmv sk zip gz ccz part tt atlas",
    "picture": "png jpg jpeg gif svg bmp pvr etc swf mipmaps",
    "sound": "mp3 wav m4a mp4 ogg silk",
    "font": "ttf fnt",
    "model": "obj dae fbx mtl stl 3ds ani lmat lm ls lh lani lav lsani ltc",
}
KINDS: Final[Mapping[str, str]] = {
    ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()
}  # ending -> kind
TEXTS: Final = frozenset({"js", "json", "plist", "proto", "map", "txt", "svg", "fnt", "atlas", "mtl", "obj"})


def ending(path: str) -> str:
    """Return the ending of a path's file, lower case without the dot, or ''."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def kind(path: str) -> str:
    """Return the kind of a file by its ending, or '' when it is not taken."""
    return KINDS.get(ending(path), "")
