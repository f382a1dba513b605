"""Worlds: isolated, each with a clock that only moves forward and forgets nothing (SIM-1, SIM-2)."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import sleep

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from portal.kernel import clock, deadlines, locks, outbox, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, World
from portal.kernel.tick import tick
from portal.outside import letters
from portal.outside.models import Person
from portal.simulator import walks
from tests.conftest import BEGINNING

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


class Killed(BaseException):
    """The process ends here: nothing catches it, nothing is cleaned up."""


def at(hours: float) -> datetime:
    """Return the moment this many hours after the beginning."""
    return BEGINNING + timedelta(hours=hours)


def advance(world, hours, **budget):
    return worlds.advance(world.pk, to=at(hours), by=SIMULATOR, **budget)


def fresh(world):
    return World.objects.get(pk=world.pk)


def rows(world):
    """Return how many rows each table holds of a world."""
    found = {}
    for model in apps.get_models():
        if model is not World and any(field.attname == "world_id" for field in model._meta.concrete_fields):
            found[model._meta.label] = model._base_manager.filter(world_id=world.pk).count()
    return found


# --- making one -------------------------------------------------------------------------------


def test_a_frozen_world_stands_where_it_starts(machine):
    world = worlds.create(name="A", by=SIMULATOR, now=BEGINNING, frozen=True)
    machine.passes(hours=5)

    assert fresh(world).now() == BEGINNING


def test_a_running_world_starts_at_its_moment_and_runs_with_the_machine(machine):
    world = worlds.create(name="A", by=SIMULATOR, now=BEGINNING)
    machine.passes(hours=5)

    assert fresh(world).now() == at(5)


def test_without_a_moment_a_world_starts_now(machine):
    world = worlds.create(name="A", by=SIMULATOR)

    assert (fresh(world).now(), fresh(world).offset) == (machine.now, timedelta())


@pytest.mark.parametrize(
    "start", [datetime(1999, 12, 31, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)], ids=["early", "late"]
)
def test_a_start_out_of_reach_is_refused(start):
    with pytest.raises(Refused) as refusal:
        worlds.create(name="A", by=SIMULATOR, now=start)

    assert (refusal.value.code, refusal.value.field) == ("clock_horizon", "now")
    assert not World.objects.exists()


def test_two_worlds_have_links_that_nobody_guesses():
    tokens = {worlds.create(name="A", by=SIMULATOR).token for _ in range(20)}

    assert len(tokens) == 20
    assert min(len(token) for token in tokens) >= 22  # 128 bits


def test_a_world_is_renamed(world):
    worlds.rename(world.pk, name="Spring class", by=SIMULATOR)

    assert (fresh(world).name, fresh(world).token) == ("Spring class", world.token)


# --- the clock --------------------------------------------------------------------------------


def test_freeze_stops_the_clock_and_run_lets_it_go_on_from_there(machine, make_world):
    world = make_world(frozen=False)
    machine.passes(hours=1)
    worlds.freeze(world.pk, by=SIMULATOR)
    machine.passes(hours=10)
    stood = fresh(world).now()
    worlds.run(world.pk, by=SIMULATOR)
    machine.passes(hours=2)

    assert (stood, fresh(world).now()) == (at(1), at(3))


def test_freezing_twice_and_running_twice_changes_nothing(machine, world):
    worlds.freeze(world.pk, by=SIMULATOR)
    machine.passes(hours=1)
    worlds.run(world.pk, by=SIMULATOR)
    machine.passes(hours=1)
    worlds.run(world.pk, by=SIMULATOR)

    assert fresh(world).now() == at(1)
    assert [event.name for event in worlds.history(world.pk)] == ["run", "create"]


def test_a_running_world_runs_on_from_where_it_was_advanced_to(machine, make_world):
    world = make_world(frozen=False)
    report = advance(world, 24)
    machine.passes(minutes=10)

    assert (report.now, report.frozen, report.finished) == (at(24), False, True)
    assert fresh(world).now() == at(24) + timedelta(minutes=10)


def test_a_frozen_world_stands_where_it_was_advanced_to(machine, world):
    report = advance(world, 24)
    machine.passes(minutes=10)

    assert (report.now, report.frozen, report.finished) == (at(24), True, True)
    assert fresh(world).now() == at(24)


def test_time_never_goes_backwards(machine, make_world, kinds):
    """DESIGN 4: the clock only moves forward, also for who reads it in the middle of an advance."""
    world = make_world(frozen=False)
    seen = []

    @outbox.delivers("tests.look")
    def look(subject_id):
        machine.passes(seconds=7)  # the advance itself takes real time
        seen.append(fresh(world).now())

    def read(**passes):
        machine.passes(**passes)
        seen.append(fresh(world).now())

    @deadlines.on("tests.say", title=lambda row: "Say")
    def say(row):
        outbox.put("tests.look", subject=Person.objects.get(pk=row.subject_id))
        return "said"

    for hour, person in zip((1, 2, 3, 5), Person.objects.filter(world=world), strict=False):
        deadlines.schedule("tests.say", subject=person, due_at=at(hour))
    read()
    read(minutes=1)
    advance(world, 1.5)
    read()
    read(minutes=1)
    worlds.freeze(world.pk, by=SIMULATOR)
    read(minutes=5)
    advance(world, 4)
    read(minutes=5)
    worlds.run(world.pk, by=SIMULATOR)
    read(minutes=1)
    worlds.advance_to_next(world.pk, by=SIMULATOR)
    read()

    assert seen == sorted(seen)
    assert [hour for hour in (1, 2, 3, 5) if at(hour) in seen] == [1, 2, 3, 5]


@pytest.mark.requirement("SIM-2")
def test_an_advance_fires_everything_due_in_order_each_at_its_own_time(world, note, notes):
    """SIM-2: it has finished before it answers, with a report of what fired."""
    third, first, second = (note(world, word, at(hours)) for word, hours in (("c", 3), ("a", 1), ("b", 2)))
    same = note(world, "b too", at(2))
    later = note(world, "later", at(5))

    report = advance(world, 4)

    assert notes(world) == [("a", at(1)), ("b", at(2)), ("b too", at(2)), ("c", at(3))]
    assert [fired.id for fired in report.fired] == [first.pk, second.pk, same.pk, third.pk]
    assert {fired.outcome for fired in report.fired} == {"noted"}
    assert report.fired[0].title == "Note a"
    assert Deadline.objects.open().get().pk == later.pk


def test_what_is_due_at_the_very_target_has_happened(world, note, notes):
    note(world, "a", at(1))

    advance(world, 1)

    assert notes(world) == [("a", at(1))]


def test_what_a_handler_promises_on_the_way_fires_on_the_way(world, note, notes, kinds):
    @deadlines.on("tests.more", title=lambda row: "More")
    def more(row):
        note(row.world, f"after {row.detail}", row.due_at + HOUR)
        return "more"

    person = Person.objects.filter(world=world)[0]
    deadlines.schedule("tests.more", subject=person, detail="one", due_at=at(1))
    note(world, "three", at(3))

    advance(world, 4)

    assert notes(world) == [("after one", at(2)), ("three", at(3))]


def test_what_is_promised_at_the_last_moment_is_not_jumped_over(world, note, notes, kinds):
    """Between the last look and the arrival somebody acts: the advance has not finished before it answers."""
    person = Person.objects.filter(world=world)[0]

    @outbox.delivers("tests.act")
    def act(subject_id):
        note(world, "just in time", at(2))

    outbox.put("tests.act", subject=person)

    report = advance(world, 3)

    assert notes(world) == [("just in time", at(2))]
    assert [fired.title for fired in report.fired] == ["Note just in time"]


def test_the_past_is_refused(world):
    with pytest.raises(Refused) as refusal:
        advance(world, -1)

    assert (refusal.value.code, refusal.value.field) == ("clock_backwards", "to")
    assert (fresh(world).now(), fresh(world).advancing_to) == (BEGINNING, None)


def test_the_horizon_is_refused(world):
    with pytest.raises(Refused) as refusal:
        worlds.advance(world.pk, to=clock.real_now() + worlds.HORIZON + HOUR, by=SIMULATOR)

    assert refusal.value.code == "clock_horizon"
    assert fresh(world).now() == BEGINNING


@pytest.mark.requirement("SIM-3")
def test_the_next_event_is_jumped_to(world, note, notes):
    """SIM-3: *jump to next* fires the next event and nothing after it."""
    note(world, "b", at(2))
    note(world, "a", at(1))

    report = worlds.advance_to_next(world.pk, by=SIMULATOR)

    assert (report.now, notes(world)) == (at(1), [("a", at(1))])


def test_without_an_event_the_clock_stays(world):
    with pytest.raises(Refused) as refusal:
        worlds.advance_to_next(world.pk, by=SIMULATOR)

    assert (refusal.value.code, fresh(world).now()) == ("nothing_planned", BEGINNING)


def test_what_is_overdue_in_a_running_world_is_the_next_event(make_world, note, notes):
    """Nobody ticked yet, and time has gone on since: the next event is now, not in the refused past."""
    world = make_world(frozen=False)
    note(world, "a", BEGINNING)

    worlds.advance_to_next(world.pk, by=SIMULATOR)

    assert notes(world) == [("a", BEGINNING)]


def test_a_failing_event_is_reported_put_aside_and_passed_by(world, note, notes, kinds):
    @deadlines.on("tests.broken", title=lambda row: "Broken")
    def broken(row):
        letters.text_message(row.world, to="10000000000", text="half done")
        raise RuntimeError("the stage is dark")

    person = Person.objects.filter(world=world)[0]
    failing = deadlines.schedule("tests.broken", subject=person, due_at=at(1))
    note(world, "b", at(2))

    report = advance(world, 3)
    failing.refresh_from_db()

    assert [(fired.title, fired.outcome) for fired in report.fired] == [
        ("Broken", "failed"),
        ("Note b", "noted"),
    ]
    assert (report.finished, notes(world)) == (True, [("b", at(2))])
    assert (failing.status, failing.attempts, failing.last_error) == (
        "open",
        1,
        "RuntimeError: the stage is dark",
    )
    assert fresh(world).rings_at == failing.retry_at  # the tick tries again


# --- cut short, taken over, twice at once ------------------------------------------------------


def test_a_spent_budget_leaves_the_rest_to_who_comes_next(world, note, notes):
    for hour in (1, 2, 3):
        note(world, str(hour), at(hour))

    first = advance(world, 4, budget=timedelta(0))
    on_the_way = fresh(world)
    second = worlds.resume(world.pk)

    assert (first.finished, [fired.title for fired in first.fired], first.now) == (False, ["Note 1"], at(1))
    assert (on_the_way.advanced_from, on_the_way.advancing_to) == (BEGINNING, at(4))
    assert on_the_way.rings_at <= clock.real_now()  # the tick goes on with it
    assert second is not None
    assert (second.finished, second.now) == (True, at(4))
    assert notes(world) == [("1", at(1)), ("2", at(2)), ("3", at(3))]
    assert worlds.resume(world.pk) is None


def test_the_tick_goes_on_with_an_advance_cut_short(world, note, notes):
    for hour in (1, 2, 3):
        note(world, str(hour), at(hour))
    advance(world, 4, budget=timedelta(0))

    report = tick()

    assert (report.worlds, report.fired) == (1, 2)
    assert (fresh(world).now(), fresh(world).rings_at) == (at(4), None)
    assert [text for text, _at in notes(world)] == ["1", "2", "3"]


def test_a_killed_advance_is_resumed_by_the_tick_and_each_fires_once(machine, make_world, note, notes, kinds):
    """Killed inside the third of five: its half is rolled back, the lease runs out, the tick goes on."""
    world = make_world(frozen=False)
    alive: list[bool] = []

    @deadlines.on("tests.deadly", title=lambda row: "Deadly")
    def deadly(row):
        letters.text_message(row.world, to="10000000000", text=row.detail)
        if not alive:
            raise Killed
        return "survived"

    person = Person.objects.filter(world=world)[0]
    for hour in (1, 2, 4, 5):
        note(world, str(hour), at(hour))
    deadlines.schedule("tests.deadly", subject=person, detail="3", due_at=at(3))

    with pytest.raises(Killed):
        advance(world, 6)
    alive.append(True)
    before = notes(world)
    too_early = tick()
    machine.passes(seconds=31)
    tick()

    assert [text for text, _at in before] == ["1", "2"]
    assert too_early.worlds == 0  # whoever is at it may still be alive
    assert notes(world) == [(str(hour), at(hour)) for hour in (1, 2, 3, 4, 5)]
    assert (fresh(world).now(), fresh(world).running, fresh(world).advancing_to) == (at(6), True, None)


def test_the_second_of_two_advances_is_refused(world, note, notes, kinds):
    refusals = []

    @deadlines.on("tests.meanwhile", title=lambda row: "Meanwhile")
    def meanwhile(row):
        for attempt in (
            lambda: advance(world, 9),
            lambda: worlds.advance_to_next(world.pk, by=SIMULATOR),
            lambda: worlds.freeze(world.pk, by=SIMULATOR),
            lambda: worlds.run(world.pk, by=SIMULATOR),
            lambda: worlds.empty(world.pk, by=SIMULATOR),
        ):
            with pytest.raises(Refused) as refusal:
                attempt()
            refusals.append(refusal.value.code)
        assert worlds.resume(world.pk) is None
        return "held"

    person = Person.objects.filter(world=world)[0]
    deadlines.schedule("tests.meanwhile", subject=person, due_at=at(1))

    report = advance(world, 2)

    assert refusals == ["clock_busy"] * 5
    assert [fired.outcome for fired in report.fired] == ["held"]
    assert fresh(world).now() == at(2)


def test_who_was_too_slow_finds_the_world_taken_over_and_touches_nothing(machine, world, note, notes, kinds):
    """Its lease ran out between two events, another went on: nothing fires twice, no clock is set back."""
    person = Person.objects.filter(world=world)[0]

    @outbox.delivers("tests.slow")
    def slow(subject_id):
        machine.passes(seconds=31)
        tick()

    @deadlines.on("tests.send", title=lambda row: "Send")
    def send(row):
        outbox.put("tests.slow", subject=person)
        return "sent"

    deadlines.schedule("tests.send", subject=person, due_at=at(1))
    note(world, "2", at(2))

    with pytest.raises(Refused) as refusal:
        advance(world, 3)

    assert refusal.value.code == "clock_busy"
    assert notes(world) == [("2", at(2))]
    assert (fresh(world).now(), fresh(world).advancing_to) == (at(3), None)


def test_a_world_deleted_on_the_way_stops_its_advance(world, note, kinds):
    person = Person.objects.filter(world=world)[0]

    @outbox.delivers("tests.delete")
    def delete(subject_id):
        worlds.delete(world.pk, by=SIMULATOR)

    outbox.put("tests.delete", subject=person)

    with pytest.raises(Refused):
        advance(world, 3)

    assert not World.objects.exists()


# --- emptying and deleting ---------------------------------------------------------------------


@pytest.mark.requirement("SIM-1")
def test_two_worlds_with_the_same_people_and_e_mails_do_not_touch(make_world):
    """SIM-1: no cross-talk. The same e-mail, the same company, the same remark: two worlds."""
    one, two = make_world("One"), make_world("Two")
    mine, theirs = (
        walks.account_at(world, "awaiting_transfer", email="ops@kite.example", name="Paper Kite Co., Ltd.")
        for world in (one, two)
    )
    before = rows(two)

    walks.pay(mine)
    worlds.advance(one.pk, to=at(24 * 20), by=SIMULATOR)
    theirs.refresh_from_db()
    mine.refresh_from_db()

    assert (mine.state, theirs.state) == ("verified", "awaiting_transfer")
    asked = [(account.wiretransfer.payer_name, account.wiretransfer.amount_fen) for account in (mine, theirs)]
    assert asked[0] == asked[1]
    assert (rows(two), fresh(two).now()) == (before, BEGINNING)


def test_deleting_a_world_deletes_all_of_it_and_nothing_else(make_world):
    doomed, kept = make_world("Doomed"), make_world("Kept")
    for world in (doomed, kept):
        walks.account_at(world, "verified", email="ops@kite.example")
    before, there = rows(kept), rows(doomed)

    deleted = worlds.delete(doomed.pk, by=SIMULATOR)

    assert deleted == sum(there.values()) + 1
    assert sum(rows(doomed).values()) == 0
    assert rows(kept) == before
    assert list(World.objects.all()) == [kept]


def test_the_guards_are_shut_again_after_a_purge(make_world):
    doomed, kept = make_world("Doomed"), make_world("Kept")
    worlds.delete(doomed.pk, by=SIMULATOR)

    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(world_id=kept.pk).delete()


def test_an_emptied_world_begins_again_with_its_name_link_and_seed(machine, make_world):
    world = make_world(frozen=False)
    walks.account_at(world, "awaiting_transfer")
    advance(world, 24 * 3)
    machine.passes(hours=1)

    worlds.empty(world.pk, by=SIMULATOR)
    again = fresh(world)

    assert (again.name, again.token, again.seed) == (world.name, world.token, world.seed)
    assert (again.now(), again.running, again.rings_at) == (BEGINNING, True, None)
    assert {label: number for label, number in rows(world).items() if number} == {"kernel.AuditEvent": 1}


def test_a_world_emptied_twice_begins_at_the_same_moment(world):
    advance(world, 24)
    worlds.empty(world.pk, by=SIMULATOR)
    advance(world, 48)
    worlds.empty(world.pk, by=SIMULATOR)

    assert (fresh(world).now(), fresh(world).running) == (BEGINNING, False)


def test_what_was_cut_short_before_a_reset_does_not_go_on_after_it(world, note, notes):
    for hour in (1, 2):
        note(world, str(hour), at(hour))
    advance(world, 24, budget=timedelta(0))

    worlds.empty(world.pk, by=SIMULATOR)

    assert worlds.resume(world.pk) is None
    assert tick().worlds == 0
    assert (fresh(world).now(), notes(world)) == (BEGINNING, [])


# --- an action in the middle of an advance -------------------------------------------------------


def clocks_seen_by_an_action(world, note):
    """Return what an action reads of the clock at its beginning and its end, with an advance beside it.

    The advance fires its first event, then the action begins, then the advance comes to its second.
    """
    began = Event()
    seen: list[datetime] = []

    def act():
        try:
            with transaction.atomic():
                seen.append(World.objects.share(world.pk).now())
                began.set()
                sleep(0.4)  # long enough for the advance to come along
                seen.append(fresh(world).now())
        finally:
            connection.close()

    action = Thread(target=act)

    @outbox.delivers("tests.act")
    def between(subject_id):
        action.start()
        began.wait(10)

    @deadlines.on("tests.first", title=lambda row: "First")
    def first(row):
        outbox.put("tests.act", subject=Person.objects.get(pk=row.subject_id))
        return "first"

    deadlines.schedule("tests.first", subject=Person.objects.filter(world=world)[0], due_at=at(1))
    note(world, "second", at(2))
    advance(world, 3)
    action.join()
    return seen


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_an_action_sees_one_clock_from_beginning_to_end(world, note):
    """DESIGN 5: world shared for actions, exclusive for advance; what an action stamps is one moment."""
    assert clocks_seen_by_an_action(world, note) == [at(1), at(1)]
    assert fresh(world).now() == at(3)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_exclusive_lock_an_action_sees_the_clock_jump(world, note, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    monkeypatch.setattr(locks, "hold_world", locks.share_world)

    assert clocks_seen_by_an_action(world, note) == [at(1), at(3)]
