"""Refunds at once: of one order, against the game's spending, against the settlement (PAY-5, R1, R5)."""

from __future__ import annotations

import time as real
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F

from payments import breaches_income, breaches_orders, ledger, months
from payments.actions import refunds
from payments.models import PaymentOrder, Refund, Settlement, Wallet
from portal.kernel import deadlines, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.outside.models import BankAccount
from tests.payments import shop
from tests.races.rig import CHECK_TO_WRITE, money_is_conserved, race, words
from tests.races.test_wire_transfer import set_clock

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def agrees():
    """Return whether money, coins, income and orders tell the same."""
    assert breaches_income.breaches() == []
    assert breaches_orders.breaches() == []
    return money_is_conserved()


@pytest.mark.requirement("PAY-5")
def test_one_order_is_refunded_once_though_eight_ask_for_all_of_it(world):
    game = shop.opened(world)
    order = game.bought(6)
    game.bought(648)  # there would be coins and money enough for more
    by = game.by
    calls = [
        partial(refunds.refund, order.pk, amount_fen=600, reason="raced", number=f"r{nth}", by=by)
        for nth in range(8)
    ]
    assert words(race(calls)) == {"done": 1, "refunded_already": 7}
    assert Refund.objects.count() == 1
    assert Wallet.objects.get().paid == 6480
    assert agrees()


@pytest.mark.requirement("PAY-5")
def test_one_number_sent_eight_times_is_one_refund(world):
    game = shop.opened(world)
    order, by = game.bought(30), game.by
    call = partial(refunds.refund, order.pk, amount_fen=1000, reason="raced", number="r", by=by)
    outcomes = race([call] * 8)
    assert words(outcomes) == {"done": 8}
    assert len({outcome.value.pk for outcome in outcomes}) == 1
    assert PaymentOrder.objects.get(pk=order.pk).refunded_fen == 1000
    assert agrees()


@pytest.mark.requirement("PAY-5")
def test_coins_are_spent_or_refunded_never_both(world):
    game = shop.opened(world)
    order, by, wallet = game.bought(6), game.by, Wallet.objects.get()
    back = [
        partial(refunds.refund, order.pk, amount_fen=100, reason="raced", number=f"r{nth}", by=by)
        for nth in range(6)
    ]
    spent = [partial(ledger.pay, wallet, 10, bill_no=f"sword-{nth}") for nth in range(6)]
    outcomes = race([call for pair in zip(back, spent, strict=True) for call in pair])
    counted = words(outcomes)
    assert counted["done"] == 6
    assert set(counted) <= {"done", "coins_spent", "90013"}
    wallet.refresh_from_db()
    gone = PaymentOrder.objects.get(pk=order.pk).refunded_fen // 10
    assert (wallet.paid, wallet.spent + gone) == (0, 60)
    assert agrees()


@pytest.mark.requirement("PAY-5", "PAY-7")
def test_a_refund_is_settled_in_the_month_it_is_made_in(world):
    """The month ends while refunds are made: each is settled once, by the month that it is made in."""
    game = shop.opened(world)
    orders, by = [game.bought(6) for _nth in range(4)], game.by
    month = months.Month.running(game.account)
    set_clock(world, month.end)
    settle = [lambda: deadlines.fire_due(World.objects.get(pk=world.pk))] * 2
    back = [
        partial(refunds.refund, order.pk, amount_fen=600, reason="raced", number=f"r{order.pk}", by=by)
        for order in orders
    ]
    assert words(race([*settle, *back])) == {"done": 6}
    (settled,) = Settlement.objects.all()
    assert (settled.gross_fen, settled.refunded_fen, settled.payable_fen) == (2400, 0, 2400)
    assert not Refund.objects.filter(at__lt=month.end).exists()
    worlds.advance(world.pk, to=month.end + timedelta(days=32), by=SIMULATOR)
    later = Settlement.objects.latest("pk")
    assert (later.gross_fen, later.refunded_fen, later.payable_fen) == (0, 2400, -2400)
    assert set(Refund.objects.values_list("settlement", flat=True)) == {later.pk}
    assert agrees()


def test_control_an_amount_read_before_it_is_written_goes_back_twice(world):
    game = shop.opened(world)
    order = game.bought(6)
    game.bought(648)
    clearing = BankAccount.objects.get(purpose="payments.clearing")

    def naive(number):
        found = PaymentOrder.objects.get(pk=order.pk)
        if found.refunded_fen == 0:
            real.sleep(CHECK_TO_WRITE)
            BankAccount.objects.filter(pk=clearing.pk).update(balance_fen=F("balance_fen") - 600)
            Refund.objects.create(
                world=world, account=order.account, order=order, number=number, amount_fen=600, coins=60,
                reason="", by_name="", at=order.placed_at,
            )  # fmt: skip
            PaymentOrder.objects.filter(pk=order.pk).update(refunded_fen=600)

    race([partial(naive, f"r{nth}") for nth in range(4)])
    assert Refund.objects.count() > 1
    assert breaches_income.breaches() != []
