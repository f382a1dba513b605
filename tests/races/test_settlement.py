"""A month settled while players buy, and one balance in many hands (PAY-7; R4, R5)."""

from __future__ import annotations

import time as real
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F, Sum

from payments import breaches_settlement, months
from payments.actions import withdrawals
from payments.models import Funds, PaymentOrder, Settlement, Withdrawal
from portal.kernel import deadlines, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.simulator import walks
from tests.payments.settling import bought, by, funds, selling, settled, shanghai
from tests.races.rig import CHECK_TO_WRITE, money_is_conserved, race, words
from tests.races.test_wire_transfer import after, set_clock

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("PAY-7"),
]

PLAYERS = ("linyue", "meiran", "chenxi", "guoan")
END = shanghai(2019, 4, 1)


@pytest.fixture
def account(world):
    return selling(world)


def fire(world):
    return deadlines.fire_due(World.objects.get(pk=world.pk))


# R4 -- settled once, while players buy, and the boundary is exact.


def test_two_workers_and_a_button_settle_a_month_once(account, world):
    for yuan in (6, 8, 12):
        bought(account, yuan)
    set_clock(world, END)
    assert words(race([partial(fire, world)] * 4)) == {"done": 4}
    assert settled(account) == [("2019-03", 3, 26_00, 0, 0, 26_00)]
    assert funds(account) == (26_00, 0)
    assert breaches_settlement.breaches() == []


def test_players_buy_over_the_end_of_the_month_and_each_order_is_in_one_settlement(account, world):
    set_clock(world, END - timedelta(milliseconds=600))
    worlds.run(world.pk, by=SIMULATOR)

    def shop(wechat_id):
        for _each in range(4):
            walks.buy(account, wechat_id, 6)

    calls = [partial(shop, wechat_id) for wechat_id in PLAYERS]
    calls += [after(nth * 0.15, partial(fire, world)) for nth in range(10)]
    assert words(race(calls)) == {"done": len(calls)}
    worlds.freeze(world.pk, by=SIMULATOR)
    worlds.advance(world.pk, to=shanghai(2019, 5, 1), by=SIMULATOR)
    orders = PaymentOrder.objects.filter(account=account)
    assert orders.count() == 16
    assert not orders.filter(settlement__isnull=True).exists()
    for order in orders.select_related("settlement"):
        assert order.paid_at is not None
        assert order.settlement is not None
        assert order.paid_at < order.settlement.at
        assert (order.settlement.month.month == 3) <= (order.paid_at < END)
    gross = Settlement.objects.aggregate(fen=Sum("gross_fen"))["fen"]
    assert gross == 16 * 6_00
    assert funds(account) == (gross, 0)
    assert breaches_settlement.breaches() == []
    assert money_is_conserved()


def test_control_sums_without_a_claim_settle_a_month_twice(account, world):
    bought(account, 6)
    set_clock(world, END)

    def naive():
        fen = months.to_settle(account, END).aggregate(fen=Sum("amount_fen", default=0))["fen"]
        real.sleep(CHECK_TO_WRITE)
        Funds.objects.filter(account=account).update(settled_fen=F("settled_fen") + fen)

    race([naive] * 2)
    assert funds(account)[0] == 12_00
    assert breaches_settlement.breaches()


# R5 -- one balance, many hands.


@pytest.fixture
def rich(account, world):
    """Return the account with 100.00 yuan to withdraw."""
    for yuan in (98, 1, 1):
        bought(account, yuan)
    worlds.advance(world.pk, to=END, by=SIMULATOR)
    return account


def test_of_forty_withdrawals_of_sixty_percent_one_is_made(rich):
    who = by(rich)
    calls = [
        partial(withdrawals.withdraw, rich.pk, amount_fen=60_00, key=f"key-{nth}", by=who)
        for nth in range(40)
    ]
    assert words(race(calls)) == {"done": 1, "not_available": 39}
    assert (funds(rich), Withdrawal.objects.count()) == ((100_00, 60_00), 1)
    assert breaches_settlement.breaches() == []


def test_forty_clicks_on_one_form_withdraw_once(rich):
    call = partial(withdrawals.withdraw, rich.pk, amount_fen=60_00, key="one", by=by(rich))
    outcomes = race([call] * 40)
    assert words(outcomes) == {"done": 40}
    assert len({outcome.value.pk for outcome in outcomes}) == 1
    assert (funds(rich), Withdrawal.objects.count()) == ((100_00, 60_00), 1)


def test_the_bank_answers_once_however_many_ask_it(rich, world):
    sent = withdrawals.withdraw(rich.pk, amount_fen=60_00, key="one", by=by(rich))
    pay = partial(withdrawals.answer, sent.pk, by=SIMULATOR)
    refuse = partial(withdrawals.refuse, sent.pk, by=SIMULATOR)
    assert words(race([pay, refuse] * 5)) == {"done": 1, "answered": 9}
    sent.refresh_from_db()
    assert funds(rich) == (100_00, 60_00 if sent.state == "paid" else 0)
    assert breaches_settlement.breaches() == []
    assert money_is_conserved()


def test_control_a_balance_read_before_it_is_written_is_withdrawn_twice(rich):
    def naive():
        if withdrawals.available_fen(rich) >= 60_00:
            real.sleep(CHECK_TO_WRITE)
            Funds.objects.filter(account=rich).update(withdrawn_fen=F("withdrawn_fen") + 60_00)

    race([naive] * 8)
    settled_fen, withdrawn_fen = funds(rich)
    assert withdrawn_fen > settled_fen
    assert breaches_settlement.breaches()
