"""What the sandboxed frame loads: the player's page, and the files of one version below its address.

Neither knows a world, a cookie or a log-in: the address is the key, and nothing else opens it.
"""

from __future__ import annotations

import mimetypes
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import Account
from portal.kernel.http import worldless
from portal.outside.models import Person
from releases import archives, player, playing
from releases.models import Version
from releases.playing import Opening, Session

_GONE: Final = 410
_SCRIPT: Final = "text/javascript; charset=utf-8"
_UNKNOWN: Final = "application/octet-stream"
# Python's own table alone: what the machine's files say differs from one to the next.
_KINDS: Final = mimetypes.MimeTypes()
for _kind, _ending in {
    "audio/ogg": ".ogg",
    "audio/mp4": ".m4a",
    "font/ttf": ".ttf",
    "font/woff2": ".woff2",
    "image/webp": ".webp",
    "text/plain": ".atlas",
}.items():
    _KINDS.add_type(_kind, _ending)


@worldless
@require_safe
def play_page(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the page that runs the game, as long as the version is still what this player opens."""
    session = _session(token)
    account = get_object_or_404(
        Account.objects.select_related("world"), pk=session.account_id, world=session.world_id
    )
    person = get_object_or_404(Person, pk=session.person_id, world=session.world_id)
    opening = playing.led(
        playing.open_for(account, person, session.environment, session.version_id),
        scene=session.scene,
        path=session.path,
    )
    if opening.version is None or opening.version.pk != session.version_id:
        return _framed(request, token, "releases/player_over.html", {"title": account.name}, status=_GONE)
    context = {"title": account.name, "config": _config(request, token, account, opening, opening.version)}
    return _framed(request, token, "releases/player.html", context)


@worldless
@require_safe
def play_file(request: HttpRequest, token: str, path: str) -> HttpResponse:
    """Answer one file of the package, scripts as the player loads them; anything else is not there."""
    session = _session(token)
    try:
        # What the address says of the version is all that it takes: no row is read.
        content = archives.file_of(Version(world_id=session.world_id, sha256=session.sha256), path)
    except FileNotFoundError:
        raise Http404 from None
    kind = kind_of(path)
    if kind == _SCRIPT:
        content = player.wrapped(path, content)
    response = HttpResponse(content, content_type=kind, headers=player.FILE_HEADERS)
    response["Cache-Control"] = f"private, max-age={playing.LASTS}, immutable"
    return response


def kind_of(path: str) -> str:
    """Return the content type of a file in a package, by its name."""
    if path.endswith(".js"):
        return _SCRIPT
    kind, packed = _KINDS.guess_type(path)
    if kind is None or packed:
        return _UNKNOWN
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _session(token: str) -> Session:
    try:
        return playing.read(token)
    except ValueError:
        raise Http404 from None


def _framed(
    request: HttpRequest, token: str, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Answer a page for the frame on our own phone, without the console's frame around it."""
    response = HttpResponse(render_to_string(template, context), status=status)
    response["Content-Security-Policy"] = player.policy(
        static=request.build_absolute_uri(settings.STATIC_URL),
        base=_base(request, token),
        host=_host(request),
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "no-store"
    return response


def _config(
    request: HttpRequest, token: str, account: Account, opening: Opening, version: Version
) -> dict[str, Any]:
    """Return what the player is told, as portal/static/player/wx.js lists it."""
    contents = version.contents
    return {
        "base": _base(request, token),
        "host": _host(request),
        "files": [{"path": path, "size": size} for path, size, _sha256 in contents["files"]],
        "game": {
            "deviceOrientation": contents["game"]["orientation"],
            "subpackages": [{"name": part["name"], "root": part["root"]} for part in contents["subpackages"]],
        },
        "title": account.name,
        "appid": account.appid,
        "version": version.number,
        "environment": opening.environment,
        "player": {"language": "zh_CN" if (get_language() or "").startswith("zh") else "en"},
        "launch": playing.launch(opening),
    }


def _host(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _base(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("releases:play_page", args=[token])) + "files/"
