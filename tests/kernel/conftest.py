"""What tests of the clockwork share: promises of their own, and the machine's clock in their hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.kernel import clock, deadlines, outbox
from portal.kernel.models import Deadline, World
from portal.outside import letters
from portal.outside.models import Person, Sms

NOTE = "tests.note"


@pytest.fixture
def kinds() -> Iterator[None]:
    """Let a test register kinds of deadlines and deliveries; they are forgotten afterwards."""
    registries: list[dict[str, Any]] = [deadlines.KINDS, outbox.DELIVERIES]
    before = [dict(registry) for registry in registries]
    yield
    for registry, kept in zip(registries, before, strict=True):
        registry.clear()
        registry.update(kept)


@pytest.fixture
def note(kinds: None) -> Callable[..., Deadline]:
    """Return a function that promises a note: when it fires, a text message tells its detail.

    The message is a row of the firing transaction, stamped with the world's time in the handler.
    """

    @deadlines.on(NOTE, title=lambda row: f"Note {row.detail}")
    def write(row: Deadline) -> str:
        letters.text_message(row.world, to="10000000000", text=row.detail)
        return "noted"

    def promise(world: World, detail: str, due_at: datetime) -> Deadline:
        subject = Person.objects.filter(world=world).select_related("world").order_by("id")[0]
        return deadlines.schedule(NOTE, subject=subject, detail=detail, due_at=due_at)

    return promise


@pytest.fixture
def notes() -> Callable[[World], list[tuple[str, datetime]]]:
    """Return a function that tells what was noted in a world, in the order it happened, and when."""

    def read(world: World) -> list[tuple[str, datetime]]:
        rows = Sms.objects.filter(world=world, to="10000000000").order_by("id")
        return list(rows.values_list("text", "at"))

    return read


class Machine:
    """The machine's clock in the hands of a test."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def passes(self, **delta: float) -> None:
        """Let real time pass."""
        self.now += timedelta(**delta)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Stop the machine's clock; the test lets it pass."""
    stopped = Machine(clock.real_now())
    monkeypatch.setattr(timezone, "now", lambda: stopped.now)
    return stopped
