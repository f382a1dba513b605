"""Access tokens over HTTP: given, given again, replaced, expired, refused (API-1; wechat-api 1.1)."""

from __future__ import annotations

import pytest

from accounts import actions
from accounts.actions.development import version
from accounts.development import settings_of
from portal.kernel.models import RefusedCall
from portal.simulator.walks.scans import administrator_of, confirm
from portal.simulator.walks.stages import account_at
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]


@pytest.fixture
def server(world):
    return OwnServer(account_at(world, "verified", entity_type="individual"))


def works(server, token):
    """Return the errcode that a call with this token is answered; 0 when it is let in."""
    return server.ask("/cgi-bin/getcallbackip", access_token=token).get("errcode", 0)


def test_a_token_is_given_for_two_hours(server):
    told = server.ask("/cgi-bin/token", **server.credentials)

    assert told == {"access_token": told["access_token"], "expires_in": 7200}
    assert 32 < len(told["access_token"]) <= 512
    assert works(server, told["access_token"]) == 0


def test_a_token_expires_on_the_worlds_clock(server, time):
    token = server.token

    time.passes(hours=2, seconds=-1)
    assert works(server, token) == 0
    time.passes(seconds=1)
    assert works(server, token) == 42001


def test_a_server_goes_on_when_its_first_tokens_are_forgotten(server, time):
    first = server.token

    time.passes(days=2)

    assert works(server, server.ask("/cgi-bin/token", **server.credentials)["access_token"]) == 0
    assert works(server, first) == 40001


def test_a_replaced_token_works_for_five_minutes(server, time):
    first = server.token
    second = server.ask("/cgi-bin/token", **server.credentials)["access_token"]

    time.passes(minutes=5, seconds=-1)
    assert (works(server, first), works(server, second)) == (0, 0)
    time.passes(seconds=1)
    assert (works(server, first), works(server, second)) == (40001, 0)


def test_the_stable_token_stays_the_same_until_its_last_five_minutes(server, time):
    given = server.send("/cgi-bin/stable_token", server.credentials)
    time.passes(minutes=115, seconds=-1)
    again = server.send("/cgi-bin/stable_token", server.credentials)
    time.passes(seconds=1)
    renewed = server.send("/cgi-bin/stable_token", server.credentials)

    assert given["expires_in"] == 7200
    assert again == {"access_token": given["access_token"], "expires_in": 301}
    assert renewed["expires_in"] == 7200
    assert (works(server, given["access_token"]), works(server, renewed["access_token"])) == (0, 0)
    time.passes(minutes=5)
    assert (works(server, given["access_token"]), works(server, renewed["access_token"])) == (40001, 0)


def test_a_forced_refresh_kills_the_old_stable_token_at_once(server, time):
    given = server.send("/cgi-bin/stable_token", server.credentials)
    too_soon = server.send("/cgi-bin/stable_token", {**server.credentials, "force_refresh": True})
    time.passes(seconds=30)
    forced = server.send("/cgi-bin/stable_token", {**server.credentials, "force_refresh": "true"})

    assert too_soon["access_token"] == given["access_token"]
    assert forced["access_token"] != given["access_token"]
    assert works(server, given["access_token"]) == 40001


def test_a_refresh_is_forced_twenty_times_a_day(server, time):
    tokens = set()
    for _nth in range(22):
        told = server.send("/cgi-bin/stable_token", {**server.credentials, "force_refresh": True})
        tokens.add(told["access_token"])
        time.passes(seconds=30)

    assert len(tokens) == 21  # the first one, and twenty forced


def test_the_two_kinds_know_nothing_of_each_other(server, time):
    stable = server.send("/cgi-bin/stable_token", server.credentials)["access_token"]
    for _nth in range(2):
        server.ask("/cgi-bin/token", **server.credentials)
    time.passes(minutes=6)

    assert works(server, stable) == 0


@pytest.mark.parametrize(
    ("changed", "errcode", "field"),
    [
        ({"grant_type": "password"}, 40002, "grant_type"),
        ({"grant_type": ""}, 40002, "grant_type"),
        ({"appid": "wx0000000000000000"}, 40013, "appid"),
        ({"appid": ""}, 41002, "appid"),
        ({"secret": "0" * 32}, 40125, "secret"),
        ({"secret": ""}, 41004, "secret"),
    ],
)
def test_what_is_wrong_has_the_platforms_number(server, changed, errcode, field):
    told = server.ask("/cgi-bin/token", **{**server.credentials, **changed})

    assert told["errcode"] == errcode
    assert RefusedCall.objects.get(rid=server.rid).field == field


def test_a_secret_before_the_last_is_void(server):
    old = server.credentials
    fresh = OwnServer(server.account)

    assert server.ask("/cgi-bin/token", **old)["errcode"] == 40125
    assert fresh.ask("/cgi-bin/token", **fresh.credentials)["expires_in"] == 7200


@pytest.mark.parametrize(
    ("token", "errcode"),
    [("", 41001), ("short", 40014), ("71_" + "x" * 128, 40001), ("99_" + "x" * 128, 40014)],
)
def test_a_token_that_is_none(server, token, errcode):
    assert works(server, token) == errcode


def test_who_is_not_on_the_allowlist_is_not_let_in(server):
    token = server.token
    administrator = administrator_of(server.account)
    seen = version(settings_of(server.account), ["api_allowlist"])
    actions.save_api_allowlist(server.account.pk, entries=["203.0.113.7"], seen=seen, by=administrator)

    refused = server.ask("/cgi-bin/getcallbackip", access_token=token)
    assert refused == {"errcode": 40164, "errmsg": "invalid ip 127.0.0.1, not in whitelist"}
    assert server.ask("/cgi-bin/token", **server.credentials)["errcode"] == 40164


def test_the_quota_of_tokens_is_counted_and_cleared(server):
    spent = server.post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/token"})
    assert spent["quota"] == {"daily_limit": 2000, "used": 1, "remain": 1999}

    for _nth in range(10):
        assert server.post("/cgi-bin/clear_quota", {"appid": server.appid}) == {"errcode": 0, "errmsg": "ok"}
    assert server.post("/cgi-bin/clear_quota", {"appid": server.appid})["errcode"] == 48006
    spent = server.post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/token"})
    assert spent["quota"]["used"] == 0


def test_a_closed_account_calls_nothing(server, time):
    token = server.token
    administrator = administrator_of(server.account)
    confirm(actions.ask_to_close(server.account.pk, by=administrator), by=administrator)
    time.passes(days=8)

    assert works(server, token) == 40013
