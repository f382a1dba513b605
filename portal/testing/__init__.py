"""A pytest plugin for whoever tests their own backend against a running portal (API-5).

Load it with `-p portal.testing`. It talks HTTP to the control API and needs nothing but pytest and the
standard library. Say where the portal is with `--greenroom-url` and `--greenroom-key`, or in
GREENROOM_URL and GREENROOM_KEY.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from portal.testing.client import Failed, Greenroom, Record
from portal.testing.worlds import Account, Bank, Clock, Mailbox, Phone, Reviewer, World

__all__ = [
    "Account",
    "Bank",
    "Clock",
    "Failed",
    "Greenroom",
    "Mailbox",
    "Phone",
    "Record",
    "Reviewer",
    "World",
]

MARK = "greenroom"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take where the portal is, and its key."""
    group = parser.getgroup("greenroom", "a running Greenroom portal")
    group.addoption("--greenroom-url", default="", help="the portal's address; else GREENROOM_URL")
    group.addoption("--greenroom-key", default="", help="its control key; else GREENROOM_KEY")


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the mark that says how a test's world begins."""
    config.addinivalue_line(
        "markers", f"{MARK}(seed=, now=, frozen=): how the world of this test begins (ISO 8601 with offset)"
    )


@pytest.fixture(scope="session")
def greenroom(pytestconfig: pytest.Config) -> Greenroom:
    """Return the client of the running portal; fails when nobody says where it is."""
    url = pytestconfig.getoption("greenroom_url") or os.environ.get("GREENROOM_URL", "")
    key = pytestconfig.getoption("greenroom_key") or os.environ.get("GREENROOM_KEY", "")
    if not (url and key):
        pytest.fail(
            "No portal was named. Set GREENROOM_URL and GREENROOM_KEY; `make run` prints both.", pytrace=False
        )
    return Greenroom(url, key)


@pytest.fixture
def world(request: pytest.FixtureRequest, greenroom: Greenroom) -> Iterator[World]:
    """Return a world of this test's own, its clock frozen; it is deleted afterwards."""
    mark = request.node.get_closest_marker(MARK)
    begins = {"frozen": True, **(mark.kwargs if mark else {})}
    made = World.make(greenroom, name=request.node.name, **begins)
    yield made
    made.delete()


@pytest.fixture
def clock(world: World) -> Clock:
    """Return the world's clock."""
    return world.clock


@pytest.fixture
def account_at(world: World) -> Callable[..., Account]:
    """Return a maker of accounts: `account_at("verified", entity_type="individual")`."""
    return world.account_at


@pytest.fixture
def mailbox(world: World) -> Mailbox:
    """Return the mailbox of everybody in the world."""
    return world.mailbox


@pytest.fixture
def phone(world: World) -> Phone:
    """Return everybody's phones."""
    return world.phone


@pytest.fixture
def bank(world: World) -> Bank:
    """Return the world's bank."""
    return world.bank


@pytest.fixture
def reviewer(world: World) -> Reviewer:
    """Return the world's reviewer."""
    return world.reviewer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in a failing test's report what happened in its world, while the world is still there."""
    report = yield
    there = getattr(item, "funcargs", {}).get("world")
    if report.failed and call.when == "call" and isinstance(there, World):
        report.sections.append((f"Greenroom: {there.name}", there.timeline()))
    return report
