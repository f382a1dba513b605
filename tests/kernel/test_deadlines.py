"""Promises kept in rows: each fires once, at its own time, in order, and none is ever missed."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from portal.kernel import clock, deadlines, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.deadlines import ClockLost
from portal.kernel.models import Deadline, World
from portal.outside import letters
from portal.outside.models import Person
from tests.conftest import BEGINNING
from tests.kernel.conftest import NOTE

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def at(hours):
    return BEGINNING + timedelta(hours=hours)


def bell(world):
    return World.objects.get(pk=world.pk).rings_at


def person(world, number=0):
    return Person.objects.filter(world=world).select_related("world").order_by("id")[number]


def here(moment):
    """Claim the clock as an advance does, for a world that nobody else looks at."""


def fire_by_others(row):
    Deadline.objects.filter(pk=row.pk).update(status="fired", settled_at=clock.real_now())


@contextmanager
def after_the_look(rows, act):
    """Let `act` happen once right after the query that reads `rows` due rows, as another process would."""
    acted: list[bool] = []

    def run(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if 'FROM "kernel_deadline"' in sql and sql.endswith(f"LIMIT {rows}") and not acted:
            acted.append(True)
            act()
        return result

    with connection.execute_wrapper(run):
        yield


# --- promising and taking back ------------------------------------------------------------------


def test_a_promise_without_a_handler_cannot_be_made(world):
    with pytest.raises(LookupError):
        deadlines.schedule("tests.unknown", subject=person(world), due_at=at(1))


def test_a_promise_is_made_once_while_it_is_open(world, note):
    first = note(world, "a", at(1))
    note(world, "another detail", at(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        note(world, "a", at(2))
    deadlines.cancel(NOTE, subject_id=first.subject_id)

    assert note(world, "a", at(2)).status == "open"


def test_what_is_taken_back_does_not_fire(world, note, notes):
    promised = note(world, "a", at(1))

    assert deadlines.cancel(NOTE, subject_id=promised.subject_id) == 1
    assert deadlines.cancel(NOTE, subject_id=promised.subject_id) == 0
    worlds.advance(world.pk, to=at(2), by=SIMULATOR)
    promised.refresh_from_db()

    assert (notes(world), promised.status) == ([], "cancelled")
    assert promised.settled_at is not None


# --- the bell -----------------------------------------------------------------------------------


def test_the_bell_of_a_running_world_rings_at_its_earliest_promise(machine, make_world, note):
    world = make_world(frozen=False)
    note(world, "b", at(2))
    second = bell(world)
    note(world, "a", at(1))
    first = bell(world)
    note(world, "c", at(3))

    assert [second, first, bell(world)] == [machine.now + 2 * HOUR, machine.now + HOUR, machine.now + HOUR]


def test_a_frozen_world_does_not_ring_for_its_future(world, note):
    note(world, "a", at(1))

    assert bell(world) is None


def test_what_is_due_already_rings_at_once_even_in_a_frozen_world(machine, world, note):
    note(world, "a", BEGINNING)

    assert bell(world) == machine.now


def test_freezing_silences_the_bell_and_running_sets_it_again(machine, make_world, note):
    world = make_world(frozen=False)
    note(world, "a", at(2))
    worlds.freeze(world.pk, by=SIMULATOR)
    frozen = bell(world)
    machine.passes(hours=5)
    worlds.run(world.pk, by=SIMULATOR)

    assert (frozen, bell(world)) == (None, machine.now + 2 * HOUR)


def test_arriving_sets_the_bell_to_what_comes_next(machine, make_world, note):
    world = make_world(frozen=False)
    note(world, "a", at(1))
    note(world, "b", at(4))
    worlds.advance(world.pk, to=at(3), by=SIMULATOR)

    assert bell(world) == machine.now + HOUR


def test_a_tick_that_sees_an_old_world_does_not_silence_an_advance_cut_short(world, note, make_world):
    """It read the world before the advance; its bell must still call whoever goes on."""
    stale = World.objects.get(pk=world.pk)
    for hour in (1, 2):
        note(world, str(hour), at(hour))
    worlds.advance(world.pk, to=at(3), by=SIMULATOR, budget=timedelta(0))

    assert deadlines.fire_due(stale) == []
    assert bell(world) <= clock.real_now()


# --- firing -------------------------------------------------------------------------------------


def test_each_fires_once_pinned_to_its_own_moment(machine, make_world, note, notes):
    """The tick came late: the handler still runs as of the moment that was promised."""
    world = make_world(frozen=False)
    promised = note(world, "a", at(1))
    machine.passes(hours=7)

    fired = deadlines.fire_due(world)
    again = deadlines.fire_due(world)
    promised.refresh_from_db()

    assert [(each.title, each.outcome, each.due_at) for each in fired] == [("Note a", "noted", at(1))]
    assert (again, notes(world), bell(world)) == ([], [("a", at(1))], None)
    assert (promised.status, promised.outcome, promised.settled_at) == ("fired", "noted", machine.now)


def test_the_order_is_the_promised_one_and_then_the_order_of_promising(world, note):
    for word, hours in (("c", 2), ("a", 1), ("d", 2), ("b", 1)):
        note(world, word, at(hours))

    fired = [deadlines.fire_next(world, until=at(3), claim_clock=here)[0].title for _ in range(4)]

    assert fired == ["Note a", "Note b", "Note c", "Note d"]
    assert deadlines.fire_next(world, until=at(3), claim_clock=here) == []


def test_what_others_fired_first_is_not_fired_again(world, note, notes):
    """Between the look and the claim another tick was faster: look again, fire the rest."""
    first, second = note(world, "a", at(1)), note(world, "b", at(2))

    with after_the_look(1, lambda: fire_by_others(first)):
        fired = deadlines.fire_next(world, until=at(3), claim_clock=here)

    assert [each.id for each in fired] == [second.pk]
    assert [text for text, _at in notes(world)] == ["b"]


def test_what_others_take_back_under_the_handler_leaves_nothing(world, note, notes, kinds):
    """The claim comes last: an effect whose promise is gone by then is rolled back with it."""
    other = note(world, "other", at(2))

    @deadlines.on("tests.undone", title=lambda row: "Undone")
    def undone(row):
        letters.text_message(row.world, to="10000000000", text="half done")
        deadlines.cancel("tests.undone", subject_id=row.subject_id)
        return "done"

    deadlines.schedule("tests.undone", subject=person(world), due_at=at(1))

    first = deadlines.fire_next(world, until=at(3), claim_clock=here)
    second = deadlines.fire_next(world, until=at(3), claim_clock=here)

    assert [each.outcome for each in first] == ["failed"]
    assert [each.id for each in second] == [other.pk]
    assert [text for text, _at in notes(world)] == ["other"]


def test_a_clock_that_is_lost_leaves_everything_as_it_is(world, note, notes):
    promised = note(world, "a", at(1))

    def lost(moment):
        raise ClockLost

    with pytest.raises(ClockLost):
        deadlines.fire_next(world, until=at(2), claim_clock=lost)
    promised.refresh_from_db()

    assert (promised.status, promised.attempts, notes(world)) == ("open", 0, [])


def test_a_world_frozen_meanwhile_fires_nothing_before_its_time(machine, make_world, note, notes):
    """The tick read the world while it ran; it was frozen at once, and real time went on."""
    world = make_world(frozen=False)
    note(world, "a", at(1))
    stale = World.objects.get(pk=world.pk)
    worlds.freeze(world.pk, by=SIMULATOR)
    machine.passes(hours=2)

    assert deadlines.fire_due(stale) == []
    assert notes(world) == []


def test_a_world_on_its_way_is_fired_by_its_advance_alone(machine, make_world, note, notes):
    """A tick must not overtake: what it would fire now belongs to the advance, after what is due before."""
    world = make_world(frozen=False)
    stale = World.objects.get(pk=world.pk)
    for hour in (1, 2):
        note(world, str(hour), at(hour))
    worlds.advance(world.pk, to=at(3), by=SIMULATOR, budget=timedelta(0))
    machine.passes(hours=9)

    assert deadlines.fire_due(stale) == []
    assert [text for text, _at in notes(world)] == ["1"]


def test_a_deleted_world_fires_nothing(world, note):
    note(world, "a", BEGINNING)
    stale = World.objects.get(pk=world.pk)
    worlds.delete(world.pk, by=SIMULATOR)

    assert deadlines.fire_due(stale) == []


def test_so_many_fire_at_once_and_the_bell_keeps_ringing_for_the_rest(machine, world, note, notes):
    for number in range(3):
        note(world, str(number), BEGINNING)

    fired = deadlines.fire_due(world, at_most=2)

    assert (len(fired), bell(world)) == (2, machine.now)
    assert (len(deadlines.fire_due(world, at_most=2)), bell(world)) == (1, None)


# --- failing ------------------------------------------------------------------------------------


class Broken:
    """Promises of a kind that fails with `words` until it is mended."""

    mended = False
    words = "the stage is dark"

    def __init__(self):
        deadlines.on("tests.broken", title=lambda row: "Broken")(self.handle)

    def handle(self, row):
        if not self.mended:
            raise RuntimeError(self.words)
        return "mended"

    def promise(self, world, due_at):
        return deadlines.schedule("tests.broken", subject=person(world), due_at=due_at)


@pytest.fixture
def broken(kinds):
    return Broken()


def test_a_failing_promise_backs_off_on_the_real_clock_and_is_kept_later(machine, world, broken):
    promised = broken.promise(world, BEGINNING)
    waits = []
    for _ in range(3):
        deadlines.fire_due(world)
        promised.refresh_from_db()
        waits.append(promised.retry_at - machine.now)
        machine.now = promised.retry_at
    broken.mended = True
    fired = deadlines.fire_due(world)
    promised.refresh_from_db()

    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert [each.outcome for each in fired] == ["mended"]
    assert (promised.attempts, promised.retry_at, bell(world)) == (3, None, None)


def test_the_bell_rings_when_a_failing_promise_is_to_be_tried_again(machine, world, broken):
    promised = broken.promise(world, BEGINNING)
    deadlines.fire_due(world)
    promised.refresh_from_db()

    assert bell(world) == promised.retry_at == machine.now + timedelta(minutes=1)


def test_before_its_retry_a_failing_promise_is_left_alone(machine, world, broken):
    broken.promise(world, BEGINNING)
    deadlines.fire_due(world)
    machine.passes(seconds=59)

    assert deadlines.fire_due(world) == []


def test_a_promise_that_failed_for_weeks_still_blocks_nobody(machine, world, broken, note, notes):
    """Its backoff stays six hours, however often it failed."""
    promised = broken.promise(world, BEGINNING)
    Deadline.objects.filter(pk=promised.pk).update(attempts=3000)
    note(world, "b", BEGINNING)

    fired = deadlines.fire_due(world)
    promised.refresh_from_db()

    assert [each.outcome for each in fired] == ["failed", "noted"]
    assert promised.retry_at == machine.now + timedelta(hours=6)


def test_an_error_that_no_text_can_hold_is_kept_readable(world, broken, caplog):
    # pytest's own report could not hold it either.
    caplog.set_level("CRITICAL", logger="portal.kernel.deadlines")
    broken.words = "NUL \0, half a letter \ud83d"
    promised = broken.promise(world, BEGINNING)

    deadlines.fire_due(world)
    promised.refresh_from_db()

    assert promised.last_error == "RuntimeError: NUL \N{REPLACEMENT CHARACTER}, half a letter \ufffd"


def test_a_kind_that_is_not_known_any_more_is_put_aside(world, note, notes):
    """A row of an older version: it blocks neither its world nor the pages that list it."""
    promised = note(world, "a", BEGINNING)
    Deadline.objects.filter(pk=promised.pk).update(kind="tests.gone")
    note(world, "b", BEGINNING)

    fired = deadlines.fire_due(world)

    assert [(each.title, each.outcome) for each in fired] == [("tests.gone", "failed"), ("Note b", "noted")]


# --- many at once -------------------------------------------------------------------------------


class Flock:
    """Promises of a kind that takes many; those in `bad` fail, and `sizes` tells how many came at once."""

    def __init__(self):
        self.sizes: list[int] = []
        self.bad: set[str] = set()
        deadlines.on_many("tests.flock", title=lambda row: f"Flock {row.detail}")(self.handle)

    def handle(self, rows):
        self.sizes.append(len(rows))
        for row in rows:
            if row.detail in self.bad:
                raise RuntimeError(row.detail)
            with clock.pin(row.world_id, row.due_at):
                letters.text_message(row.world, to="10000000000", text=row.detail)
        return ["flown" if row.detail != "kept" else "kept" for row in rows]

    def promise(self, world, detail, due_at):
        return deadlines.schedule("tests.flock", subject=person(world), detail=detail, due_at=due_at)


@pytest.fixture
def flock(kinds):
    return Flock()


def test_a_run_of_one_kind_fires_together_each_at_its_own_moment(world, flock, note, notes):
    for detail, hours in (("a", 1), ("kept", 2), ("c", 4)):
        flock.promise(world, detail, at(hours))
    note(world, "b", at(3))

    report = worlds.advance(world.pk, to=at(5), by=SIMULATOR)

    assert flock.sizes == [2, 1]  # the note between them keeps its place
    assert [fired.outcome for fired in report.fired] == ["flown", "kept", "noted", "flown"]
    assert notes(world) == [("a", at(1)), ("kept", at(2)), ("b", at(3)), ("c", at(4))]


def test_one_that_fails_does_not_take_its_flock_with_it(world, flock, notes):
    flock.bad = {"b"}
    for detail in "abc":
        flock.promise(world, detail, at(1))

    fired = deadlines.fire_next(world, until=at(2), claim_clock=here)

    assert flock.sizes == [3, 1, 1, 1]
    assert [each.outcome for each in fired] == ["flown", "failed", "flown"]
    assert [text for text, _at in notes(world)] == ["a", "c"]
    assert deadlines.fire_next(world, until=at(2), claim_clock=here) == []


def test_a_flock_of_which_others_fired_some_is_looked_at_again(world, flock, notes):
    rows = [flock.promise(world, detail, at(1)) for detail in "abc"]

    with after_the_look(deadlines.BATCH, lambda: fire_by_others(rows[1])):
        fired = deadlines.fire_next(world, until=at(2), claim_clock=here)

    assert [each.id for each in fired] == [rows[0].pk, rows[2].pk]
    assert flock.sizes == [2]
    assert [text for text, _at in notes(world)] == ["a", "c"]
