"""Who may open which address: the authorization matrix, one row a route. A leaf; imports no stage.

`manage.py routes` prints it, and the tests knock at every route as each kind of visitor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from inspect import getclosurevars
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver


class Who(StrEnum):
    """Who may open a route; everybody else is led to where they may become that."""

    ANYONE = "anyone"  # without a world, without a log-in
    WORLD = "anybody in a world"  # its link or cookie lets in; a first page makes a world
    REGISTRANT = "the registrant"  # whose registration this is, signed in or in the same browser
    ACCOUNT = "the signed-in account"
    STAFF = "platform staff, or the world's reviewer"


MATRIX: Final[dict[str, Who]] = {
    # the public site
    "home": Who.WORLD,
    "set_language": Who.ANYONE,
    "healthz": Who.ANYONE,
    # registration and log-in
    "accounts:register": Who.WORLD,
    "accounts:types": Who.WORLD,
    "accounts:agreements": Who.WORLD,
    "accounts:register_mini_program": Who.WORLD,
    "accounts:captcha": Who.WORLD,
    "accounts:activation": Who.REGISTRANT,
    "accounts:resend": Who.REGISTRANT,
    "accounts:change_email": Who.REGISTRANT,
    "accounts:activate": Who.ANYONE,
    "accounts:log_in": Who.WORLD,
    "accounts:log_out": Who.WORLD,
    # entity verification
    "verification:entity": Who.ACCOUNT,
    # the console
    "console:home": Who.ACCOUNT,
    "console:notices": Who.ACCOUNT,
    "console:read_notices": Who.ACCOUNT,
    "console:open_notice": Who.ACCOUNT,
    "console:settings": Who.ACCOUNT,
    "console:state": Who.ACCOUNT,
    "console:gate": Who.ACCOUNT,
}

# The desk's routes are Django's own, made for each model: the site lets staff in, and nobody else.
DESK: Final = "admin"
DESK_LOG_IN: Final = "admin:login"

ANY_METHOD: Final = ("GET", "HEAD", "POST")


@dataclass(frozen=True)
class Route:
    """One route: its path with placeholders, what it may be asked, its full name, who may open it."""

    path: str
    methods: tuple[str, ...]
    name: str
    who: Who | None  # None: the matrix has no row for it


def routes() -> list[Route]:
    """Return every route of the portal, in the order they are tried."""
    return [
        Route("/" + path, methods(view), name, who(name))
        for path, name, view in _walk(get_resolver(), "", "")
    ]


def who(name: str) -> Who | None:
    """Return who may open the route of this full name, or None when the matrix does not say."""
    if name == DESK_LOG_IN:
        return Who.ANYONE
    if name.split(":")[0] == DESK:
        return Who.STAFF
    return MATRIX.get(name)


def methods(view: Any) -> tuple[str, ...]:
    """Return the methods that a view's `require_http_methods` lets in, whatever is wrapped around it."""
    layer = view
    while layer is not None:
        if callable(layer) and hasattr(layer, "__closure__"):
            allowed = getclosurevars(layer).nonlocals.get("request_method_list")
            if allowed is not None:
                return tuple(allowed)
        layer = getattr(layer, "__wrapped__", None)
    return ANY_METHOD


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[tuple[str, str, Any]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, path, inner)
        elif isinstance(pattern, URLPattern):
            yield path, namespace + (pattern.name or ""), pattern.callback
