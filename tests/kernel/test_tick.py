"""One tick: every world that rings is looked at, none that does not, and one's trouble stops no other."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.kernel import deadlines, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.kernel.tick import AFTER_TROUBLE, last_tick_at, tick
from portal.outside.models import Person
from tests.conftest import BEGINNING

pytestmark = pytest.mark.django_db


def at(hours):
    return BEGINNING + timedelta(hours=hours)


def test_what_is_due_fires_in_every_world_that_rings(machine, make_world, note, notes):
    running, other, frozen = make_world("A", frozen=False), make_world("B", frozen=False), make_world("C")
    for world in (running, other, frozen):
        note(world, "a", at(1))
    machine.passes(hours=1)

    report = tick()

    assert (report.worlds, report.fired) == (2, 2)
    assert [notes(world) for world in (running, other, frozen)] == [[("a", at(1))], [("a", at(1))], []]


def test_before_its_time_nothing_fires(machine, make_world, note, notes):
    world = make_world(frozen=False)
    note(world, "a", at(1))
    machine.passes(minutes=59, seconds=59)

    assert (tick().worlds, notes(world)) == (0, [])


def test_a_second_tick_finds_nothing(machine, make_world, note, notes):
    world = make_world(frozen=False)
    note(world, "a", at(1))
    machine.passes(hours=2)
    tick()

    assert (tick().worlds, notes(world)) == (0, [("a", at(1))])


def test_worlds_with_nothing_due_cost_nothing(make_world, note):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            tick()
        return len(captured)

    tick()
    alone = queries()
    for number in range(5):
        note(make_world(str(number), frozen=number % 2 == 0), "a", at(1))

    assert queries() == alone


def test_the_trouble_of_one_world_stops_no_other_and_does_not_come_first_again(
    machine, make_world, note, notes, monkeypatch
):
    """Trouble outside a handler, such as a lock that was not given in time."""
    bad, good = make_world("Bad", frozen=False), make_world("Good", frozen=False)
    note(bad, "a", at(1))
    note(good, "b", at(1))
    machine.passes(hours=1)
    fire_due = deadlines.fire_due

    def fire(world):
        if world.pk == bad.pk and not healed:
            raise RuntimeError("no lock")
        return fire_due(world)

    healed: list[bool] = []
    monkeypatch.setattr(deadlines, "fire_due", fire)

    first = tick()
    waiting = World.objects.get(pk=bad.pk).rings_at
    healed.append(True)
    machine.passes(seconds=AFTER_TROUBLE.total_seconds())
    second = tick()

    assert (first.worlds, first.fired, notes(good)) == (2, 1, [("b", at(1))])
    assert waiting == machine.now
    assert (second.worlds, second.fired, notes(bad)) == (1, 1, [("a", at(1))])


def test_a_world_whose_clock_somebody_moves_is_left_alone(make_world, note, kinds):
    world = make_world(frozen=False)
    looked = []

    @deadlines.on("tests.look", title=lambda row: "Look")
    def look(row):
        looked.append(tick().worlds)
        return "looked"

    deadlines.schedule("tests.look", subject=Person.objects.filter(world=world)[0], due_at=at(1))
    worlds.advance(world.pk, to=at(2), by=SIMULATOR)

    assert looked == [0]


def test_the_pulse_tells_when_the_last_tick_ended(machine):
    before = last_tick_at()
    tick()
    machine.passes(seconds=3)
    tick()

    assert (before, last_tick_at()) == (None, machine.now)
