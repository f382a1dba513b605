"""Players buy coins on their phones, the game spends them: every coin and fen is accounted for (PAY-6)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Player
from payments import breaches_orders, clearing, grades
from payments.models import Entry, PaymentOrder, Wallet
from portal.kernel.models import World
from portal.outside import bank
from portal.outside.models import BankAccount
from portal.simulator import walks
from tests.simulator.reading import source


@pytest.fixture
def game(world: World) -> Account:
    """Return a released game whose coin is online."""
    return walks.account_at(world, "payment_online")


class Phone:
    """Somebody's phone with the released game on it, as the page around its frame speaks to the server."""

    def __init__(self, client: Client, game: Account, wechat_id: str) -> None:
        self.client, self.game = client, game
        self.person = walks.administrator(game.world, wechat_id)
        page = source(client.get(f"/phone/{self.person.pk}/games/{game.pk}/"))
        found = re.search(r'data-ask="([^"]*)"', page)
        assert found is not None, "the released game opens on every phone"
        self.ask = found[1]

    def order(self, yuan: int, number: str, env: int = 0) -> Any:
        coin = self.game.game_coin
        said = {
            "mode": "game", "env": env, "offerId": coin.offer_id, "currencyType": "CNY",
            "platform": "android", "buyQuantity": grades.coins(yuan, coin.rate or 1), "zoneId": "1",
            "outTradeNo": number,
        }  # fmt: skip
        body = json.dumps({"type": "wx.requestMidasPayment", "data": said})
        return self.client.post(self.ask, body, "application/json").json()

    def press(self, desk: str, act: str) -> None:
        assert self.client.post(f"{desk}{act}/").status_code == 200

    def call(self, name: str, **fields: str) -> None:
        where = f"/phone/{self.person.pk}/games/{self.game.pk}/calls/"
        sent = self.client.post(where, {"call": name, "env": "0", "zone": "1", **fields})
        assert sent.status_code == 302, source(sent)

    @property
    def card(self) -> int:
        card = bank.card_of(self.person)
        return card.balance_fen if card else 0

    @property
    def held(self) -> tuple[int, int]:
        wallet = Wallet.objects.filter(player__person=self.person, environment=0).first()
        return (wallet.paid, wallet.gift) if wallet else (0, 0)


@pytest.mark.requirement("PAY-6", "REL-10")
def test_an_evening_at_the_cash_desk(visitor: Client, game: Account, time):
    """Bought, left, refused, lost, minor, twice, too late; then spent, given and given back, exactly."""
    mei, chen, tao = (Phone(visitor, game, name) for name in ("meiran", "chenxi", "taozi"))
    before = mei.card

    mei.press(mei.order(30, "n1")["desk"], "pay")
    assert (mei.card, mei.held) == (before - 3000, (300, 0))
    assert mei.order(30, "n1")["errCode"] == -15007

    mei.press(mei.order(6, "n2")["desk"], "leave")
    chen.press(chen.order(6, "n3")["desk"], "refuse")
    assert (mei.held, chen.held) == ((300, 0), (0, 0))

    desk = chen.order(12, "n4")["desk"]
    chen.press(desk, "lose")
    assert chen.held == (0, 0)
    chen.press(desk, "pay")
    time.passes(seconds=1)
    assert chen.held == (120, 0), "once, though pressed again and lost before"

    tao.order(1, "n5")
    assert (tao.held, tao.card) == ((0, 0), 920_410)

    late = mei.order(648, "n6")["desk"]
    time.passes(minutes=30)
    mei.press(late, "pay")
    assert (mei.card, mei.held) == (before - 3000, (300, 0))
    assert mei.order(1, "n7", env=1)["errCode"] == -15010

    mei.call("present", amount="50", bill_no="gift")
    mei.call("pay", amount="120", bill_no="spent", item="nine lanterns")
    assert mei.held == (230, 0), "given coins go first"
    mei.call("cancelpay", amount="90", bill_no="back", pay_bill_no="spent")
    assert mei.held == (300, 20), "and come back last"

    orders = PaymentOrder.objects.filter(account=game).order_by("pk")
    assert [(order.out_trade_no, order.state, order.ended) for order in orders] == [
        ("n1", "delivered", ""),
        ("n2", "closed", "left"),
        ("n3", "failed", "bank"),
        ("n4", "delivered", ""),
        ("n5", "failed", "minor"),
        ("n6", "closed", "timeout"),
    ]
    held = clearing.held(game)
    assert held is not None
    assert held.balance_fen == 3000 + 1200
    recharged = Entry.objects.filter(kind="recharge", wallet__account=game, wallet__environment=0)
    assert sum(recharged.values_list("paid", flat=True)) == 300 + 120
    assert (breaches_orders.breaches(), bank.breaches()) == ([], [])


@pytest.mark.requirement("PAY-6")
def test_one_person_is_another_player_in_each_game(visitor: Client, game: Account, world: World):
    other = walks.account_at(world, "payment_online", name="Tin Whistle", wechat_id="meiran")
    for each in (game, other):
        phone = Phone(visitor, each, "chenxi")
        phone.press(phone.order(6, "n1")["desk"], "pay")
    players = Player.objects.filter(person__wechat_id="chenxi", account__in=[game, other])
    assert len({player.openid for player in players}) == 2
    assert [wallet.paid for wallet in Wallet.objects.filter(player__in=players)] == [60, 60]
    assert BankAccount.objects.filter(purpose=clearing.PURPOSE).count() == 2
