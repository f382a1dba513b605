"""Basic information, introduction and search over HTTP (API-2; wechat-api 4.1, 4.2)."""

from __future__ import annotations

import pytest

from accounts.models import Account
from portal.simulator import walks
from portal.simulator.walks.stages import account_at
from releases import shelf
from tests.conftest import seat
from tests.platform import PlatformServer
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

INFORMATION = "/cgi-bin/account/getaccountbasicinfo"
INTRODUCTION = "/cgi-bin/account/modifysignature"
OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def server(world):
    return OwnServer(account_at(world, "verified"))


def test_all_that_an_account_is(server):
    company = server.account.entity

    assert server.post(INFORMATION) == {
        **OK,
        "appid": server.appid,
        "account_type": 3,
        "principal_type": 1,
        "principal_name": company.name,
        "credential": company.number,
        "realname_status": 1,
        "wx_verify_info": {
            "qualification_verify": False,
            "naming_verify": False,
            "annual_review": False,
            "annual_review_begin_time": 0,
            "annual_review_end_time": 0,
        },
        "signature_info": {"signature": "", "modify_used_count": 0, "modify_quota": 5},
        "head_image_info": {"head_image_url": "", "modify_used_count": 0, "modify_quota": 5},
        "nickname_info": {"nickname": "", "modify_used_count": 0, "modify_quota": 2},
        "nickname": "",
        "registered_country": 1017,
        "customer_type": 1,
    }


def test_what_is_filled_in_and_used(server, client):
    account = walks.perfect(server.account, name="Paper Kite")
    told = server.get(INFORMATION)

    address = f"{account.world.origin}/photos/{account.pk}/{account.photo}.png"
    assert told["head_image_info"] == {"head_image_url": address, "modify_used_count": 1, "modify_quota": 5}
    assert told["nickname_info"] == {"nickname": "Paper Kite", "modify_used_count": 0, "modify_quota": 2}
    assert told["signature_info"]["signature"] == account.introduction
    client.cookies["world"] = account.world.token
    assert client.get(address).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("stage", "real_name"), [("awaiting_transfer", 2), ("awaiting_authentication", 2), ("lapsed", 1)]
)
def test_a_real_name_is_proved_by_the_verification(world, stage, real_name):
    server = OwnServer(account_at(world, stage))
    assert server.post(INFORMATION)["realname_status"] == real_name


def test_an_authenticated_account_is_reviewed_each_year(world, time):
    account = account_at(world, "authenticated")
    until = account.authenticated_until
    assert until
    begins = int(until.timestamp()) - 90 * 86400
    told = {
        "qualification_verify": True,
        "naming_verify": True,
        "annual_review": False,
        "annual_review_begin_time": begins,
        "annual_review_end_time": int(until.timestamp()),
    }
    assert OwnServer(account).post(INFORMATION)["wx_verify_info"] == told

    time.reaches(until.replace(microsecond=0) - (until - time.now) / 100)
    assert OwnServer(account).post(INFORMATION)["wx_verify_info"] == {**told, "annual_review": True}


@pytest.mark.parametrize(
    ("entity_type", "principal", "customer"),
    [
        ("individual", 0, 0),
        ("individual_business", 1, 12),
        ("government", 3, 3),
        ("other_organization", 4, 4),
    ],
)
def test_who_owns_it(world, entity_type, principal, customer):
    account = account_at(
        world, "verified" if entity_type == "individual" else "authenticated", entity_type=entity_type
    )
    told = OwnServer(account).post(INFORMATION)

    assert account.entity
    assert (told["principal_type"], told["customer_type"]) == (principal, customer)
    assert told["credential"] == ("" if entity_type == "individual" else account.entity.number)


def test_an_official_account_and_its_platform(world):
    account = account_at(world, "verified", account_type="service")
    platform = PlatformServer(world)

    assert platform.as_account(account, {3}).post(INFORMATION)["account_type"] == 2
    assert platform.as_account(account, {1}).post(INFORMATION)["errcode"] == 61007


# --- the introduction ---------------------------------------------------------------------


def test_the_introduction_changes_five_times_a_month(server, signed_in):
    for nth in range(5):
        assert server.post(INTRODUCTION, {"signature": f"Lantern festival {nth}"}) == OK
    account = Account.objects.get(pk=server.account.pk)
    assert account.introduction == "Lantern festival 4"
    assert b"Lantern festival 4" in signed_in(account).get("/console/information/").content

    assert server.post(INTRODUCTION, {"signature": "Lantern festival 4"}) == OK
    assert server.post(INTRODUCTION, {"signature": "Lantern festival 5"})["errcode"] == 53200
    assert server.post(INFORMATION)["signature_info"] == {
        "signature": "Lantern festival 4", "modify_used_count": 5, "modify_quota": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "errcode"),
    [(None, 40097), ("", 40097), ("abc", 40097), ("x" * 121, 40097), (["text"], 40097),
     ("Play in our casino", 53201), ("Call 100 1234 5678", 53201)],
)  # fmt: skip
def test_an_introduction_is_refused(server, typed, errcode):
    assert server.post(INTRODUCTION, {"signature": typed})["errcode"] == errcode
    assert Account.objects.get(pk=server.account.pk).introduction == ""


def test_nothing_changes_before_the_verification(world):
    server = OwnServer(account_at(world, "awaiting_transfer"))
    assert server.post(INTRODUCTION, {"signature": "Lantern festival"})["errcode"] == 48001
    assert server.post("/wxa/changewxasearchstatus", {"status": 1})["errcode"] == 48001


# --- search -------------------------------------------------------------------------------


def test_nobody_finds_a_hidden_game(world, client):
    server = OwnServer(account_at(world, "released"))
    stranger = walks.administrator(world, "wutong")
    found = [game.account for game in shelf.games(world, stranger)]
    assert found == [server.account]

    assert server.post("/wxa/changewxasearchstatus", {"status": "1"}) == OK
    assert server.get("/wxa/getwxasearchstatus") == {**OK, "status": 1}
    assert shelf.games(world, stranger) == []
    seat(client, server.account)
    client.cookies["world"] = world.token
    assert b"Nobody finds it by searching" in client.get("/console/information/").content

    assert server.post("/wxa/changewxasearchstatus", {"status": 0}) == OK
    assert server.post("/wxa/getwxasearchstatus") == {**OK, "status": 0}
    assert [game.account for game in shelf.games(world, stranger)] == [server.account]


@pytest.mark.parametrize("status", [None, "", 2, -1, "yes", 0.5])
def test_a_search_status_is_0_or_1(server, status):
    assert server.post("/wxa/changewxasearchstatus", {"status": status})["errcode"] == 85084
