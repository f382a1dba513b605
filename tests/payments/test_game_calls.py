"""A game's calls: what is checked before the ledger is asked, what is answered, what is logged (PAY-6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Account, Player
from payments import ledger, refusals
from payments.actions import game_calls, partitions
from payments.actions.game_calls import Balance
from payments.models import GameCall, Partition, Wallet
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, World
from portal.simulator import walks
from tests.payments import coined
from tests.payments import shop as shops
from tests.payments.purses import holds, purse
from tests.payments.shop import Shop

AMOUNTS = {
    "balance": {},
    "pay": {"coins": 10, "bill_no": "p1"},
    "cancel": {"coins": 10, "bill_no": "c1", "pay_bill_no": "p1"},
    "present": {"coins": 10, "bill_no": "g1"},
}
CALLS = sorted(AMOUNTS)


@pytest.fixture
def shop(world: World) -> Shop:
    """Return a game whose coin is online, and Mei Ran with a hundred coins in it."""
    shop = shops.opened(world)
    purse(shop, 100)
    return shop


def call(shop: Shop, name: str, **changed: Any) -> Any:
    how = {"zone_id": "1", "environment": 0, "source": "server", "by": SIMULATOR, **AMOUNTS[name], **changed}
    how.setdefault("openid", shop.player().openid)
    return getattr(game_calls, name)(shop.account.pk, **how)


def refusal(shop: Shop, name: str, **changed: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        call(shop, name, **changed)
    return refused.value.code, refused.value.field


def logged() -> list[tuple[str, int, int, dict[str, Any]]]:
    return list(GameCall.objects.order_by("pk").values_list("name", "environment", "errcode", "answer"))


def test_a_game_pays_cancels_presents_and_asks(shop):
    assert call(shop, "balance") == Balance(100, 0, 100, 0, 0, first_save=False)
    assert (paid := call(shop, "pay")).balance == 90
    assert call(shop, "pay") == replace(paid, repeated=True)
    assert call(shop, "cancel").balance == 100
    assert (call(shop, "present").balance, call(shop, "balance").gift) == (110, 10)
    assert logged() == []


def test_who_never_held_coins_has_none_and_asking_makes_no_wallet(shop):
    newcomer = shop.player("chenxi")
    assert call(shop, "balance", openid=newcomer.openid) == Balance(0, 0, 0, 0, 0, first_save=True)
    assert Wallet.objects.count() == 1
    assert refusal(shop, "pay", openid=newcomer.openid) == ("90013", "amount")


@pytest.mark.parametrize("name", CALLS)
def test_a_call_for_nobody_or_nowhere_is_refused(shop, name):
    for openid in ("", "o" * 28, "o" * 27, "\0" * 28, "\ud800" * 28, None, 7, ["o"]):
        assert refusal(shop, name, openid=openid) == ("90018", "openid")
    for zone_id in ("3", "", "\0", "\ud800", "1" * 33, " 1", None, 1, 10**30):
        assert refusal(shop, name, zone_id=zone_id) == ("90018", "zone_id")
    for environment in (2, -1, 10**30, "0", None, True, 0.0):
        assert refusal(shop, name, environment=environment) == ("90018", "env")


def test_the_openid_of_another_game_or_world_is_nobodys(shop, make_world):
    beside = walks.register(shop.account.world, "other@kite.example")
    elsewhere = shops.opened(make_world("Class 08")).player()
    person = shop.player().person_id
    for stranger in (Player.objects.of(beside, person), elsewhere):
        for name in CALLS:
            assert refusal(shop, name, openid=stranger.openid) == ("90018", "openid")


def test_in_a_shut_partition_coins_are_seen_and_go_back_but_are_not_spent_or_given(shop):
    call(shop, "pay")
    Partition.objects.filter(zone_id="1").update(is_open=False)
    assert refusal(shop, "pay", bill_no="p2") == ("90017", "")
    assert refusal(shop, "present") == ("90017", "")
    assert call(shop, "balance").balance == 90
    assert call(shop, "cancel").balance == 100


def administrators(account: Account) -> dict[str, Any]:
    return {"openid": Player.objects.of(account, account.administrator.person_id).openid}


def test_live_calls_need_the_coin_online(world):
    account, _coin = coined.named(world)
    for name in CALLS:
        assert refusal(Shop(account, {}), name, **administrators(account)) == ("90017", "")


def test_a_game_without_a_coin_and_a_closed_account_are_refused(shop):
    without = Shop(walks.register(shop.account.world, "other@kite.example"), {})
    Account.objects.filter(pk=shop.account.pk).update(closed_at=shop.account.world.now())
    for name in CALLS:
        assert refusal(without, name, openid=shop.player().openid) == ("90017", "")
        assert refusal(shop, name) == ("90017", "")


def test_a_coin_without_a_name_has_no_sandbox(world):
    account, _coin = coined.authorized(world)
    assert refusal(Shop(account, {}), "pay", environment=1, **administrators(account)) == ("90017", "")


def test_the_sandbox_is_for_testers_and_members(shop):
    administrator = Player.objects.of(shop.account, shop.account.administrator.person_id)
    assert call(shop, "present", environment=1, openid=administrator.openid).balance == 10
    assert refusal(shop, "present", environment=1) == ("90017", "")
    partitions.add_tester(shop.account.pk, wechat_id="meiran", by=shop.by)
    assert call(shop, "present", environment=1).balance == 10
    assert call(shop, "balance").balance == 100, "and the live wallet is another"


def test_a_note_is_at_most_255_characters_without_control_characters(shop):
    for field, named in (("item", "payitem"), ("remark", "remark")):
        for note in ("a" * 256, "a\0", "\ud800", "a\x1b", None, 7):
            assert refusal(shop, "pay", **{field: note}) == ("90018", named)
    assert call(shop, "pay", item="灯" * 255, remark="灯" * 255).balance == 90


def test_an_amount_that_is_none_is_refused_by_hand_too(shop):
    amounts = (0, -1, 10**30, 1.5, "10", None, True)
    for name in ("pay", "cancel", "present"):
        for coins in amounts:
            assert refusal(shop, name, coins=coins, source="page") == ("90018", "amount")
    said = (90018, {"errcode": 90018, "errmsg": "[amount] amount is invalid"})
    assert [row[2:] for row in logged()] == [said] * 3 * len(amounts)


# The log -- what is called in the sandbox, or by hand.


def test_calls_of_the_sandbox_are_logged_as_on_the_wire(shop):
    partitions.add_tester(shop.account.pk, wechat_id="meiran", by=shop.by)
    for name in ("balance", "present", "pay", "pay", "cancel"):
        call(shop, name, environment=1)
    assert refusal(shop, "pay", environment=1, bill_no="p2", coins=50) == ("90013", "amount")
    ok = {"errcode": 0, "errmsg": "ok"}
    nothing = {
        "balance": 0, "present_balance": 0, "sum_save": 0, "sum_present": 0, "sum_balance": 0, "sum_cost": 0,
        "first_save": True,
    }  # fmt: skip
    paid = {"bill_no": "p1", "balance": 0, "used_present_amount": 10}
    assert logged() == [
        ("getbalance", 1, 0, {**ok, **nothing}),
        ("present", 1, 0, {**ok, "bill_no": "g1", "balance": 10}),
        ("pay", 1, 0, {**ok, **paid}),
        ("pay", 1, 90012, {"errcode": 90012, "errmsg": "order exist", **paid}),
        ("cancelpay", 1, 0, {**ok, "bill_no": "c1", "balance": 10, "used_present_amount": 10}),
        ("pay", 1, 90013, {"errcode": 90013, "errmsg": "balance not enough"}),
    ]
    sent = GameCall.objects.filter(name="cancelpay").get()
    assert (sent.openid, sent.source, sent.at) == (shop.player().openid, "server", shop.account.world.now())
    assert sent.request == {
        "openid": shop.player().openid,
        "offer_id": sent.coin.offer_id,
        "ts": int(sent.at.timestamp()),
        "zone_id": "1",
        "env": 1,
        "amount": 10,
        "bill_no": "c1",
        "pay_bill_no": "p1",
    }
    assert not AuditEvent.objects.filter(name="payments.called").exists()


def test_a_call_by_hand_is_logged_live_too_and_who_made_it(shop):
    call(shop, "pay", source="page", by=shop.by)
    assert refusal(shop, "pay", source="page", by=shop.by, bill_no="p2", coins=91) == ("90013", "amount")
    assert [row[:3] for row in logged()] == [("pay", 0, 0), ("pay", 0, 90013)]
    acts = AuditEvent.objects.filter(name="payments.called").order_by("pk")
    assert [(act.by_name, act.reason, act.account_id) for act in acts] == [
        (shop.by.name, "pay p1", shop.account.pk),
        (shop.by.name, "pay p2", shop.account.pk),
    ]
    assert holds(purse(shop)) == (90, 0)


def test_whatever_was_sent_the_log_can_keep(shop):
    for sent in ("\0", "\ud800", 10**5000, float("nan"), ["a"], {"a": 1}, None, "x" * 5000):
        with pytest.raises(Refused):
            call(shop, "pay", source="page", openid=sent, zone_id=sent, environment=sent, bill_no=sent)
    kept = GameCall.objects.order_by("pk").values_list("request__bill_no", "errcode")
    assert list(kept) == [
        ("\ufffd", 90018), ("\ufffd", 90018), ("(int)", 90018), ("(float)", 90018), ("(list)", 90018),
        ("(dict)", 90018), ("(NoneType)", 90018), ("x" * 256, 90018),
    ]  # fmt: skip


def test_every_code_has_its_words():
    assert refusals.words(90018, "zone_id") == "[zone_id] zone_id is invalid"
    assert refusals.words(90018) == "invalid parameter"
    assert [refusals.words(code) for code in (0, 90000, 90012, 90013, 90017)] == [
        "ok", "order not exist", "order exist", "balance not enough", "no privilege",
    ]  # fmt: skip
    assert ledger.WINDOW.total_seconds() == 48 * 3600
