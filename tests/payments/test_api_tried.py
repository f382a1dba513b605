"""A signed call made from the page of the server API, and a fault between the game and the ledger."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Player
from payments.models import Entry
from portal.kernel.actors import SIMULATOR
from portal.kernel.wire import faults
from portal.middleware import WORLD_COOKIE
from tests.payments import gameserver
from tests.payments.gameserver import GameServer
from tests.payments.purses import holds, lines, purse

pytestmark = pytest.mark.django_db

PATH = "/wxa/game/pay"


@pytest.fixture
def shop(world):
    shop = gameserver.opened(world)
    purse(shop, 100)
    return shop


@pytest.fixture
def server(shop):
    return GameServer(shop)


@pytest.fixture
def typed(server, shop):
    body = server.body(amount="5", bill_no="p1", remark="灯")
    return {"account": shop.account.pk, **body}


def tried(world, typed):
    client = Client()
    client.cookies[WORLD_COOKIE] = world.token
    address = reverse("simulator:server_api_endpoint", args=[PATH.lstrip("/")])
    return client.post(address, typed).context["tried"]


@pytest.mark.requirement("API-1")
def test_the_page_signs_as_the_games_server_would(shop, world, typed):
    found = tried(world, typed)
    assert (found.errcode, holds(purse(shop))) == (0, (95, 0)), found.answer
    assert gameserver.LIVE_KEY not in found.sent
    assert gameserver.SESSION_KEY not in found.sent


@pytest.mark.requirement("API-1")
def test_what_is_typed_as_a_signature_is_sent(shop, world, typed):
    assert tried(world, typed | {"pay_sig": "0" * 64}).errcode == 90011
    assert tried(world, typed | {"signature": "0" * 64}).errcode == 90010
    Player.objects.filter(pk=shop.player().pk).update(session_set_at=None)
    assert tried(world, typed).errcode == 90010, "nobody signs without a session"
    assert tried(world, typed | {"openid": "o" * 28}).errcode in {90010, 90018}
    assert Entry.objects.count() == 1


@pytest.mark.requirement("API-2")
def test_a_signature_in_the_body_is_sent_to_its_place(server):
    body = server.body(amount=5, bill_no="p1", pay_sig="0" * 64, signature="0" * 64)
    told = server.post(PATH, body)
    assert told == {"errcode": 90018, "errmsg": "[pay_sig] pay_sig is invalid"}


@pytest.mark.requirement("SIM-8")
def test_an_answer_that_was_lost_is_given_again(server, shop, world):
    faults.set_fault(world.pk, "lost", path=PATH, left=1, by=SIMULATOR)
    with pytest.raises(AttributeError, match="streaming_content"):
        server.game("pay", amount=5, bill_no="p1")
    paid = lines(purse(shop))
    told = server.game("pay", amount=5, bill_no="p1")
    assert told == {
        "errcode": 90012, "errmsg": "order exist", "bill_no": "p1", "balance": 95, "used_present_amount": 0,
    }  # fmt: skip
    assert lines(purse(shop)) == paid


@pytest.mark.requirement("SIM-8")
def test_a_call_that_the_platform_was_too_busy_for_did_nothing(server, shop, world):
    faults.set_fault(world.pk, "busy", path=PATH, left=1, by=SIMULATOR)
    assert server.game("pay", amount=5, bill_no="p1")["errcode"] == -1
    assert holds(purse(shop)) == (100, 0)
    assert server.game("pay", amount=5, bill_no="p1")["errcode"] == 0
