"""Browsers of visitors, in front of a server that begins with an empty database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.staticfiles import handlers
from django.http import FileResponse, HttpRequest, HttpResponse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import Visitor
from tests.chromium import PATIENCE

WIDE = {"viewport": {"width": 1280, "height": 800}}
NARROW = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


class KeptStaticFiles(handlers.StaticFilesHandler):
    """Static files that a browser keeps, as it does an installed portal's: a page names twenty."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        """Return the file, good for an hour."""
        response = super().serve(request)
        response.headers["Cache-Control"] = "max-age=3600"
        return response


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """Return pytest-django's server, whose static files are kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "StaticFilesHandler", KeptStaticFiles)
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def opens(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """Return a function that opens a browser of its own: cookies, world and log-in are its alone.

    Keywords go to Playwright's `new_context`. At the end every page visited must have been looked at,
    and no later complaint have come.
    """
    opened: list[Visitor] = []

    def open_browser(**options: Any) -> Visitor:
        context = chromium.new_context(**(WIDE | {"locale": "en-GB"} | options))
        context.set_default_timeout(PATIENCE)
        opened.append(Visitor(context.new_page(), live_server.url))
        return opened[-1]

    yield open_browser
    everywhere = [tab for visitor in opened for tab in (visitor, *visitor.tabs)]
    left_alone = [path for tab in everywhere for path in tab.left_alone]
    complaints = [line for tab in everywhere for line in tab.complaints]
    for visitor in opened:
        visitor.page.context.close()
    assert left_alone == []
    assert complaints == []


@pytest.fixture
def visitor(opens: Callable[..., Visitor]) -> Visitor:
    """Return somebody at a wide screen."""
    return opens()
