"""What must leave the process: in its cause's transaction, at least once, by whoever claims it first."""

import time
from datetime import timedelta

import pytest
from django.db import transaction

from portal.kernel import outbox
from portal.kernel.models import OutgoingMessage
from portal.outside.models import Person

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def courier(kinds):
    """Return what delivers messages of kind `tests.post`: it keeps what it delivered."""

    class Courier:
        def __init__(self):
            self.delivered, self.trouble = [], None

        def __call__(self, subject_id):
            if self.trouble:
                raise self.trouble
            self.delivered.append(subject_id)

    found = Courier()
    outbox.delivers("tests.post")(found)
    return found


def post(world, number=0):
    subject = Person.objects.filter(world=world).order_by("id")[number]
    return outbox.put("tests.post", subject=subject)


def test_what_nobody_delivers_cannot_be_posted(world):
    with pytest.raises(LookupError):
        outbox.put("tests.unknown", subject=Person.objects.filter(world=world)[0])


def test_a_message_is_delivered_once(world, courier):
    message = post(world)

    assert (outbox.relay(), outbox.relay()) == (1, 0)
    message.refresh_from_db()
    assert (courier.delivered, message.status, message.attempts) == ([message.subject_id], "sent", 1)


def test_what_is_rolled_back_is_never_sent(world, courier):
    with transaction.atomic():
        post(world)
        transaction.set_rollback(True)

    assert (outbox.relay(), courier.delivered) == (0, [])


def test_a_failed_delivery_backs_off_twice_as_long_each_time(machine, world, courier):
    message = post(world)
    courier.trouble = OSError("connection refused")
    waits = []
    for _ in range(3):
        assert outbox.relay() == 0
        message.refresh_from_db()
        waits.append(message.next_attempt_at - machine.now)
        machine.now = message.next_attempt_at
    courier.trouble = None

    assert outbox.relay() == 1
    assert waits == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert message.last_error == "OSError: connection refused"


def test_after_ten_tries_a_message_has_failed(machine, world, courier):
    message = post(world)
    courier.trouble = OSError("connection refused")
    for _ in range(10):
        outbox.relay()
        machine.passes(hours=2)
    message.refresh_from_db()
    courier.trouble = None

    assert (message.status, message.attempts) == ("failed", 10)
    assert outbox.relay() == 0


def test_what_a_killed_worker_held_is_delivered_when_its_lease_ran_out(machine, world, courier):
    post(world)
    courier.trouble = Killed()
    with pytest.raises(Killed):
        outbox.relay()
    courier.trouble = None
    held = outbox.relay()
    machine.passes(seconds=61)

    assert (held, outbox.relay(), len(courier.delivered)) == (0, 1, 1)


def test_two_relays_do_not_deliver_the_same_message(world, courier):
    message = post(world)
    row = OutgoingMessage.objects.get(pk=message.pk)

    assert (outbox._deliver(row), outbox._deliver(row)) == (True, False)
    assert len(courier.delivered) == 1


def test_a_late_finisher_does_not_undo_what_another_did(machine, world, kinds):
    """It was so slow that its lease ran out and another delivered: its own failure changes nothing."""
    tries = []

    @outbox.delivers("tests.slow")
    def slow(subject_id):
        tries.append(subject_id)
        if len(tries) == 1:
            machine.passes(seconds=61)
            outbox.relay()
            raise OSError("too late")

    message = outbox.put("tests.slow", subject=Person.objects.filter(world=world)[0])

    assert outbox.relay() == 0
    message.refresh_from_db()
    assert (len(tries), message.status, message.last_error) == (2, "sent", "")


def test_one_failure_does_not_hold_up_the_others(world, kinds):
    done: list[int | None] = []

    @outbox.delivers("tests.picky")
    def picky(subject_id):
        if not done:
            done.append(None)
            raise OSError
        done.append(subject_id)

    for number in range(3):
        outbox.put("tests.picky", subject=Person.objects.filter(world=world).order_by("id")[number])

    assert (outbox.relay(), len(done)) == (2, 3)


def test_one_world_is_relayed_alone(make_world, courier):
    one, two = make_world("One"), make_world("Two")
    mine, _theirs = post(one), post(two)

    assert (outbox.relay(world_id=one.pk), courier.delivered) == (1, [mine.subject_id])


def test_the_lag_is_the_age_of_the_oldest_that_waits(machine, world, courier):
    none = outbox.lag_seconds()
    post(world)
    machine.passes(seconds=42)
    post(world, 1)
    lag = outbox.lag_seconds()
    outbox.relay()

    assert (none, lag, outbox.lag_seconds()) == (0.0, 42.0, 0.0)


def test_a_slow_world_leaves_its_rest_to_the_next_call(make_world, courier, monkeypatch):
    """Whoever is after it in the queue need not wait for all that hangs."""
    slow, other = make_world(), make_world()
    first, second = post(slow, 0), post(slow, 1)
    third = post(other)

    def deliver(subject_id):
        courier(subject_id)
        if subject_id in (first.subject_id, second.subject_id):
            time.sleep(0.05)

    outbox.delivers("tests.post")(deliver)
    monkeypatch.setattr(outbox, "SLOW", 0.04)

    assert (outbox.relay(), courier.delivered) == (2, [first.subject_id, third.subject_id])
    assert (outbox.relay(), courier.delivered[2:]) == (1, [second.subject_id])
