"""Pushes lost, late and doubled on demand, drawn from the world's seed (SIM-8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from pushes import actions, faults
from pushes.models import Push, PushFault
from tests.pushes.conftest import relay

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SIM-8")]


def put(account, event="weapp_audit_success"):
    return actions.put(account, event, {"SuccTime": 1552096800})


def state(push):
    push.refresh_from_db()
    return push.state, list(push.attempts.order_by("pk").values_list("outcome", flat=True))


def test_a_lost_push_comes_with_the_next_try(pushed, receiver):
    account = pushed()
    faults.set_fault(account.world_id, "lost", percent=100, by=SIMULATOR)
    push = put(account)
    relay()

    assert state(push) == ("delivered", ["lost", "delivered"])
    assert len(receiver.taken) == 1


def test_a_late_push_sets_out_ten_minutes_later(pushed, receiver, time):
    account = pushed()
    faults.set_fault(account.world_id, "late", percent=100, by=SIMULATOR)
    push = put(account)
    relay()
    assert state(push) == ("waiting", [])
    time.passes(minutes=10)

    assert state(push) == ("delivered", ["delivered"])
    assert push.attempts.get().made_at - push.made_at == timedelta(minutes=10)


def test_a_doubled_push_comes_twice_word_for_word(pushed, receiver):
    account = pushed()
    faults.set_fault(account.world_id, "twice", percent=100, by=SIMULATOR)
    push = put(account)
    relay()

    assert state(push) == ("delivered", ["delivered", "delivered"])
    assert receiver.taken[0].body == receiver.taken[1].body


def test_the_seed_says_which_pushes_meet_it(pushed, receiver):
    account = pushed()

    def drawn():
        faults.set_fault(account.world_id, "lost", percent=50, by=SIMULATOR)
        return [put(account).fault for _nth in range(40)]

    first, again = drawn(), drawn()
    assert first == again
    assert 10 < first.count("lost") < 30


def test_zero_lifts_it(pushed):
    account = pushed()
    faults.set_fault(account.world_id, "lost", percent=100, by=SIMULATOR)
    faults.set_fault(account.world_id, "lost", percent=0, by=SIMULATOR)

    assert not PushFault.objects.exists()
    assert put(account).fault == ""


@pytest.mark.parametrize(
    ("kind", "percent", "field"), [("storm", 5, "kind"), ("lost", 101, "percent"), ("lost", -1, "percent")]
)
def test_what_is_no_fault_is_refused(world, kind, percent, field):
    with pytest.raises(Refused) as refused:
        faults.set_fault(world.pk, kind, percent=percent, by=SIMULATOR)

    assert refused.value.field == field


def test_a_fault_is_set_on_the_page(visitor, world):
    assert visitor.post("/worlds/faults/pushes/", {"kind": "late", "percent": "30"}).status_code == 302
    shown = visitor.get("/worlds/faults/").context["of_pushes"]
    assert [(kind.value, percent) for kind, percent in shown] == [("lost", 0), ("late", 30), ("twice", 0)]
    here = {"HTTP_REFERER": "http://testserver/worlds/faults/", "follow": True}
    refused = visitor.post("/worlds/faults/pushes/", {"kind": "late", "percent": "many"}, **here)
    assert "write a number from 0 to 100" in refused.content.decode()
    assert Push.objects.count() == 0
