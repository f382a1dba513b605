"""Official Accounts on a phone: found, followed, left, and a menu that changed meanwhile (ASC-4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from associations.models import Follower
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from tests.simulator.reading import source

BUDGET = 11
OF_A_TAP = 20  # which tells the account's server; PostgreSQL asks once more, for the world's lock
NEWS: dict[str, Any] = {"type": "view", "name": "News", "url": "https://kite.example/<b>news"}
HOURS: dict[str, Any] = {"type": "click", "name": "Hours", "text": "From <nine>."}


@pytest.fixture
def news(world: World) -> Account:
    """Return a verified subscription account with a name."""
    account = walks.account_at(
        world, "authenticated", account_type="subscription", name="Paper Kite News Ltd", wechat_id="meiran"
    )
    return walks.rename(account, "Paper Kite News")


@pytest.fixture
def reader(world: World) -> Person:
    """Return somebody who has nothing to do with the account."""
    return walks.administrator(world, "guoan")


def test_an_account_is_found_followed_and_left(visitor: Client, news: Account, reader: Person) -> None:
    where = f"/phone/{reader.pk}/official-accounts/"
    assert f'href="{where}"' in source(visitor.get(f"/phone/{reader.pk}/"))
    assert "To follow" in source(visitor.get(where, {"q": " kite "}))
    assert "&lt;b&gt;harbour" in source(visitor.get(where, {"q": "<b>harbour"}))
    # Who does not follow sees the profile page alone, and no menu does anything.
    walks.publish_menu(news, [HOURS])
    profile = f"{where}{news.pk}/profile/"
    assert visitor.get(f"{where}{news.pk}/")["Location"] == profile
    assert visitor.get(f"{where}{news.pk}/menu/0/")["Location"] == profile
    for _twice in range(2):
        assert visitor.post(f"{where}{news.pk}/follow/")["Location"] == f"{where}{news.pk}/"
    assert Follower.objects.count() == 1
    assert "Followed" in source(visitor.get(where))
    for _twice in range(2):
        assert visitor.post(f"{where}{news.pk}/unfollow/")["Location"] == profile
    assert not Follower.objects.exists()


def test_a_menu_that_changed_meanwhile_is_shown_anew(visitor: Client, news: Account, reader: Person) -> None:
    walks.follow(reader, news)
    walks.publish_menu(news, [NEWS, {"name": "More", "sub_button": [HOURS]}])
    where = f"/phone/{reader.pk}/official-accounts/{news.pk}/"
    assert "https://kite.example/&lt;b&gt;news" in source(visitor.get(f"{where}menu/0/"))
    assert "From &lt;nine&gt;." in source(visitor.get(f"{where}menu/1-0/", follow=True))
    for gone in ("1", "2", "1-1", "0-0", "-1", "9" * 40, "x", "١"):
        assert "The menu was changed meanwhile." in source(visitor.get(f"{where}menu/{gone}/", follow=True))
    for nothing in ("0", "7", "", "x" * 500):
        assert "Its menu is at the foot." in source(visitor.get(where, {"said": nothing}))


def test_a_closed_account_shows_no_menu(visitor: Client, news: Account, reader: Person) -> None:
    walks.follow(reader, news)
    walks.publish_menu(news, [NEWS])
    Account.objects.filter(pk=news.pk).update(closed_at=news.world.now())
    where = f"/phone/{reader.pk}/official-accounts/"
    talk = source(visitor.get(f"{where}{news.pk}/"))
    assert "This Official Account is closed." in talk
    assert "official-menu" not in talk


def test_what_is_not_of_this_world_is_not_there(visitor: Client, news: Account, reader: Person, make_world):
    elsewhere = walks.account_at(make_world("Other"), "perfected", account_type="subscription")
    game = walks.account_at(news.world, "verified")
    for account_id in (elsewhere.pk, game.pk, 10**30):
        where = f"/phone/{reader.pk}/official-accounts/{account_id}/"
        for page in ("", "profile/", "menu/0/", "mini-programs/wx0/"):
            assert visitor.get(f"{where}{page}").status_code == 404
        assert visitor.post(f"{where}follow/").status_code == 404
    never = source(visitor.get(f"/phone/{reader.pk}/official-accounts/{news.pk}/mini-programs/%3Cb%3E/"))
    assert "&lt;b&gt;" in never


def test_the_screens_cost_a_bounded_number_of_queries(
    visitor: Client, news: Account, reader: Person, django_assert_max_num_queries
) -> None:
    walks.follow(reader, news)
    walks.publish_menu(news, [NEWS, HOURS])
    where = f"/phone/{reader.pk}/official-accounts/"
    for page, budget in (
        ("", BUDGET),
        (f"{news.pk}/", BUDGET),
        (f"{news.pk}/profile/", BUDGET),
        (f"{news.pk}/menu/0/", OF_A_TAP),
    ):
        with django_assert_max_num_queries(budget):
            assert visitor.get(f"{where}{page}").status_code == 200
