"""A game asks for subscribe messages, its player chooses, and a message opens it again (API-2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Player
from portal.kernel.actors import SERVER
from portal.kernel.models import World
from portal.outside.models import Person
from releases.actions import subscribing
from tests.browser.playing import begun
from tests.browser.test_playing import enters, game
from tests.browser.visitor import Visitor
from tests.releases.conftest import upload
from tests.releases.player.theatre import holds
from tests.releases.players import DASH, online

__all__ = ["enters", "game", "upload"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.requirement("API-2")]

ASK = "wx.requestSubscribeMessage({tmplIds: %s}).then((told) => (GameGlobal.told = told))"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_player_allows_one_of_two_and_gets_its_message(
    enters: Callable[..., Visitor], game: Any, upload: Any, world: World, width: int
) -> None:
    online(upload, "1.0.0", DASH)
    wu = Person.objects.get(world=world, wechat_id="wutong")
    event, energy = (
        subscribing.add_template(game.pk, tid=tid, kids=kids, scene="", by=SERVER)
        for tid, kids in ((1101, [1, 2, 4]), (1102, [1, 2]))
    )
    ids = [event.pri_tmpl_id, energy.pri_tmpl_id]
    visitor = enters(viewport={"width": width, "height": 844})
    page = visitor.page
    visitor.goes_to(f"/phone/{wu.pk}/games/{game.pk}/", to="Phone")
    frame = begun(visitor)

    frame.evaluate(f"void {ASK % json.dumps(ids)}")
    sheet = page.get_by_role("dialog", name="Paper Lantern Dash")
    sheet.get_by_label("Energy is full").uncheck()
    sheet.get_by_role("button", name="Allow").click()
    holds(frame, "GameGlobal.told !== undefined")
    assert frame.evaluate("GameGlobal.told") == {
        "errMsg": "requestSubscribeMessage:ok",
        ids[0]: "accept",
        ids[1]: "reject",
    }
    expect(sheet).to_have_count(0)

    subscribing.send(
        game.pk,
        openid=Player.objects.of(game, wu.pk).openid,
        template_id=ids[0],
        data={"thing1": "Lantern festival", "time2": "2019-10-01 15:00", "thing4": "One hundred lanterns"},
        page="?from=notice",
        by=SERVER,
    )
    visitor.goes_to(f"/phone/{wu.pk}/", to="Phone")
    visitor.clicks(page.get_by_role("link", name="Event reminder"), to="Phone")
    assert begun(visitor).evaluate("wx.getLaunchOptionsSync().query") == {"from": "notice"}
