"""Server and business domains set by a third-party platform (API-2; console-rules 6)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.development import settings_of
from portal.kernel.models import AuditEvent
from portal.simulator.walks.stages import account_at
from tests.platform import PlatformServer
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

SERVER = "/wxa/modify_domain"
BUSINESS = "/wxa/setwebviewdomain"


@pytest.fixture
def account(world):
    return account_at(world, "verified")


@pytest.fixture
def server(world, account):
    return PlatformServer(world).as_account(account, {18})


def listed(**kinds):
    """Return what the API tells of these domains; the others are empty."""
    names = ("requestdomain", "wsrequestdomain", "uploaddomain", "downloaddomain", "udpdomain", "tcpdomain")
    return {"errcode": 0, "errmsg": "ok", **{name: kinds.get(name, []) for name in names}}


@pytest.mark.parametrize("path", [SERVER, "/wxa/modify_domain_directly"])
def test_domains_are_added_deleted_set_and_listed(server, account, path, signed_in):
    added = server.post(
        path,
        {"action": "add", "requestdomain": ["https://api.game.example", "API.game.example:8080"],
         "wsrequestdomain": ["wss://socket.game.example"]},
    )  # fmt: skip
    both = ["https://api.game.example", "https://api.game.example:8080"]
    assert added == listed(requestdomain=both, wsrequestdomain=["wss://socket.game.example"])
    page = signed_in(account).get(reverse("accounts:development")).content.decode()
    assert "socket.game.example" in page

    deleted = server.post(path, {"action": "delete", "requestdomain": [both[0], "never.game.example"]})
    assert deleted == listed(requestdomain=both[1:], wsrequestdomain=["wss://socket.game.example"])

    replaced = server.post(
        path, {"action": "set", "wsrequestdomain": [], "downloaddomain": ["a.game.example"]}
    )
    assert replaced == listed(requestdomain=both[1:], downloaddomain=["https://a.game.example"])
    assert server.post(path, {"action": "get"}) == replaced
    assert settings_of(account).domains == {
        "request": ["api.game.example:8080"], "socket": [], "upload": [], "download": ["a.game.example"],
    }  # fmt: skip


def test_five_changes_a_month_and_none_for_nothing(server, account, time):
    for nth in range(5):
        told = server.post(SERVER, {"action": "add", "requestdomain": [f"a{nth}.game.example"]})
        assert told["errcode"] == 0
    before = settings_of(account).domains

    assert server.post(SERVER, {"action": "set", "requestdomain": before["request"]})["errcode"] == 0
    assert server.post(SERVER, {"action": "set", "requestdomain": []})["errcode"] == 48001
    assert settings_of(account).domains == before
    time.passes(days=31)
    server = PlatformServer(account.world, "Lantern Works 2").as_account(account)
    assert server.post(SERVER, {"action": "set", "requestdomain": []})["errcode"] == 0
    changes = AuditEvent.objects.filter(name="accounts.domains_changed")
    assert list(changes.values_list("by_name", flat=True)) == ["Lantern Works"] * 5 + ["Lantern Works 2"]


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 40097),
        ({"action": "move", "requestdomain": ["a.game.example"]}, 40097),
        ({"action": "add"}, 85017),
        ({"action": "add", "requestdomain": []}, 85017),
        ({"action": "add", "requestdomain": "a.game.example"}, 40097),
        ({"action": "add", "requestdomain": [7]}, 40097),
        ({"action": "add", "requestdomain": ["http://a.game.example"]}, 40097),
        ({"action": "add", "requestdomain": ["10.0.0.1"]}, 40097),
        ({"action": "set", "wsrequestdomain": ["api.weixin.qq.com"]}, 40097),
        ({"action": "add", "uploaddomain": [f"a{nth}.game.example" for nth in range(21)]}, 85016),
    ],
)
def test_domains_are_refused(server, account, body, errcode):
    assert server.post(SERVER, body)["errcode"] == errcode
    assert settings_of(account).domains == {}


def test_what_is_listed_already_is_no_addition(server):
    server.post(SERVER, {"action": "add", "requestdomain": ["a.game.example"]})
    assert server.post(SERVER, {"action": "add", "requestdomain": ["a.game.example"]})["errcode"] == 85017


@pytest.mark.parametrize("path", [BUSINESS, "/wxa/setwebviewdomain_directly"])
def test_business_domains(server, account, path, signed_in):
    added = server.post(
        path, {"action": "add", "webviewdomain": ["https://www.game.example", "m.game.example"]}
    )
    told = {"errcode": 0, "errmsg": "ok"}
    both = ["https://www.game.example", "https://m.game.example"]
    assert added == {**told, "webviewdomain": both}
    assert b"m.game.example" in signed_in(account).get(reverse("accounts:development")).content
    assert server.post(path, {"action": "delete", "webviewdomain": both[:1]}) == {
        **told, "webviewdomain": both[1:],
    }  # fmt: skip
    assert server.post(path, {"action": "get"}) == {**told, "webviewdomain": both[1:]}
    assert server.post(path, {"action": "set", "webviewdomain": []}) == {**told, "webviewdomain": []}
    assert settings_of(account).business_domains == []


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"action": "add", "webviewdomain": []}, 89019),
        ({"action": "set"}, 89019),
        ({"action": "delete", "webviewdomain": ["a.game.example"]}, 89019),
        ({"action": "add", "webviewdomain": ["a.game.example:8443"]}, 40097),
        ({"action": "add", "webviewdomain": ["http://a.game.example"]}, 40097),
        ({"action": "add", "webviewdomain": [None]}, 40097),
        ({"action": "add", "webviewdomain": [f"a{nth}.game.example" for nth in range(21)]}, 89029),
    ],
)
def test_business_domains_are_refused(server, account, body, errcode):
    assert server.post(BUSINESS, body)["errcode"] == errcode
    assert settings_of(account).business_domains == []


def test_an_individual_opens_no_web_pages(world):
    person = account_at(world, "verified", entity_type="individual")
    server = PlatformServer(world).as_account(person)
    refused = server.post(BUSINESS, {"action": "add", "webviewdomain": ["a.game.example"]})
    assert refused["errcode"] == 89231


def test_the_scan_is_not_got_around(world, account):
    own = OwnServer(account)
    assert own.post(SERVER, {"action": "add", "requestdomain": ["a.game.example"]})["errcode"] == 86000
    assert own.post(BUSINESS, {"action": "add", "webviewdomain": ["a.game.example"]})["errcode"] == 86000
    without = PlatformServer(world).as_account(account, {30})
    assert without.post(SERVER, {"action": "get"})["errcode"] == 61007
    assert settings_of(account).domains == {}
