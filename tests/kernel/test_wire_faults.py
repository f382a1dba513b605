"""Faults of the server API in the platform's own shape, drawn from the world's seed (SIM-8)."""

from __future__ import annotations

import pytest

from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import WireFault
from portal.kernel.wire import faults
from portal.simulator.walks.stages import account_at
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SIM-8")]

PATH = "/cgi-bin/getcallbackip"


@pytest.fixture
def server(world):
    server = OwnServer(account_at(world, "verified", entity_type="individual"))
    assert server.token
    return server


def set_fault(server, kind, **how):
    return faults.set_fault(server.account.world_id, kind, by=SIMULATOR, **how)


def met(server, calls=1):
    """Return what so many calls are answered."""
    return [server.get(PATH).get("errcode", 0) for _nth in range(calls)]


@pytest.mark.parametrize(("kind", "errcode"), [("busy", -1), ("quota", 45009), ("token", 40001)])
def test_a_call_fails_as_it_does_on_the_platform(server, kind, errcode):
    set_fault(server, kind)

    assert met(server) == [errcode]


def test_a_fault_meets_so_many_calls_and_no_more(server):
    set_fault(server, "busy", left=2)

    assert met(server, 3) == [-1, -1, 0]


def test_a_fault_of_one_path_spares_the_others(server):
    set_fault(server, "busy", path="/cgi-bin/get_api_domain_ip")

    assert met(server) == [0]
    assert server.get("/cgi-bin/get_api_domain_ip")["errcode"] == -1


def test_the_seed_says_which_calls_fail(make_world):
    def drawn(seed):
        world = make_world(seed=seed)
        server = OwnServer(account_at(world, "verified", entity_type="individual"))
        assert server.token
        set_fault(server, "busy", percent=50)
        return met(server, 40)

    first, again, other = drawn(7), drawn(7), drawn(8)
    assert 10 < first.count(-1) < 30
    assert first == again
    assert first != other


def test_a_token_call_fails_too(server):
    set_fault(server, "busy", path="/cgi-bin/token")

    assert server.ask("/cgi-bin/token", **server.credentials)["errcode"] == -1


def test_a_lost_reply_breaks_off_behind_what_was_done(server):
    set_fault(server, "lost", path="/cgi-bin/token")

    response = server.client.get("/cgi-bin/token", server.credentials)
    parts = iter(response.streaming_content)

    assert next(parts) == b"{"
    with pytest.raises(ConnectionResetError):
        next(parts)
    assert server.account.access_tokens.count() == 2


def test_a_late_call_is_answered_in_the_end(server):
    set_fault(server, "delay", delay_ms=1)

    assert met(server) == [0]


def test_a_lifted_fault_is_gone(server):
    fault = set_fault(server, "busy")
    faults.lift_fault(server.account.world_id, fault.pk, by=SIMULATOR)
    faults.lift_fault(server.account.world_id, fault.pk, by=SIMULATOR)

    assert met(server) == [0]
    server.account.world.refresh_from_db()
    assert not server.account.world.has_faults


def test_another_fault_of_a_kind_takes_its_place(server):
    set_fault(server, "busy", percent=10)
    set_fault(server, "busy", percent=20)

    assert WireFault.objects.get().percent == 20


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"kind": "earthquake"}, "kind"),
        ({"path": "/cgi-bin/nothing"}, "path"),
        ({"percent": 0}, "percent"),
        ({"percent": 101}, "percent"),
        ({"left": 0}, "left"),
        ({"kind": "delay"}, "delay_ms"),
        ({"kind": "delay", "delay_ms": 60_001}, "delay_ms"),
    ],
)
def test_what_is_no_fault_is_refused_at_its_field(world, how, field):
    with pytest.raises(Refused) as refused:
        faults.set_fault(world.pk, **{"kind": "busy", "by": SIMULATOR, **how})

    assert refused.value.field == field
