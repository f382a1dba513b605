"""Fixtures of the simulator's tests."""

from __future__ import annotations

import pytest

from tests.simulator.api import KEY, Api


@pytest.fixture
def api(settings, db) -> Api:
    """Return a client of the control API, which is there because its key is."""
    settings.ROOT_URLCONF = "tests.simulator.api"
    settings.CONTROL_KEY = KEY
    return Api()
