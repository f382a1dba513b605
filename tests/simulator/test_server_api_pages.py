"""The server API's pages: all endpoints, one to try, a ready account, faults (API-1, SIM-8)."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.message_push import push_settings
from accounts.models import Account
from payments.keys import key_of
from payments.models import GameCoin
from portal.kernel.models import RefusedCall, WireFault, World
from portal.kernel.wire.catalog import UNSERVED
from portal.kernel.wire.endpoints import ENDPOINTS
from portal.simulator.walks.stages import account_at
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]

TICKETED = ("component_appid", "component_appsecret", "component_verify_ticket")
QUOTA = "/docs/api/cgi-bin/openapi/quota/get"


def page(response):
    assert response.status_code == 200
    return response.content.decode()


def test_every_endpoint_is_listed_and_has_a_page(visitor):
    listed = page(visitor.get("/docs/api/"))

    for path, endpoint in ENDPOINTS.items():
        assert f'href="/docs/api{path}"' in listed
        shown = page(visitor.get(f"/docs/api{path}"))
        assert path in shown
        for field in endpoint.fields:
            assert f"<code>{field.name}</code>" in shown


def test_nothing_is_both_served_and_not(visitor):
    assert set(UNSERVED) & set(ENDPOINTS) == set()
    listed = page(visitor.get("/docs/api/"))
    for path in UNSERVED:
        assert path in listed


def test_what_is_not_served_has_no_page(visitor):
    assert visitor.get("/docs/api/cgi-bin/nothing").status_code == 404


def test_a_call_is_tried_as_an_account_of_this_world(visitor, world):
    account = account_at(world, "verified", entity_type="individual")

    shown = visitor.post(QUOTA, {"account": account.pk, "cgi_path": "/cgi-bin/token"})

    tried = shown.context["tried"]
    assert (tried.errcode, tried.rid) == (0, "")
    assert json.loads(tried.answer)["quota"] == {"daily_limit": 2000, "used": 0, "remain": 2000}
    assert tried.sent.startswith("POST /cgi-bin/openapi/quota/get?access_token=72_")
    assert tried.sent.endswith('…\n\n{"cgi_path": "/cgi-bin/token"}')


def test_a_refused_try_keeps_what_was_typed_and_can_be_looked_up(visitor, world):
    account = account_at(world, "verified", entity_type="individual")

    shown = visitor.post(QUOTA, {"account": account.pk, "cgi_path": '"><b>nothing'})

    assert shown.context["tried"].errcode == 76003
    assert RefusedCall.objects.get(rid=shown.context["tried"].rid).world == world
    assert "&quot;&gt;&lt;b&gt;nothing" in page(shown)


def test_an_account_of_another_world_is_not_called(visitor, make_world):
    other = account_at(make_world("Other"), "verified", entity_type="individual")

    shown = visitor.post(QUOTA, {"account": other.pk, "cgi_path": "/cgi-bin/token"})

    assert shown.context["tried"] is None
    assert not other.access_tokens.exists()


def test_a_token_call_can_be_tried_without_an_account(visitor, world):
    server = OwnServer(account_at(world, "verified", entity_type="individual"))

    shown = visitor.post("/docs/api/cgi-bin/token", server.credentials)

    assert json.loads(shown.context["tried"].answer)["expires_in"] == 7200


def test_a_ready_account_is_made_and_shown_once(visitor, world):
    assert "Make a ready account" in page(visitor.get("/worlds/ready-account/"))
    assert not Account.objects.exists()

    told = visitor.post("/worlds/ready-account/").context["told"]

    ready(told, world)


def ready(told, world):
    """See that everything told opens what it says."""
    game = Account.objects.get(world=world, appid=told["appid"])
    server = OwnServer(game, secret=told["secret"])
    assert game.coin_online_at
    assert server.get("/cgi-bin/getcallbackip")["ip_list"]
    assert server.ask(
        "/sns/jscode2session", appid=server.appid, secret=server.secret, js_code=told["player"]["code"]
    ) == {"openid": told["player"]["openid"], "session_key": told["player"]["session_key"]}
    coin = GameCoin.objects.get(account=game)
    assert (told["payment"]["offer_id"], told["payment"]["zone_id"]) == (coin.offer_id, "1")
    assert told["payment"]["keys"] == {"0": key_of(coin, 0), "1": key_of(coin, 1)}
    official = Account.objects.get(world=world, appid=told["official_account"]["appid"])
    assert official.account_type == "service"
    assert OwnServer(official, secret=told["official_account"]["secret"]).token
    platform = told["third_party_platform"]
    opened = server.send(
        "/cgi-bin/component/api_component_token",
        {name: platform[name] for name in TICKETED},
    )
    granted = server.send(
        "/cgi-bin/component/api_query_auth",
        {
            "component_appid": platform["component_appid"],
            "authorization_code": platform["authorization_code"],
        },
        component_access_token=opened["component_access_token"],
    )
    assert granted["authorization_info"]["authorizer_appid"] == game.appid
    push = push_settings(game)
    assert push is not None
    assert told["push"] == {
        "url": "http://127.0.0.1:9100/wechat",
        "token": push.token,
        "encoding_aes_key": push.key,
        "mode": "safe",
        "format": "json",
    }


def test_the_command_prints_the_same_for_a_world_of_its_own():
    first, second = StringIO(), StringIO()
    call_command("credentials", "--json", "--url", "http://portal.example:8000", stdout=first)
    told = json.loads(first.getvalue())
    world = World.objects.get(pk=told["world"]["id"])

    ready(told, world)
    assert told["base_url"] == "http://portal.example:8000"
    assert told["world"]["link"] == f"http://portal.example:8000/w/{world.token}/"
    call_command("credentials", "--world", str(world.pk), stdout=second)
    lines = dict(line.split(" = ", 1) for line in second.getvalue().splitlines())
    assert lines["world.id"] == str(world.pk)
    assert lines["appid"] != told["appid"]
    assert lines["payment.keys.0"] != told["payment"]["keys"]["0"]


def test_a_world_that_is_not_there_is_named(db):
    with pytest.raises(CommandError, match=r"There is no world 7\."):
        call_command("credentials", "--world", "7")


@pytest.mark.requirement("SIM-8")
def test_a_fault_is_set_and_lifted_by_hand(visitor, world):
    server = OwnServer(account_at(world, "verified", entity_type="individual"))
    assert server.token
    sent = {"kind": "busy", "path": "", "percent": "100", "left": "1", "delay_ms": ""}

    assert visitor.post("/worlds/faults/", sent).status_code == 302
    assert "Busy (-1)" in page(visitor.get("/worlds/faults/"))
    assert [server.get("/cgi-bin/getcallbackip").get("errcode", 0) for _nth in range(2)] == [-1, 0]
    fault = WireFault.objects.get()
    assert visitor.post(f"/worlds/faults/{fault.pk}/lift/").status_code == 302
    assert not WireFault.objects.exists()


@pytest.mark.requirement("SIM-8")
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": "earthquake"}, "kind"),
        ({"percent": "0"}, "percent"),
        ({"percent": "many"}, "percent"),
        ({"path": "/nowhere"}, "path"),
        ({"kind": "delay"}, "delay_ms"),
        ({"left": "-1"}, "left"),
    ],
)
def test_a_wrong_fault_is_refused_at_its_field(visitor, world, typed, field):
    sent = {"kind": "busy", "path": "", "percent": "100", "left": "", "delay_ms": "", **typed}

    refused = visitor.post("/worlds/faults/", sent)

    assert list(refused.context["form"].errors) == [field]
    assert not WireFault.objects.exists()


def test_a_world_allows_games_by_third_party_platforms(visitor, world):
    for allowed in (True, False):
        assert visitor.post("/worlds/faults/games-by-api/", {"allowed": str(int(allowed))}).status_code == 302
        world.refresh_from_db()
        assert world.games_by_api is allowed
