"""Faults of the server API and its refused calls, by the control API (API-5, SIM-8, API-4)."""

from __future__ import annotations

import pytest

from portal.simulator import walks
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-5", "SIM-8")]


@pytest.fixture
def server(world):
    return OwnServer(walks.account_at(world, "verified", entity_type="individual"))


def test_a_fault_is_set_met_listed_and_lifted(api, world, server):
    place = f"/worlds/{world.pk}/faults"
    fault = api.post(place, {"kind": "busy", "path": "/cgi-bin/token", "left": 2})

    assert server.ask("/cgi-bin/token", **server.credentials)["errcode"] == -1
    assert api.get(place)["items"] == [{**fault, "left": 1}]
    assert fault == {
        "fault": fault["fault"],
        "kind": "busy",
        "path": "/cgi-bin/token",
        "percent": 100,
        "left": 2,
        "delay_ms": 0,
    }
    assert api.call("DELETE", f"{place}/{fault['fault']}").status_code == 204
    assert api.call("DELETE", f"{place}/{fault['fault']}").status_code == 404
    assert server.ask("/cgi-bin/token", **server.credentials)["expires_in"] == 7200


def test_what_is_no_fault_is_refused_at_its_field(api, world):
    status, told = api.refused("POST", f"/worlds/{world.pk}/faults", {"kind": "storm"})

    assert (status, told["field"]) == (409, "kind")


def test_refused_calls_are_listed_and_found_by_rid(api, world, server):
    place = f"/worlds/{world.pk}/refused-calls"
    for path in ("first", "second"):
        server.post("/cgi-bin/openapi/quota/get", {"cgi_path": path})
    listed = api.get(place)

    assert [row["errcode"] for row in listed["items"]] == [76003, 76003]
    assert api.get(f"{place}?after={listed['cursor']}")["items"] == []
    [found] = api.get(f"{place}?rid={server.rid}")["items"]
    assert (found["rid"], found["appid"], found["field"]) == (server.rid, server.appid, "cgi_path")
    assert found == listed["items"][1]


def test_a_world_allows_games_by_third_party_platforms(api, world):
    place = f"/worlds/{world.pk}/games-by-api"

    assert api.call("PUT", place, {"allowed": True}).json() == {"allowed": True}
    world.refresh_from_db()
    assert world.games_by_api
