"""SDKs for Node.js, unmodified: by a base URL over HTTP, and by the proxy over TLS (API-1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import Player
from platforms import actions as platform_actions
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.simulator import credentials, walks
from portal.simulator.walks.development import new_secret
from portal.simulator.walks.platforms import grant
from releases.actions import log_ins
from releases.models import Submission
from tests.releases.providers import later
from tests.sdk.cast import SITE, Provider, audit, follower, game_to_manage, official_account, person
from tests.sdk.tls_server import Platform

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("API-1", "API-2"),
]

Tell = Callable[..., Any]
OK = {"errcode": 0, "errmsg": "ok"}


@pytest.mark.parametrize(("by", "stable"), [("base_url", False), ("proxy", True)])
def test_node_easywechat_as_the_server_of_a_game(
    node: Tell, platform: Platform, live_server: LiveServer, world: World, by: str, stable: bool
) -> None:
    game, player = walks.account_at(world, "released"), person(world, "meiran")
    http = {"baseURL": f"{live_server.url}/", "proxy": False} if by == "base_url" else {}

    told = node(
        "mini_game",
        {
            "appid": game.appid,
            "secret": new_secret(game),
            "code": log_ins.log_in(game.pk, by=player.as_actor()),
            "stable": stable,
            "http": http,
        },
        platform.environment if by == "proxy" else {},
    )

    assert told.pop("token")[:3] == ("72_" if stable else "71_")
    userstr = told["bound"]["userstr"]
    assert told == {
        "openid": Player.objects.of(game, player.pk).openid,
        "bound": {**OK, "userstr": userstr},
        "listed": {**OK, "members": [{"userstr": userstr}]},
        "unbound": OK,
        "refused": 86000,
    }


def test_co_wechat_api_as_the_server_of_an_official_account(
    node: Tell, platform: Platform, world: World, tmp_path: Path
) -> None:
    picture = tmp_path / "card.png"
    picture.write_bytes(walks.made_picture("card").content)
    game, account = walks.account_at(world, "released"), official_account(world)
    walks.associate(account, game)
    template, openid = walks.add_template(account), follower(world, account)

    told = node(
        "official_account",
        {
            "appid": account.appid,
            "secret": new_secret(account),
            "openid": openid,
            "template": template.template_id,
            "game": game.appid,
            "picture": str(picture),
        },
        platform.environment,
    )

    button = {"type": "view", "name": "News", "url": "https://kite.example/"}
    assert told == {
        "made": 0,
        "menu": {"button": [{"name": "Kite", "sub_button": [button]}]},
        "removed": 0,
        "followers": [openid],
        "subscribed": 1,
        "templates": [template.template_id],
        "sent": 0,
        "refused": 40003,
        "answered": 0,
        "card": 0,
        "addresses": {"ip_list": ["127.0.0.1", "::1"]},
    }


@pytest.mark.requirement("API-3")
def test_node_easywechat_as_the_server_of_a_third_party_platform(
    node: Tell, platform: Platform, world: World, provider: Provider
) -> None:
    game = game_to_manage(world)
    given = {"appid": provider.appid, "secret": provider.secret, "token": provider.token, "key": provider.key}

    def step(name: str, **more: Any) -> Any:
        return node("third_party", {**given, "step": name, **more}, platform.environment)

    def hear() -> Any:
        taken = provider.pushed()
        return step("hear", push={"url": f"{taken.path}?{urlencode(taken.query)}", "body": taken.body})

    platform_actions.start_pushing(provider.platform.pk, by=SIMULATOR)
    assert hear() == {"kind": "component_verify_ticket", "code": None, "answer": "success"}
    link = urlsplit(step("link", back=f"https://{SITE}/back"))
    assert (link.netloc, link.path) == ("mp.weixin.qq.com", "/cgi-bin/componentloginpage")
    code = grant(provider.platform, game, pre_auth_code=parse_qs(link.query)["pre_auth_code"][0])
    assert hear() == {"kind": "authorized", "code": code, "answer": "success"}
    authorized = step("exchange", code=code)
    assert authorized["account"] == game.appid

    commit = {
        "template_id": provider.template,
        "ext_json": json.dumps({"ext": {"shop": 7}}),
        "user_version": "1.0.0",
        "user_desc": "First",
    }
    committed, pages = step("call", **authorized, calls=[["wxa/commit", commit], ["wxa/get_page"]])
    assert (committed, pages["page_list"]) == (OK, ["game", "stages/game", "bonus/game"])
    later(world, minutes=1)
    [submitted] = step("call", **authorized, calls=[["wxa/submit_audit", audit()]])
    walks.decide_code(Submission.objects.get(pk=submitted["auditid"]), "approve")
    assert hear() == {"kind": "weapp_audit_success", "code": None, "answer": "success"}
    status, released = step("call", **authorized, calls=[["wxa/get_latest_auditstatus"], ["wxa/release", {}]])
    assert (status["status"], released) == (0, OK)


@pytest.mark.requirement("PAY-6")
def test_node_easywechat_signs_the_calls_of_a_game_that_sells_coins(
    node: Tell, platform: Platform, world: World
) -> None:
    ready = credentials.make(world, base_url="https://api.weixin.qq.com")
    sold = ready["payment"]

    told = node(
        "payments",
        {
            "appid": ready["appid"],
            "secret": ready["secret"],
            "key": sold["keys"]["0"],
            "session": ready["player"]["session_key"],
            "place": {
                "openid": ready["player"]["openid"],
                "offer_id": sold["offer_id"],
                "zone_id": sold["zone_id"],
                "env": 0,
            },
        },
        platform.environment,
    )

    told["again"]["errmsg"], _space, _rid = told["again"]["errmsg"].partition(" rid: ")
    paid = {"bill_no": "bill-1", "balance": 2, "used_present_amount": 3}
    sums = {"sum_save": 0, "sum_present": 5, "sum_balance": 5, "sum_cost": 3, "first_save": True}
    assert told == {
        "given": {**OK, "bill_no": "gift-1", "balance": 5},
        "paid": {**OK, **paid},
        "again": {"errcode": 90012, "errmsg": "order exist", **paid},
        "held": {**OK, "balance": 2, "present_balance": 2, **sums},
        "elsewhere": 90018,
    }
