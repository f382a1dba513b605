"""The custom menu of an Official Account: drawn up, refused, published, tapped, and parted (ASC-4)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from associations.models import Association, Menu
from portal.kernel.models import World
from portal.simulator import walks
from releases.models import Release
from tests.conftest import seat
from tests.simulator.reading import source

pytestmark = pytest.mark.django_db

HERE = "/console/menu/"


def fields(appid: str, do: str) -> dict[str, str]:
    """Return what the page sends of a menu: a page, a text below a button, and a Mini Program."""
    return {
        "button-0-name": "News",
        "button-0-type": "view",
        "button-0-url": "https://news.example/today",
        "button-1-name": "More",
        "button-1-type": "view",
        "button-1-0-name": "Hours",
        "button-1-0-type": "click",
        "button-1-0-text": "From nine\r\nto six.",
        "button-2-name": "Play",
        "button-2-type": "miniprogram",
        "button-2-appid": appid,
        "button-2-pagepath": "?from=menu&level=3",
        "button-2-url": "https://news.example/play",
        "do": do,
    }


def launched(page: Any) -> dict[str, Any]:
    """Return how the game in the glass is opened, as its own page says it."""
    framed = re.search(r'<iframe[^>]* src="([^"]+)"', source(page))
    assert framed
    answer = Client().get(framed[1].replace("&amp;", "&"))
    config = re.search(r'<script id="wx-config" type="application/json">(.*?)</script>', source(answer))
    assert config
    found: dict[str, Any] = json.loads(config[1])["launch"]
    return found


@pytest.mark.requirement("ASC-4")
def test_a_menu_opens_a_game_for_as_long_as_it_is_associated(visitor: Client, world: World):
    game = walks.account_at(world, "released")
    news = walks.account_at(
        world, "authenticated", account_type="service", name="Paper Kite News Ltd", wechat_id="meiran"
    )
    news = walks.rename(news, "Paper Kite News")
    reader = walks.administrator(world, "guoan")
    seat(visitor, news)
    assert game.appid

    # Before the association the menu is refused at its field, and what was typed stays.
    refused = source(visitor.post(HERE, fields(game.appid, "publish")))
    assert f"{game.appid} is not associated with this Official Account (45064)." in refused
    assert "1 thing to correct." in refused
    assert 'value="?from=menu&amp;level=3"' in refused
    assert not Menu.objects.exists()

    # Associated, it is kept as a draft that nobody sees, and then published.
    association = walks.associate(news, game, show_on_profile=True)
    phone = f"/phone/{reader.pk}/official-accounts/{news.pk}/"
    assert visitor.post(f"{phone}follow/")["Location"] == phone
    assert visitor.post(HERE, fields(game.appid, "save")).status_code == 302
    assert "Hours" not in source(visitor.get(phone))
    assert visitor.post(HERE, fields(game.appid, "publish")).status_code == 302
    talk = source(visitor.get(phone))
    for place, name in (("0", "News"), ("1-0", "Hours"), ("2", "Play")):
        assert f'<a href="{phone}menu/{place}/">{name}</a>' in talk

    # A page is named, a text is answered, and the game opens in the version that this reader gets.
    assert "https://news.example/today" in source(visitor.get(f"{phone}menu/0/"))
    assert "From nine<br>to six." in source(visitor.get(f"{phone}menu/1-0/", follow=True))
    version = Release.objects.get(account=game).submission.version
    opened = visitor.get(f"{phone}menu/2/")
    assert f"{version.number}, released" in source(opened)
    assert f'data-exit="{phone}"' in source(opened)
    assert launched(opened) == {"scene": 1035, "path": "", "query": {"from": "menu", "level": "3"}}
    profile = visitor.get(f"{phone}mini-programs/{game.appid}/")
    assert launched(profile) == {"scene": 1020, "path": "", "query": {}}

    # Parted by the game, the same button leads to the page that says so, with the page to fall back to.
    walks.part(Association.objects.get(pk=association.pk), Account.objects.get(pk=game.pk))
    over = source(visitor.get(f"{phone}menu/2/"))
    assert "It is not associated with the Official Account Paper Kite News any more." in over
    assert "https://news.example/play" in over
    assert "iframe" not in over
    assert game.name not in source(visitor.get(f"{phone}profile/"))

    # The console says it too, and publishes the menu again only without the game.
    seat(visitor, news)
    page = source(visitor.get(HERE))
    assert f"The published menu opens {game.appid}, which is not associated any more" in page
    assert "(45064)" in source(visitor.post(HERE, fields(game.appid, "publish")))
    assert visitor.post(HERE, {"do": "take_down"}).status_code == 302
    assert "It has no menu." in source(visitor.get(phone))
    menu = Menu.objects.get()
    assert (menu.published, [button["name"] for button in menu.draft]) == ([], ["News", "More", "Play"])
