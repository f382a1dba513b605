"""What a platform reads and sets of the accounts that authorized it (API-1; wechat-api 1.4, 0.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.simulator.walks.information import perfect
from portal.simulator.walks.stages import account_at
from tests.conftest import BEGINNING
from tests.platform import PlatformServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]


def test_a_mini_game_is_described(server, world):
    game = perfect(account_at(world, "verified", entity_type="individual"))
    caller = server.as_account(game, {18, 30})

    told = server.call("api_get_authorizer_info", authorizer_appid=game.appid)
    assert told == {
        "authorizer_info": {
            "nick_name": game.name,
            "head_img": f"http://testserver/photos/{game.pk}/{game.photo}.png",
            "service_type_info": {"id": 4},
            "verify_type_info": {"id": -1},
            "user_name": game.original_id,
            "alias": "",
            "qrcode_url": "",
            "business_info": {
                "open_pay": 0,
                "open_shake": 0,
                "open_scan": 0,
                "open_card": 0,
                "open_store": 0,
            },
            "idc": 1,
            "principal_name": str(game.entity),
            "signature": game.introduction,
            "register_type": 0,
            "account_status": 1,
            "basic_config": {"is_phone_configured": True, "is_email_configured": True},
            "MiniProgramInfo": {
                "network": {
                    "RequestDomain": [],
                    "WsRequestDomain": [],
                    "UploadDomain": [],
                    "DownloadDomain": [],
                },
                "categories": [{"first": "Game", "second": "Casual"}],
                "visit_status": 1,
            },
        },
        "authorization_info": {
            "authorizer_appid": game.appid,
            "authorizer_refresh_token": caller.refresh_token,
            "func_info": [{"funcscope_category": {"id": 18}}, {"funcscope_category": {"id": 30}}],
        },
    }


def test_a_service_account_is_described(server, world):
    account = account_at(world, "authenticated", account_type="service")
    server.as_account(account)

    told = server.call("api_get_authorizer_info", authorizer_appid=account.appid)
    assert told["authorizer_info"]["service_type_info"] == {"id": 2}
    assert told["authorizer_info"]["verify_type_info"] == {"id": 0}
    assert "MiniProgramInfo" not in told["authorizer_info"]
    numbers = [each["funcscope_category"]["id"] for each in told["authorization_info"]["func_info"]]
    assert numbers == [1, 2, 3, 4, 7, 11, 15, 33]


def test_accounts_are_listed_page_by_page(server, world, time):
    callers = []
    for name in ("Su Qiao", "Lin Bo", "He Yan"):
        account = account_at(world, "verified", entity_type="individual", name=name)
        callers.append(server.as_account(account))
        time.passes(minutes=1)
    rows = [
        {
            "authorizer_appid": caller.appid,
            "refresh_token": caller.refresh_token,
            "auth_time": int((BEGINNING + timedelta(minutes=nth)).timestamp()),
        }
        for nth, caller in enumerate(callers)
    ]

    assert page(server, 0, 2) == {"total_count": 3, "list": rows[:2]}
    assert page(server, "2", "500") == {"total_count": 3, "list": rows[2:]}
    assert page(server, 9, 1) == {"total_count": 3, "list": []}
    assert page(server, 0, 501)["errcode"] == 40170
    assert page(server, -1, 1)["errcode"] == 40097
    assert server.call("api_get_authorizer_list")["errcode"] == 40097


@pytest.mark.parametrize("prefix", ["", "api_"])
def test_options_are_the_accounts_whoever_asks(server, world, account, prefix):
    other = PlatformServer(world, "Harbour Tools")
    server.as_account(account)
    other.as_account(account)
    mine = {"authorizer_appid": account.appid, "option_name": "location_report"}

    assert server.call(f"{prefix}get_authorizer_option", **mine) == {**mine, "option_value": "0"}
    told = server.call(f"{prefix}set_authorizer_option", **mine, option_value=2)
    assert told == {"errcode": 0, "errmsg": "ok"}
    assert other.call(f"{prefix}get_authorizer_option", **mine)["option_value"] == "2"
    assert server.call(f"{prefix}set_authorizer_option", **mine, option_value="3")["errcode"] == 40097
    unknown = {**mine, "option_name": "weather"}
    assert server.call(f"{prefix}get_authorizer_option", **unknown)["errcode"] == 40097
    assert server.call(f"{prefix}set_authorizer_option", **unknown, option_value="1")["errcode"] == 40097


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("api_get_authorizer_info", {}),
        ("get_authorizer_option", {"option_name": "voice_recognize"}),
        ("set_authorizer_option", {"option_name": "voice_recognize", "option_value": "1"}),
        ("api_authorizer_token", {"authorizer_refresh_token": "x"}),
    ],
)
def test_an_account_that_did_not_authorize_the_platform(server, account, name, fields):
    assert server.call(name, authorizer_appid=account.appid, **fields)["errcode"] == 61003
    assert server.call(name, authorizer_appid="wx0000000000000000", **fields)["errcode"] == 61003
    assert server.call(name, **fields)["errcode"] == 41002


def page(server, offset, count):
    return server.call("api_get_authorizer_list", offset=offset, count=count)
