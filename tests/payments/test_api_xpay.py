"""Virtual payment by server over HTTP: coins, orders, refunds (API-2; wechat-api 6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Player
from payments.models import PaymentOrder, Refund
from portal.outside import bank
from portal.outside.models import BankAccount, Person
from tests.payments import gameserver
from tests.payments.gameserver import LIVE_KEY, SANDBOX_KEY, SESSION_KEY, GameServer, compact, mac
from tests.payments.purses import holds, lines, purse
from tests.platform import PlatformServer
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

OK = {"errcode": 0, "errmsg": "ok"}
ORDER = "game-order-1"


@pytest.fixture
def shop(world):
    """Return a game, and Mei Ran logged in with money on her card, a purchase of 60 coins and 40 more."""
    shop = gameserver.opened(world)
    card = bank.open_account(world, holder="Mei Ran", kind=BankAccount.Kind.PERSONAL, opening_fen=10**6)
    Person.objects.filter(world=world, wechat_id="meiran").update(bank_card=card.number)
    shop.bought(6, out_trade_no=ORDER)
    purse(shop, 40)
    return shop


@pytest.fixture
def order(shop):
    return PaymentOrder.objects.get(account=shop.account)


@pytest.fixture
def server(shop):
    return GameServer(shop)


def call(server: GameServer, name: str, *, key: str | None = None, **fields: Any) -> Any:
    body = {"openid": server.openid, "env": 0, **fields}
    return server.signs(f"/xpay/{name}", {each: v for each, v in body.items() if v is not None}, key=key)


def refused(told: dict[str, Any], code: int, errmsg: str) -> None:
    assert told == {"errcode": code, "errmsg": errmsg}


def bad(told: dict[str, Any], name: str) -> None:
    if name == "openid":
        refused(told, 268490001, "openid error")
    else:
        refused(told, 268490002, f"[{name}] {name} is invalid")


def test_coins_are_asked_for_given_paid_and_given_back(server, shop):
    held = {"balance": 100, "present_balance": 0, "sum_save": 100, "sum_present": 0, "sum_balance": 100}
    asked = call(server, "query_user_balance", user_ip="127.0.0.1")
    assert asked == {**OK, **held, "sum_cost": 0, "first_save_flag": False}
    given = call(server, "present_currency", order_id="g1", amount=30, device_type=1)
    assert given == {**OK, "order_id": "g1", "balance": 130, "present_balance": 30}
    item = '[{"productid":"lamp","unit_price":40,"quantity":1}]'
    paid = call(server, "currency_pay", order_id="p1", amount=40, payitem=item, remark="灯", user_ip="::1")
    assert paid == {**OK, "order_id": "p1", "balance": 90, "used_present_amount": 30}
    back = call(server, "cancel_currency_pay", order_id="c1", pay_order_id="p1", amount=40)
    assert back == {**OK, "order_id": "c1"}
    assert holds(purse(shop)) == (100, 30)
    assert server.game("getbalance")["balance"] == 130


def test_what_was_done_before_is_done_once(server, shop):
    for name in ("present_currency", "currency_pay", "cancel_currency_pay"):
        fields = (BY_KEY | COINS)[name]
        first = call(server, name, **fields)
        before = lines(purse(shop))
        assert call(server, name, **fields) == first | {"errcode": 268490004, "errmsg": "repeated operation"}
        assert lines(purse(shop)) == before


COINS: dict[str, dict[str, Any]] = {
    "query_user_balance": {},
    "currency_pay": {"order_id": "p1", "amount": 7},
    "cancel_currency_pay": {"order_id": "c1", "pay_order_id": "p1", "amount": 7},
}
BY_KEY: dict[str, dict[str, Any]] = {
    "present_currency": {"order_id": "g1", "amount": 5},
    "query_order": {"order_id": ORDER},
    "notify_provide_goods": {"order_id": ORDER},
    "refund_order": {
        "order_id": ORDER, "refund_order_id": "refund-1", "left_fee": 600, "refund_fee": 600,
        "refund_reason": "0", "req_from": "3",
    },
    "download_bill": {"begin_ds": 20190309, "end_ds": 20190309},
    "query_biz_balance": {},
    "create_withdraw_order": {"withdraw_no": "withdraw-1"},
    "query_withdraw_order": {"withdraw_no": "withdraw-1"},
}  # fmt: skip


@pytest.mark.parametrize("name", [*COINS, *BY_KEY])
def test_a_call_that_is_signed_otherwise_does_nothing(server, shop, order, name):
    before, money = lines(purse(shop)), BankAccount.objects.order_by("pk").values_list("balance_fen")
    had = list(money)
    path, body = f"/xpay/{name}", {"openid": server.openid, "env": 0, **(COINS | BY_KEY)[name]}
    raw = compact(body)
    good = {"pay_sig": mac(LIVE_KEY, f"{path}&".encode() + raw), "signature": mac(SESSION_KEY, raw)}
    wrong = (268490003, "signature error")
    refused(server.signs(path, raw.replace(b'"env":0', b'"env": 0'), **good), *wrong)
    refused(server.signs(path, body, key=SANDBOX_KEY), *wrong)
    refused(server.signs(path, body, pay_sig="0" * 64), *wrong)
    assert server.signs(path, body, pay_sig=None)["errcode"] == 268490003
    if name in COINS:
        refused(server.signs(path, body, session_key="MTIzNDU2Nzg5MDEyMzQ1Ng=="), *wrong)
        assert server.signs(path, body, signature=None)["errcode"] == 268490003
        Player.objects.filter(pk=shop.player().pk).update(session_set_at=None)
        refused(server.signs(path, body), 268490009, "session_key expired or not exist")
    for field in (COINS | BY_KEY)[name]:
        told = server.signs(path, {each: value for each, value in body.items() if each != field})
        assert (told["errcode"], told["errmsg"]) == (268490002, f"[{field}] {field} is invalid")
        bad(server.signs(path, {**body, field: ["x"]}), field)
    assert (lines(purse(shop)), list(money), Refund.objects.count()) == (before, had, 0)


def test_coins_that_are_not_there_do_not_move(server, shop):
    before = lines(purse(shop))
    refused(call(server, "currency_pay", order_id="p1", amount=101), 268490006, "balance not enough")
    bad(call(server, "cancel_currency_pay", order_id="c1", pay_order_id="p1", amount=1), "pay_order_id")
    for amount in (0, -1, 10**9 + 1, 1.5, True, "x"):
        bad(call(server, "currency_pay", order_id="p1", amount=amount), "amount")
        bad(call(server, "present_currency", order_id="g1", amount=amount), "amount")
    for order_id in ("_p", "p" * 64, "灯"):
        bad(call(server, "currency_pay", order_id=order_id, amount=1), "order_id")
    bad(call(server, "present_currency", order_id="g1", amount=1, openid="o" * 28), "openid")
    bad(call(server, "present_currency", order_id="g1", amount=1, env=2), "env")
    sandbox = call(server, "present_currency", order_id="g1", amount=1, env=1)
    refused(sandbox, 268490008, "coin not published")
    assert lines(purse(shop)) == before


def told_of(order: PaymentOrder, **other: Any) -> dict[str, Any]:
    return {
        "order_id": ORDER, "create_time": 1552096800, "update_time": 1552096800, "status": 4, "biz_type": 0,
        "order_fee": 600, "coupon_fee": 0, "paid_fee": 600, "order_type": 0, "refund_fee": 0,
        "paid_time": 1552096800, "provide_time": 1552096800, "biz_meta": "", "env_type": 1, "token": "",
        "left_fee": 600, "wx_order_id": order.number, "channel_order_id": order.transaction_number,
        "wxpay_order_id": order.transaction_number, "sett_time": 0, "sett_state": 0, "platform_fee_fen": 0,
        "cps_fee_fen": 0, **other,
    }  # fmt: skip


def test_an_order_is_told_by_either_number(server, shop, order):
    for number in ({"order_id": ORDER}, {"wx_order_id": order.number}):
        assert call(server, "query_order", **number) == {**OK, "order": told_of(order)}
    bad(call(server, "query_order"), "order_id")
    bad(call(server, "query_order", order_id="game-order-2"), "order_id")
    bad(call(server, "query_order", wx_order_id="1"), "wx_order_id")
    bad(call(server, "query_order", order_id=ORDER, env=1), "order_id")
    bad(call(server, "query_order", order_id=ORDER, openid=shop.player("chenxi").openid), "order_id")


def test_an_order_in_every_state(server, shop):
    unpaid = shop.placed(6)
    told = call(server, "query_order", order_id=unpaid.out_trade_no)["order"]
    assert [told[name] for name in ("status", "paid_fee", "left_fee", "paid_time")] == [1, 0, 0, 0]
    unpaid.close(why="left", at=unpaid.placed_at, by=shop.by)
    unpaid.save()
    assert call(server, "query_order", order_id=unpaid.out_trade_no)["order"]["status"] == 6
    paid = shop.paid(6)
    assert call(server, "query_order", order_id=paid.out_trade_no)["order"]["status"] == 2


def test_an_order_on_its_way_is_delivered_once(server, shop, order):
    paid, before = shop.paid(6), holds(purse(shop))[0]
    assert call(server, "notify_provide_goods", wx_order_id=paid.number) == OK
    assert holds(purse(shop))[0] == before + 60
    again = call(server, "notify_provide_goods", order_id=paid.out_trade_no)
    refused(again, 268490004, "repeated operation")
    bad(call(server, "notify_provide_goods", order_id=shop.placed(6).out_trade_no), "order_id")
    bad(call(server, "notify_provide_goods", order_id="nobody's"), "order_id")
    assert holds(purse(shop))[0] == before + 60


def refund(server: GameServer, **fields: Any) -> Any:
    asked = BY_KEY["refund_order"] | {"biz_meta": "{}"} | fields
    return call(server, "refund_order", **asked)


def test_an_order_is_refunded_in_parts_and_told_so(server, shop, order, signed_in):
    first = refund(server, refund_fee=200, refund_reason="3")
    part = Refund.objects.get()
    numbers = {"pay_order_id": ORDER, "pay_wx_order_id": order.number}
    assert first == {
        **OK, "refund_order_id": "refund-1", "refund_wx_order_id": first["refund_wx_order_id"], **numbers,
    }  # fmt: skip
    assert refund(server, refund_fee=200, refund_reason="3") == first, "asked again, it is the same refund"
    assert (part.amount_fen, part.coins, part.reason, part.by_name) == (
        200, 20, "The user changed their mind", "server",
    )  # fmt: skip
    told = call(server, "query_order", order_id=ORDER)["order"]
    assert (told["status"], told["refund_fee"], told["left_fee"]) == (4, 200, 400)
    assert call(server, "query_order", order_id="refund-1")["order"] == told_of(
        order, order_id="refund-1", status=8, order_fee=200, paid_fee=0, order_type=1, refund_fee=200,
        paid_time=0, provide_time=0, left_fee=0, wx_order_id=first["refund_wx_order_id"],
    )  # fmt: skip
    page = signed_in(shop.account).get(reverse("payments:order", args=[order.number])).content.decode()
    assert "The user changed their mind" in page

    assert refund(server, refund_order_id="refund-2", left_fee=400, refund_fee=400)["errcode"] == 0
    assert call(server, "query_order", order_id=ORDER)["order"]["status"] == 5
    assert holds(purse(shop)) == (40, 0)


def test_a_refund_that_cannot_be_is_refused(server, shop, order):
    before = lines(purse(shop))
    refused(refund(server, left_fee=500), 268490016, "left_fee not match")
    for field, value in (
        ("refund_order_id", "short"), ("refund_order_id", "r" * 33), ("refund_order_id", "refund.1"),
        ("refund_fee", 0), ("refund_fee", -600), ("refund_fee", 601), ("refund_fee", 5), ("refund_fee", "x"),
        ("refund_reason", "6"), ("req_from", "0"), ("biz_meta", "a" * 1025), ("openid", "o" * 28),
    ):  # fmt: skip
        bad(refund(server, **{field: value}), field)
    bad(refund(server, order_id="game-order-2"), "order_id")
    bad(refund(server, openid=shop.player("chenxi").openid), "order_id")
    bad(refund(server, env=1), "order_id")
    assert lines(purse(shop)) == before
    shop.spends(95, bill_no="p1")
    bad(refund(server), "refund_fee")
    assert (Refund.objects.count(), holds(purse(shop))) == (0, (5, 0))


def test_a_number_that_stands_for_another_refund_is_refused(server):
    assert refund(server, refund_fee=200)["errcode"] == 0
    bad(refund(server, refund_fee=300, left_fee=400), "refund_fee")


def test_known_answers_are_taken(world):
    """The platform's own example and an SDK's (wechat-api 5.3): key, player and session are theirs."""
    shop = gameserver.opened(world)
    gameserver.set_keys(shop, "12345", SANDBOX_KEY)
    gameserver.known_player(shop, "xxx")
    server, path = OwnServer(shop.account), "/xpay/query_user_balance"
    for body, pay_sig, signature in (
        (
            b'{"openid": "xxx", "user_ip": "127.0.0.1", "env": 0}',
            "c37809f27c6d7fd1837ad2500a04512b66b34fd793a39a385fade56dca89a4b5",
            "089d9e8dc5d308977360c4b79ec600a93d736802802a807d634192328032f6c7",
        ),
        (
            b'{"openid":"xxx","env":0,"user_ip":"127.0.0.1"}',
            "fb4703e6b7da545a7f43428f02f2a9fa42e895704c6319d01a0aa859cf63253c",
            "e690cc22b6378ca9d70fe61727fabf65f0273d436813447816951989867a134c",
        ),
    ):
        assert server.post(path, body, pay_sig=pay_sig, signature=signature)["balance"] == 0
        assert server.post(path, body + b" ", pay_sig=pay_sig, signature=signature)["errcode"] == 268490003


def test_a_third_party_platform_may_not_call(world, shop):
    platform = PlatformServer(world).as_account(shop.account)
    for name in (*COINS, *BY_KEY):
        assert platform.post(f"/xpay/{name}", {})["errcode"] == 61007
