"""A game's calls of version 2 over HTTP: answers, refusals, what the ledger keeps (PAY-6, API-2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import Player
from payments.actions import partitions
from payments.models import Entry, GameCall, Partition, Wallet
from tests.payments import coined, gameserver
from tests.payments.gameserver import LIVE_KEY, SANDBOX_KEY, SESSION_KEY, GameServer, compact, mac
from tests.payments.purses import holds, lines, purse
from tests.payments.shop import Shop
from tests.platform import PlatformServer
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2"), pytest.mark.requirement("PAY-6")]

CALLS: dict[str, dict[str, Any]] = {
    "getbalance": {},
    "pay": {"amount": 10, "bill_no": "p1", "user_ip": "127.0.0.1"},
    "cancelpay": {"amount": 10, "bill_no": "c1", "pay_bill_no": "p0"},
    "present": {"amount": 10, "bill_no": "g1"},
    "queryorderinfo": {"out_trade_no": "game-1", "biz_id": 1},
}
MOVING = ("pay", "cancelpay", "present")
OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def shop(world):
    """Return a game, and Mei Ran logged in with 90 of a hundred coins left after the payment p0."""
    shop = gameserver.opened(world)
    purse(shop, 100)
    shop.spends(10, bill_no="p0")
    return shop


@pytest.fixture
def server(shop):
    return GameServer(shop)


@pytest.fixture
def kept(shop):
    """See that nothing of the ledger moved while a test ran."""
    before = lines(purse(shop)), holds(purse(shop))
    yield
    assert (lines(purse(shop)), holds(purse(shop))) == before
    assert Entry.objects.count() == len(before[0])


def refused(told: dict[str, Any], code: int, errmsg: str) -> None:
    assert told == {"errcode": code, "errmsg": errmsg}


def bad(told: dict[str, Any], name: str) -> None:
    refused(told, 90018, f"[{name}] {name} is invalid")


def test_a_game_asks_pays_cancels_and_gives(server, shop):
    asked = server.game("getbalance")
    assert asked == {
        **OK, "balance": 90, "present_balance": 0, "sum_save": 100, "sum_present": 0, "sum_balance": 100,
        "sum_cost": 10, "first_save": False,
    }  # fmt: skip
    given = server.game("present", amount=30, bill_no="g1")
    assert given == {**OK, "bill_no": "g1", "balance": 120}
    paid = server.game("pay", amount=40, bill_no="p1", payitem="lamp", remark="灯笼 😀")
    assert paid == {**OK, "bill_no": "p1", "balance": 80, "used_present_amount": 30}
    back = server.game("cancelpay", amount=15, bill_no="c1", pay_bill_no="p1")
    assert back == {**OK, "bill_no": "c1", "balance": 95, "used_present_amount": 5}
    assert holds(purse(shop)) == (90, 5)
    assert Entry.objects.get(bill_no="p1").remark == "灯笼 😀"


def test_the_same_call_again_is_answered_as_the_first_time(server, shop):
    for name, fields in (("present", {"amount": 5, "bill_no": "g1"}), ("pay", {"amount": 7, "bill_no": "p1"}),
                         ("cancelpay", {"amount": 7, "bill_no": "c1", "pay_bill_no": "p1"})):  # fmt: skip
        first = server.game(name, **fields)
        before = lines(purse(shop))
        assert server.game(name, **fields) == first | {"errcode": 90012, "errmsg": "order exist"}
        assert lines(purse(shop)) == before
    refused(server.game("pay", amount=8, bill_no="p1"), 90012, "order exist")


def test_after_48_hours_a_number_is_answered_no_more(server, shop, time):
    server.game("pay", amount=7, bill_no="p1")
    time.passes(hours=48)
    server = GameServer(shop)
    refused(server.game("pay", amount=7, bill_no="p1"), 90012, "order exist")
    bad(server.game("cancelpay", amount=7, bill_no="c1", pay_bill_no="p1"), "pay_bill_no")
    assert holds(purse(shop)) == (83, 0)


def test_the_sandbox_has_its_own_key_and_coins_and_is_logged(server, shop):
    partitions.add_tester(shop.account.pk, wechat_id="meiran", by=shop.by)
    assert server.game("present", env=1, amount=5, bill_no="g1")["balance"] == 5
    refused(server.game("pay", env=1, amount=6, bill_no="p1"), 90013, "balance not enough")
    logged = GameCall.objects.order_by("pk").values_list("name", "source", "environment", "errcode")
    assert list(logged) == [("present", "server", 1, 0), ("pay", "server", 1, 90013)]
    assert holds(purse(shop)) == (90, 0)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_is_signed_otherwise_moves_nothing(server, shop, name):
    path, body = f"/wxa/game/{name}", server.body(**CALLS[name])
    raw = compact(body)
    good = {"pay_sig": mac(LIVE_KEY, f"{path}&".encode() + raw), "signature": mac(SESSION_KEY, raw)}
    # One byte of the body, another spelling of it, another path, another key.
    for other in (raw.replace(b'"ts":1', b'"ts":2'), json.dumps(body).encode(), raw + b"\n"):
        refused(server.signs(path, other, **good), 90011, "pay_sig error")
    refused(server.signs(path, body, key=SANDBOX_KEY), 90011, "pay_sig error")
    refused(server.signs(path, body, key="-"), 90011, "pay_sig error")
    refused(server.signs(path, body, pay_sig=mac(LIVE_KEY, b"/wxa/game/x&" + raw)), 90011, "pay_sig error")
    refused(server.signs(path, body, session_key="MTIzNDU2Nzg5MDEyMzQ1Ng=="), 90010, "signature error")
    # Signatures that are none.
    for nothing in ("", "0" * 64, good["pay_sig"].upper(), good["pay_sig"] + "0", "é" * 64, "0" * 512):
        assert server.signs(path, body, pay_sig=nothing)["errcode"] == 90011
        assert server.signs(path, body, signature=nothing)["errcode"] == 90010
    assert server.signs(path, body, pay_sig=None)["errcode"] == 90011
    assert server.signs(path, body, signature=None)["errcode"] == 90010
    bad(server.signs(path, body, pay_sig="0" * 513), "pay_sig")
    bad(server.signs(path, body, sig_method="md5"), "sig_method")
    # The sandbox's call is not a live one, whatever the query says of env.
    bad(server.signs(path, {**body, "env": 0}, env="1"), "env")
    left_out = {name: value for name, value in body.items() if name != "env"}
    bad(server.signs(path, left_out, env="0"), "env")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", MOVING)
def test_another_game_or_world_cannot_play_this_one(server, shop, make_world, name):
    elsewhere = gameserver.opened(make_world("Class 08"))
    gameserver.set_keys(elsewhere, "k" * 32, "s" * 32)
    other, path = GameServer(elsewhere), f"/wxa/game/{name}"
    body = server.body(**CALLS[name])
    # Signed well by this game, sent with the other's token: its coin, and so its Offer ID and key, differ.
    bad(other.signs(path, body), "offer_id")
    refused(other.signs(path, {**body, "offer_id": other.offer_id}), 90011, "pay_sig error")
    bad(other.signs(path, {**body, "offer_id": other.offer_id}, key="k" * 32), "openid")
    # The other's signatures with this game's token.
    refused(server.signs(path, body, key="k" * 32), 90011, "pay_sig error")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", CALLS)
def test_without_a_session_nothing_is_done(server, shop, time, name):
    body = server.body(**CALLS[name])
    Player.objects.filter(pk=shop.player().pk).update(session_set_at=None)
    refused(server.game(name, **CALLS[name]), 90016, "session_key expired")
    gameserver.log_in(shop.player())
    time.passes(days=3)
    refused(GameServer(shop).signs(f"/wxa/game/{name}", body), 90016, "session_key expired")


def test_ts_is_compared_with_no_clock(server, shop):
    for nth, ts in enumerate((0, 1, 1552096800, 4102444800, "1552096800", 9 * 10**18, 1552096800.0)):
        assert server.game("pay", ts=ts, amount=1, bill_no=f"t{nth}")["balance"] == 89 - nth


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", MOVING)
def test_an_amount_that_is_none_is_refused(server, shop, name):
    for amount in (0, -1, 10**9 + 1, 9 * 10**18, 1.5, "1.5", "ten", "", True, None, [1], {"a": 1}):
        bad(server.game(name, **{**CALLS[name], "amount": amount}), "amount")
    for spelled in (b"1E400", b"NaN", b"99999999999999999999", b"010", b"1_0"):
        raw = compact(server.body(**{**CALLS[name], "amount": "@"})).replace(b'"@"', spelled)
        refused(server.signs(f"/wxa/game/{name}", raw), 47001, "data format error")


def test_numbers_come_as_text_too_and_ids_as_numbers(server):
    assert server.game("pay", amount="10", bill_no=7, zone_id=1, env="0")["balance"] == 80
    assert server.game("pay", amount=10.0, bill_no="8", ts="1552096800")["balance"] == 70
    assert server.game("pay", amount=1, bill_no="9", offer_id=int(server.offer_id))["balance"] == 69


@pytest.mark.usefixtures("kept")
def test_every_parameter_is_named_when_it_is_wrong_or_missing(server):
    for name, own in CALLS.items():
        required = [field for field in server.body(**own) if field != "user_ip"]
        for field in required:
            bad(server.game(name, **{**own, field: None}), field)
            bad(server.game(name, **{**own, field: ["x"]}), field)
            bad(server.game(name, **{**own, field: {}}), field)
    for field, value in (
        ("openid", "o" * 28), ("openid", "\x01"), ("zone_id", "3"), ("zone_id", "1 "), ("env", 2),
        ("env", -1),
        ("env", True), ("offer_id", "1450000000"), ("ts", "now"), ("bill_no", "_p"), ("bill_no", "p" * 64),
        ("bill_no", "p.1"), ("bill_no", "灯"), ("remark", "a" * 256), ("payitem", "a\x07"), ("remark", 1.5),
    ):  # fmt: skip
        bad(server.game("pay", **{**CALLS["pay"], field: value}), field)
    bad(server.game("getbalance", coin_type=1), "coin_type")
    bad(server.game("queryorderinfo", out_trade_no="x", biz_id=3), "biz_id")


@pytest.mark.usefixtures("kept")
def test_what_is_left_of_a_payment_is_the_most(server):
    bad(server.game("cancelpay", amount=11, bill_no="c1", pay_bill_no="p0"), "amount")
    refused(server.game("cancelpay", amount=1, bill_no="c1", pay_bill_no="p9"), 90000, "order not exist")
    refused(server.game("pay", amount=91, bill_no="p1"), 90013, "balance not enough")


@pytest.mark.usefixtures("kept")
def test_where_nothing_may_move(server, shop):
    Partition.objects.update(is_open=False)
    refused(server.game("pay", **CALLS["pay"]), 90017, "no privilege")
    refused(server.game("present", **CALLS["present"]), 90017, "no privilege")
    Partition.objects.update(is_open=True)
    # Mei Ran is no tester of the sandbox.
    refused(server.game("present", env=1, amount=5, bill_no="g1"), 90017, "no privilege")


def test_a_game_whose_coin_is_not_online_moves_coins_in_the_sandbox_alone(world):
    account, _coin = coined.named(world)
    shop = Shop(account, {})
    gameserver.set_keys(shop, LIVE_KEY, SANDBOX_KEY)
    administrator = Player.objects.of(account, account.administrator.person_id)
    gameserver.log_in(administrator)
    server = GameServer(shop)
    server.openid = administrator.openid
    refused(server.game("present", amount=5, bill_no="g1"), 90017, "no privilege")
    assert server.game("present", env=1, amount=5, bill_no="g1")["balance"] == 5
    assert Wallet.objects.values_list("environment", "gift").get() == (1, 5)


def test_a_game_without_a_coin_signs_nothing(world):
    server = OwnServer(coined.seller(world))
    body = {"openid": "o" * 28, "offer_id": "1450000001", "ts": 1, "zone_id": "1", "env": 0}
    told = server.post("/wxa/game/getbalance", body, pay_sig="0", signature="0")
    refused(told, 90017, "no privilege")


def test_an_order_is_told_by_the_games_number(server, shop):
    unpaid = shop.placed(6)
    asked = server.game("queryorderinfo", out_trade_no=unpaid.out_trade_no, biz_id=1)
    assert asked == {
        **OK, "out_trade_no": unpaid.out_trade_no, "product_id": "", "pay_state": 1, "deliver_state": 1,
        "pay_finish_time": 0, "mch_order_no": unpaid.number, "transaction_id": "",
    }  # fmt: skip
    paid = shop.paid(6)
    asked = server.game("queryorderinfo", out_trade_no=paid.out_trade_no, biz_id=1)
    assert (asked["pay_state"], asked["deliver_state"]) == (2, 1)
    paid.deliver(at=paid.placed_at, by=shop.by)
    paid.save()
    asked = server.game("queryorderinfo", out_trade_no=paid.out_trade_no, biz_id="1")
    assert asked == {
        **OK, "out_trade_no": paid.out_trade_no, "product_id": "", "pay_state": 2, "deliver_state": 2,
        "pay_finish_time": 1552096800, "mch_order_no": paid.number, "transaction_id": paid.transaction_number,
    }  # fmt: skip
    for other in ({"zone_id": "2"}, {"biz_id": 2}, {"out_trade_no": "game-1"}, {"env": 1}):
        fields = {"out_trade_no": paid.out_trade_no, "biz_id": 1, **other}
        refused(server.game("queryorderinfo", **fields), 90019, "out_trade_no not exist")
    gameserver.log_in(shop.player("chenxi"))
    theirs = server.game(
        "queryorderinfo", openid=shop.player("chenxi").openid, out_trade_no=paid.out_trade_no, biz_id=1
    )
    refused(theirs, 90019, "out_trade_no not exist")


def test_a_third_party_platform_may_not_call(world, shop):
    platform = PlatformServer(world).as_account(shop.account)
    for name in CALLS:
        assert platform.post(f"/wxa/game/{name}", {})["errcode"] == 61007


def test_it_takes_a_body_by_post(server):
    assert server.get("/wxa/game/pay")["errcode"] == 43002
    assert server.post("/wxa/game/pay", b"")["errcode"] == 44002
    assert server.post("/wxa/game/pay", b"[1]")["errcode"] == 47001


@pytest.mark.parametrize(
    ("body", "pay_sig", "signature"),
    [
        (
            b'{"offer_id": "12345678", "openid": "oUrsfxxxxxxxxxx", "ts": 1668136271,'
            b' "zone_id": "1", "env": 0}',
            "11bac6388871d29c055c7d16fbe42e8d646855b666faf89b15c815218b1b23bd",
            "42fe1d3341fb1c8bd6f5014ba735ab04eacc80a2deb3ab4669eab4700b5b6729",
        ),
        (
            b'{"offer_id":"12345678","zone_id":"1","openid":"oUrsfxxxxxxxxxx","env":0,"ts":1668136271}',
            "5fc5460b23b2589efb8adbc2cf08d7a9cd8892b33e084249a26455b7880741a8",
            "7ec6d737f118b0c898de39ef1b6b199c48290e699495364fe9d069597a7da125",
        ),
    ],
)
def test_known_answers_are_taken(world, body, pay_sig, signature):
    """The platform's own example and an SDK's (wechat-api 5.3): key, player and session are theirs."""
    shop = gameserver.opened(world, offer_id="12345678")
    gameserver.set_keys(shop, "12345", SANDBOX_KEY)
    gameserver.known_player(shop, "oUrsfxxxxxxxxxx")
    server, path = OwnServer(shop.account), "/wxa/game/getbalance"
    assert server.post(path, body, pay_sig=pay_sig, signature=signature)["balance"] == 0
    assert server.post(path, body, pay_sig=pay_sig, signature="0" * 64)["errcode"] == 90010
    assert server.post(path, body + b" ", pay_sig=pay_sig, signature=signature)["errcode"] == 90011
