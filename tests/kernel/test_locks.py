"""Locks of a whole world: many may share it, one may hold it alone, and each ends with its transaction."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from portal.kernel import locks
from tests.races.rig import race, words

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite runs one writing transaction at a time: there is nothing to lock",
    ),
]


class Holder:
    """A transaction that takes a lock, says so, and keeps it until it is told."""

    def __init__(self, lock, *arguments):
        self.lock, self.arguments = lock, arguments
        self.taken, self.over = threading.Event(), threading.Event()

    def hold(self):
        with transaction.atomic():
            self.lock(*self.arguments)
            self.taken.set()
            self.over.wait(10)

    def waits(self, lock, *arguments):
        """Return whether `lock` has to wait for this holder, and then gets its turn."""

        def take():
            self.taken.wait(10)
            started = time.monotonic()
            threading.Timer(0.3, self.over.set).start()
            with transaction.atomic():
                lock(*arguments)
            return time.monotonic() - started > 0.25

        outcomes = race([self.hold, take])
        assert words(outcomes) == {"done": 2}, outcomes
        return outcomes[1].value


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        (locks.share_world, locks.share_world, False),
        (locks.share_world, locks.hold_world, True),
        (locks.hold_world, locks.share_world, True),
        (locks.hold_world, locks.hold_world, True),
        (locks.hold_counting, locks.hold_counting, True),
        (locks.share_world, locks.hold_counting, False),
        (locks.hold_world, locks.hold_counting, False),
    ],
)
def test_who_waits_for_whom_in_one_world(first, second, waits):
    assert Holder(first, 7).waits(second, 7) is waits


@pytest.mark.parametrize("lock", [locks.hold_world, locks.hold_counting])
def test_worlds_do_not_wait_for_each_other(lock):
    assert Holder(lock, 7).waits(lock, 8) is False


def test_a_lock_ends_with_its_transaction():
    with transaction.atomic():
        locks.hold_world(7)
        assert held() == 1
    assert held() == 0


def held():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        return cursor.fetchone()[0]
