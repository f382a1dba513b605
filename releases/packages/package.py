"""A Mini Game package, read from an upload: opened, checked, measured, and made anew to be kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.kernel.errors import Refused
from releases.packages import kept, manifests, other_files, records
from releases.packages.findings import Finding
from releases.packages.limits import PLATFORM, Limits, ending, kind
from releases.packages.manifests import Game, Project, Root, folders_above
from releases.packages.names import shown
from releases.packages.unpacking import check_ratios, content

START: Final = "game.js"
_MINI_PROGRAM: Final = "app.json"
_BEGINNINGS: Final = (records.LOCAL_SIGNATURE, records.END_SIGNATURE)
_MACOS: Final = "__MACOSX"


class Upload(Protocol):
    """What is read: an uploaded file of Django, or any binary file."""

    def seek(self, offset: int, /) -> object:
        """Go to a position."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes."""


@dataclass(frozen=True)
class PackageFile:
    """One file of a package; its size in bytes, unpacked."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Subpackage:
    """A subpackage, its files' size in bytes; its root is a folder, ending in a slash, or a script."""

    name: str
    root: str
    size: int


@dataclass(frozen=True)
class Package:
    """A package that was read.

    `content` is the archive to keep, `sha256` its digest in hexadecimal: equal for the same paths with the
    same content, whatever the upload's order, times or compression. Sizes are in bytes: `archive_size` of the
    upload, `size` of all files unpacked, which is `main_size` and those of the subpackages together.
    """

    sha256: str
    content: bytes = field(repr=False)
    archive_size: int
    size: int
    main_size: int
    subpackages: tuple[Subpackage, ...]
    files: tuple[PackageFile, ...]  # by path
    game: Game
    project: Project | None  # None when the package has no project.config.json
    findings: tuple[Finding, ...]


def read(upload: Upload, *, limits: Limits = PLATFORM) -> Package:
    """Return the package in an uploaded file.

    It is a ZIP archive whose root, or whose one top folder, holds game.js and game.json. Nothing is written,
    no archive inside it is opened, and memory stays within the upload and twice `limits.code`. Files of a
    kind that a package does not take, and hidden ones, are left out with a finding and never unpacked.

    Refused for anything else with a sentence for its developer. The code tells the rule: those of
    `records.entries`, of `unpacking` and of `manifests`, and `package_empty`, `package_upload_too_large`,
    `package_not_zip`, `package_too_large`, `package_no_game_js`, `package_no_game_json`,
    `package_mini_program`.
    """
    upload.seek(0)
    data = upload.read(limits.archive + 1)
    _check_upload(data, limits)
    taken, findings = _taken(records.entries(data, limits))
    check_ratios(taken, limits)
    _check_code(sum(entry.size for entry in taken), limits)  # before anything is unpacked
    files = _from_the_root(taken)
    _check_start(files)
    game = manifests.game(content(data, files[manifests.GAME]), limits)
    project = None
    if manifests.PROJECT in files:
        project = manifests.project(content(data, files[manifests.PROJECT]), limits)
        findings += project.findings
    sizes = _sizes({path: entry.size for path, entry in files.items()}, game.roots, limits)
    contents = [kept.Content(path, content(data, entry), entry.crc) for path, entry in sorted(files.items())]
    archive = kept.packed(contents)
    return Package(
        sha256=hashlib.sha256(archive).hexdigest(),
        content=archive,
        archive_size=len(data),
        size=sum(sizes.values()),
        main_size=sizes[None],
        subpackages=tuple(Subpackage(root.name, root.path, sizes[root]) for root in game.roots),
        files=tuple(
            PackageFile(each.path, len(each.content), hashlib.sha256(each.content).hexdigest())
            for each in contents
        ),
        game=game,
        project=project,
        findings=(*findings, *game.findings, *_structure(files, game)),
    )


# --- the upload and its entries -----------------------------------------------------------


def _check_upload(data: bytes, limits: Limits) -> None:
    if not data:
        raise Refused(
            _("The file is empty. Pack the project as a ZIP archive and choose that."), code="package_empty"
        )
    if len(data) > limits.archive:
        raise Refused(
            _("The file is larger than %(limit)s. Remove what the game does not need and pack it again.")
            % {"limit": filesizeformat(limits.archive)},
            code="package_upload_too_large",
        )
    if not data.startswith(_BEGINNINGS):
        raise Refused(other_files.sentence_for(data), code="package_not_zip")


def _taken(entries: Iterable[records.Entry]) -> tuple[list[records.Entry], tuple[Finding, ...]]:
    """Return the files that a package takes, and findings about the others."""
    taken, hidden, unnamed, other = [], [], [], Counter[str]()
    for entry in entries:
        if entry.is_folder:
            continue
        if _is_hidden(entry.name):
            hidden.append(entry.name)
        elif kind(entry.name):
            taken.append(entry)
        elif found := ending(entry.name):
            other[found] += 1
        else:
            unnamed.append(entry.name)
    findings = [Finding("kind_left_out", shown(found), number) for found, number in sorted(other.items())]
    for code, paths in (("unnamed_kind_left_out", unnamed), ("hidden_left_out", hidden)):
        if paths:
            findings.append(Finding(code, shown(min(paths)), len(paths)))
    return taken, tuple(findings)


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") or part == _MACOS for part in path.split("/"))


def _from_the_root(entries: list[records.Entry]) -> dict[str, records.Entry]:
    """Return the files by path; one folder that holds them all is taken for the root."""
    tops = {entry.name.partition("/")[0] for entry in entries}
    if len(tops) == 1 and all("/" in entry.name for entry in entries):
        return {entry.name.partition("/")[2]: entry for entry in entries}
    return {entry.name: entry for entry in entries}


def _check_start(files: Mapping[str, records.Entry]) -> None:
    if _MINI_PROGRAM in files and manifests.GAME not in files:
        raise Refused(
            _("This is a Mini Program (app.json). Pack a Mini Game, with game.js and game.json."),
            code="package_mini_program",
        )
    for name, code in ((manifests.GAME, "package_no_game_json"), (START, "package_no_game_js")):
        if name in files:
            continue
        if elsewhere := sorted(path for path in files if path.endswith(f"/{name}")):
            raise Refused(
                _("The archive has no %(file)s in its root; there is one at %(path)s. Pack that folder.")
                % {"file": name, "path": shown(files[elsewhere[0]].name)},
                code=code,
            )
        raise Refused(
            _("The archive has no %(file)s in its root. Add it, or pack the folder it is in.")
            % {"file": name},
            code=code,
        )


# --- sizes and structure ------------------------------------------------------------------


def _check_code(size: int, limits: Limits) -> None:
    if size > limits.code:
        raise Refused(
            _("The package is %(over)s over its limit of %(limit)s unpacked. Remove what can load later.")
            % {"over": filesizeformat(size - limits.code), "limit": filesizeformat(limits.code)},
            code="package_too_large",
        )


def _sizes(files: Mapping[str, int], roots: Iterable[Root], limits: Limits) -> dict[Root | None, int]:
    """Return the size of each subpackage, and of the main package under None; each keeps to the limit."""
    by_path = {root.path: root for root in roots}
    sizes: dict[Root | None, int] = {None: 0, **dict.fromkeys(by_path.values(), 0)}
    for path, size in files.items():
        places = (path, *folders_above(path))
        sizes[next((by_path[place] for place in places if place in by_path), None)] += size
    for root, size in sizes.items():
        if size > limits.package:
            raise _package_too_large(root, size, limits.package)
    return sizes


def _package_too_large(root: Root | None, size: int, limit: int) -> Refused:
    details = {"over": filesizeformat(size - limit), "limit": filesizeformat(limit)}
    if root:
        details["name"] = root.name
        sentence = _("The subpackage %(name)s is %(over)s over its limit of %(limit)s. Move files out of it.")
    else:
        sentence = _("The main package is %(over)s over its limit of %(limit)s. Move files to subpackages.")
    return Refused(sentence % details, code="package_too_large")


def _structure(files: Mapping[str, records.Entry], game: Game) -> Iterable[Finding]:
    """Yield what game.json says that the files do not bear out."""
    folders = {folder for path in files for folder in folders_above(path)}
    if not files[START].size:
        yield Finding("empty_game")
    for code, folder in (("workers", game.workers), ("open_data_context", game.open_data_context)):
        if folder and f"{folder}/" not in folders:
            yield Finding(code, folder)
    for root in game.roots:
        if root.path not in folders and root.path not in files:
            yield Finding("subpackage_empty", root.name)
        elif root.path in folders and f"{root.path}{START}" not in files:
            yield Finding("subpackage_entry", root.name)
