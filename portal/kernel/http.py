"""What views know of a request: its world, who signed in, and which views need no world."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpRequest

from portal.kernel.models import World

V = TypeVar("V", bound=Callable[..., Any])


class WorldRequest(HttpRequest):
    """A request inside a world; the middleware puts `world` there before the view runs."""

    if TYPE_CHECKING:
        world: World
        enters: World  # set by a view that takes the visitor into a world


def worldless(view: V) -> V:
    """Mark a view that answers without a world: no world is looked up or started for it."""
    view.worldless = True  # type: ignore[attr-defined]
    return view


def is_htmx(request: HttpRequest) -> bool:
    """Return whether htmx asked, which swaps a part of the page."""
    return request.headers.get("HX-Request") == "true"
