"""The cash desk over a game, and the calls of the game's server beside it (PAY-6, REL-10)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Player
from payments import grades
from payments.models import GameCall, PaymentOrder, Wallet
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks import coin, wechat_pay
from releases import actions
from releases.models import Version
from tests.payments.test_purchases import anew
from tests.releases.conftest import make_game, upload
from tests.releases.players import online
from tests.simulator.reading import source

__all__ = ["upload"]  # fixtures

Ask = Callable[..., Any]
GOOD = {
    "mode": "game",
    "env": 0,
    "currencyType": "CNY",
    "platform": "android",
    "buyQuantity": 60,
    "zoneId": "1",
}


@pytest.fixture
def game(world: World) -> Account:
    """Return a game whose coin is online at ten for a yuan."""
    account = make_game(walks.authenticate(walks.account_at(world, "verified")))
    wechat_pay.open_wechat_pay(account)
    wechat_pay.open_virtual_payment(account)
    coin.put_coin_online(account)
    return Account.objects.get(pk=account.pk)


@pytest.fixture
def mei(world: World) -> Person:
    """Return somebody who has nothing to do with the account."""
    return walks.administrator(world, "meiran")


@pytest.fixture
def asks(visitor: Client, game: Account, upload: Callable[..., Version], mei: Person) -> Ask:
    """Return a function that calls `wx.requestMidasPayment` in Mei Ran's released game."""
    online(upload, "1.0.0")

    def ask(person: Person = mei, rest: str = "", name: str = "wx.requestMidasPayment", **said: Any) -> Any:
        page = source(visitor.get(f"/phone/{person.pk}/games/{game.pk}/{rest}"))
        where = re.search(r'data-ask="([^"]*)"', page)
        assert where is not None
        body = {"type": name, "data": GOOD | {"offerId": game.game_coin.offer_id, **said}}
        return visitor.post(where[1], json.dumps(body), "application/json").json()

    return ask


def told(page: str) -> Any:
    """Return what the game is told by the page that ends its purchase."""
    found = re.search(r'data-(?:answer|leaves)="([^"]*)"', page)
    return json.loads(unescape(found[1])) if found else None


# --- asked --------------------------------------------------------------------------------


@pytest.mark.requirement("PAY-6", "REL-10")
def test_a_game_opens_the_cash_desk_and_the_player_pays(asks: Ask, visitor: Client, mei: Person):
    said = asks(outTradeNo="N1")
    order = PaymentOrder.objects.get()
    assert said == {"ok": True, "desk": f"/phone/{mei.pk}/orders/{order.pk}/"}
    page = source(visitor.get(said["desk"]))
    assert "¥6.00" in page
    assert 'Lantern × <span class="num">60</span>' in page
    assert f"Bank card {mei.bank_card[-4:]}" in page
    assert told(page) is None
    assert "Bank refuses" in page
    for _press in range(2):
        paid = source(visitor.post(f"{said['desk']}pay/"))
        assert told(paid) == {"ok": True, "data": {}}
        assert "Bank refuses" not in paid
    assert (anew(order).state, Wallet.objects.get(environment=0).paid) == ("delivered", 60)
    assert asks(outTradeNo="N1") == {
        "ok": False, "errMsg": "order already paid: outTradeNo", "errCode": -15007,
    }  # fmt: skip


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"mode": None}, -15001, "missing parameter: mode"),
    ({"offerId": ""}, -15001, "missing parameter: offerId"),
    ({"currencyType": None}, -15001, "missing parameter: currencyType"),
    ({"buyQuantity": None}, -15001, "missing parameter: buyQuantity"),
    ({"buyQuantity": "60"}, -15011, "wrong parameter type: buyQuantity"),
    ({"buyQuantity": 60.5}, -15011, "wrong parameter type: buyQuantity"),
    ({"buyQuantity": True}, -15011, "wrong parameter type: buyQuantity"),
    ({"zoneId": 1}, -15011, "wrong parameter type: zoneId"),
    ({"outTradeNo": ["x"]}, -15011, "wrong parameter type: outTradeNo"),
    ({"env": "0"}, -15011, "wrong parameter type: env"),
    ({"mode": "goods"}, -15002, "invalid parameter: mode"),
    ({"offerId": "0000000000"}, -15002, "invalid parameter: offerId"),
    ({"platform": "ios"}, -15002, "invalid parameter: platform"),
    ({"env": 2}, -15002, "invalid parameter: env"),
    ({"buyQuantity": 61}, -15002, "invalid parameter: buyQuantity"),
    ({"buyQuantity": -60}, -15002, "invalid parameter: buyQuantity"),
    ({"outTradeNo": "_x"}, -15002, "invalid parameter: outTradeNo"),
    ({"currencyType": "USD"}, -15006, "currency not supported: currencyType"),
    ({"env": 1}, -15010, "released game can not use sandbox: env"),
    ({"zoneId": "9"}, 1001, "zone not published: zoneId"),
    ({"zoneId": "‮9" * 100}, 1001, "zone not published: zoneId"),
]


def test_a_wrong_call_fails_by_the_platforms_code(asks: Ask):
    for said, code, words in WRONG:
        assert asks(**said) == {"ok": False, "errMsg": words, "errCode": code}, said
    assert PaymentOrder.objects.count() == 0


def test_a_call_that_says_nothing_misses_everything(asks: Ask, visitor: Client, mei: Person, game: Account):
    page = source(visitor.get(f"/phone/{mei.pk}/games/{game.pk}/"))
    where = re.search(r'data-ask="([^"]*)"', page)
    assert where is not None
    for data in ("null", "[]", '"x"', "7", "{}"):
        body = f'{{"type": "wx.requestMidasPayment", "data": {data}}}'
        assert visitor.post(where[1], body, "application/json").json()["errCode"] == -15001
    deep = '{"type": "wx.requestMidasPayment", "data": ' + "[" * 100_000
    for body in (deep, '{"type": "wx.requestMidasPayment", "data": {"mode": "\\ud800"}}', '{"type": NaN}'):
        assert visitor.post(where[1], body, "application/json").status_code == 400


def test_goods_are_not_simulated(asks: Ask):
    said = asks(name="wx.requestMidasPaymentGameItem")
    assert said == {"ok": False, "errMsg": "goods are not simulated, only game coins are", "errCode": -1}


# --- what may go wrong --------------------------------------------------------------------


@pytest.mark.requirement("PAY-6")
@pytest.mark.parametrize(
    ("act", "code", "state"),
    [("leave", 1, "closed"), ("refuse", 6, "failed"), ("lose", -1, "paid")],
)
def test_the_player_leaves_the_bank_refuses_the_line_breaks(
    act: str, code: int, state: str, asks: Ask, visitor: Client, time
):
    desk = asks()["desk"]
    page = source(visitor.post(f"{desk}{act}/"))
    assert told(page)["errCode"] == code
    assert PaymentOrder.objects.get().state == state
    time.passes(minutes=1)
    assert PaymentOrder.objects.get().state == {"paid": "delivered"}.get(state, state)
    again = source(visitor.post(f"{desk}{act}/"))
    assert told(again)["ok"] == (act == "lose"), "the money was paid: who looks again sees that"


@pytest.mark.requirement("PAY-6")
def test_a_minor_is_told_by_the_platform(asks: Ask, visitor: Client, world: World):
    desk = asks(walks.administrator(world, "taozi"))["desk"]
    page = source(visitor.get(desk))
    assert told(page)["errCode"] == -15009
    assert "The player is a minor" in page
    assert "Bank refuses" not in page


def test_a_desk_left_open_too_long_is_over(asks: Ask, visitor: Client, time):
    desk = asks()["desk"]
    time.passes(minutes=30)
    for page in (visitor.get(desk), visitor.post(f"{desk}pay/")):
        assert told(source(page))["errCode"] == -15017
        assert "Nobody paid within the time." in source(page)


def test_an_order_that_waits_is_shown_again_with_the_game(
    asks: Ask, visitor: Client, mei: Person, game: Account
):
    where = f"/phone/{mei.pk}/games/{game.pk}/"
    assert "data-open" not in source(visitor.get(where))
    desk = asks()["desk"]
    assert f'data-open="{desk}"' in source(visitor.get(where))
    assert asks() == {"ok": False, "errMsg": "another payment in progress", "errCode": 2}
    visitor.post(f"{desk}leave/")
    assert "data-open" not in source(visitor.get(where))


def test_the_trial_version_buys_in_the_sandbox(
    asks: Ask, visitor: Client, game: Account, upload: Callable[..., Version]
):
    lin = game.administrator.person
    actions.set_trial(upload("1.1.0").pk, by=game.login.as_actor())
    desk = asks(lin, "trial/", env=1)["desk"]
    page = source(visitor.get(desk))
    assert "Sandbox: no money moves" in page
    assert "Bank refuses" not in page
    assert "Lose the connection" in page
    assert told(source(visitor.post(f"{desk}pay/"))) == {"ok": True, "data": {}}


def test_another_worlds_and_other_peoples_orders_are_not_there(
    asks: Ask, visitor: Client, client: Client, make_world, game: Account
):
    desk = asks()["desk"]
    others = f"/phone/{game.administrator.person_id}/orders/{PaymentOrder.objects.get().pk}/"
    assert visitor.get(others).status_code == 404
    assert visitor.get("/phone/1/orders/999999999999999999999/").status_code == 404
    client.cookies["world"] = make_world("Elsewhere").token
    for act in ("", "pay/", "leave/", "refuse/", "lose/"):
        answer = client.post(f"{desk}{act}") if act else client.get(desk)
        assert answer.status_code == 404
    assert PaymentOrder.objects.get().state == "not_paid"


def test_every_grade_can_be_bought(asks: Ask, visitor: Client):
    for yuan in grades.YUAN[:4]:
        visitor.post(f"{asks(buyQuantity=yuan * 10)['desk']}pay/")
    assert Wallet.objects.get(environment=0).bought == 180


# --- the game's own calls -----------------------------------------------------------------


def calls(game: Account, person: Person) -> str:
    return f"/phone/{person.pk}/games/{game.pk}/calls/"


@pytest.mark.requirement("PAY-6")
def test_the_games_calls_are_made_beside_the_player(asks: Ask, visitor: Client, game: Account, mei: Person):
    where = calls(game, mei)
    assert "holds no coins of this game" in source(visitor.get(where))
    visitor.post(f"{asks()['desk']}pay/")
    place = {"env": "0", "zone": "1"}
    made = [
        {"call": "present", "amount": "5", "bill_no": "G1"},
        {"call": "pay", "amount": "25", "bill_no": "P1", "item": "lantern"},
        {"call": "cancelpay", "amount": "10", "bill_no": "C1", "pay_bill_no": "P1"},
        {"call": "getbalance"},
    ]
    for typed in made:
        answer = visitor.post(where, place | typed)
        assert answer.headers["Location"] == f"{where}?zone=1&env=0#answers"
    player = Player.objects.get(account=game, person=mei)
    rows = GameCall.objects.filter(openid=player.openid).order_by("pk")
    assert [(row.name, row.source, row.errcode) for row in rows] == [
        ("present", "page", 0), ("pay", "page", 0), ("cancelpay", "page", 0), ("getbalance", "page", 0),
    ]  # fmt: skip
    assert rows[3].answer["balance"] == 50
    page = source(visitor.get(where))
    assert "&quot;used_present_amount&quot;: 5" in page
    wallet = Wallet.objects.get(player=player)
    assert (wallet.paid, wallet.gift) == (50, 0)


UNREADABLE: list[tuple[dict[str, str], str]] = [
    ({"amount": "0"}, "amount"),
    ({"amount": "-1"}, "amount"),
    ({"amount": "1.5"}, "amount"),
    ({"amount": "1" * 30}, "amount"),
    ({"amount": "１２"}, "amount"),
    ({"amount": "61"}, "amount"),
    ({"amount": ""}, "amount"),
    ({"bill_no": "_x"}, "bill_no"),
    ({"bill_no": "x" * 64}, "bill_no"),
    ({"bill_no": "\x00"}, "bill_no"),
    ({"zone": "9"}, "zone"),
    ({"env": "2"}, "env"),
    ({"item": "x" * 256}, "item"),
]


def test_what_no_call_takes_is_a_sentence_at_its_field(
    asks: Ask, visitor: Client, game: Account, mei: Person
):
    visitor.post(f"{asks()['desk']}pay/")
    for typed, field in UNREADABLE:
        sent = {"call": "pay", "env": "0", "zone": "1", "amount": "10", "bill_no": "P1", "item": "", **typed}
        page = visitor.post(calls(game, mei), sent)
        (form,) = [form for form in page.context["forms"] if form.call == "pay"]
        assert list(form.errors) == [field], typed
    assert Wallet.objects.get(player__person=mei).paid == 60


def test_an_unknown_call_moves_nothing_and_a_coinless_game_offers_none(
    asks: Ask, visitor: Client, game: Account, mei: Person, world: World
):
    assert visitor.post(calls(game, mei), {"call": "hack"}).status_code == 200
    other = walks.account_at(world, "perfected", name="Tin Whistle")
    page = source(visitor.get(calls(other, mei)))
    assert "No game coin yet" in page
    assert visitor.post(calls(other, mei), {"call": "pay"}).status_code == 200
    assert visitor.get(f"/phone/{mei.pk}/games/999999/calls/").status_code == 404
