"""The whole order of wechat-api 1.4 over HTTP: ticket, token, the page, tokens, calls, renewal, the end."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy

from platforms import actions
from platforms.settings import Settings
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Confirmation
from portal.kernel.wire import endpoint, endpoints
from portal.simulator.walks.scans import administrator_of
from tests.server import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1", "SIM-5")]

COMPONENT = "/cgi-bin/component/"


@pytest.fixture
def ability():
    """Serve an endpoint that asks for permission set 18 while a test runs."""
    path = "/wxa/probe"

    @endpoint(path, gettext_lazy("Endpoints"), sets=frozenset({18}), platforms_only=True)
    def probe(call):
        """Say who calls for whom."""
        return {"appid": call.appid, "platform": call.caller.platform.appid, "by": str(call.by)}

    yield path
    del endpoints.ENDPOINTS[path]


def test_from_the_ticket_to_the_end_of_the_authorization(world, visitor, account, time, ability):
    wire = Nobody()
    # A platform is made on the world's page; its secret stands in that answer alone.
    told = visitor.post("/platforms/", {"name": "Lantern Works"}).content.decode()
    appid = found(r">(wx[0-9a-f]{16})<", told)
    secret = found(r">([0-9a-f]{32})<", told)
    address = found(r'href="(/platforms/\d+/)"', told)
    page = visitor.get(address).content.decode()
    assert secret not in page
    visitor.post(address, {"redirect_domain": "platform.lantern.example"})
    visitor.post(f"{address}ticket/")
    ticket = found(r"(ticket@@@[\w-]+)", visitor.get(address).content.decode())
    mine = {"component_appid": appid}

    given = wire.send(
        f"{COMPONENT}api_component_token",
        {**mine, "component_appsecret": secret, "component_verify_ticket": ticket},
    )
    assert given == {"component_access_token": given["component_access_token"], "expires_in": 7200}
    token = {"component_access_token": given["component_access_token"]}

    code = wire.send(f"{COMPONENT}api_create_preauthcode", mine, **token)
    assert code == {"pre_auth_code": code["pre_auth_code"], "expires_in": 600}

    # The platform sends the administrator to the page: sets, scan, and back with the code.
    link = {
        "component_appid": appid,
        "pre_auth_code": code["pre_auth_code"],
        "redirect_uri": "https://platform.lantern.example/done?tenant=7",
        "auth_type": "2",
    }
    login_page = visitor.get("/cgi-bin/componentloginpage", link)
    assert login_page.context["account"] == account
    shown = visitor.post(login_page.wsgi_request.get_full_path(), {"sets": ["18", "30"]})
    asked = Confirmation.objects.get(purpose="platforms.authorize")
    assert (asked.person_id, asked.state) == (administrator_of(account).id, "shown")
    waiting = visitor.get(shown.url)
    assert f"/authorization-scans/{asked.pk}/code/" in waiting.content.decode()
    visitor.post(f"/phone/{asked.person_id}/{asked.pk}/confirm/")
    back = visitor.get(shown.url)
    assert back.status_code == 302
    parts = urlsplit(back.url)
    query = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "platform.lantern.example", "/done")
    assert query == {"tenant": ["7"], "auth_code": query["auth_code"], "expires_in": ["600"]}

    got = wire.send(
        f"{COMPONENT}api_query_auth", {**mine, "authorization_code": query["auth_code"][0]}, **token
    )
    info = got["authorization_info"]
    assert info == {
        "authorizer_appid": account.appid,
        "authorizer_access_token": info["authorizer_access_token"],
        "expires_in": 7200,
        "authorizer_refresh_token": info["authorizer_refresh_token"],
        "func_info": [{"funcscope_category": {"id": 18}}, {"funcscope_category": {"id": 30}}],
    }
    called = wire.ask(ability, access_token=info["authorizer_access_token"])
    assert called == {
        "errcode": 0,
        "errmsg": "ok",
        "appid": account.appid,
        "platform": appid,
        "by": "Lantern Works",
    }

    # Two hours later the token is dead; the refresh token brings another.
    time.passes(hours=2)
    assert wire.ask(ability, access_token=info["authorizer_access_token"])["errcode"] == 42001
    assert wire.send(f"{COMPONENT}api_create_preauthcode", mine, **token)["errcode"] == 42001
    again = wire.send(
        f"{COMPONENT}api_component_token",
        {**mine, "component_appsecret": secret, "component_verify_ticket": ticket},
    )
    token = {"component_access_token": again["component_access_token"]}
    renewed = wire.send(
        f"{COMPONENT}api_authorizer_token",
        {
            **mine,
            "authorizer_appid": account.appid,
            "authorizer_refresh_token": info["authorizer_refresh_token"],
        },
        **token,
    )
    assert renewed == {
        "authorizer_access_token": renewed["authorizer_access_token"],
        "expires_in": 7200,
        "authorizer_refresh_token": info["authorizer_refresh_token"],
    }
    assert wire.ask(ability, access_token=renewed["authorizer_access_token"])["errcode"] == 0

    # The administrator cancels it: dead at once.
    actions.cancel(account.pk, account.authorizations.get().pk, by=administrator_of(account))
    assert wire.ask(ability, access_token=renewed["authorizer_access_token"]) == {
        "errcode": 61003,
        "errmsg": "component is not authorized by this account",
    }
    listed = wire.send(f"{COMPONENT}api_get_authorizer_list", {**mine, "offset": 0, "count": 100}, **token)
    assert listed == {"total_count": 0, "list": []}


def test_what_was_not_granted_is_refused(server, account, ability):
    some = server.as_account(account, {17, 30})

    assert some.get(ability) == {"errcode": 61007, "errmsg": "api is unauthorized to component"}
    assert server.as_account(account, {18}).get(ability)["errcode"] == 0
    assert some.get(ability)["errcode"] == 0, "the same authorization, its sets granted anew"


def test_a_platforms_own_token_is_no_accounts_and_the_other_way_round(server, account, ability):
    caller = server.as_account(account)

    assert caller.ask(ability, access_token=server.component_token)["errcode"] == 48001
    body = {"component_appid": server.appid}
    assert (
        caller.send(f"{COMPONENT}api_create_preauthcode", body, access_token=caller.token)["errcode"] == 61014
    )
    assert server.send(f"{COMPONENT}api_create_preauthcode", body)["errcode"] == 41021
    under_either_name = server.send(
        f"{COMPONENT}api_create_preauthcode", body, access_token=server.component_token
    )
    assert under_either_name["expires_in"] == 600


def test_settings_are_kept_by_the_page_and_by_the_action_alike(server):
    kept = actions.save_settings(server.platform.pk, Settings(redirect_domain="LOCALHOST"), by=SIMULATOR)

    assert (kept.redirect_domain, kept.event_url, kept.push_set_at) == ("localhost", "", None)


def found(pattern, page):
    """Return what a page shows: the pattern's group."""
    match = re.search(pattern, page)
    assert match, pattern
    return match[1]


class Nobody(Caller):
    """A server that holds nothing yet."""

    def __init__(self) -> None:
        super().__init__(Client())
