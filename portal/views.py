"""The public home page, the language switch, and the pages for what went wrong."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from accounts.views import entrance
from portal.kernel.http import WorldRequest, worldless
from portal.middleware import unavailable
from portal.simulator import prepared

LANGUAGE_AGE = 60 * 60 * 24 * 365


@require_safe
def home(request: WorldRequest) -> HttpResponse:
    """Show the public home page: register, log in, or enter a prepared world (REG-1)."""
    enter = reverse("simulator:prepared")
    buttons = [
        {"label": each.title, "url": enter, "post": True, "fields": {"name": each.name}}
        for each in prepared.PREPARED.values()
    ]
    return render(request, "home.html", entrance(request) | {"prepared": buttons})


@worldless
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language and stay on the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=LANGUAGE_AGE,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django could not read: an unknown host, a form too large."""
    return render(request, "400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was open too long, or came from elsewhere."""
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that is not here, or not yours to see."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own mistake, without anything that could fail again.

    A database that went away while a middleware asked it is no mistake: 503, as from a view.
    """
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError):
        return unavailable(error)
    return render(None, "500.html", status=500)
