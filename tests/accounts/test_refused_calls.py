"""Refused calls in the console: listed, found by rid, explained, nobody else's (API-4)."""

from __future__ import annotations

import pytest

from portal.kernel.models import RefusedCall
from portal.simulator import walks
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-4")]

CALLS = "/console/development-settings/refused-calls/"


@pytest.fixture
def account(world):
    return walks.account_at(world, "verified", entity_type="individual")


@pytest.fixture
def server(account):
    return OwnServer(account)


def refuse(server, path="nothing"):
    """Let a call be refused, and return its rid."""
    server.post("/cgi-bin/openapi/quota/get", {"cgi_path": path})
    return server.rid


def test_a_refused_call_is_listed_and_explained(server, account, signed_in):
    browser = signed_in(account)
    assert "Nothing was refused yet" in browser.get(CALLS).content.decode()
    rid = refuse(server)

    listed = browser.get(CALLS).content.decode()
    shown = browser.get(f"{CALLS}{rid}/").content.decode()

    assert rid in listed
    for told in ("Write a path that is served", "cgi_path", "76003", rid, "POST /cgi-bin/openapi/quota/get"):
        assert told in shown
    assert server.token not in shown


@pytest.mark.parametrize("typed", ["{}", "rid: {}", " {} "])
def test_a_rid_leads_to_its_call(server, account, signed_in, typed):
    rid = refuse(server)

    found = signed_in(account).get(CALLS, {"rid": typed.format(rid)})

    assert found.headers["Location"] == f"{CALLS}{rid}/"


@pytest.mark.parametrize("typed", ["nothing", "x" * 500, "<b>"])
def test_a_rid_that_nobody_knows_is_said_so(account, signed_in, typed):
    shown = signed_in(account).get(CALLS, {"rid": typed})

    assert "No refused call of this account is kept under this rid." in shown.content.decode()


def test_another_accounts_call_is_not_shown(server, world, account, signed_in):
    other = walks.account_at(world, "verified", entity_type="individual", wechat_id="guoan")
    rid = refuse(server)
    browser = signed_in(other)

    assert browser.get(f"{CALLS}{rid}/").status_code == 404
    assert rid not in browser.get(CALLS).content.decode()


def test_who_may_not_see_development_settings_is_led_to_the_gate(account, signed_in):
    analyst = walks.bind(account, "chenxi", "data_analyst").person

    assert signed_in(account, analyst).get(CALLS).status_code == 302


def test_the_list_costs_the_same_however_long_it_is(
    server, account, signed_in, django_assert_max_num_queries
):
    browser = signed_in(account)
    for nth in range(45):
        refuse(server, f"path-{nth}")

    with django_assert_max_num_queries(22):
        first = browser.get(CALLS)
    second = browser.get(first.context["older_url"])
    assert [len(page.context["calls"]) for page in (first, second)] == [20, 20]
    assert RefusedCall.objects.filter(appid=account.appid).count() == 45
