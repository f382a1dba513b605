"""What is claimed once and counted right when many come: keys, tries, messages, scans."""

from __future__ import annotations

import time as real
from datetime import timedelta

import pytest
from django.db import transaction

from portal.kernel import clock, confirmations, idempotency, outbox, throttle
from portal.kernel.action import transactional
from portal.kernel.models import AuditEvent, IdempotencyKey, OutgoingMessage, Throttle
from portal.outside.models import Letter
from portal.simulator import walks
from tests.races.rig import CHECK_TO_WRITE, race, words
from verification import actions as verification

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


# Keys -- a form sent many times is carried out once, and each sender gets what the first made.


def test_one_key_in_many_hands_is_carried_out_once(world):
    @transactional
    def carry_out():
        claimed = idempotency.claim(world, "test", "one form", {"fen": 1})
        if claimed.result_id is None:
            letter = Letter.objects.create(world=world, to="-", subject="-", text="-", at=world.now())
            claimed.result_id = letter.pk
            claimed.save()
        return claimed.result_id

    outcomes = race([carry_out] * 20)
    assert words(outcomes) == {"done": 20}
    assert {outcome.value for outcome in outcomes} == {Letter.objects.get().pk}


def test_a_key_whose_first_call_failed_is_free_for_the_next(world):
    def carry_out(fails):
        with transaction.atomic():
            idempotency.claim(world, "test", "one form", {"fen": 1})
            if fails:
                real.sleep(CHECK_TO_WRITE)
                raise ValueError("in mid-work")

    outcomes = race([lambda: carry_out(True), lambda: carry_out(True), lambda: carry_out(False)])
    assert words(outcomes) == {"ValueError": 2, "done": 1}
    assert IdempotencyKey.objects.count() == 1


# Tries -- as many as allowed, on the real clock.


def hit():
    throttle.hit("test", "somebody", at_most=5, within=timedelta(minutes=1))


def test_of_twenty_tries_at_once_five_are_allowed(world):
    assert words(race([hit] * 20)) == {"done": 5, "throttled": 15}


def test_a_window_that_ends_while_many_try_opens_one_new_window(world):
    for _try in range(5):
        hit()
    Throttle.objects.update(window_start=clock.real_now() - timedelta(minutes=2))
    assert words(race([hit] * 20)) == {"done": 5, "throttled": 15}


def test_a_success_that_clears_the_tries_refuses_nobody(world):
    def clear_often():
        for _time in range(30):
            throttle.clear("test", "somebody")

    def try_often():
        for _time in range(30):
            throttle.hit("test", "somebody", at_most=100, within=timedelta(minutes=1))

    assert words(race([clear_often, try_often, try_often, try_often])) == {"done": 4}


def test_control_tries_read_before_they_are_counted_let_all_in(world):
    def naive():
        row, _made = Throttle.objects.get_or_create(
            scope="test", key="somebody", defaults={"window_start": clock.real_now()}
        )
        if row.hits >= 5:
            raise PermissionError
        real.sleep(CHECK_TO_WRITE)
        Throttle.objects.filter(pk=row.pk).update(hits=row.hits + 1)

    assert words(race([naive] * 10)) == {"done": 10}


# Messages -- many relays, each message once while nobody is killed.


@pytest.mark.requirement("OPS-3")
def test_four_relays_deliver_each_message_once(world, monkeypatch):
    delivered: list[int] = []
    monkeypatch.setitem(outbox.DELIVERIES, "test.deliver", delivered.append)
    letters = [
        Letter.objects.create(world=world, to="-", subject="-", text="-", at=world.now()) for _n in range(30)
    ]
    for letter in letters:
        outbox.put("test.deliver", subject=letter)
    outcomes = race([outbox.relay] * 4)
    assert words(outcomes) == {"done": 4}
    assert sum(outcome.value for outcome in outcomes) == 30
    assert sorted(delivered) == [letter.pk for letter in letters]


def test_control_a_message_marked_after_it_left_leaves_several_times(world):
    letter = Letter.objects.create(world=world, to="-", subject="-", text="-", at=world.now())
    OutgoingMessage.objects.create(world=world, kind="test.deliver", subject_id=letter.pk)
    delivered: list[int] = []

    def naive():
        row = OutgoingMessage.objects.filter(status="waiting").first()
        if row:
            real.sleep(CHECK_TO_WRITE)
            delivered.append(row.subject_id)
            OutgoingMessage.objects.filter(pk=row.pk).update(status="sent")

    race([naive] * 3)
    assert len(delivered) > 1


@pytest.mark.requirement("OPS-3")
def test_whoever_finishes_after_the_lease_ran_out_changes_nothing(world, monkeypatch):
    """F15: a relay that slept through its lease comes to after another has delivered."""
    calls: list[int] = []

    def deliver(_subject_id):
        calls.append(len(calls))
        if len(calls) == 1:
            OutgoingMessage.objects.update(next_attempt_at=clock.real_now())  # its lease ran out
            assert outbox.relay() == 1
            raise ConnectionError("the sleeper's own delivery failed at last")

    monkeypatch.setitem(outbox.DELIVERIES, "test.deliver", deliver)
    letter = Letter.objects.create(world=world, to="-", subject="-", text="-", at=world.now())
    outbox.put("test.deliver", subject=letter)
    assert outbox.relay() == 0
    row = OutgoingMessage.objects.get()
    assert (row.status, row.attempts, row.lease, row.last_error) == ("sent", 2, 2, "")
    assert calls == [0, 1]


# Scans -- one code, many phones.


@pytest.mark.requirement("REG-8")
def test_a_code_confirmed_and_refused_at_once_is_answered_once(world):
    account = walks.account_at(world, "activated", email="ada@kite.example")
    by = account.login.as_actor()
    verification.save_draft(account.pk, vars(walks.draft(world, "enterprise")), complete=True, by=by)
    shown = verification.show_scan(account.pk, by=by)
    person = walks.administrator(world, "linyue").as_actor()
    yes = [lambda: confirmations.confirm(shown.pk, by=person)] * 6
    no = [lambda: confirmations.refuse(shown.pk, by=person)] * 6
    assert words(race([*yes, *no])) == {"done": 1, "code_over": 11}
    endings = AuditEvent.objects.filter(subject_type="kernel.Confirmation", subject_id=shown.pk)
    assert endings.filter(name__in=["confirm", "refuse"]).count() == 1
    shown.refresh_from_db()
    account.registration.refresh_from_db()
    assert account.registration.is_scanned == (shown.state == "confirmed")
