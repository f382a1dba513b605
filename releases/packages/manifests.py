"""game.json and project.config.json: what the portal shows and uses of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from portal.kernel.errors import Refused
from releases.packages import names
from releases.packages.findings import Finding
from releases.packages.limits import Limits
from releases.packages.names import shown
from releases.packages.strict_json import parsed

GAME: Final = "game.json"
PROJECT: Final = "project.config.json"
ORIENTATIONS: Final = ("portrait", "landscape", "landscapeLeft", "landscapeRight")
REQUESTS: Final = ("request", "connectSocket", "uploadFile", "downloadFile")
USUAL_TIMEOUT: Final = 60_000  # ms
_SPELLINGS: Final = ("subpackages", "subPackages")  # the platform takes both
_NO_APPID: Final = "touristappid"  # written by the platform's tool for who has none yet
_GAME_TYPES: Final = ("", "game")


@dataclass(frozen=True)
class Root:
    """A subpackage as game.json declares it: its root is a folder, ending in a slash, or one script."""

    name: str
    path: str


@dataclass(frozen=True)
class Game:
    """What game.json says, with the platform's default for what it leaves out; timeouts in milliseconds."""

    orientation: str
    status_bar: bool
    timeouts: Mapping[str, int]
    workers: str
    open_data_context: str
    roots: tuple[Root, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Project:
    """What project.config.json says; '' for what it leaves out.

    The caller compares an AppID that is not '' with the account's.
    """

    appid: str
    name: str
    compile_type: str
    base_library: str
    findings: tuple[Finding, ...]


def game(content: bytes, limits: Limits) -> Game:
    """Return what a game.json says; odd values become findings and take the default.

    Refused with `package_json` when it is not one JSON object, `package_subpackages` when what it says of
    subpackages is not a list of different roots with names.
    """
    found = parsed(content, name=GAME, limits=limits)
    findings: list[Finding] = []
    orientation = found.get("deviceOrientation", ORIENTATIONS[0])
    if orientation not in ORIENTATIONS:
        findings.append(Finding("orientation", _as_text(orientation)))
        orientation = ORIENTATIONS[0]
    status_bar = found.get("showStatusBar", False)
    if not isinstance(status_bar, bool):
        findings.append(Finding("status_bar"))
    return Game(
        orientation=orientation,
        status_bar=status_bar is True,
        timeouts=_timeouts(found.get("networkTimeout", {}), findings),
        workers=_as_text(found.get("workers", "")).strip("/"),
        open_data_context=_as_text(found.get("openDataContext", "")).strip("/"),
        roots=tuple(_roots(found, limits)),
        findings=tuple(findings),
    )


def project(content: bytes, limits: Limits) -> Project:
    """Return what a project.config.json says. Refused with `package_json` when it is not one JSON object."""
    found = parsed(content, name=PROJECT, limits=limits)
    compile_type = _as_text(found.get("compileType", ""))
    appid = _as_text(found.get("appid", ""))
    return Project(
        appid="" if appid == _NO_APPID else appid,
        name=_as_text(found.get("projectname", "")),
        compile_type=compile_type,
        base_library=_as_text(found.get("libVersion", "")),
        findings=() if compile_type in _GAME_TYPES else (Finding("compile_type", compile_type),),
    )


def _timeouts(found: Any, findings: list[Finding]) -> dict[str, int]:
    if not isinstance(found, dict):
        findings.append(Finding("network_timeout", _as_text(found)))
        found = {}
    timeouts = {}
    for request in REQUESTS:
        value = found.get(request, USUAL_TIMEOUT)
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            findings.append(Finding("network_timeout", request))
            value = USUAL_TIMEOUT
        timeouts[request] = value
    return timeouts


def _roots(found: Mapping[str, Any], limits: Limits) -> Iterator[Root]:
    spelled = [spelling for spelling in _SPELLINGS if spelling in found]
    if len(spelled) > 1:
        raise _refused(_("game.json has both subpackages and subPackages. Keep one of them."))
    declared = found[spelled[0]] if spelled else []
    if not isinstance(declared, list):
        raise _refused(_("game.json: subpackages is not a list. Write [ ] around them."))
    taken_names, taken_roots = set(), set()
    for number, each in enumerate(declared, 1):
        root = _root(each, number, limits)
        if root.name in taken_names or root.path in taken_roots:
            raise _refused(
                _("game.json: subpackage %(number)d has the name or the root of another one. Change it."),
                number=number,
            )
        taken_names.add(root.name)
        taken_roots.add(root.path)
        yield root
    for path in taken_roots:
        if any(above in taken_roots for above in folders_above(path.removesuffix("/"))):
            raise _refused(
                _("game.json: the subpackage root %(root)s lies inside another one. Move it out."),
                root=shown(path),
            )


def _root(declared: Any, number: int, limits: Limits) -> Root:
    path = declared.get("root") if isinstance(declared, dict) else None
    if not isinstance(path, str) or not path.strip("./"):
        raise _refused(
            _("game.json: subpackage %(number)d has no root. Name its folder or its script."), number=number
        )
    path = path.removeprefix("./").removeprefix("/")
    try:
        names.check(path, limits)
    except Refused:
        raise _refused(
            _("game.json: the subpackage root %(root)s is no path inside the package. Correct it."),
            root=shown(path),
        ) from None
    if not path.endswith((".js", "/")):
        path += "/"
    name = declared.get("name", path)
    if not isinstance(name, str) or not name.strip():
        raise _refused(_("game.json: subpackage %(number)d has no name. Give it one."), number=number)
    return Root(name=_as_text(name), path=path)


def folders_above(path: str) -> Iterator[str]:
    """Yield every folder that a file lies in, the nearest first, each ending in a slash."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield f"{path}/"


def _as_text(value: Any) -> str:
    """Return a value fit for a page and a row, at most 80 characters."""
    return shown(value) if isinstance(value, str) else shown(repr(value))


def _refused(sentence: str, **details: object) -> Refused:
    return Refused(sentence % details, code="package_subpackages")
