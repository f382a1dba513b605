"""The Official Account that a game offers after a scan, chosen over HTTP (API-2; wechat-api 4.2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from associations.models import Association
from portal.kernel.actors import SERVER
from portal.simulator import walks
from releases.actions import launch_codes
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

OK = {"errcode": 0, "errmsg": "ok"}
NONE = {"appid": "", "nickname": "", "headimg": ""}


@pytest.fixture
def server(world):
    return OwnServer(walks.account_at(world, "released"))


@pytest.fixture
def news(world):
    """Return another company's Official Account."""
    account = walks.account_at(
        world, "perfected", account_type="service", name="Paper Kite News Ltd", wechat_id="meiran"
    )
    return walks.rename(account, "Paper Kite News")


@pytest.fixture
def linked(server, news):
    return walks.associate(news, server.account)


def scanned(server, client, kind):
    """Return the phone's page after a scan of a code of the game, or a tap on a link."""
    made: Any = {"code": launch_codes.make_code, "link": launch_codes.make_link}[kind]
    more = {"expires_at": None} if kind == "link" else {}
    code = made(server.account.pk, kind, path="?a=1", version="release", by=SERVER, **more).code
    person = walks.administrator(server.account.world, "wutong")
    client.cookies["world"] = server.account.world.token
    return client.get(reverse("simulator:play_code", args=[person.pk, code])).content.decode()


def test_without_an_association_there_is_none_to_show(server, news, client):
    assert server.get("/wxa/getshowwxaitem") == {**OK, "can_open": 0, "is_open": 0, **NONE}
    assert server.get("/wxa/getwxamplinkforshow", page=0, num=20) == {
        **OK, "total_num": 0, "biz_info_list": [],
    }  # fmt: skip
    choice = {"wxa_subscribe_biz_flag": 1, "appid": news.appid}
    assert server.post("/wxa/updateshowwxaitem", choice)["errcode"] == 85005
    assert "Official Account after a scan" not in scanned(server, client, "code")


def test_one_is_chosen_and_offered_after_a_scan(server, news, linked, client):
    assert server.get("/wxa/getshowwxaitem") == {**OK, "can_open": 1, "is_open": 0, **NONE}
    item = {
        "appid": news.appid,
        "nickname": "Paper Kite News",
        "headimg": f"{news.world.origin}/photos/{news.pk}/{news.photo}.png",
    }
    listed = {**OK, "total_num": 1, "biz_info_list": [item]}
    assert server.get("/wxa/getwxamplinkforshow") == listed
    assert server.get("/wxa/getwxamplinkforshow", page=1, num=20) == {**listed, "biz_info_list": []}

    choice = {"wxa_subscribe_biz_flag": "1", "appid": news.appid}
    assert server.post("/wxa/updateshowwxaitem", choice) == OK
    assert server.get("/wxa/getshowwxaitem") == {**OK, "can_open": 1, "is_open": 1, **item}
    page = scanned(server, client, "code")
    assert "Official Account after a scan" in page
    assert (
        reverse("simulator:official_profile", args=[walks.administrator(news.world, "wutong").id, news.pk])
        in page
    )
    assert "Official Account after a scan" not in scanned(server, client, "link")

    assert server.post("/wxa/updateshowwxaitem", {"wxa_subscribe_biz_flag": 0}) == OK
    assert server.get("/wxa/getshowwxaitem") == {**OK, "can_open": 1, "is_open": 0, **NONE}
    assert "Official Account after a scan" not in scanned(server, client, "code")


def test_a_parting_ends_it(server, news, linked):
    server.post("/wxa/updateshowwxaitem", {"wxa_subscribe_biz_flag": 1, "appid": news.appid})
    walks.part(Association.objects.get(), server.account)
    assert server.get("/wxa/getshowwxaitem") == {**OK, "can_open": 0, "is_open": 0, **NONE}


@pytest.mark.parametrize(
    ("body", "errcode"),
    [({}, 40097), ({"wxa_subscribe_biz_flag": 2}, 40097), ({"wxa_subscribe_biz_flag": 1}, 40013),
     ({"wxa_subscribe_biz_flag": 1, "appid": {}}, 40013),
     ({"wxa_subscribe_biz_flag": 1, "appid": "wx0"}, 85005)],
)  # fmt: skip
def test_a_choice_is_refused(server, linked, body, errcode):
    assert server.post("/wxa/updateshowwxaitem", body)["errcode"] == errcode
    assert server.get("/wxa/getshowwxaitem")["is_open"] == 0


@pytest.mark.parametrize("query", [{"page": "x"}, {"num": 21}, {"num": -1}])
def test_a_page_is_refused(server, query):
    assert server.get("/wxa/getwxamplinkforshow", **query)["errcode"] == 40097
