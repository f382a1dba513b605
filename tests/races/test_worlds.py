"""A world deleted while it is used; its clock in several hands at once (R26, SIM-1, SIM-2)."""

from __future__ import annotations

import time as real
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from accounts import actions as accounts
from accounts.models import Account
from portal.kernel import clock, deadlines, outbox, tick, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, OutgoingMessage, World
from portal.outside.models import Letter
from portal.simulator import rooms, walks
from tests.races.rig import CHECK_TO_WRITE, awaiting, payment, race, rows_of, strays, words
from verification import actions as verification

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


# R26 -- no row outlives its world, none is in two.

WORLD_IS_GONE = {"DoesNotExist", "IntegrityError"}  # what the middleware makes a page of


def lively(world):
    """Return calls that use a world in every way there is so far, its rows made beforehand."""
    registered = [walks.register(world, f"new{nth}@kite.example") for nth in range(3)]
    activated = [walks.account_at(world, "activated", email=f"act{nth}@kite.example") for nth in range(3)]
    companies = awaiting(world, 6)
    typed = walks.draft(world, "enterprise", name="Red Crane", wechat_id="guoan")
    calls: list[Callable[[], Any]] = []
    calls += [partial(walks.register, world, f"late{nth}@kite.example") for nth in range(3)]
    for account in registered:
        token = walks.activation_token(account)
        calls.append(partial(accounts.activate, token, by=SIMULATOR))
        calls.append(partial(accounts.resend_activation, account.pk, by=SIMULATOR))
    for account in activated:
        calls.append(partial(walks.fill_in, account, typed))
        calls.append(partial(verification.show_scan, account.pk, by=SIMULATOR))
    calls += [payment(company, key=f"{company.pk}") for company in companies]
    World.objects.filter(pk=world.pk).update(rings_at=clock.real_now())
    calls += [tick.tick, partial(worlds.freeze, world.pk, by=SIMULATOR)]
    calls += [partial(worlds.advance, world.pk, to=world.now() + timedelta(days=11), by=SIMULATOR)]
    return calls


@pytest.mark.requirement("SIM-1")
def test_a_world_deleted_while_everybody_uses_it_leaves_nothing(make_world):
    won = set()
    for turn, seconds in enumerate((0.0, 0.1, 0.02)):
        doomed, other = make_world(f"Doomed {turn}"), make_world(f"Other {turn}")
        walks.account_at(other, "verified", email="ada@kite.example")
        before = rows_of(other.pk)
        calls = lively(doomed)

        def delete(world=doomed, seconds=seconds):
            real.sleep(seconds)
            return worlds.delete(world.pk, by=SIMULATOR)

        outcomes = race([delete, *calls])
        assert outcomes[0].word == "done", outcomes[0]
        failures = {outcome.word for outcome in outcomes if not isinstance(outcome.error, Refused)}
        assert failures <= {"done", *WORLD_IS_GONE}
        assert rows_of(doomed.pk) == {}
        assert rows_of(other.pk) == before
        assert strays() == []
        won |= {outcome.word for outcome in outcomes[1:]}
    assert "done" in won, "the deletion was always first"
    assert won & WORLD_IS_GONE, "the deletion was always last"


def test_control_a_world_looked_up_without_holding_it_keeps_ghosts(make_world):
    doomed = make_world("Doomed")

    def naive():
        if World.objects.filter(pk=doomed.pk).exists():
            real.sleep(10 * CHECK_TO_WRITE)
            AuditEvent.objects.create(
                world_id=doomed.pk,
                subject_type="kernel.World",
                subject_id=doomed.pk,
                name="freeze",
                by_kind="platform",
                by_name="simulator",
                at=doomed.now(),
            )

    race([naive, lambda: worlds.delete(doomed.pk, by=SIMULATOR)])
    assert rows_of(doomed.pk) == {"kernel_auditevent": 1}


def test_control_a_row_in_two_worlds_is_a_stray(make_world):
    one, other = make_world("One"), make_world("Other")
    account = walks.register(one, "ada@kite.example")
    assert strays() == []
    Letter.objects.create(world=one, to=account.email, subject="-", text="-", at=one.now())
    assert strays() == []
    account.activationlink_set.update(world=other)
    assert strays() == ["accounts_activationlink.account_id: 1"]


@pytest.mark.requirement("SIM-1")
def test_worlds_made_and_deleted_side_by_side_do_not_meet(make_world):
    def come_and_go(nth):
        world = rooms.open_world(name=f"Class {nth}", by=SIMULATOR, seed=nth, frozen=True).world
        walks.account_at(world, "verified", email="ada@kite.example")
        return worlds.delete(world.pk, by=SIMULATOR)

    outcomes = race([partial(come_and_go, nth) for nth in range(6)])
    assert words(outcomes) == {"done": 6}
    assert len({outcome.value for outcome in outcomes}) == 1  # each world held the same number of rows
    assert World.objects.count() == 0
    assert strays() == []


# The clock in several hands.


@pytest.mark.requirement("SIM-2")
def test_of_four_advances_at_once_one_goes(world):
    awaiting(world, 2)
    start = world.now()
    outcomes = race([partial(worlds.advance, world.pk, to=start + timedelta(days=8), by=SIMULATOR)] * 4)
    # Whoever comes after the first has arrived finds the clock at its target already.
    assert set(words(outcomes)) <= {"done", "clock_busy"}
    reports = [outcome.value for outcome in outcomes if outcome.word == "done"]
    fired = [one.id for report in reports for one in report.fired]
    assert len(fired) == len(set(fired)) == Deadline.objects.filter(status="fired").count()
    world.refresh_from_db()
    assert (world.now(), world.advancing_to, world.lease_until) == (start + timedelta(days=8), None, None)


@pytest.mark.requirement("SIM-2")
def test_a_tick_that_saw_the_clock_run_fires_nothing_once_it_is_frozen(world, time):
    """The tick holds a world as it was; what is due after the freeze must wait for the clock."""
    account = walks.register(world, "ada@kite.example")
    due_at = Deadline.objects.get(account_id=account.pk).due_at
    worlds.advance(world.pk, to=due_at - timedelta(milliseconds=500), by=SIMULATOR)
    worlds.run(world.pk, by=SIMULATOR)
    as_the_tick_saw_it = World.objects.get(pk=world.pk)
    worlds.freeze(world.pk, by=SIMULATOR)
    real.sleep(0.6)
    assert as_the_tick_saw_it.now() > due_at > World.objects.get(pk=world.pk).now()
    assert deadlines.fire_due(as_the_tick_saw_it) == []
    assert Account.objects.get(pk=account.pk).state == "registered"
    assert [fired.outcome for fired in time.passes(seconds=1).fired] == ["expired"]


@pytest.mark.requirement("SIM-2")
def test_what_a_delivery_promises_on_the_way_is_kept_before_the_advance_arrives(world, time, monkeypatch):
    """A receiver that answers a delivery at once acts while the clock is on its way."""
    accounts_ = [walks.register(world, "first@kite.example")]

    def answer(_subject_id):
        accounts_.append(walks.register(world, "second@kite.example"))

    monkeypatch.setitem(outbox.DELIVERIES, "test.answer", answer)
    outbox.put("test.answer", subject=accounts_[0])
    report = time.passes(days=10)
    assert [fired.subject_id for fired in report.fired] == [account.pk for account in accounts_]
    assert OutgoingMessage.objects.get().status == "sent"
    assert {account.state for account in Account.objects.all()} == {"expired"}


@pytest.mark.requirement("SIM-2", "OPS-3")
def test_an_advance_cut_short_is_taken_over_and_its_first_owner_stops(world, monkeypatch):
    """The lease runs out while somebody sleeps on it: the tick goes on, the sleeper gives up."""
    awaiting(world, 3)
    target = world.now() + timedelta(days=11)
    slept: list[bool] = []

    def sleepy(_subject_id):
        if not slept:
            slept.append(True)
            World.objects.filter(pk=world.pk).update(lease_until=clock.real_now())
            real.sleep(0.5)

    def take_over():
        while not slept:
            real.sleep(0.01)
        return worlds.resume(world.pk)

    monkeypatch.setitem(outbox.DELIVERIES, "test.sleep", sleepy)
    outbox.put("test.sleep", subject=Account.objects.all()[0])
    owner, taker = race([partial(worlds.advance, world.pk, to=target, by=SIMULATOR), take_over])
    assert owner.word == "clock_busy"
    assert taker.word == "done"
    assert taker.value.now == target
    assert Deadline.objects.filter(status="fired").count() == 3 * 4
    assert Letter.objects.filter(subject="The registration expired").count() == 3
