"""Followers and template messages by server API (API-2, ASC-4; wechat-api 7.3)."""

from __future__ import annotations

import pytest

from accounts.models import Player
from associations.models import TemplateMessage
from portal.outside.models import Person
from portal.simulator import walks
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

SEND = "/cgi-bin/message/template/send"


@pytest.fixture
def server(official_account):
    return OwnServer(official_account)


@pytest.fixture
def follower(world, official_account):
    """Return the openid of Chen Xi, who follows the Official Account."""
    person = Person.objects.get(world=world, wechat_id="chenxi")
    walks.follow(person, official_account)
    return Player.objects.of(official_account, person.pk).openid


@pytest.fixture
def template(official_account):
    return walks.add_template(official_account)


@pytest.fixture
def message(follower, template):
    """Return a whole message to Chen Xi."""
    return {
        "touser": follower,
        "template_id": template.template_id,
        "url": "https://kite.example/result",
        "data": {"first": {"value": "Well done", "color": "#173177"}, "score": {"value": 42}},
    }


def test_a_message_reaches_the_phone(server, message, mini_program, official_account):
    walks.associate(official_account, mini_program)
    program = {"appid": mini_program.appid, "pagepath": "pages/result?from=message"}

    told = server.post(SEND, {**message, "miniprogram": program})

    sent = TemplateMessage.objects.get()
    assert told == {"errcode": 0, "errmsg": "ok", "msgid": sent.pk}
    assert sent.data == {"first": "Well done", "score": "42"}
    assert (sent.url, sent.appid, sent.pagepath) == (
        "https://kite.example/result",
        mini_program.appid,
        "pages/result?from=message",
    )
    assert sent.person.wechat_id == "chenxi"


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"touser": "nobody"}, 40003),
        ({"touser": None}, 40003),
        ({"template_id": "none"}, 40037),
        ({"url": "ftp://kite.example"}, 40020),
        ({"miniprogram": {"appid": "wx0000000000000000"}}, 40166),
        ({"miniprogram": "wx0000000000000000"}, 40166),
        ({"data": {"first": {"value": "Well done"}}}, 47003),
        ({"data": None}, 47003),
        ({"data": []}, 47003),
        ({"data": {"first": {"value": ["x"]}, "score": {"value": "1"}}}, 47003),
    ],
)
def test_what_is_wrong_has_the_platforms_number(server, message, changed, errcode):
    assert server.post(SEND, {**message, **changed})["errcode"] == errcode
    assert not TemplateMessage.objects.exists()


def test_a_mini_program_that_is_not_associated_is_refused(server, message, mini_program):
    told = server.post(SEND, {**message, "miniprogram": {"appid": mini_program.appid}})

    assert told == {"errcode": 40166, "errmsg": "invalid weapp appid"}


def test_who_does_not_follow_gets_nothing(server, message, world, official_account):
    stranger = Player.objects.of(official_account, Person.objects.get(world=world, wechat_id="meiran").pk)

    assert server.post(SEND, {**message, "touser": stranger.openid})["errcode"] == 43004


def test_an_openid_of_another_account_is_nobodys(server, message, world, mini_program):
    elsewhere = Player.objects.of(mini_program, Person.objects.get(world=world, wechat_id="chenxi").pk)

    assert server.post(SEND, {**message, "touser": elsewhere.openid})["errcode"] == 40003


def test_templates_are_listed_and_deleted(server, template):
    [listed] = server.get("/cgi-bin/template/get_all_private_template")["template_list"]
    assert (listed["template_id"], listed["title"]) == (template.template_id, "Result")
    assert listed["content"] == "{{first.DATA}}\nScore: {{score.DATA}}"

    gone = {"template_id": template.template_id}
    assert server.post("/cgi-bin/template/del_private_template", gone) == {"errcode": 0, "errmsg": "ok"}
    assert server.get("/cgi-bin/template/get_all_private_template") == {"template_list": []}
    assert server.post("/cgi-bin/template/del_private_template", gone)["errcode"] == 40037


def test_followers_are_listed_page_by_page(server, follower, world, official_account, monkeypatch):
    monkeypatch.setattr("associations.api.followers.MOST_AT_ONCE", 1)
    walks.follow(Person.objects.get(world=world, wechat_id="guoan"), official_account)

    first = server.get("/cgi-bin/user/get")
    second = server.get("/cgi-bin/user/get", next_openid=first["next_openid"])
    last = server.get("/cgi-bin/user/get", next_openid=second["next_openid"])

    assert first == {"total": 2, "count": 1, "data": {"openid": [follower]}, "next_openid": follower}
    assert (second["count"], second["data"]["openid"][0]) == (1, second["next_openid"])
    assert last == {"total": 2, "count": 0, "next_openid": ""}
    assert server.get("/cgi-bin/user/get", next_openid="nobody")["errcode"] == 40003


def test_a_follower_is_told_of(server, follower, world, official_account):
    told = server.get("/cgi-bin/user/info", openid=follower, lang="en")

    assert (told["subscribe"], told["openid"], told["language"]) == (1, follower, "en")
    assert told["subscribe_time"] == int(world.now().timestamp())
    stranger = Player.objects.of(official_account, Person.objects.get(world=world, wechat_id="meiran").pk)
    assert server.get("/cgi-bin/user/info", openid=stranger.openid) == {
        "subscribe": 0,
        "openid": stranger.openid,
    }
    assert server.get("/cgi-bin/user/info", openid="nobody")["errcode"] == 40003
