"""A server fills in a Mini Game's information; a reviewer decides, the console shows it (API-2)."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from portal.kernel import breaches
from portal.kernel.models import Review, World
from portal.kernel.terms import Fact
from portal.outside.models import Letter
from portal.simulator import walks
from portal.simulator.walks import desk
from tests.accounts.files import drawn
from tests.platform import PlatformServer
from tests.server import OwnServer

OK = {"errcode": 0, "errmsg": "ok"}


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


@pytest.mark.django_db
@pytest.mark.requirement("API-2", "INF-1", "INF-2", "INF-3")
@pytest.mark.parametrize("by_platform", [False, True], ids=["own server", "third-party platform"])
def test_a_server_fills_in_the_information(world: World, signed_in: Any, by_platform: bool) -> None:
    account = walks.account_at(world, "verified")
    server: Any = PlatformServer(world).as_account(account, {18, 30}) if by_platform else OwnServer(account)
    console: Client = signed_in(account)

    # A protected name and a special category go to the desk, with pictures uploaded before.
    licence = server.upload("/cgi-bin/media/upload", drawn("JPEG"), "licence.jpg", type="image")["media_id"]
    checked = server.post("/cgi-bin/wxverify/checkwxverifynickname", {"nick_name": "Moonquill Lanterns"})
    assert checked["hit_condition"] is True
    named = server.post("/wxa/setnickname", {"nick_name": "Moonquill Lanterns", "license": licence})
    board = {"first": 100, "second": 103, "certicates": [{"key": "Copyright", "value": licence}]}
    assert server.post("/cgi-bin/wxopen/addcategory", {"categories": [board]}) == OK
    photo = {"head_img_media_id": licence, "x1": 0, "y1": 0, "x2": 0.5, "y2": 1}
    assert server.post("/cgi-bin/account/modifyheadimage", photo) == OK
    assert server.post("/cgi-bin/account/modifysignature", {"signature": "Light the lanterns."}) == OK
    assert server.post("/wxa/bind_tester", {"wechatid": "chenxi"})["errcode"] == 0

    page = text(console.get(reverse("information:information")))
    assert "Moonquill Lanterns" in page
    assert "Game: Card & board Under review" in page
    assert "Light the lanterns." in page
    assert "4 of 5 changes left this month" in page

    # The reviewer looks at the licence, approves the name, and refuses the category at first.
    reviews = {review.kind: review for review in Review.objects.open()}
    assert desk.decide(reviews["information.name"], "approve", []).kind == "approve"
    desk.decide(reviews["information.category"], "reject", ["The certificate is another game's."])
    told = server.post("/wxa/api_wxa_querynickname", {"audit_id": named["audit_id"]})
    assert (told["audit_stat"], told["nickname"]) == (3, "Moonquill Lanterns")
    listed = server.post("/cgi-bin/wxopen/getcategory")
    assert [(each["audit_status"], each["audit_reason"]) for each in listed["categories"]] == [
        (2, "The certificate is another game's.")
    ]
    assert server.post("/cgi-bin/wxopen/modifycategory", board) == OK
    desk.decide(Review.objects.open().get(), "approve", [])

    # Everything is there, for the server and in the console, and the account was written to.
    facts = server.post("/cgi-bin/account/getaccountbasicinfo")
    assert facts["nickname_info"] == {
        "nickname": "Moonquill Lanterns", "modify_used_count": 0, "modify_quota": 2,
    }  # fmt: skip
    assert facts["signature_info"]["modify_used_count"] == 1
    page = text(console.get(reverse("information:information")))
    assert "Complete" in page
    assert "Game: Card & board In use" in page
    assert "Chen Xi" in text(console.get(reverse("accounts:members")))
    account = Account.objects.get(pk=account.pk)
    assert {Fact.INFORMATION, Fact.GAME} <= account.facts
    assert Letter.objects.filter(to=account.email, subject__contains="Moonquill Lanterns").exists()
    assert breaches.found() == []
