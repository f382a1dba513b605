"""What the control API costs: a world made and deleted, deletion by size, an account authenticated."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from bench import pages, table
from bench.rows import multiply, settle, unhurried
from portal.kernel import clock, worlds
from portal.kernel.action import transactional
from portal.kernel.actors import CONTROL
from portal.kernel.models import Throttle, World
from portal.outside.models import Letter
from portal.simulator import rooms, walks

KEY = "bench"
API = "/sim/api/v1"


def main(*, quick: bool) -> None:
    """Measure and print the three."""
    settings.CONTROL_KEY = KEY  # before the addresses are read
    unhurried()
    call_command("collectstatic", interactive=False, verbosity=0)
    number = 3 if quick else 15
    _empty_world(number)
    _deletion(number=3 if quick else 5, few=1_000, many=10_000 if quick else 100_000)
    _authenticated(number)


def _empty_world(number: int) -> None:
    table.title("An empty world, made and deleted")
    found = table.rounds({"row": _timed(_row), "world": _timed(_world)}, number)
    table.row("one row, inserted and deleted", found["row"], "ms")
    table.row("a world, made and deleted", found["world"], "ms")
    table.ratio("world over row", found["world"], found["row"], "50 at most")


def _deletion(*, number: int, few: int, many: int) -> None:
    table.title("Deleting a world, by its rows")
    variants = {f"{rows:,} letters": (lambda rows=rows: _delete(rows)) for rows in (few, many)}
    found = table.rounds(variants, number)
    for name, values in found.items():
        table.row(f"{name}, a row", values, "us")
    small, large = found.values()
    table.ratio("a row, many over few", large, small, "linear: 1.5 at most")


def _authenticated(number: int) -> None:
    table.title("An account walked to authenticated, and one console page")
    program = Client(headers={"host": "localhost", "authorization": f"Bearer {KEY}"})
    world = rooms.open_world(name="Bench", by=CONTROL, frozen=True).world
    browser = pages.signed_in(walks.account_at(world, "verified", entity_type="individual"))

    def walk() -> None:
        made = program.post(f"{API}/worlds", {}, content_type="application/json").json()
        asked = {"stage": "authenticated", "entity_type": "media"}
        path = f"{API}/worlds/{made['world']}/accounts"
        answer = program.post(path, asked, content_type="application/json")
        assert answer.status_code == 201, answer.content

    def page() -> None:
        assert browser.get("/console/").status_code == 200

    page()
    found = table.rounds({"walk": _timed(walk), "page": _timed(page)}, number)
    table.row("a console page", found["page"], "ms")
    table.row("an account at authenticated, in a new world", found["walk"], "ms")
    table.ratio("walk over page", found["walk"], found["page"], "")


def _timed(act: Callable[[], Any]) -> Callable[[], float]:
    """Return a measurement of `act`, in milliseconds."""

    def measure() -> float:
        started = time.perf_counter()
        act()
        return (time.perf_counter() - started) * 1000

    return measure


def _row() -> None:
    row = transactional(Throttle.objects.create)(scope="bench", key="row", window_start=clock.real_now())
    transactional(row.delete)()


def _world() -> None:
    room = rooms.open_world(name="Bench", by=CONTROL, frozen=True)
    worlds.delete(room.world.pk, by=CONTROL)


def _delete(rows: int) -> float:
    """Return how many microseconds a row takes when a world with so many letters is deleted."""
    world = rooms.open_world(name="Bench", by=CONTROL, frozen=True).world
    letter = Letter.objects.create(
        world=World.objects.get(pk=world.pk), to="desk@lanternbay.example", subject="Bench", text="Bench.",
        at=world.now(),
    )  # fmt: skip
    multiply(letter, rows)
    settle()
    started = time.perf_counter()
    deleted = worlds.delete(world.pk, by=CONTROL)
    return (time.perf_counter() - started) * 1_000_000 / deleted
