"""A player's coins, from the purchase to the audit: apart by partition and environment, exact (PAY-6)."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from accounts.models import Account
from payments.actions import game_calls, partitions
from payments.actions.game_calls import Balance
from payments.models import Environment, GameCall, Wallet
from portal.kernel import breaches
from portal.simulator.walks import coin as walk
from tests.payments import coined
from tests.payments.shop import Shop

LIVE, SANDBOX = Environment.LIVE, Environment.SANDBOX


@pytest.fixture
def shop(world) -> Shop:
    """Return a game that sells ten coins for a yuan; Mei Ran is one of its sandbox's testers."""
    account = coined.seller(world)
    coin = walk.put_coin_online(account)
    by = account.administrator.person.as_actor()
    partitions.add(account.pk, zone_id="2", name="Lantern Bay", by=by)
    partitions.add_tester(account.pk, wechat_id="meiran", by=by)
    return Shop(Account.objects.get(pk=account.pk), {zone.zone_id: zone for zone in coin.partitions.all()})


def call(shop: Shop, name: str, zone_id: str = "1", environment: int = LIVE, **fields):
    return getattr(game_calls, name)(
        shop.account.pk, openid=shop.player().openid, zone_id=zone_id, environment=environment,
        source=GameCall.Source.SERVER, by=shop.by, **fields,
    )  # fmt: skip


def balances(shop: Shop) -> dict[tuple[str, int], tuple[int, int]]:
    """Return all coins and the given ones of them, by partition and environment."""
    places = [(zone_id, environment) for zone_id in ("1", "2") for environment in (LIVE, SANDBOX)]
    return {place: (held.balance, held.gift) for place in places if (held := call(shop, "balance", *place))}


@pytest.mark.requirement("PAY-6")
def test_balances_stand_apart_by_partition_and_environment(shop, time):
    shop.bought(6)  # 60 coins
    shop.bought(30, zone_id="2")
    shop.bought(1, environment=SANDBOX)
    call(shop, "present", coins=15, bill_no="welcome")
    call(shop, "present", "2", coins=7, bill_no="welcome")
    assert balances(shop) == {("1", 0): (75, 15), ("1", 1): (10, 0), ("2", 0): (307, 7), ("2", 1): (0, 0)}
    spent = call(shop, "pay", coins=40, bill_no="lantern-1", item="lantern")
    assert (spent.balance, spent.gift_used) == (35, 15)
    assert call(shop, "pay", coins=40, bill_no="lantern-1", item="lantern").repeated
    call(shop, "pay", "1", SANDBOX, coins=10, bill_no="lantern-1")
    time.passes(hours=47)
    back = call(shop, "cancel", pay_bill_no="lantern-1", coins=30, bill_no="lantern-1-back")
    assert (back.balance, back.gift_used) == (65, 5)
    assert balances(shop) == {("1", 0): (65, 5), ("1", 1): (0, 0), ("2", 0): (307, 7), ("2", 1): (0, 0)}
    assert call(shop, "balance") == Balance(
        balance=65, gift=5, bought=60, given=15, spent=10, first_save=False
    )
    assert breaches.found() == []


@pytest.mark.requirement("PAY-6", "OPS-3")
def test_the_audit_finds_one_coin_that_no_entry_moved(shop):
    shop.bought(6)
    call(shop, "pay", coins=20, bill_no="lantern-1")
    call_command("audit", stdout=StringIO())
    wallet = Wallet.objects.get(player=shop.player())
    Wallet.objects.filter(pk=wallet.pk).update(paid=F("paid") + 1, bought=F("bought") + 1)
    said = StringIO()
    with pytest.raises(CommandError, match="3 invariants are broken"):
        call_command("audit", "--json", stdout=said)
    assert json.loads(said.getvalue()) == [
        f"wallet {wallet.pk}: its bought coins are not what its entries moved",
        f"wallet {wallet.pk}: its sums are not what its entries say",
        f"account {shop.account.pk}, environment 0: wallets and books are 1 coins apart",
    ]
