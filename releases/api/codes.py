"""Mini Program codes, QR codes, URL Schemes and URL Links: what a server has made to open its game (API-2).

They open on the simulated phones of the world.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kernel import pictures
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import ONLY_POST, Call, Fields, Text, Truth, Whole, Wrong, endpoint
from releases import code_pictures
from releases.actions import launch_codes
from releases.code_pictures import ACCENT, BLACK, Colour, Look
from releases.models import LaunchCode

Kind = LaunchCode.Kind

CODES: Final = frozenset({17})
LINKS: Final = frozenset({88})
RESERVED: Final = "scancode_time"
SCENE: Final = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}")
QUERY: Final = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~%`-]{0,1024}")
LONGEST_PATH: Final = 1024  # bytes
LONGEST_PAGE: Final = 256
SCHEME: Final = "weixin://dl/business/?t="
VISITS: Final = 3_000_000  # a day, of all links; not counted here
BAD_SCENE: Final = 40169
BAD_PATH: Final = 40159
BAD_PAGE: Final = 40165
BAD_QUERY: Final = 40212
BAD_VERSION: Final = 85402
_DAY_LIMIT: Final = 30

VERSION: Final = Text("env_version", required=False, choices=tuple(LaunchCode.Version.values))
LOOK: Final = (
    Whole("width", required=False, most=100_000, example="430"),
    Truth("auto_color", required=False),
    Fields(
        "line_color",
        required=False,
        inner=tuple(Whole(name, required=False, most=255) for name in ("r", "g", "b")),
    ),
    Truth("is_hyaline", required=False),
)
LINK: Final = (
    Text("path", required=False, most=LONGEST_PAGE, bad=BAD_PAGE),
    Text("query", required=False, bad=BAD_QUERY),
    Text("env_version", required=False, choices=tuple(LaunchCode.Version.values), bad=BAD_VERSION),
)
EXPIRY: Final = (
    Truth("is_expire", required=False),
    Whole("expire_type", required=False, most=1, bad=85401),
    Whole("expire_time", required=False, bad=85401),
    Whole("expire_interval", required=False, bad=85401),
)
_LINK_REFUSALS: Final[Mapping[str, int]] = {launch_codes.NO_PAGE: BAD_PAGE}
_LINK_ERRCODES: Final = (40002, BAD_PAGE, BAD_QUERY, 85079, 85401, BAD_VERSION)


# --- codes ----------------------------------------------------------------------------------


@endpoint(
    "/wxa/getwxacode",
    _("Mini Program code"),
    verbs=ONLY_POST,
    fields=(Text("path", missing=BAD_PATH, bad=BAD_PATH, example="?level=3"), VERSION, *LOOK),
    types=MINI_PROGRAMS,
    sets=CODES,
    errcodes=(40097, BAD_PATH, 45029, 85096),
)
def code(call: Call) -> HttpResponse:
    """Return the picture of a code that opens the game at `path`: a JPEG, or a PNG if `is_hyaline`.

    For a Mini Game the path may be a query alone, like "?level=3". `width` is 280 to 1280 pixels, and what
    is asked below or above is drawn at the nearer one. With createwxaqrcode there may be 100,000.
    """
    return _picture(call, _code(call, Kind.CODE, _path(call)), _look(call))


@endpoint(
    "/wxa/getwxacodeunlimit",
    _("Mini Program code, unlimited"),
    verbs=ONLY_POST,
    fields=(
        Text("scene", missing=BAD_SCENE, bad=BAD_SCENE, example="level=3"),
        Text("page", required=False, bad=41030, most=LONGEST_PAGE),
        Truth("check_path", required=False),
        VERSION,
        *LOOK,
    ),
    types=MINI_PROGRAMS,
    sets=CODES,
    errcodes=(40097, BAD_SCENE, 41030, 85096),
)
def unlimited_code(call: Call) -> HttpResponse:
    """Return the picture of a code that opens the game with `scene`, 1 to 32 visible characters.

    The game finds it as `query.scene`. `page` is a file of the released version; it has to be there
    unless `check_path` is false.
    """
    if not SCENE.fullmatch(call["scene"]):
        raise Wrong(BAD_SCENE, gettext("A scene has 1 to 32 letters, digits and signs out of "
                                       "!#$&'()*+,/:;=?@-._~"), field="scene")  # fmt: skip
    page = call["page"] or ""
    _refuse_reserved(call["scene"], "scene")
    checked = call["check_path"] is not False
    if checked and (page or _version(call) == LaunchCode.Version.RELEASE):
        launch_codes.require_page(call.account, page, field="page")
    if "?" in page:
        raise Wrong(41030, gettext("A page has no query here; that is what scene is for."), field="page")
    path = f"{page}?{urlencode({'scene': call['scene']})}"
    return _picture(call, _code(call, Kind.UNLIMITED, path), _look(call))


@endpoint(
    "/cgi-bin/wxaapp/createwxaqrcode",
    _("QR code of the Mini Program"),
    verbs=ONLY_POST,
    fields=(Text("path", missing=BAD_PATH, bad=BAD_PATH, example="?level=3"), LOOK[0]),
    types=MINI_PROGRAMS,
    sets=CODES,
    errcodes=(40097, BAD_PATH, 45029, 85096),
)
def qr_code(call: Call) -> HttpResponse:
    """Return the picture of a plain QR code that opens the released game at `path`: a JPEG."""
    look = Look(width=code_pictures.within(call["width"]), dots=False)
    return _picture(call, _code(call, Kind.QR, _path(call)), look)


# --- links ----------------------------------------------------------------------------------


@endpoint(
    "/wxa/generatescheme",
    _("URL Scheme"),
    verbs=ONLY_POST,
    fields=(Fields("jump_wxa", required=False, inner=LINK), *EXPIRY),
    types=MINI_PROGRAMS,
    sets=LINKS,
    refusals=_LINK_REFUSALS,
    errcodes=_LINK_ERRCODES,
)
def scheme(call: Call) -> dict[str, Any]:
    """Make a link for texts and other apps: the simulated phone opens it where a code is typed.

    It ends at `expire_time` (seconds, `expire_type` 0) or after `expire_interval` days (1), thirty at most.
    """
    made = _link(call, Kind.SCHEME, call["jump_wxa"] or {})
    return {"openlink": f"{SCHEME}{made.code}"}


@endpoint(
    "/wxa/generate_urllink",
    _("URL Link"),
    verbs=ONLY_POST,
    fields=(*LINK, *EXPIRY),
    types=MINI_PROGRAMS,
    sets=LINKS,
    refusals=_LINK_REFUSALS,
    errcodes=_LINK_ERRCODES,
)
def url_link(call: Call) -> dict[str, Any]:
    """Make a link for browsers: an address of this portal that asks whose phone shall open the game.

    Its life is that of a URL Scheme.
    """
    return {"url_link": _address(call, _link(call, Kind.LINK, call.values))}


@endpoint(
    "/wxa/queryscheme",
    _("A URL Scheme's facts"),
    verbs=ONLY_POST,
    fields=(Text("scheme", required=False), Whole("query_type", required=False, most=1)),
    types=MINI_PROGRAMS,
    sets=LINKS,
    errcodes=(40097,),
)
def scheme_facts(call: Call) -> dict[str, Any]:
    """Return what a URL Scheme opens, or (`query_type` 1) how many visits are left today."""
    return _facts(call, Kind.SCHEME, "scheme", "scheme_info")


@endpoint(
    "/wxa/query_urllink",
    _("A URL Link's facts"),
    verbs=ONLY_POST,
    fields=(Text("url_link", required=False), Whole("query_type", required=False, most=1)),
    types=MINI_PROGRAMS,
    sets=LINKS,
    errcodes=(40097,),
)
def url_link_facts(call: Call) -> dict[str, Any]:
    """Return what a URL Link opens, or (`query_type` 1) how many visits are left today."""
    return _facts(call, Kind.LINK, "url_link", "url_link_info")


# --- in common ------------------------------------------------------------------------------


def _code(call: Call, kind: str, path: str) -> LaunchCode:
    version = LaunchCode.Version.RELEASE if kind == Kind.QR else _version(call)
    return launch_codes.make_code(call.account.pk, kind, path=path, version=version, by=call.by)


def _version(call: Call) -> str:
    return str(call["env_version"] or LaunchCode.Version.RELEASE)


def _path(call: Call) -> str:
    """Return the path that a code opens at. Raises Wrong."""
    path = str(call["path"])
    if len(path.encode("utf-8", "replace")) > LONGEST_PATH or not path.isprintable():
        raise Wrong(BAD_PATH, gettext("A path has 1 to %(most)d bytes of text.") % {"most": LONGEST_PATH},
                    field="path")  # fmt: skip
    _refuse_reserved(path, "path")
    return path


def _refuse_reserved(text: str, field: str) -> None:
    if RESERVED in text:
        raise Wrong(85096, gettext("%(name)s is the platform's own.") % {"name": RESERVED}, field=field)


def _look(call: Call) -> Look:
    ink: Colour = ACCENT if call["auto_color"] else BLACK
    if call["line_color"] and not call["auto_color"]:
        red, green, blue = (call["line_color"].get(name) or 0 for name in ("r", "g", "b"))
        ink = red, green, blue
    return Look(width=code_pictures.within(call["width"]), ink=ink, transparent=bool(call["is_hyaline"]))


def _picture(call: Call, made: LaunchCode, look: Look) -> HttpResponse:
    account = call.account
    photo = pictures.load(account.world_id, account.photo) if account.photo and look.dots else b""
    content = code_pictures.drawn(_address(call, made), look, photo)
    answer = HttpResponse(content, content_type=look.content_type)
    ending = look.content_type.removeprefix("image/").replace("jpeg", "jpg")
    answer["Content-Disposition"] = f'attachment; filename="QRCode.{ending}"'
    return answer


def _address(call: Call, made: LaunchCode) -> str:
    """Return the address that the simulated phones open a code by: where people open the world."""
    return f"{call.account.world.origin}{reverse('simulator:scan', args=[made.code])}"


def _link(call: Call, kind: str, target: Mapping[str, Any]) -> LaunchCode:
    """Make a link to a page. Raises Wrong, Refused."""
    page, query = (target.get("path") or "").removeprefix("/"), target.get("query") or ""
    if not QUERY.fullmatch(query):
        raise Wrong(BAD_QUERY, gettext("A query has at most 1024 letters, digits and signs out of "
                                       "!#$&'()*+,/:;=?@-._~%`"), field="query")  # fmt: skip
    if "?" in page:
        raise Wrong(BAD_PAGE, gettext("A path has no query here; send it as query."), field="path")
    if page and call.account.released_at is not None:
        launch_codes.require_page(call.account, page, field="path")
    return launch_codes.make_link(
        call.account.pk,
        kind,
        path=f"{page}?{query}" if query else page,
        version=target.get("env_version") or LaunchCode.Version.RELEASE,
        expires_at=_expiry(call),
        by=call.by,
    )


def _expiry(call: Call) -> datetime | None:
    """Return when a link shall end, None for as late as may be. Raises Wrong."""
    seconds, days = call["expire_time"], call["expire_interval"]
    by_days = call["expire_type"] == 1
    if (days if by_days else seconds) is None:
        if not call["is_expire"]:
            return None
        name = "expire_interval" if by_days else "expire_time"
        raise Wrong(85401, gettext("%(field)s is missing.") % {"field": name}, field=name)
    if by_days:
        if not 1 <= days <= _DAY_LIMIT:
            raise Wrong(85401, gettext("A link lives 1 to 30 days."), field="expire_interval")
        return call.now() + timedelta(days=days)
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, ValueError, OSError):
        raise Wrong(85401, gettext("This is no moment in seconds since 1970."), field="expire_time") from None


def _facts(call: Call, kind: str, field: str, told_as: str) -> dict[str, Any]:
    if call["query_type"] == 1:
        return {"quota_info": {"remain_visit_quota": VISITS}}
    code = re.split(r"[/=]", (call[field] or "").rstrip("/"))[-1]
    found = LaunchCode.objects.filter(account=call.account, kind=kind, code=code).first()
    if found is None:
        raise Wrong(40097, gettext("This account has no such link."), field=field)
    path, _mark, query = found.path.partition("?")
    return {
        told_as: {
            "appid": call.appid,
            "path": path,
            "query": query,
            "create_time": int(found.made_at.timestamp()),
            "expire_time": int(found.expires_at.timestamp()) if found.expires_at else 0,
            "env_version": found.version,
        }
    }
