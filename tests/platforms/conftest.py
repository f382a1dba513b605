"""A platform with its server, and accounts that may authorize it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import Account
from portal.kernel.models import World
from portal.simulator.walks.stages import account_at
from tests.platform import PlatformServer


@pytest.fixture
def account(world: World) -> Account:
    """Return a Mini Program of an individual."""
    return account_at(world, "verified", entity_type="individual")


@pytest.fixture
def server(world: World) -> PlatformServer:
    """Return a third-party platform's server."""
    return PlatformServer(world)


@pytest.fixture
def elsewhere(make_world: Callable[..., World]) -> World:
    """Return another world."""
    return make_world("Class 08", seed=8)
