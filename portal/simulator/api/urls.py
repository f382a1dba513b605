"""Addresses of the control API; mounted if and only if the installation has a control key."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.kernel.http import worldless
from portal.simulator.api import docs, failures
from portal.simulator.api.app import ROUTERS, api

app_name = "control"


def served(view: Callable[..., Any], methods: list[str]) -> Callable[..., Any]:
    """Return the library's view without world and form token, its answers kept by nobody.

    What a method it has not is answered is JSON too.
    """
    limited = require_http_methods(methods)(view)

    @worldless
    @csrf_exempt
    @wraps(limited)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = limited(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = response.headers["Allow"]
            message = _("This address takes %(methods)s.") % {"methods": allowed}
            response = failures.say(405, "method", message, Allow=allowed)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def _calls() -> list[URLPattern]:
    """Return one address for each path; the library gives one for each method of it."""
    methods: dict[str, list[str]] = {}
    for router in ROUTERS:
        for route, calls in router.path_operations.items():
            methods[route] = sorted(method for call in calls.operations for method in call.methods)
    patterns = {str(pattern.pattern): pattern for pattern in reversed(api.urls[0])}
    found = []
    for route, allowed in methods.items():
        address = route.strip("/").replace("{", "<").replace("}", ">")
        pattern: Any = patterns[address]
        found.append(path(address, served(pattern.callback, allowed), name=pattern.name))
    return found


urlpatterns = [
    path("docs", docs.docs, name="docs"),
    path("openapi.json", docs.openapi, name="openapi"),
    *_calls(),
    path("", worldless(csrf_exempt(failures.no_such_address)), name="nothing"),
    path("<path:rest>", worldless(csrf_exempt(failures.no_such_address)), name="nothing_else"),
]
