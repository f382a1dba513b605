from contextlib import ExitStack

import pytest

from portal import tasks
from portal.celery import THREADS
from portal.kernel import outbox
from portal.kernel.tick import last_tick_at
from portal.outside.models import Person


@pytest.mark.django_db
def test_a_tick_beside_a_long_one_leaves_it_the_work():
    with tasks._ticking:
        tasks.tick()
        assert last_tick_at() is None

    tasks.tick()
    assert last_tick_at() is not None


def test_the_relay_delivers_what_waits(world, monkeypatch):
    delivered: list[int] = []
    monkeypatch.setitem(outbox.DELIVERIES, "tests.ring", delivered.append)
    person = Person.objects.filter(world=world)[0]
    outbox.put("tests.ring", subject=person)

    tasks.relay()

    assert delivered == [person.pk]


def test_relays_that_hang_leave_a_thread_to_the_tick(world, monkeypatch):
    """A receiver that hangs would stop the clock of every world."""
    delivered: list[int] = []
    monkeypatch.setitem(outbox.DELIVERIES, "tests.ring", delivered.append)
    outbox.put("tests.ring", subject=Person.objects.filter(world=world)[0])
    with ExitStack() as busy:
        for _thread in range(THREADS - 1):
            busy.enter_context(tasks._relaying)
        tasks.relay()
        assert delivered == []

    tasks.relay()
    assert len(delivered) == 1
