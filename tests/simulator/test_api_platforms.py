"""Third-party platforms by the control API: everything a program needs to rehearse one (API-5, SIM-5)."""

from __future__ import annotations

import pytest

from platforms import actions
from portal.kernel.actors import SIMULATOR
from portal.simulator import walks
from tests.server import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-5", "SIM-5")]

COMPONENT = "/cgi-bin/component"


@pytest.fixture
def place(world):
    return f"/worlds/{world.pk}/platforms"


def test_a_program_rehearses_a_platform_from_its_secret_to_the_end(api, place, world):
    account = walks.account_at(world, "verified", entity_type="individual")
    made = api.post(place, {"name": "Lantern Works", "redirect_domain": "localhost"})
    told = {name: value for name, value in made.items() if name != "secret"}
    assert told == {
        "platform": made["platform"],
        "appid": made["appid"],
        "name": "Lantern Works",
        "redirect_domain": "localhost",
        "event_url": "",
        "message_url": "",
        "pushes_tickets": False,
    }
    assert api.get(place)["items"] == [told]

    here = f"{place}/{made['platform']}"
    ticket = api.post(f"{here}/tickets")
    assert ticket["expires_in"] == 43200
    wire, mine = Caller(), {"component_appid": made["appid"]}
    proof = {"component_appsecret": made["secret"], "component_verify_ticket": ticket["ticket"]}
    token = wire.send(f"{COMPONENT}/api_component_token", {**mine, **proof})["component_access_token"]

    code = api.post(f"{here}/authorizations", {"account": account.pk, "sets": [18]})
    assert code["expires_in"] == 600
    query = {**mine, "authorization_code": code["authorization_code"]}
    got = wire.send(f"{COMPONENT}/api_query_auth", query, component_access_token=token)
    assert got["authorization_info"]["func_info"] == [{"funcscope_category": {"id": 18}}]
    link = wire.send(f"{COMPONENT}/api_create_preauthcode", mine, component_access_token=token)
    again = {"account": account.pk, "pre_auth_code": link["pre_auth_code"]}
    assert "authorization_code" in api.post(f"{here}/authorizations", again)
    status, told = api.refused("POST", f"{here}/authorizations", again)
    assert (status, told["code"]) == (409, "code_over")

    assert api.call("DELETE", f"{here}/authorizations/{account.pk}").status_code == 204
    assert api.call("DELETE", f"{here}/authorizations/{account.pk}").status_code == 404
    renew = {
        **mine,
        "authorizer_appid": account.appid,
        "authorizer_refresh_token": got["authorization_info"]["authorizer_refresh_token"],
    }
    refused = wire.send(f"{COMPONENT}/api_authorizer_token", renew, component_access_token=token)
    assert refused["errcode"] == 61003


def test_with_the_same_key_one_platform_is_made(api, place):
    key = {"Idempotency-Key": "platform-1"}
    first = api.post(place, {"name": "Lantern Works"}, **key)

    assert api.post(place, {"name": "Lantern Works"}, **key) == first
    assert len(api.get(place)["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Lantern Works", "event_url": "ftp://x", "token": "lantern", "key": "k" * 43}, "event_url"),
        ({"name": "Lantern Works", "event_url": "http://127.0.0.1:9/", "key": "k" * 43}, "token"),
        ({"name": "Lantern Works", "redirect_domain": "http://x"}, "redirect_domain"),
    ],
)
def test_what_is_refused_is_told_at_its_field_and_leaves_nothing(api, place, body, field):
    status, told = api.refused("POST", place, body)

    assert (status, told["field"]) == (409, field)
    assert api.get(place)["items"] == []


def test_what_is_not_there_is_not_found(api, place, world):
    made = api.post(place, {"name": "Lantern Works"})
    here = f"{place}/{made['platform']}/authorizations"

    assert api.refused("POST", f"{place}/999999/tickets")[0] == 404
    assert api.refused("POST", here, {"account": 999999})[0] == 404
    unconfirmed = walks.account_at(world, "activated")
    assert api.refused("POST", here, {"account": unconfirmed.pk})[1]["code"] == "unconfirmed"
    account = walks.account_at(world, "verified", entity_type="individual")
    assert api.refused("POST", here, {"account": account.pk, "sets": [33]})[1]["field"] == "sets"
    unknown = {"account": account.pk, "pre_auth_code": "x"}
    assert api.refused("POST", here, unknown)[1]["code"] == "code_over"


def test_another_platforms_link_leads_nowhere(api, place, world):
    account = walks.account_at(world, "verified", entity_type="individual")
    first, second = (api.post(place, {"name": name})["platform"] for name in ("Lantern", "Harbour"))
    theirs = actions.preauthorize(first, by=SIMULATOR).code

    body = {"account": account.pk, "pre_auth_code": theirs}
    assert api.refused("POST", f"{place}/{second}/authorizations", body)[1]["code"] == "code_over"
    assert not account.authorizations.exists()
