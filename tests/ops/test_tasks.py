import pytest

from portal import tasks
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
