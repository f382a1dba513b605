"""Pushes to a receiver that fails, hangs and resets, while relays are killed: none is lost (API-3, OPS-4)."""

from __future__ import annotations

import signal
import threading
import time as real
from collections import Counter
from random import Random

import pytest

from portal.kernel import breaches, clock, outbox
from portal.kernel.models import OutgoingMessage
from portal.simulator import walks
from pushes import actions
from pushes.delivery import ATTEMPT
from pushes.models import Attempt, Push
from tests.pushes.conftest import pushed, receiver  # noqa: F401 -- fixtures
from tests.races.rig import race
from tests.races.test_faults import process

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.requirement("API-3")]

MANY = 48
KILLS = 4


@pytest.fixture
def account(world):
    return walks.account_at(world, "verified", entity_type="individual")


def drain():
    """Deliver all that waits, as one of several workers: the others hold some of it."""
    while OutgoingMessage.objects.filter(kind=ATTEMPT, status="waiting").exists():
        outbox.relay(at_most=3)
        real.sleep(0.01)


def test_relays_killed_in_mid_push_lose_none(account, pushed, receiver):  # noqa: F811
    """30 of a hundred fail, 10 reset, some hang; what was claimed by who was killed is claimed anew."""
    lock, random = threading.Lock(), Random(2019)

    def behave(_taken):
        with lock:
            drawn = random.random()
        if drawn < 0.03:
            real.sleep(5.2)
        if drawn < 0.15:
            raise ConnectionResetError
        return (500, b"") if drawn < 0.45 else (200, b"success")

    receiver.behave = behave
    account = pushed()
    puts = [actions.put(account, f"event_{nth}", {"Nth": nth}) for nth in range(MANY)]
    for _kill in range(KILLS):
        before = len(receiver.taken)
        with process("relay", PORTAL_PUSH_ALLOWLIST=receiver.netloc) as child:
            stop = real.monotonic() + 30
            while len(receiver.taken) < before + 6 and real.monotonic() < stop:
                real.sleep(0.002)
            child.send_signal(signal.SIGKILL)
            child.wait()
    assert Push.objects.filter(state="waiting").exists(), "the kills did not come in mid-work"
    OutgoingMessage.objects.filter(kind=ATTEMPT, status="waiting").update(next_attempt_at=clock.real_now())
    race([drain] * 4)

    states = Counter(Push.objects.values_list("state", flat=True))
    assert set(states) <= {"delivered", "undelivered"}
    assert sum(states.values()) == MANY
    for push in filter(None, puts):
        came = [taken.body for taken in receiver.taken if f'"Nth":{push.message["Nth"]}}}' in taken.body]
        assert len(came) >= 1
        assert len(set(came)) == 1, "a message that comes again is the same, word for word"
        assert Attempt.objects.filter(push=push, outcome="").count() == 0
    assert breaches.found() == []
