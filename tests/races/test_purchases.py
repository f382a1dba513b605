"""Two presses at the cash desk, two orders of one number, a kill between money and coins (PAY-6, R1-R5)."""

from __future__ import annotations

import time as real
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Account
from payments import breaches_orders, clearing, ledger
from payments.actions import purchases
from payments.models import DayIncome, Entry, PaymentOrder, Wallet
from portal.kernel import deadlines, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer, Person
from tests.payments import shop as shops
from tests.payments.shop import Shop
from tests.races.rig import CHECK_TO_WRITE, money_is_conserved, race, strays, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CROWD = 12


@pytest.fixture
def shop(world: World) -> Shop:
    """Return a game that sells ten coins for a yuan."""
    return shops.opened(world)


def placing(shop: Shop, wechat_id: str = "meiran", **asked: Any) -> Callable[[], PaymentOrder]:
    person = Person.objects.get(world=shop.account.world, wechat_id=wechat_id)
    what = {
        "zone_id": "1", "environment": 0, "coins": 60, "out_trade_no": "", "playing": "released", **asked,
    }  # fmt: skip
    return partial(purchases.place, shop.account.pk, person_id=person.pk, by=person.as_actor(), **what)


def card(shop: Shop, wechat_id: str = "meiran") -> int:
    found = bank.card_of(Person.objects.get(world=shop.account.world, wechat_id=wechat_id))
    assert found is not None
    return found.balance_fen


def everything_agrees() -> bool:
    return breaches_orders.breaches() == [] and money_is_conserved() and strays() == []


def paid_once(shop: Shop, before: int) -> bool:
    """Return whether exactly one purchase of six yuan left its traces everywhere."""
    held = clearing.held(shop.account)
    return (
        card(shop) == before - 600
        and held is not None
        and held.balance_fen == 600
        and BankTransfer.objects.filter(to_account=held).count() == 1
        and list(Entry.objects.filter(kind="recharge").values_list("paid", flat=True)) == [60]
        and Wallet.objects.get(paid__gt=0).paid == 60
        and [(row.orders, row.paid_fen) for row in DayIncome.objects.all()] == [(1, 600)]
    )


@pytest.mark.requirement("PAY-6")
def test_many_presses_pay_once(shop: Shop):
    before, order = card(shop), placing(shop)()
    outcomes = race([partial(purchases.buy, order.pk, by=SIMULATOR)] * CROWD)
    assert words(outcomes) == {"done": 1, "-15007": CROWD - 1}
    assert paid_once(shop, before)
    assert everything_agrees()


@pytest.mark.requirement("PAY-6")
def test_pay_and_leave_at_once_end_in_one_of_the_two(shop: Shop):
    before, bought = card(shop), 0
    for _turn in range(6):
        order = placing(shop)()
        calls = [
            partial(purchases.buy, order.pk, by=SIMULATOR),
            partial(purchases.leave, order.pk, by=SIMULATOR),
        ]
        told = words(race(calls))
        order.refresh_from_db()
        assert told in ({"done": 1, "-15007": 1}, {"done": 1, "-15017": 1})
        assert order.state == ("delivered" if "-15007" in told else "closed")
        bought += order.state == "delivered"
    assert card(shop) == before - 600 * bought
    assert everything_agrees()


@pytest.mark.requirement("PAY-6")
def test_pay_and_the_end_of_the_half_hour_end_in_one_of_the_two(shop: Shop):
    world, before, bought = shop.account.world, card(shop), 0
    for turn in range(6):
        order = placing(shop)()
        due_at = order.placed_at + timedelta(minutes=30)
        worlds.advance(world.pk, to=due_at - timedelta(milliseconds=1), by=SIMULATOR)

        def pay(order: PaymentOrder = order, turn: int = turn) -> PaymentOrder:
            real.sleep(0.02 * turn)
            return purchases.buy(order.pk, by=SIMULATOR)

        told = words(race([pay, partial(worlds.advance, world.pk, to=due_at, by=SIMULATOR)]))
        order.refresh_from_db()
        assert told in ({"done": 2}, {"done": 1, "-15017": 1})
        assert order.state == ("closed" if "-15017" in told else "delivered")
        bought += order.state == "delivered"
    assert card(shop) == before - 600 * bought
    assert everything_agrees()


@pytest.mark.requirement("PAY-6")
def test_one_number_makes_one_order(shop: Shop):
    who = ("meiran", "linyue", "chenxi", "guoan")
    outcomes = race([placing(shop, name, out_trade_no="N1") for name in who * 3])
    assert words(outcomes) == {"done": 1, "-15003": 11}
    assert PaymentOrder.objects.count() == 1


@pytest.mark.requirement("PAY-6")
def test_first_purchases_open_one_clearing_account(shop: Shop):
    who = ("meiran", "linyue", "chenxi", "guoan")
    orders = [placing(shop, name)() for name in who]
    outcomes = race([partial(purchases.buy, order.pk, by=SIMULATOR) for order in orders])
    assert words(outcomes) == {"done": 4}
    assert BankAccount.objects.filter(purpose=clearing.PURPOSE).count() == 1
    assert everything_agrees()


@pytest.mark.requirement("PAY-6")
def test_coins_are_delivered_once_by_whoever_comes(shop: Shop):
    """The cash desk and the ticks all deliver the same order; a killed one leaves nothing behind."""
    before = card(shop)
    order = purchases.pay(placing(shop)().pk, by=SIMULATOR)

    def killed() -> None:
        with transaction.atomic():
            purchases.deliver(order.pk, by=SIMULATOR)
            raise SystemExit

    with pytest.raises(SystemExit):
        killed()
    assert Wallet.objects.count() == 0
    assert PaymentOrder.objects.get(pk=order.pk).state == "paid"
    ticks = [lambda: deadlines.fire_due(World.objects.get(pk=shop.account.world_id))] * 4
    outcomes = race([*ticks, *[partial(purchases.deliver, order.pk, by=SIMULATOR)] * 4])
    assert words(outcomes) == {"done": 8}
    assert PaymentOrder.objects.get(pk=order.pk).state == "delivered"
    assert paid_once(shop, before)
    assert everything_agrees()


def test_control_a_state_read_before_it_is_paid_charges_twice(shop: Shop):
    """What `pay` would do without its lock: every press finds an unpaid order, and takes the money."""
    before, order = card(shop), placing(shop)()
    with transaction.atomic():
        target = clearing.account_of(Account.objects.lock(shop.account.pk))

    def naive() -> None:
        found = PaymentOrder.objects.get(pk=order.pk)
        if found.state == "not_paid":
            real.sleep(CHECK_TO_WRITE)
            source = bank.card_of(Person.objects.get(pk=order.player.person_id))
            assert source is not None
            with transaction.atomic():
                bank.post(source, target, amount_fen=600, remark=order.number)

    race([naive] * 4)
    assert card(shop) < before - 600, "nothing raced"
    assert breaches_orders.breaches() != []


def test_control_coins_under_two_numbers_are_delivered_twice(shop: Shop):
    """Without the order's own bill number two deliveries are two recharges, and the audit says so."""
    order = purchases.pay(placing(shop)().pk, by=SIMULATOR)
    purchases.deliver(order.pk, by=SIMULATOR)
    wallet = Wallet.objects.get()
    ledger.recharge(wallet, order.coins, bill_no=f"_{order.number}x", at=order.placed_at)
    assert [line.partition(": ")[2] for line in breaches_orders.breaches()] == [
        "coins were bought, and no order says so"
    ]
