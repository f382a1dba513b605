"""Where a log-in leads to: a page of the console that somebody was on the way to, and nowhere else."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from portal import routes
from portal.routes import Who

LONGEST: Final = 2000


def reachable(request: HttpRequest, url: str) -> str:
    """Return path and query of `url` when it is a page for somebody signed in here, else ''.

    Whatever else a link may say, another site above all, is passed over (no open redirect).
    """
    if len(url) > LONGEST or not url.startswith("/"):
        return ""
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()):
        return ""
    asked = urlsplit(url)
    try:
        match = resolve(unquote(asked.path))
    except Resolver404:
        return ""
    for_us = routes.who(match.view_name) in {Who.ACCOUNT, Who.REGISTRANT}
    if asked.netloc or not for_us or "GET" not in routes.methods(match.func):
        return ""
    return f"{asked.path}?{asked.query}" if asked.query else asked.path
