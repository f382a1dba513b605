"""Permanent material by server API: pictures for articles, menus and messages (API-2)."""

from __future__ import annotations

import pytest

from accounts.models import Account
from associations.models import CustomerMessage, Illustration
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts.files import MP3, drawn
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

ADD = "/cgi-bin/material/add_material"
FOR_ARTICLES = "/cgi-bin/media/uploadimg"
GET = "/cgi-bin/material/get_material"
COUNT = "/cgi-bin/material/get_materialcount"
LIST = "/cgi-bin/material/batchget_material"
NONE = {"voice_count": 0, "video_count": 0, "image_count": 0, "news_count": 0}


@pytest.fixture
def server(official_account: Account) -> OwnServer:
    return OwnServer(official_account)


def address(kept: Illustration) -> str:
    return f"http://testserver/pictures/articles/{kept.pk}/"


def test_a_picture_is_added_fetched_and_shown_in_the_console(server, official_account, signed_in):
    told = server.upload(ADD, drawn(), type="image")

    kept = Illustration.objects.get()
    assert told == {"errcode": 0, "errmsg": "ok", "media_id": kept.sha256, "url": address(kept)}
    assert server.upload(ADD, drawn(), type="image")["media_id"] == kept.sha256
    content = server.post(GET, {"media_id": kept.sha256})
    assert content.startswith(b"\x89PNG")
    shown = signed_in(official_account).get(told["url"])
    assert (shown.status_code, shown.content) == (200, content)


def test_a_picture_for_articles_has_an_address_alone(server):
    told = server.upload(FOR_ARTICLES, drawn("JPEG"), "a.jpg")

    assert told == {"errcode": 0, "errmsg": "ok", "url": address(Illustration.objects.get())}
    assert server.upload(FOR_ARTICLES, drawn() + bytes(1024 * 1024))["errcode"] == 40009
    assert server.upload(FOR_ARTICLES, MP3, "a.mp3")["errcode"] == 40005
    assert server.post(FOR_ARTICLES)["errcode"] == 41005
    assert Illustration.objects.count() == 1


def test_pictures_are_counted_and_listed_newest_first(server, world):
    assert server.get(COUNT) == NONE
    assert server.post(LIST, {"type": "image"}) == {"total_count": 0, "item_count": 0, "item": []}
    server.upload(ADD, drawn(ink="#111111"), type="image")
    server.upload(ADD, drawn(ink="#222222"), type="image")
    first, second = Illustration.objects.order_by("pk")

    assert server.get(COUNT) == {**NONE, "image_count": 2}
    assert server.post(LIST, {"type": "image", "offset": 0, "count": 1}) == {
        "total_count": 2,
        "item_count": 1,
        "item": [
            {
                "media_id": second.sha256,
                "name": second.name,
                "update_time": int(world.now().timestamp()),
                "url": address(second),
            }
        ],
    }
    rest = server.post(LIST, {"type": "image", "offset": "1", "count": "20"})
    assert [item["media_id"] for item in rest["item"]] == [first.sha256]
    assert server.post(LIST, {"type": "image", "offset": 10**18})["item"] == []


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        (GET, {}, 41006),
        (GET, {"media_id": "none"}, 40007),
        (GET, {"media_id": ["none"]}, 40007),
        (LIST, {}, 40004),
        (LIST, {"type": "news"}, 40004),
        (LIST, {"type": "image", "count": 21}, 40097),
        (LIST, {"type": "image", "count": 0}, 40097),
        (LIST, {"type": "image", "offset": -1}, 40097),
    ],
)
def test_what_is_wrong_has_the_platforms_number(server, path, body, errcode):
    assert server.post(path, body)["errcode"] == errcode


def test_what_is_no_picture_is_not_kept(server):
    assert server.upload(ADD, drawn())["errcode"] == 40004
    assert server.upload(ADD, MP3, "a.mp3", type="voice")["errcode"] == 40004
    assert server.upload(ADD, MP3, "a.mp3", type="image")["errcode"] == 40005
    assert server.upload(ADD, drawn() + bytes(2 * 1024 * 1024), type="image")["errcode"] == 40006
    assert server.post(ADD, type="image")["errcode"] == 41005
    assert not Illustration.objects.exists()


def test_temporary_material_and_another_accounts_is_not_found(server, mini_program):
    temporary = server.upload("/cgi-bin/media/upload", drawn(), type="image")["media_id"]
    kept = server.upload(ADD, drawn(), type="image")["media_id"]

    assert server.post(GET, {"media_id": temporary})["errcode"] == 40007
    assert OwnServer(mini_program).post(GET, {"media_id": kept})["errcode"] == 40007


def test_a_message_shows_a_picture_that_stays(server, world: World, official_account):
    person = Person.objects.get(world=world, wechat_id="chenxi")
    walks.follow(person, official_account)
    [openid] = server.get("/cgi-bin/user/get")["data"]["openid"]
    kept = server.upload(ADD, drawn(), type="image")["media_id"]

    told = server.post(
        "/cgi-bin/message/custom/send", {"touser": openid, "msgtype": "image", "image": {"media_id": kept}}
    )

    assert told == {"errcode": 0, "errmsg": "ok"}
    assert CustomerMessage.objects.get().sha256 == kept
