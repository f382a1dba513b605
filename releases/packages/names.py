"""Paths inside a package: which are taken, and that no two are the same (reliability 4.2)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.utils.translation import gettext as _

from portal.kernel.errors import Refused
from releases.packages.limits import Limits

# Controls, invisible format characters (a reversed name shows another ending), line ends, lone surrogates.
_UNSHOWABLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LONGEST_SHOWN: Final = 80
_DRIVE: Final = re.compile(r"[A-Za-z]:")


def decoded(raw: bytes, *, utf8: bool) -> str:
    """Return an entry's name as text.

    UTF-8 with or without the flag that says so (macOS leaves it out), else GBK, which Windows writes in
    China. Refused with `package_name` for anything else.
    """
    for encoding in ("utf-8",) if utf8 else ("utf-8", "gbk"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(
        _("The name %(name)s is not in UTF-8. Rename the file in English letters and pack again.")
        % {"name": shown(raw.decode("latin-1"))},
        code="package_name",
    )


def check(name: str, limits: Limits) -> None:
    """Refuse a path that could lead out of the package or show as another one.

    Codes: `package_name` for its characters, `package_path` for where it leads.
    """
    details = {"name": shown(name), "limit": limits.name}
    if not name:
        raise Refused(_("An entry has no name. Pack the project again."), code="package_name")
    if len(name) > limits.name:
        raise Refused(
            _("The path %(name)s is longer than %(limit)d characters. Shorten it.") % details,
            code="package_name",
        )
    if not name.isascii() or not name.isprintable():
        _check_characters(name, details)
    if "\\" in name:
        raise Refused(
            _("The path %(name)s has a backslash. Pack with a tool that writes / between folders.") % details,
            code="package_path",
        )
    if name.startswith("/") or _DRIVE.match(name):
        raise Refused(
            _("The path %(name)s begins at a drive or at the root. Pack the project's own folder.") % details,
            code="package_path",
        )
    parts = name.removesuffix("/").split("/")
    if ".." in parts:
        raise Refused(
            _("The path %(name)s leads out of the package with “..”. Remove that file and pack again.")
            % details,
            code="package_path",
        )
    if "." in parts or "" in parts:
        raise Refused(
            _("The path %(name)s has an empty name or a “.” between slashes. Pack the folder by its name.")
            % details,
            code="package_path",
        )


def _check_characters(name: str, details: dict[str, object]) -> None:
    if any(unicodedata.category(character) in _UNSHOWABLE for character in name):
        raise Refused(
            _("The name %(name)s has control or invisible characters. Rename the file and pack again.")
            % details,
            code="package_name",
        )
    if not unicodedata.is_normalized("NFC", name):
        raise Refused(
            _("The name %(name)s has accents apart from their letters (not NFC). Rename it without them.")
            % details,
            code="package_name",
        )


def check_distinct(names: list[str]) -> None:
    """Refuse two paths that are one after case folding, and a file that is also a folder.

    A folder's own path ends with a slash. Codes: `package_duplicate`, `package_file_and_folder`.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        kept = folders if name.endswith("/") else files
        key = _key(name)
        if key in kept:
            raise _duplicate(kept[key], name)
        kept[key] = name
    above = set(folders)
    for key in (*files, *folders):
        while "/" in key:
            key = key.rpartition("/")[0]
            if key in above:
                break
            above.add(key)
    for key in files.keys() & above:
        raise Refused(
            _("The path %(name)s is a file and a folder at once. Rename one of them.")
            % {"name": shown(files[key])},
            code="package_file_and_folder",
        )


def _duplicate(name: str, other: str) -> Refused:
    sentence = _("The archive has %(name)s and %(other)s, which are one path. Keep one of them.")
    if name == other:
        sentence = _("The archive has %(name)s twice. Keep one of them.")
    return Refused(sentence % {"name": shown(name), "other": shown(other)}, code="package_duplicate")


def _key(name: str) -> str:
    path = name.removesuffix("/")
    return path.casefold() if path.isascii() else unicodedata.normalize("NFC", path.casefold())


def shown(name: str) -> str:
    """Return a path, or another single value, fit for a sentence: at most 80 signs."""
    return visible(name, _LONGEST_SHOWN)


def visible(text: str, most: int) -> str:
    """Return a line of text with its controls and invisible characters written as numbers, cut at `most`."""
    cut = text[: most + 1]
    if not (cut.isascii() and cut.isprintable()):
        cut = "".join(map(_visible, cut))
    return cut if len(cut) <= most else f"{cut[: most - 1]}…"


def _visible(character: str) -> str:
    return f"<U+{ord(character):04X}>" if unicodedata.category(character) in _UNSHOWABLE else character
