"""A conversation with an Official Account on a phone: written, answered, and what that opens (ASC-4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Player
from associations.models import CustomerMessage, Follower
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks import development
from pushes.models import Push
from tests.accounts.files import drawn
from tests.server import OwnServer
from tests.simulator.reading import source

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("ASC-4")]

SEND = "/cgi-bin/message/custom/send"


@pytest.fixture
def news(world: World) -> Account:
    """Return an authenticated service account with a name."""
    account = walks.account_at(
        world, "authenticated", account_type="service", name="Paper Kite News Ltd", wechat_id="meiran"
    )
    return walks.rename(account, "Paper Kite News")


@pytest.fixture
def reader(world: World, news: Account) -> Person:
    """Return somebody who follows the account."""
    person = walks.administrator(world, "guoan")
    walks.follow(person, news)
    return person


@pytest.fixture
def where(news: Account, reader: Person) -> str:
    """Return the address of the conversation."""
    return f"/phone/{reader.pk}/official-accounts/{news.pk}/"


@pytest.fixture
def answer(news: Account, reader: Person) -> Any:
    """Return how the account's own server answers: its kind, and what that has."""
    server, openid = OwnServer(news), Player.objects.of(news, reader.pk).openid

    def send(kind: str, **content: Any) -> CustomerMessage:
        told = server.post(SEND, {"touser": openid, "msgtype": kind, kind: content})
        assert told == {"errcode": 0, "errmsg": "ok"}
        return CustomerMessage.objects.latest("pk")

    send.server = server  # type: ignore[attr-defined]  # for uploads
    return send


def test_what_is_written_stands_in_the_conversation_and_reaches_the_server(
    visitor: Client, news: Account, reader: Person, where: str
) -> None:
    development.set_push(news, "http://127.0.0.1:9/push")
    assert visitor.post(f"{where}write/", {"content": " Are you <open>? "})["Location"] == where
    assert "Are you &lt;open&gt;?" in source(visitor.get(where))
    message = CustomerMessage.objects.get()
    assert (message.direction, message.kind) == ("from_follower", "text")
    assert Push.objects.latest("pk").message == {
        "ToUserName": news.original_id,
        "FromUserName": Player.objects.of(news, reader.pk).openid,
        "CreateTime": int(news.world.now().timestamp()),
        "MsgType": "text",
        "Content": "Are you <open>?",
        "MsgId": message.pk,
    }


@pytest.mark.parametrize("typed", ["", " \n ", "x" * 601, "a\u202eb"])
def test_what_is_refused_stays_in_its_field(visitor: Client, where: str, typed: str) -> None:
    page = source(visitor.post(f"{where}write/", {"content": typed}))
    assert "write a text of at most 600 characters" in page
    assert " ".join(f'value="{typed}"'.split()) in page
    assert not CustomerMessage.objects.exists()


def test_who_does_not_follow_writes_nothing(visitor: Client, where: str) -> None:
    Follower.objects.all().delete()
    assert visitor.post(f"{where}write/", {"content": "Hello"})["Location"] == f"{where}profile/"
    assert not CustomerMessage.objects.exists()


def test_nobody_writes_to_a_closed_account(visitor: Client, news: Account, where: str) -> None:
    Account.objects.filter(pk=news.pk).update(closed_at=news.world.now())
    assert "write/" not in source(visitor.get(where))
    assert "nobody would read it" in source(visitor.post(f"{where}write/", {"content": "Hello"}))
    assert not CustomerMessage.objects.exists()


def test_lines_stand_as_they_came(visitor: Client, news: Account, where: str, answer: Any, time: Any) -> None:
    answer("text", content="The first")
    time.passes(minutes=10)
    walks.publish_article(news, title="The second")
    time.passes(seconds=1)
    visitor.post(f"{where}write/", {"content": "The third"})
    page = source(visitor.get(where))
    first, second, third = (page.index(text) for text in ("The first", "The second", "The third"))
    assert first < second < third
    assert page.count("official-at") == 2


def test_an_open_conversation_asks_for_what_came_since(visitor: Client, where: str, answer: Any) -> None:
    first = answer("text", content="The first")
    page = source(visitor.get(where))
    assert f'hx-get="{where}?seen=talk-{first.pk}"' in page

    def since(seen: str) -> Any:
        return visitor.get(where, {"seen": seen}, headers={"HX-Request": "true"})

    assert since(f"talk-{first.pk}").status_code == 204
    second = answer("text", content="The second")
    more = source(since(f"talk-{first.pk}"))
    assert "The second" in more
    assert "The first" not in more
    assert f'hx-get="{where}?seen=talk-{second.pk}"' in more
    assert "The first" in source(since(""))
    assert since("talk-0").headers["HX-Refresh"] == "true"
    Follower.objects.all().delete()
    assert since("").headers["HX-Refresh"] == "true"


def test_an_answer_opens_its_mini_program_and_its_page(
    visitor: Client, news: Account, where: str, answer: Any
) -> None:
    game = walks.account_at(news.world, "released")
    association = walks.associate(news, game)
    media_id = answer.server.upload("/cgi-bin/media/upload", drawn(), type="image")["media_id"]
    card = answer(
        "miniprogrampage", title="Play <now>", appid=game.appid, pagepath="?a=1", thumb_media_id=media_id
    )
    link = answer("news", articles=[{"title": "News", "url": "https://kite.example/<b>"}])
    plain = answer("news", articles=[{"title": "Nothing", "description": "more"}])
    picture = answer("image", media_id=media_id)

    page = source(visitor.get(where))
    assert "Play &lt;now&gt;" in page
    assert f"{where}answers/{plain.pk}/" not in page
    assert "https://kite.example/&lt;b&gt;" in source(visitor.get(f"{where}answers/{link.pk}/"))
    assert visitor.get(f"{where}answers/{picture.pk}/picture/").headers["Content-Type"] == "image/png"
    opening = visitor.get(f"{where}answers/{card.pk}/").context["opening"]
    assert (opening.scene, opening.path) == (1073, "?a=1")
    walks.part(association, news)
    assert "cannot be opened here" in source(visitor.get(f"{where}answers/{card.pk}/"))
    for nothing in (plain.pk, picture.pk, 10**12):
        assert visitor.get(f"{where}answers/{nothing}/").status_code == 404
    assert visitor.get(f"{where}answers/{link.pk}/picture/").status_code == 404


def test_another_phone_shows_none_of_it(visitor: Client, news: Account, where: str, answer: Any) -> None:
    sent = answer("news", articles=[{"title": "News", "url": "https://kite.example/"}])
    other = walks.administrator(news.world, "chenxi")
    walks.follow(other, news)
    there = f"/phone/{other.pk}/official-accounts/{news.pk}/"
    assert "kite.example" not in source(visitor.get(there))
    assert visitor.get(f"{there}answers/{sent.pk}/").status_code == 404
