"""Subscribe messages by server API: library, templates, one message for each permission (API-2)."""

from __future__ import annotations

import pytest

from portal.simulator.walks.stages import account_at
from pushes.bodies import as_xml
from pushes.models import Push
from releases import subscribe_library
from releases.actions import subscribing
from releases.breaches_subscribing import breaches
from releases.models import SubscribeMessage, SubscribeTemplate, Subscription
from tests.pushes.test_events import listen, told
from tests.releases.subscribing import ADD, EVENT, SEND, allow, message, player, server, template
from tests.server import OwnServer

__all__ = ["message", "player", "server", "template"]  # fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

TITLES = "/wxaapi/newtmpl/getpubtemplatetitles"
KEYWORDS = "/wxaapi/newtmpl/getpubtemplatekeywords"
OWN = "/wxaapi/newtmpl/gettemplate"
DELETE = "/wxaapi/newtmpl/deltemplate"
OK = {"errcode": 0, "errmsg": "ok"}


def category(server: OwnServer) -> int:
    return int(server.get("/wxaapi/newtmpl/getcategory")["data"][0]["id"])


# --- the library --------------------------------------------------------------------------


def test_the_categories_in_use_are_those_of_the_library(server):
    told = server.get("/wxaapi/newtmpl/getcategory")

    assert told == {**OK, "data": [{"id": 101, "name": "Game: Casual"}]}


def test_titles_are_told_in_pages(server):
    told = server.get(TITLES, ids=category(server), start=1, limit=2)

    assert told == {
        **OK,
        "count": 6,
        "data": [
            {"tid": 1102, "title": "Energy is full", "type": 2, "categoryId": "101"},
            {"tid": 1103, "title": "Sign-in reminder", "type": 2, "categoryId": "101"},
        ],
    }


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        ({"start": 0, "limit": 30}, 200018),
        ({"ids": "201", "start": 0, "limit": 30}, 200019),
        ({"ids": "101,x", "start": 0, "limit": 30}, 200019),
        ({"ids": "101", "start": "first", "limit": 30}, 200016),
        ({"ids": "101", "start": 0, "limit": 31}, 200017),
        ({"ids": "101", "start": 0}, 200017),
    ],
)
def test_titles_of_nothing_are_refused(server, query, errcode):
    assert server.get(TITLES, **query)["errcode"] == errcode


def test_a_title_has_numbered_keywords(server):
    told = server.get(KEYWORDS, tid="1102")

    assert told == {
        **OK,
        "count": 3,
        "data": [
            {"kid": 1, "name": "Energy", "example": "120", "rule": "number"},
            {"kid": 2, "name": "Full since", "example": "15:00", "rule": "time"},
            {"kid": 3, "name": "Remark", "example": "Come and see", "rule": "thing"},
        ],
    }
    assert server.get(KEYWORDS, tid="7")["errcode"] == 200014
    assert server.get(KEYWORDS, tid="x")["errcode"] == 200014


def test_every_example_of_the_library_may_be_said():
    for title in subscribe_library.TITLES:
        for each in title.keywords:
            assert subscribe_library.is_lawful(each.key, str(each.example)), each.key


# --- the account's templates --------------------------------------------------------------


def test_a_template_is_added_listed_and_removed(server):
    told = server.post(ADD, {"tid": "1101", "kidList": [2, "1"], "sceneDesc": "Festivals"})

    row = SubscribeTemplate.objects.get()
    assert told == {**OK, "priTmplId": row.pri_tmpl_id}
    assert len(row.pri_tmpl_id) == 43
    assert (row.scene, row.tid) == ("Festivals", EVENT)
    assert server.get(OWN) == {
        **OK,
        "data": [
            {
                "priTmplId": row.pri_tmpl_id,
                "title": "Event reminder",
                "content": "Begins:{{time2.DATA}}\nEvent:{{thing1.DATA}}\n",
                "example": "Begins:2019-10-01 15:00\nEvent:Lantern festival\n",
                "type": 2,
            }
        ],
    }
    assert server.post(DELETE, {"priTmplId": row.pri_tmpl_id}) == OK
    assert server.get(OWN) == {**OK, "data": []}
    assert server.post(DELETE, {"priTmplId": row.pri_tmpl_id})["errcode"] == 200014


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"tid": 7}, 200014),
        ({"tid": None}, 200014),
        ({"kidList": [1]}, 200020),
        ({"kidList": [1, 1]}, 200020),
        ({"kidList": [1, 9]}, 200020),
        ({"kidList": [1, 2, 3, 4, 5, 1]}, 200020),
        ({"kidList": [1, {}]}, 200020),
        ({"kidList": "1,2"}, 200020),
        ({"sceneDesc": "x" * 16}, 200021),
        ({"sceneDesc": ["x"]}, 200021),
    ],
)
def test_what_is_no_template_is_refused(server, change, errcode):
    told = server.post(ADD, {"tid": EVENT, "kidList": [1, 2], "sceneDesc": "Festivals"} | change)

    assert told["errcode"] == errcode
    assert not SubscribeTemplate.objects.exists()


def test_there_are_twenty_five_templates_at_most(server, template):
    rest = [
        SubscribeTemplate(
            world=template.world, account=template.account, pri_tmpl_id=f"{number:043}", tid=EVENT,
            title="Event reminder", keywords=template.keywords, added_at=template.added_at,
        )
        for number in range(24)
    ]  # fmt: skip
    SubscribeTemplate.objects.bulk_create(rest)
    body = {"tid": EVENT, "kidList": [1, 2]}

    assert server.post(ADD, body)["errcode"] == 200012
    assert server.post(DELETE, {"priTmplId": template.pri_tmpl_id}) == OK
    assert server.post(ADD, body)["errcode"] == 0


def test_another_games_template_is_nobodys(server, message, template, world):
    other = OwnServer(account_at(world, "released"))

    assert other.get(OWN)["data"] == []
    assert other.post(DELETE, {"priTmplId": template.pri_tmpl_id})["errcode"] == 200014
    assert other.post(SEND, message)["errcode"] == 40003


# --- sending ------------------------------------------------------------------------------


def test_each_permission_is_for_one_message(server, message, template, player):
    assert server.post(SEND, message)["errcode"] == 43101
    assert allow(player, template) == {template.pri_tmpl_id: "accept"}
    allow(player, template)

    told = server.post(SEND, {**message, "miniprogram_state": "trial", "lang": "zh_CN"})

    sent = SubscribeMessage.objects.get()
    assert told == {**OK, "msgid": sent.pk}
    assert sent.data == {"thing1": "Lantern festival", "time2": "2019-10-01 15:00"}
    assert (sent.person, sent.page, sent.version) == (player, "?from=notice", "trial")
    assert sent.lines == [("Event", "Lantern festival"), ("Begins", "2019-10-01 15:00")]
    assert Subscription.objects.get().left == 1
    assert server.post(SEND, message)["errcode"] == 0
    assert server.post(SEND, message)["errcode"] == 43101
    assert breaches() == []


def test_a_refused_template_may_send_nothing(server, message, template, player):
    ids = [template.pri_tmpl_id]

    said = subscribing.answer(server.account.pk, ids, allowed=["x"], by=player.as_actor())

    assert said == {template.pri_tmpl_id: "reject"}
    assert server.post(SEND, message)["errcode"] == 43101
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"touser": "oNobody"}, 40003),
        ({"touser": ""}, 40003),
        ({"template_id": "x"}, 40037),
        ({"template_id": None}, 40037),
        ({"page": "pages/nowhere"}, 41030),
        ({"page": "../game.js"}, 41030),
        ({"page": "?" + "x" * 1024}, 41030),
        ({"page": "?a\nb"}, 41030),
        ({"data": "x"}, 47003),
        ({"data": None}, 47003),
        ({"miniprogram_state": "beta"}, 40097),
        ({"lang": "fr"}, 40097),
    ],
)
def test_a_wrong_message_spends_nothing(server, message, template, player, change, errcode):
    allow(player, template)

    assert server.post(SEND, message | change)["errcode"] == errcode
    assert Subscription.objects.get().left == 1
    assert not SubscribeMessage.objects.exists()


@pytest.mark.parametrize("page", ["", "game.js?level=3", "/game?level=3"])
def test_a_page_is_one_of_the_released_version(server, message, template, player, page):
    allow(player, template)

    assert server.post(SEND, message | {"page": page})["errcode"] == 0
    assert SubscribeMessage.objects.get().page == page.removeprefix("/")


@pytest.mark.parametrize(
    "value",
    [None, {}, {"value": ""}, {"value": None}, {"value": "x" * 21}, {"value": "a\nb"}, {"value": ["x"]}],
)
def test_a_keyword_without_a_lawful_value_is_refused(server, message, template, player, value):
    allow(player, template)

    assert server.post(SEND, message | {"data": message["data"] | {"thing1": value}})["errcode"] == 47003
    assert Subscription.objects.get().left == 1


@pytest.mark.parametrize(
    ("key", "lawful", "unlawful"),
    [
        ("thing1", ["x", "灯" * 20, "👍 yes"], ["灯" * 21]),
        ("number1", ["0", "-1.5", "9" * 32], ["9" * 33, "1.", "one", "1 0"]),
        ("character_string1", ["LD-7", "a" * 32], ["a" * 33, "a b", "灯"]),
        ("time1", ["15:01", "2019年10月1日 15:01", "15:00~16:00"], ["25:00", "15", "2019-10-01"]),
        ("date1", ["2019-10-01", "2019年10月1日", "2019-10-01 15:01"], ["tomorrow", "15:01"]),
        ("amount1", ["¥6.00", "6", "6元"], ["six", "12345678901"]),
        ("name1", ["Wu Tong", "吴桐"], ["吴" * 11, "x" * 21, "Wu 2"]),
        ("phrase1", ["已到账"], ["done", "已" * 6]),
    ],
)
def test_each_rule_says_what_its_keyword_may_say(key, lawful, unlawful):
    assert [each for each in lawful if not subscribe_library.is_lawful(key, each)] == []
    assert [each for each in unlawful if subscribe_library.is_lawful(key, each)] == []


# --- what the game's server is told -------------------------------------------------------


@pytest.mark.requirement("API-3")
def test_a_list_of_templates_is_wrapped_in_xml_alone():
    row = {"TemplateId": "t", "SubscribeStatusString": "accept", "PopupScene": "0"}
    written = as_xml({"Event": "subscribe_msg_popup_event", "List": [row, row]})

    each = (
        "<List><TemplateId><![CDATA[t]]></TemplateId>"
        "<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>"
        "<PopupScene><![CDATA[0]]></PopupScene></List>"
    )
    assert written == (
        "<xml><Event><![CDATA[subscribe_msg_popup_event]]></Event>"
        f"<SubscribeMsgPopupEvent>{each}{each}</SubscribeMsgPopupEvent></xml>"
    )


@pytest.mark.requirement("API-3")
def test_the_answer_and_the_sending_are_pushed(server, message, player, template):
    account = listen(server.account)
    allow(player, template)

    msgid = server.post(SEND, message)["msgid"]

    row = {"TemplateId": template.pri_tmpl_id}
    assert told(account) == [
        {
            "Event": "subscribe_msg_popup_event",
            "List": [row | {"SubscribeStatusString": "accept", "PopupScene": "0"}],
        },
        {
            "Event": "subscribe_msg_sent_event",
            "List": row | {"MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"},
        },
    ]
    assert {push.openid for push in Push.objects.all()} == {message["touser"]}
