"""Customer-service messages by server API: what answers a follower, how long and how often (ASC-4)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Account, Player
from associations import actions
from associations.menus import Button
from associations.models import CustomerMessage, Follower
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts.files import drawn
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

SEND = "/cgi-bin/message/custom/send"
OK = {"errcode": 0, "errmsg": "ok"}
HOURS: Button = {"type": "click", "name": "Hours", "key": "HOURS"}


@pytest.fixture
def server(official_account: Account) -> OwnServer:
    return OwnServer(official_account)


@pytest.fixture
def person(world: World, official_account: Account) -> Person:
    """Return Chen Xi, who follows the Official Account."""
    person = Person.objects.get(world=world, wechat_id="chenxi")
    walks.follow(person, official_account)
    return person


@pytest.fixture
def openid(person: Person, official_account: Account) -> str:
    return Player.objects.of(official_account, person.pk).openid


def text(openid: str, content: str = "We open at nine.") -> dict[str, Any]:
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


def test_a_text_answers_a_follower(server, openid, person, world, official_account):
    assert server.post(SEND, text(openid, " We open\nat nine. ")) == OK

    sent = CustomerMessage.objects.get()
    assert (sent.account, sent.person, sent.direction, sent.kind) == (
        official_account,
        person,
        "to_follower",
        "text",
    )
    assert (sent.content, sent.sha256, sent.at) == ({"content": "We open\nat nine."}, "", world.now())


def test_a_picture_stays_when_its_media_is_gone(server, openid):
    media_id = server.upload("/cgi-bin/media/upload", drawn(), type="image")["media_id"]

    assert server.post(SEND, {"touser": openid, "msgtype": "image", "image": {"media_id": media_id}}) == OK

    sent = CustomerMessage.objects.get()
    assert (sent.kind, sent.content, sent.content_type) == ("image", {}, "image/png")
    assert len(sent.sha256) == 64


def test_a_link_is_news_of_one_article(server, openid):
    article = {"title": "News", "description": "Tonight", "url": "https://kite.example/", "picurl": "x"}

    told = server.post(SEND, {"touser": openid, "msgtype": "news", "news": {"articles": [article]}})

    assert told == OK
    assert CustomerMessage.objects.get().content == {
        "title": "News",
        "description": "Tonight",
        "url": "https://kite.example/",
    }


def test_a_card_opens_an_associated_mini_program(server, openid, official_account, mini_program):
    media_id = server.upload("/cgi-bin/media/upload", drawn(), type="image")["media_id"]
    card = {
        "title": "Play",
        "appid": mini_program.appid,
        "pagepath": "?from=talk",
        "thumb_media_id": media_id,
    }
    message = {"touser": openid, "msgtype": "miniprogrampage", "miniprogrampage": card}

    assert server.post(SEND, message) == {"errcode": 40166, "errmsg": "invalid weapp appid"}
    walks.associate(official_account, mini_program)
    assert server.post(SEND, message) == OK

    assert CustomerMessage.objects.get().content == {
        "title": "Play",
        "appid": mini_program.appid,
        "pagepath": "?from=talk",
    }


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"touser": None}, 40003),
        ({"touser": "nobody"}, 40003),
        ({"msgtype": None}, 40008),
        ({"msgtype": "voice"}, 40008),
        ({"msgtype": "touser"}, 40008),
        ({"text": None}, 44004),
        ({"text": "We open at nine."}, 44004),
        ({"text": {"content": 9}}, 44004),
        ({"text": {"content": " \n"}}, 44004),
        ({"text": {"content": "a\u202eb"}}, 44004),
        ({"text": {"content": "早" * 683}}, 45002),
        ({"text": {"content": "x" * 5000}}, 45002),
        ({"msgtype": "image"}, 40007),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "image", "image": {"media_id": ["none"]}}, 40007),
        ({"msgtype": "news", "news": {"articles": []}}, 45008),
        ({"msgtype": "news", "news": {"articles": [{"title": "1"}, {"title": "2"}]}}, 45008),
        ({"msgtype": "news", "news": {"articles": [{"title": ""}]}}, 45003),
        ({"msgtype": "news", "news": {"articles": [{"title": "T", "description": "d" * 121}]}}, 45002),
        ({"msgtype": "news", "news": {"articles": [{"title": "T", "url": "ftp://kite"}]}}, 40020),
        ({"msgtype": "miniprogrampage", "miniprogrampage": {"title": "T"}}, 40166),
        ({"msgtype": "miniprogrampage", "miniprogrampage": {"title": "T" * 65}}, 45003),
        ({"msgtype": "miniprogrampage", "miniprogrampage": "wx0000000000000000"}, 40166),
    ],
)
def test_what_is_wrong_has_the_platforms_number(server, openid, changed, errcode):
    assert server.post(SEND, {**text(openid), **changed})["errcode"] == errcode
    assert not CustomerMessage.objects.exists()
    assert Follower.objects.get().answers == 0


def test_a_cards_page_and_picture_are_read(server, openid, official_account, mini_program):
    walks.associate(official_account, mini_program)
    card = {"title": "Play", "appid": mini_program.appid}

    for changed, errcode in (({"pagepath": "https://kite.example"}, 40165), ({}, 40007)):
        message = {"touser": openid, "msgtype": "miniprogrampage", "miniprogrampage": card | changed}
        assert server.post(SEND, message)["errcode"] == errcode


def test_five_messages_answer_one_act(server, openid, person, official_account):
    assert [server.post(SEND, text(openid))["errcode"] for _nth in range(6)] == [0, 0, 0, 0, 0, 45047]
    assert CustomerMessage.objects.count() == 5

    actions.write(official_account.pk, "And on Sunday?", by=person.as_actor())
    assert server.post(SEND, text(openid)) == OK
    walks.publish_menu(official_account, [HOURS])
    actions.tap(official_account.pk, HOURS, by=person.as_actor())
    assert [server.post(SEND, text(openid))["errcode"] for _nth in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_an_act_is_answered_for_48_hours(server, openid, person, official_account, time):
    time.passes(hours=47, minutes=59, seconds=59)
    server.renew()
    assert server.post(SEND, text(openid)) == OK
    time.passes(seconds=1)
    assert server.post(SEND, text(openid)) == {
        "errcode": 45015,
        "errmsg": "response out of time limit or subscription is canceled",
    }
    actions.write(official_account.pk, "Are you there?", by=person.as_actor())
    assert server.post(SEND, text(openid)) == OK


def test_who_left_is_not_answered(server, openid, person, official_account):
    actions.unfollow(official_account.pk, by=person.as_actor())
    assert server.post(SEND, text(openid))["errcode"] == 45015


def test_an_openid_of_another_account_is_nobodys(server, person, mini_program):
    elsewhere = Player.objects.of(mini_program, person.pk)
    assert server.post(SEND, text(elsewhere.openid))["errcode"] == 40003


def test_an_account_without_authentication_answers_nobody(world):
    plain = walks.account_at(world, "verified", account_type="subscription", wechat_id="meiran")
    walks.rename(plain, "Paper Kite News")
    person = Person.objects.get(world=world, wechat_id="chenxi")
    walks.follow(person, plain)
    openid = Player.objects.of(plain, person.pk).openid

    assert OwnServer(plain).post(SEND, text(openid))["errcode"] == 48001
