"""Subscribe messages on the phone: the question over a game, the notification, what it opens (API-2)."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from releases.actions import subscribing
from releases.models import SubscribeMessage, SubscribeTemplate, Subscription
from tests.releases.subscribing import SEND, allow, message, player, server, template
from tests.simulator.reading import source

__all__ = ["message", "player", "server", "template"]  # fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2", "SIM-4")]


@pytest.fixture
def ask(visitor: Client, server, player):
    """Return a function that calls `wx.requestSubscribeMessage` in the player's released game."""
    page = source(visitor.get(f"/phone/{player.pk}/games/{server.account.pk}/"))
    found = re.search(r'data-ask="([^"]*)"', page)
    assert found

    def asks(data: Any) -> Any:
        body = json.dumps({"type": "wx.requestSubscribeMessage", "data": data})
        return visitor.post(found[1], body, content_type="application/json").json()

    return asks


def leaves(page: Any) -> Any:
    found = re.search(r'data-leaves="([^"]*)"', page.content.decode())
    assert found
    return json.loads(unescape(found[1]))


def bar(visitor: Client) -> int:
    """Return what waits on phones, as the simulation bar counts it."""
    return int(visitor.get("/clock/").context["sim"]["phone_waiting"])


def another(account: Account) -> SubscribeTemplate:
    by = account.administrator.person.as_actor()
    return subscribing.add_template(account.pk, tid=1102, kids=[1, 2], scene="", by=by)


def test_the_player_chooses_what_the_game_may_send(visitor, ask, server, player, template):
    energy = another(server.account)
    ids = [template.pri_tmpl_id, energy.pri_tmpl_id]
    where = f"/phone/{player.pk}/games/{server.account.pk}/subscribe/"
    asked = ask({"tmplIds": [*ids, ids[0]]})
    assert asked == {"ok": True, "desk": f"{where}?id={ids[0]}&id={ids[1]}"}
    sheet = source(visitor.get(asked["desk"]))
    assert "Event reminder" in sheet
    assert "Energy is full" in sheet
    assert "data-leaves" not in sheet

    answered = visitor.post(where, {"id": ids, "allow": [ids[1]]})

    assert leaves(answered) == {"ok": True, "data": {ids[0]: "reject", ids[1]: "accept"}}
    row = Subscription.objects.get()
    assert (row.template, row.person, row.left) == (energy, player, 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, 10001),
        ({"tmplIds": []}, 10001),
        ({"tmplIds": "x"}, 10001),
        ({"tmplIds": [1]}, 10001),
        (None, 10001),
        ({"tmplIds": ["nowhere"]}, 20001),
        ({"tmplIds": ["a", "b", "c", "d"]}, 20003),
    ],
)
def test_a_wrong_question_fails_with_the_platforms_code(ask, data, code):
    told = ask(data)

    assert (told["ok"], told["errCode"]) == (False, code)


def test_a_template_that_goes_while_it_is_asked_about_ends_the_sheet(visitor, ask, server, player, template):
    url = ask({"tmplIds": [template.pri_tmpl_id]})["desk"]
    subscribing.remove_template(
        server.account.pk, template.pri_tmpl_id, by=server.account.administrator.person.as_actor()
    )

    answered = visitor.post(url.partition("?")[0], {"id": template.pri_tmpl_id})

    assert leaves(answered)["errCode"] == 20001
    assert visitor.get(url).status_code == 404


def test_the_phone_shows_what_was_sent_and_opens_the_game_at_its_page(
    visitor, server, player, template, message
):
    allow(player, template)
    server.post(SEND, message)
    sent = SubscribeMessage.objects.get()
    home = source(visitor.get(f"/phone/{player.pk}/"))
    assert "Service notifications" in home
    for words in ("Event reminder", server.account.name, "Lantern festival", "2019-10-01 15:00", "New:"):
        assert words in home
    where = f"/phone/{player.pk}/notifications/{sent.pk}/"
    assert f'href="{where}"' in home

    frame = re.search(r'<iframe[^>]* src="([^"]*)"', source(visitor.get(where)))

    assert frame
    config = re.search(r'id="wx-config"[^>]*>(.*?)</script>', visitor.get(frame[1]).content.decode())
    assert config
    assert json.loads(config[1])["launch"] == {"scene": 1107, "path": "", "query": {"from": "notice"}}


def test_a_notification_is_new_until_it_is_read(visitor, server, player, template, message):
    allow(player, template)
    before = bar(visitor)
    server.post(SEND, message)
    assert bar(visitor) == before + 1

    visitor.post(f"/phone/number/{player.phone}/read/")

    assert bar(visitor) == before
    assert SubscribeMessage.objects.get().read_at == server.account.world.now()
    assert "New:" not in source(visitor.get(f"/phone/{player.pk}/"))


@pytest.mark.parametrize(
    ("state", "words"),
    [("trial", "no experience member"), ("developer", "no developer")],
)
def test_a_version_for_its_makers_opens_for_them_alone(
    visitor, server, player, template, message, state, words
):
    allow(player, template)
    server.post(SEND, message | {"miniprogram_state": state})
    sent = SubscribeMessage.objects.get()

    assert words in source(visitor.get(f"/phone/{player.pk}/notifications/{sent.pk}/"))
    stranger = server.account.administrator.person_id
    assert visitor.get(f"/phone/{stranger}/notifications/{sent.pk}/").status_code == 404
