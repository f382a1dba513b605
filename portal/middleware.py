"""What every request passes: an id, the right session cookie, its world, and refusals in sentences."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotFound,
    JsonResponse,
)
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from platforms.actions.authorizations import pre_authorization_of
from portal import hosts
from portal.kernel import audit
from portal.kernel.errors import Refused
from portal.kernel.fsm import ConcurrentTransition, TransitionNotAllowed
from portal.kernel.http import is_htmx
from portal.kernel.models import World
from portal.kernel.wire import serve
from portal.simulator import rooms

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

WORLD_COOKIE = "world"
WORLD_COOKIE_AGE = 60 * 60 * 24 * 365
DESK_PATH = "/admin/"
AUTHORIZATION_PAGES = (
    "/cgi-bin/componentloginpage",
    "/safe/bindcomponent",
    "/wxaopen/safe/bindcomponent",
)
UNREADABLE = re.compile(r"[\x00\ud800-\udfff]")


class PlatformHostsMiddleware:
    """Answers the server API alone where the platform's own host names are asked for.

    The platform's one page, on which administrators authorize a third-party platform, is part of the
    console: the browser is led to the address of that world.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Turn away what is no call of the server API."""
        host, _port = split_domain_port(request.get_host())
        is_page = request.path_info in AUTHORIZATION_PAGES
        if host not in hosts.PLATFORM or (serve.is_ours(request.path_info) and not is_page):
            return self.get_response(request)
        if is_page and (before := pre_authorization_of(request.GET.get("pre_auth_code", ""))):
            return redirect(before.platform.world.origin + request.get_full_path())
        sentence = "Only the server API answers at this name; the console is at the portal's own address.\n"
        return HttpResponseNotFound(sentence, content_type="text/plain")


class RequestMiddleware:
    """Gives each request an id and the audit its address, and turns away addresses that no text can hold."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside a request id of its own."""
        query = unquote(request.META.get("QUERY_STRING", ""))
        if UNREADABLE.search(request.path_info) or UNREADABLE.search(query):
            if serve.is_ours(request.path_info):
                return serve.unreadable(request)
            return HttpResponseBadRequest("This address holds characters that no page has.\n")
        token = audit.request_id.set(secrets.token_hex(8))
        from_where = audit.address.set(request.META.get("REMOTE_ADDR", ""))
        try:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = audit.request_id.get()
            return response
        finally:
            audit.address.reset(from_where)
            audit.request_id.reset(token)


class TwoSessionsMiddleware(SessionMiddleware):
    """Keeps console and desk apart: the desk's session has a cookie of its own, under /admin/.

    So the reviewer who signs in to help a world on never logs its operator out.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Read the session whose cookie belongs to this part of the site."""
        if request.path.startswith(DESK_PATH):
            cookies = dict(request.COOKIES)
            cookies.pop(settings.SESSION_COOKIE_NAME, None)
            if settings.DESK_COOKIE_NAME in cookies:
                cookies[settings.SESSION_COOKIE_NAME] = cookies[settings.DESK_COOKIE_NAME]
            request.COOKIES = cookies
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Write it back under the same name."""
        try:
            response = super().process_response(request, response)
        except SessionInterrupted:
            # What this request did is done, and ended its own session: the next one says why.
            logger.info("the session ended within its own request")
        if request.path.startswith(DESK_PATH):
            morsel = response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
            if morsel is not None:
                response.cookies[settings.DESK_COOKIE_NAME] = morsel.value
                kept = {key: value for key, value in morsel.items() if value}
                response.cookies[settings.DESK_COOKIE_NAME].update(kept | {"path": DESK_PATH})
        return response


class WorldMiddleware:
    """Finds the world a page is in: the signed-in account's, else the cookie's, else a new one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and let the visitor's cookie follow into a world entered meanwhile."""
        response = self.get_response(request)
        enters: World | None = getattr(request, "enters", None)
        if enters is not None:
            response.set_cookie(
                WORLD_COOKIE,
                enters.token,
                max_age=WORLD_COOKIE_AGE,
                httponly=True,
                secure=settings.HTTPS,
                samesite="Lax",
            )
        return response

    def process_view(
        self, request: Any, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Put `request.world` there, or for a first visit start a world of its own."""
        if getattr(view, "worldless", False) or request.path.startswith(DESK_PATH):
            return None
        request.world = self._world(request)
        if request.world is not None:
            return None
        if request.method not in {"GET", "HEAD"}:
            return redirect(reverse("home"))
        try:
            rooms.throttle_opening(request.META.get("REMOTE_ADDR", ""))
        except Refused as refusal:
            return refused(request, refusal)
        origin = f"{request.scheme}://{request.get_host()}"
        request.world = request.enters = rooms.open_for_visitor(origin=origin)
        return None

    def _world(self, request: HttpRequest) -> World | None:
        if request.user.is_authenticated and request.user.world is not None:
            return request.user.world
        token = request.COOKIES.get(WORLD_COOKIE, "")
        return World.objects.filter(token=token).first() if token else None


class RefusalMiddleware:
    """Turns a refusal into a message on the page it came from, or a 409 for programs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; only exceptions concern this middleware."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer refusals, lost races, a deleted world, a busy database; anything else is a bug."""
        if isinstance(error, Refused):
            return refused(request, error)
        if isinstance(error, ConcurrentTransition):
            sentence = _("Somebody else was faster. Look at what it has become and decide again.")
            return refused(request, Refused(sentence, code="lost_race"))
        if isinstance(error, TransitionNotAllowed):
            sentence = _("Nothing was done: that is no longer possible here.")
            return refused(request, Refused(sentence, code="not_possible"))
        if isinstance(error, ObjectDoesNotExist | IntegrityError) and _world_is_gone(request):
            sentence = _("Nothing was done: this world was deleted meanwhile. Open another one.")
            return refused(request, Refused(sentence, code="world_gone", way_out="home"))
        return unavailable(error) if isinstance(error, OperationalError) else None


def unavailable(error: BaseException) -> HttpResponse:
    """Answer that the database does not: 503, to be tried again in a few seconds."""
    logger.error("database unavailable", exc_info=error)
    response = render(None, "503.html", status=503)  # without the frame, which would ask it again
    response.headers["Retry-After"] = "5"
    return response


def _world_is_gone(request: HttpRequest) -> bool:
    world: World | None = getattr(request, "world", None)
    return world is not None and not World.objects.filter(pk=world.pk).exists()


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Answer a refusal: a page where a page was asked for, a message where a button was pressed.

    Programs and htmx get 409 (429 when throttled) with `{code, message, field}`.
    """
    status = 429 if refusal.code == "throttled" else 409
    if not request.accepts("text/html") or is_htmx(request):
        body = {"code": refusal.code, "message": refusal.message, "field": refusal.field}
        return JsonResponse(body, status=status)
    if request.method in {"GET", "HEAD"}:
        return render(request, "refused.html", {"refusal": refusal}, status=status)
    messages.error(request, refusal.message)
    return redirect(reverse(refusal.way_out) if refusal.way_out else _back(request))


def _back(request: HttpRequest) -> str:
    """Return the page the form stood on, if it is one of ours."""
    referer = urlsplit(request.headers.get("Referer", ""))
    ours = referer.netloc == request.get_host() and referer.path.startswith("/")
    return referer._replace(scheme="", netloc="").geturl() if ours else reverse("home")
