"""A seat before a game, for whoever wants to play one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.chromium import PATIENCE
from tests.releases.player.theatre import Seat, Theatre


@pytest.fixture
def plays(chromium: Browser) -> Iterator[Callable[..., Seat]]:
    """Return a function that opens a package, or files given as texts, in a browser of its own."""
    opened: list[Seat] = []

    def play(package: dict[str, Any], *, viewport: tuple[int, int] = (390, 844), **config: Any) -> Seat:
        files = {path: text.encode() if isinstance(text, str) else text for path, text in package.items()}
        context = chromium.new_context(
            viewport={"width": viewport[0], "height": viewport[1]}, has_touch=True, device_scale_factor=2
        )
        context.set_default_timeout(PATIENCE)
        opened.append(Seat(context.new_page(), Theatre(files, **config)))
        return opened[-1]

    yield play
    for seat in opened:
        seat.page.context.close()
        seat.theatre.close()
