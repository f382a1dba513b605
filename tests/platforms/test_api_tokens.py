"""A third-party platform's tickets and own tokens over HTTP: given, replaced, expired, refused (API-1)."""

from __future__ import annotations

import pytest

from platforms import actions
from platforms.models import Platform
from platforms.settings import Settings
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import RefusedCall
from portal.simulator.walks.stages import account_at
from tests.platform import PlatformServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]

TOKEN = "/cgi-bin/component/api_component_token"
START = "/cgi-bin/component/api_start_push_ticket"
PRE_AUTH = "/cgi-bin/component/api_create_preauthcode"
CLEAR = "/cgi-bin/component/clear_quota/v2"


def ticket_of(server):
    return actions.give_ticket(server.platform.pk, by=SIMULATOR)


def credentials(server, ticket, **changed):
    return {
        "component_appid": server.appid,
        "component_appsecret": server.secret,
        "component_verify_ticket": ticket,
        **changed,
    }


def works(server, token):
    """Return the errcode that a call with this token is answered; 0 when it is let in."""
    body = {"component_appid": server.appid}
    return server.send(PRE_AUTH, body, component_access_token=token).get("errcode", 0)


def test_a_token_lives_two_hours_and_five_minutes_beside_the_next(server, time):
    ticket = ticket_of(server)
    first = server.send(TOKEN, credentials(server, ticket))["component_access_token"]
    assert first.startswith("73_")
    second = server.send(TOKEN, credentials(server, ticket))["component_access_token"]

    time.passes(minutes=5, seconds=-1)
    assert (works(server, first), works(server, second)) == (0, 0)
    time.passes(seconds=1)
    assert (works(server, first), works(server, second)) == (40001, 0)
    time.passes(minutes=115, seconds=-1)
    assert works(server, second) == 0
    time.passes(seconds=1)
    assert works(server, second) == 42001


def test_tokens_are_forgotten_a_day_after_they_ran_out(server, time):
    server.send(TOKEN, credentials(server, ticket_of(server)))
    time.passes(days=1, hours=2, seconds=1)
    server.send(TOKEN, credentials(server, ticket_of(server)))

    assert server.platform.tokens.count() == 1


def test_every_ticket_is_good_for_twelve_hours_whatever_came_after(server, time):
    ticket = ticket_of(server)
    ticket_of(server)

    time.passes(hours=12, seconds=-1)
    assert "component_access_token" in server.send(TOKEN, credentials(server, ticket))
    time.passes(seconds=1)
    told = server.send(TOKEN, credentials(server, ticket))
    assert told == {"errcode": 61005, "errmsg": "component ticket is expired"}


@pytest.mark.parametrize(
    ("changed", "errcode", "field"),
    [
        ({"component_appid": "wx0000000000000000"}, 61011, "component_appid"),
        ({"component_appid": ""}, 41018, "component_appid"),
        ({"component_appid": None}, 41018, "component_appid"),
        ({"component_appid": {}}, 61011, "component_appid"),
        ({"component_appsecret": "0" * 32}, 40125, ""),
        ({"component_appsecret": ""}, 41004, "component_appsecret"),
        ({"component_appsecret": "x" * 200}, 40125, "component_appsecret"),
        ({"component_verify_ticket": "ticket@@@none"}, 61006, "component_verify_ticket"),
        ({"component_verify_ticket": ""}, 61006, "component_verify_ticket"),
        ({"component_verify_ticket": ["a"]}, 61006, "component_verify_ticket"),
    ],
)
def test_what_is_wrong_has_the_platforms_number(server, changed, errcode, field):
    told = server.send(TOKEN, credentials(server, ticket_of(server), **changed))

    assert told["errcode"] == errcode
    assert RefusedCall.objects.get(rid=server.rid).field == field


def test_another_platforms_ticket_is_none(server, world):
    other = PlatformServer(world, "Harbour Tools")

    assert server.send(TOKEN, credentials(server, ticket_of(other)))["errcode"] == 61006


def test_a_secret_before_the_last_is_void(server):
    ticket = ticket_of(server)
    old, server.secret = server.secret, actions.reset_secret(server.platform.pk, by=SIMULATOR)

    told = server.send(TOKEN, credentials(server, ticket, component_appsecret=old))
    assert told["errcode"] == 40125
    assert "component_access_token" in server.send(TOKEN, credentials(server, ticket))


@pytest.mark.parametrize(
    ("token", "errcode"), [("short", 40014), ("73_" + "x" * 128, 40001), ("74_" + "x" * 128, 40001)]
)
def test_a_token_that_is_none(server, token, errcode):
    assert works(server, token) == errcode


def test_a_platform_names_itself_in_every_call(server, world):
    other = PlatformServer(world, "Harbour Tools")

    assert server.post(PRE_AUTH, {})["errcode"] == 41018
    assert server.post(PRE_AUTH, {"component_appid": other.appid})["errcode"] == 61011


def test_who_does_not_call_from_the_platforms_addresses_is_not_let_in(server, account):
    caller, token = server.as_account(account), server.component_token
    wanted = Settings(addresses=("203.0.113.7",))
    actions.save_settings(server.platform.pk, wanted, by=SIMULATOR)

    refused = {"errcode": 61004, "errmsg": "access clientip is not registered"}
    assert server.send(TOKEN, credentials(server, ticket_of(server))) == refused
    assert server.call("api_create_preauthcode") == refused
    assert caller.get("/wxa/getvisitstatus", access_token=caller.token)["errcode"] in {61004, 40066}
    actions.save_settings(server.platform.pk, Settings(addresses=("127.0.0.0/8",)), by=SIMULATOR)
    assert works(server, token) == 0


def test_the_push_of_tickets_is_started_where_there_is_a_receiver(server, time):
    mine = {"component_appid": server.appid, "component_secret": server.secret}
    told = server.send(START, mine)
    assert told["errcode"] == 48001
    assert RefusedCall.objects.get(rid=server.rid).explained == {"rule": "no_receiver"}

    receive(server)
    assert server.send(START, mine) == {"errcode": 0, "errmsg": "ok"}
    assert Platform.objects.get(pk=server.platform.pk).pushes_tickets
    assert server.send(START, {**mine, "component_secret": "wrong"})["errcode"] == 40125
    assert server.send(START, {"component_appid": server.appid})["errcode"] == 41004
    assert server.ask(START, **mine)["errcode"] == 43002


def test_an_accounts_quota_is_cleared_by_the_platforms_secret(server, account, world):
    stranger = account_at(world, "verified", entity_type="individual", name="Su Qiao")
    server.as_account(account)
    body = {"component_appid": server.appid, "appsecret": server.secret, "appid": account.appid}

    for _nth in range(10):
        assert server.send(CLEAR, body) == {"errcode": 0, "errmsg": "ok"}
    assert server.send(CLEAR, body)["errcode"] == 48006
    assert server.send(CLEAR, {**body, "appid": server.appid})["errcode"] == 0
    assert server.send(CLEAR, {**body, "appid": stranger.appid})["errcode"] == 61003
    assert server.send(CLEAR, {**body, "appsecret": "0" * 32})["errcode"] == 40125
    assert server.send(CLEAR, {**body, "appid": ""})["errcode"] == 41002


def receive(server):
    wanted = Settings(event_url="http://127.0.0.1:9/events", token="lantern2019", key="k" * 43)
    actions.save_settings(server.platform.pk, wanted, by=SIMULATOR)
