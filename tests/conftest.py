"""Fixtures every test may ask for: a world with its cast, its clock, and a browser-like client inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.models import Account
from accounts.principals import PERSON, administrator_of
from portal.kernel import guards, pictures, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.kernel.worlds import Report
from portal.outside.models import Person
from portal.simulator import rooms

# A busy machine is slow, not wrong: no example has a deadline.
hypothesis.settings.register_profile("greenroom", deadline=None)
hypothesis.settings.load_profile("greenroom")

# The list of proofs in docs/requirements.md, and the browser.
pytest_plugins = ["tests.requirements", "tests.chromium"]

# Sat 9 Mar 2019, 10:00 in Shanghai: every world of the suite begins here.
BEGINNING = datetime(2019, 3, 9, 2, 0, tzinfo=UTC)


@pytest.fixture
def make_world(db: None) -> Callable[..., World]:
    """Return a maker of frozen worlds with the cast in them."""

    def make(name: str = "Class 07", *, seed: int = 7, frozen: bool = True, **kwargs: Any) -> World:
        return rooms.open_world(
            name=name, by=SIMULATOR, seed=seed, now=BEGINNING, frozen=frozen, **kwargs
        ).world

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """Return a world frozen at BEGINNING, seed 7."""
    return make_world()


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Return where a test's pictures are kept: a folder of its own, and nothing in the portal's."""
    settings.DATA_DIR = tmp_path
    return tmp_path / pictures.FOLDER


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Speak English again after a test whose last request was in another language, which stays in force."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _flushable(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lift SQLite's guards after a test that commits, since the flush deletes row by row.

    The flush ends with a migrate signal, which installs them anew.
    """
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction") and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in guards.installed():
                cursor.execute(f"DROP TRIGGER {name}")


class Time:
    """A world's clock in the hands of a test."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def now(self) -> datetime:
        """Return the world's time."""
        return World.objects.get(pk=self.world.pk).now()

    def passes(self, **delta: float) -> Report:
        """Let time pass; everything due on the way fires."""
        return self.reaches(self.now + timedelta(**delta))

    def reaches(self, moment: datetime) -> Report:
        """Let time pass until `moment`."""
        report = worlds.advance(self.world.pk, to=moment, by=SIMULATOR)
        self.world.refresh_from_db()
        return report


@pytest.fixture
def time(world: World) -> Time:
    """Return the clock of `world`."""
    return Time(world)


@pytest.fixture
def visitor(world: World, client: Client) -> Client:
    """Return a client whose cookie is in `world`, not signed in."""
    client.cookies["world"] = world.token
    return client


@pytest.fixture
def signed_in(visitor: Client) -> Callable[..., Client]:
    """Return a function that signs the visitor in to an account, as its administrator or as `person`."""

    def sign_in(account: Account, person: Person | None = None) -> Client:
        seat(visitor, account, person)
        return visitor

    return sign_in


def seat(client: Client, account: Account, person: Person | None = None) -> None:
    """Sign a client in to an account, as its administrator, its registrant, or as `person`."""
    client.force_login(account.login)
    person_id = person.pk if person else administrator_of(account)
    if person_id is not None:
        session = client.session
        session[PERSON] = person_id
        session.save()
