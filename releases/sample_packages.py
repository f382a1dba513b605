"""Packages to upload: games that play, and one broken package of each kind, made in memory.

The same bytes each time, so that a sample uploaded twice is recognised as the same content.
"""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from releases import sample_games
from releases.packages import PLATFORM

Files = Mapping[str, bytes]

# The code of a package that is another account's. Whoever knows the account's AppID refuses it, not `read`.
OTHER_APPID: Final = "package_appid"
_SOMEBODYS_APPID: Final = "wx0f1e2d3c4b5a6978"
_NOON: Final = (2019, 3, 9, 12, 0, 0)
_FILE: Final = 0o100644 << 16
_LINK: Final = 0o120777 << 16
_LZMA: Final = 14
_ENCRYPTED: Final = 0x0001
_ODD_SIZE: Final = 123_457  # bytes: found nowhere else in the archive that lies about it


@dataclass(frozen=True)
class SamplePackage:
    """One package: what it is called, what it shows, and the code of its refusal ('' when it is taken)."""

    title: Promise
    shows: Promise
    make: Callable[[], bytes]
    code: str = ""

    @property
    def is_valid(self) -> bool:
        """Return whether it is taken."""
        return not self.code


def names() -> list[str]:
    """Return the names of all samples, those that are taken first."""
    return list(SAMPLES)


def build(name: str) -> bytes:
    """Return the archive of a sample. Raises `KeyError` for a name that is not among `names()`."""
    return SAMPLES[name].make()


def packed(
    files: Files, *, comment: bytes = b"", change: Callable[[zipfile.ZipFile], None] | None = None
) -> bytes:
    """Return the archive of these files; `change` may add entries or spoil what its directory will say."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as made:
        for path, content in files.items():
            add(made, path, content)
        if change:
            change(made)
        made.comment = comment
    return saved.getvalue()


def add(made: zipfile.ZipFile, path: str, content: bytes, *, attributes: int = _FILE) -> None:
    """Add an entry under exactly this path, whatever is in it."""
    entry = zipfile.ZipInfo(date_time=_NOON)
    entry.filename = path
    entry.external_attr = attributes
    entry.compress_type = zipfile.ZIP_DEFLATED
    made.writestr(entry, content)


def _small(**replaced: bytes | None) -> dict[str, bytes]:
    """Return a tiny game; a keyword replaces a file, "game_js" for game.js, and None removes it."""
    files: dict[str, bytes | None] = {
        "game.js": b"const pen = wx.createCanvas().getContext('2d');\npen.fillText('Lantern', 40, 80);\n",
        "game.json": _json({"deviceOrientation": "portrait"}),
        "project.config.json": _json({"appid": "touristappid", "projectname": "lantern"}),
    }
    files |= {name.replace("_", "."): content for name, content in replaced.items()}
    return {path: content for path, content in files.items() if content is not None}


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode()


def _with(path: str, content: bytes = b"\n", *, attributes: int = _FILE) -> Callable[[], bytes]:
    """Return a maker of a tiny game with one entry more."""
    return lambda: packed(_small(), change=lambda made: add(made, path, content, attributes=attributes))


def _spoiled(spoil: Callable[[zipfile.ZipInfo], None]) -> Callable[[], bytes]:
    """Return a maker of a tiny game whose directory says something else of game.js than is true."""
    return lambda: packed(_small(), change=lambda made: spoil(made.getinfo("game.js")))


def _encrypted(entry: zipfile.ZipInfo) -> None:
    entry.flag_bits |= _ENCRYPTED


def _compressed_otherwise(entry: zipfile.ZipInfo) -> None:
    entry.compress_type = _LZMA


def _named_otherwise(entry: zipfile.ZipInfo) -> None:
    entry.filename = "menu.js"


def _lying_size() -> bytes:
    whole = packed({**_small(), "level.bin": bytes(_ODD_SIZE)})
    return whole.replace(struct.pack("<L", _ODD_SIZE), struct.pack("<L", 1))


def _too_large() -> bytes:
    noise = Random("music").randbytes(PLATFORM.package)  # noqa: S311 -- the same each time, on purpose
    return packed({**_small(), "music.mp3": noise})


def _too_many() -> bytes:
    return packed({**_small(), **{f"tile/{number:04}.txt": b"" for number in range(PLATFORM.entries)}})


def _tar() -> bytes:
    saved = io.BytesIO()
    with tarfile.open(fileobj=saved, mode="w", format=tarfile.USTAR_FORMAT) as made:
        for path, content in _small().items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return saved.getvalue()


def _picture_first() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + packed(_small())


def _odd() -> bytes:
    game = {
        "deviceOrientation": "sideways",
        "networkTimeout": {"request": -1},
        "subpackages": [{"name": "stage2", "root": "stage2/"}],
    }
    return packed({**_small(game_json=_json(game)), "drafts/lantern.psd": b"8BPS", ".gitignore": b"\n"})


def _game(name: str) -> Callable[[], bytes]:
    return lambda: packed(sample_games.files(name))


SAMPLES: Final[Mapping[str, SamplePackage]] = {
    "paper-lantern-dash": SamplePackage(
        _("Paper Lantern Dash"), _("A game that plays."), _game("paper-lantern-dash")
    ),
    "paper-lantern-dash-night": SamplePackage(
        _("Paper Lantern Dash, festival night"),
        _("A later version, with a subpackage."),
        _game("paper-lantern-dash-night"),
    ),
    "lantern-guild": SamplePackage(
        _("Lantern Guild"), _("A game that lets in only those with a pass."), _game("lantern-guild")
    ),
    "lantern-fair": SamplePackage(
        _("Lantern Fair"), _("A game that sells game coins."), _game("lantern-fair")
    ),
    "odd": SamplePackage(_("Odd but taken"), _("It is kept, with findings to read."), _odd),
    "other-appid": SamplePackage(
        _("Another account's"),
        _("project.config.json names another AppID."),
        lambda: packed({**_small(), "project.config.json": _json({"appid": _SOMEBODYS_APPID})}),
        OTHER_APPID,
    ),
    "no-game-js": SamplePackage(
        _("No game.js"),
        _("The script that starts the game is missing."),
        lambda: packed(_small(game_js=None)),
        "package_no_game_js",
    ),
    "no-game-json": SamplePackage(
        _("No game.json"),
        _("The settings of the game are missing."),
        lambda: packed(_small(game_json=None)),
        "package_no_game_json",
    ),
    "mini-program": SamplePackage(
        _("A Mini Program"),
        _("It has app.json in place of game.json."),
        lambda: packed({"app.js": b"App({})\n", "app.json": _json({"pages": ["pages/index"]})}),
        "package_mini_program",
    ),
    "broken-json": SamplePackage(
        _("Broken game.json"),
        _("A comma too many."),
        lambda: packed(_small(game_json=b'{\n  "deviceOrientation": "portrait",\n}\n')),
        "package_json",
    ),
    "key-twice": SamplePackage(
        _("A key twice"),
        _("game.json says two things."),
        lambda: packed(_small(game_json=b'{"showStatusBar": true, "showStatusBar": false}\n')),
        "package_json",
    ),
    "nested-subpackages": SamplePackage(
        _("Nested subpackages"),
        _("One subpackage lies inside another."),
        lambda: packed(
            _small(game_json=_json({"subpackages": [{"root": "stage/"}, {"root": "stage/night/"}]}))
        ),
        "package_subpackages",
    ),
    "too-large": SamplePackage(
        _("Too large"), _("The main package is over 4 MB."), _too_large, "package_too_large"
    ),
    "too-many-files": SamplePackage(
        _("Too many files"), _("Over 2,000 entries."), _too_many, "package_entries"
    ),
    "bomb": SamplePackage(
        _("A bomb"),
        _("A few kilobytes that unpack to 8 MB."),
        _with("level.bin", bytes(PLATFORM.code)),
        "package_ratio",
    ),
    "lying-size": SamplePackage(
        _("A size that lies"), _("A file larger than declared."), _lying_size, "package_size"
    ),
    "traversal": SamplePackage(
        _("A path that leads out"),
        _("An entry named ../../settings.js."),
        _with("../../settings.js"),
        "package_path",
    ),
    "backslash": SamplePackage(
        _("A backslash"), _("An entry named js\\main.js."), _with("js\\main.js"), "package_path"
    ),
    "hidden-name": SamplePackage(
        _("A hidden name"),
        _("A zero byte in an entry's name."),
        _with("menu.js\0.png"),
        "package_name",
    ),
    "link": SamplePackage(
        _("A symbolic link"),
        _("An entry that points to another file."),
        _with("settings.json", b"/etc/hostname", attributes=_LINK),
        "package_link",
    ),
    "same-path-twice": SamplePackage(
        _("One path twice"), _("game.js and GAME.JS."), _with("GAME.JS"), "package_duplicate"
    ),
    "file-and-folder": SamplePackage(
        _("A file and a folder"),
        _("game.js, and a file inside it."),
        _with("game.js/menu.js"),
        "package_file_and_folder",
    ),
    "encrypted": SamplePackage(
        _("Encrypted"), _("game.js asks for a password."), _spoiled(_encrypted), "package_encrypted"
    ),
    "other-method": SamplePackage(
        _("Another compression"), _("Packed by LZMA."), _spoiled(_compressed_otherwise), "package_compression"
    ),
    "two-stories": SamplePackage(
        _("Two stories"),
        _("The directory calls a file otherwise than the file itself."),
        _spoiled(_named_otherwise),
        "package_headers",
    ),
    "second-archive": SamplePackage(
        _("An archive in the comment"),
        _("Another program would read other files."),
        lambda: packed(_small(), comment=packed(_small())),
        "package_surplus",
    ),
    "picture-first": SamplePackage(
        _("A picture and an archive"), _("One file that is both."), _picture_first, "package_not_zip"
    ),
    "tar": SamplePackage(_("A tar archive"), _("Renamed to .zip."), _tar, "package_not_zip"),
    "cut-off": SamplePackage(
        _("Cut off"),
        _("Half of an upload."),
        lambda: packed(_small())[:200],
        "package_cut_off",
    ),
    "empty": SamplePackage(_("An empty file"), _("No byte in it."), lambda: b"", "package_empty"),
}
