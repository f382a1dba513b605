"""The ledger: what moves coins, in which order, how often, and what the database refuses (PAY-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from payments import breaches_ledger, ledger, movements
from payments.ledger import MOST_COINS, WINDOW, Moved
from payments.models import Entry, Wallet
from portal.kernel import clock, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import World
from tests.payments import shop as shops
from tests.payments.purses import holds, lines, purse, sums, word
from tests.payments.shop import Shop

HUGE = 10**30


@pytest.fixture
def shop(world: World) -> Shop:
    """Return a game whose coin is online."""
    return shops.opened(world)


def refusal(call: Any, *args: Any, **kwargs: Any) -> tuple[str, str, str]:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code, refused.value.field, refused.value.message


# What moves -- bought coins and given ones apart, given ones spent first.


def test_coins_are_bought_given_spent_and_given_back(shop):
    wallet = purse(shop, 100)
    given = ledger.present(wallet, 30, bill_no="g1")
    spent = ledger.pay(wallet, 50, bill_no="p1", item="lantern", remark="level 3")
    assert (given.balance, given.gift, given.gift_used) == (130, 30, 0)
    assert (spent.balance, spent.gift, spent.gift_used) == (80, 0, 30)
    part = ledger.cancel(wallet, "p1", 15, bill_no="c1")
    rest = ledger.cancel(wallet, "p1", 35, bill_no="c2")
    assert (part.balance, part.gift, part.gift_used) == (95, 0, 0)
    assert (rest.balance, rest.gift, rest.gift_used) == (130, 30, 30)
    refunded = ledger.take_back(wallet, 60, bill_no="_back", at=shop.account.world.now())
    assert (refunded.balance, refunded.gift) == (70, 30)
    assert lines(wallet) == [
        ("recharge", "_bought-0", 100, 0, 100, 0),
        ("present", "g1", 0, 30, 100, 30),
        ("pay", "p1", -20, -30, 80, 0),
        ("cancel", "c1", 15, 0, 95, 0),
        ("cancel", "c2", 5, 30, 100, 30),
        ("refund", "_back", -60, 0, 40, 30),
    ]
    assert (holds(wallet), sums(wallet)) == ((40, 30), (40, 30, 0))
    assert breaches_ledger.breaches() == []


def test_an_entry_says_when_for_what_and_of_which_payment(shop, time):
    wallet = purse(shop, 10)
    time.passes(hours=3)
    ledger.pay(wallet, 4, bill_no="p1", item="lantern", remark="level 3")
    ledger.cancel(wallet, "p1", 1, bill_no="c1")
    paid, back = Entry.objects.filter(wallet=wallet).exclude(kind="recharge").order_by("pk")
    assert (paid.item, paid.remark, paid.of_bill, paid.at) == ("lantern", "level 3", "", time.now)
    assert (back.item, back.remark, back.of_bill, back.at) == ("", "", "p1", time.now)
    assert {paid.world_id, back.world_id} == {wallet.world_id}


def test_as_of_a_deadline_an_entry_has_the_deadlines_moment(shop):
    wallet = purse(shop, 10)
    moment = shop.account.world.now() - timedelta(hours=1)
    with clock.pin(wallet.world_id, moment):
        moved = ledger.pay(wallet, 1, bill_no="p1")
    assert Entry.objects.get(pk=moved.entry_id).at == moment


def test_while_the_clock_runs_an_entry_has_the_worlds_own_time(shop):
    wallet = purse(shop, 10)
    worlds.run(wallet.world_id, by=SIMULATOR)
    before = World.objects.get(pk=wallet.world_id).now()
    moved = ledger.pay(wallet, 1, bill_no="p1")
    assert before <= Entry.objects.get(pk=moved.entry_id).at <= World.objects.get(pk=wallet.world_id).now()


def test_each_partition_and_environment_has_a_wallet_of_its_own(shop):
    places = [(zone_id, environment) for zone_id in ("1", "2") for environment in (0, 1)]
    wallets = [purse(shop, zone_id=zone, environment=env) for zone, env in places]
    for coins, wallet in enumerate(wallets, start=1):
        ledger.present(wallet, coins, bill_no="the-same-number")
    assert [holds(wallet) for wallet in wallets] == [(0, 1), (0, 2), (0, 3), (0, 4)]
    assert len({wallet.pk for wallet in wallets}) == 4
    assert purse(shop) == wallets[0]


# How often -- a bill number has one effect, for ever.


def test_the_same_call_answers_as_the_first_time(shop):
    wallet = purse(shop, 100)
    first = ledger.pay(wallet, 60, bill_no="p1", item="lantern")
    ledger.present(wallet, 5, bill_no="g1")
    again = ledger.pay(wallet, 60, bill_no="p1", item="another note")
    assert again == replace(first, repeated=True)
    assert again == Moved(first.entry_id, "p1", balance=40, gift=0, gift_used=0, repeated=True)
    assert holds(wallet) == (40, 5)
    back = ledger.cancel(wallet, "p1", 60, bill_no="c1")
    assert ledger.cancel(wallet, "p1", 60, bill_no="c1") == replace(back, repeated=True)
    assert ledger.present(wallet, 5, bill_no="g1").repeated


def test_a_number_used_for_something_else_is_refused(shop):
    wallet = purse(shop, 100)
    ledger.pay(wallet, 10, bill_no="p1")
    others = ((ledger.pay, 11), (ledger.pay, 9), (ledger.present, 10), (ledger.cancel, "p1", 10))
    for call, *arguments in others:
        assert refusal(call, wallet, *arguments, bill_no="p1") == (
            "90012",
            "bill_no",
            "Nothing was moved: the bill number p1 was used for something else. Use a new number.",
        )
    assert holds(wallet) == (90, 0)


def test_a_cancellation_of_another_payment_is_something_else(shop):
    wallet = purse(shop, 100)
    for bill in ("p1", "p2"):
        ledger.pay(wallet, 10, bill_no=bill)
    ledger.cancel(wallet, "p1", 10, bill_no="c1")
    assert word(ledger.cancel, wallet, "p2", 10, bill_no="c1") == "90012"


@pytest.mark.parametrize(
    ("after", "said"), [(WINDOW - timedelta(microseconds=1), "again"), (WINDOW, "90012")]
)
def test_a_call_is_answered_again_for_48_hours(shop, time, after, said):
    wallet = purse(shop, 100)
    ledger.pay(wallet, 10, bill_no="p1")
    time.reaches(time.now + after)
    assert word(ledger.pay, wallet, 10, bill_no="p1") == said
    assert word(ledger.pay, wallet, 11, bill_no="p1") == "90012"
    assert holds(wallet) == (90, 0)


def test_an_order_delivers_its_coins_once_however_late(shop, time):
    wallet = purse(shop)
    first = ledger.recharge(wallet, 60, bill_no="_o1", at=time.now)
    time.passes(days=30)
    assert ledger.recharge(wallet, 60, bill_no="_o1", at=time.now) == replace(first, repeated=True)
    ledger.take_back(wallet, 60, bill_no="_r1", at=time.now)
    time.passes(days=30)
    assert ledger.take_back(wallet, 60, bill_no="_r1", at=time.now).repeated
    assert holds(wallet) == (0, 0)


def test_a_refused_call_leaves_its_number_free(shop):
    wallet = purse(shop, 5)
    assert word(ledger.pay, wallet, 6, bill_no="p1") == "90013"
    assert word(ledger.pay, wallet, 5, bill_no="p1") == "done"


def test_a_call_inside_a_transaction_is_a_part_of_it(shop):
    wallet = purse(shop, 100)
    ledger.pay(wallet, 10, bill_no="p1")
    with transaction.atomic():
        ledger.pay(wallet, 10, bill_no="p2")
        assert word(ledger.pay, wallet, 10, bill_no="p1") == "again"  # and the transaction goes on
        transaction.set_rollback(True)
    assert holds(wallet) == (90, 0)
    assert word(ledger.pay, wallet, 20, bill_no="p2") == "done"


# How much -- never more than is there.


def test_more_than_the_wallet_holds_is_refused(shop):
    wallet = purse(shop, 10)
    ledger.present(wallet, 3, bill_no="g1")
    assert refusal(ledger.pay, wallet, 14, bill_no="p1") == (
        "90013", "amount", "Nothing was moved: 14 coins are wanted and the player has 13.",
    )  # fmt: skip
    assert refusal(ledger.take_back, wallet, 11, bill_no="_r", at=shop.account.world.now()) == (
        "90013", "amount", "Nothing was moved: 11 coins are wanted and the player has 10.",
    )  # fmt: skip
    assert word(ledger.pay, wallet, 13, bill_no="p1") == "done"


def test_at_most_the_whole_payment_is_cancelled(shop):
    wallet = purse(shop, 10)
    ledger.pay(wallet, 10, bill_no="p1")
    ledger.cancel(wallet, "p1", 4, bill_no="c1")
    assert refusal(ledger.cancel, wallet, "p1", 7, bill_no="c2") == (
        "90018",
        "amount",
        "Nothing was moved: 6 coins are left of this payment. Cancel at most as many.",
    )
    assert word(ledger.cancel, wallet, "p1", 6, bill_no="c2") == "done"
    assert word(ledger.cancel, wallet, "p1", 1, bill_no="c3") == "90018"


def test_what_was_not_paid_here_cannot_be_cancelled(shop):
    wallet, other = purse(shop, 10), purse(shop, 10, zone_id="2")
    ledger.pay(wallet, 5, bill_no="p1")
    ledger.present(wallet, 5, bill_no="g1")
    for where, bill in ((wallet, "nothing"), (wallet, "g1"), (other, "p1")):
        assert word(ledger.cancel, where, bill, 1, bill_no="c1") == "90000"


@pytest.mark.parametrize(("after", "said"), [(WINDOW - timedelta(microseconds=1), "done"), (WINDOW, "90018")])
def test_a_payment_can_be_cancelled_for_48_hours(shop, time, after, said):
    wallet = purse(shop, 10)
    ledger.pay(wallet, 10, bill_no="p1")
    time.reaches(time.now + after)
    assert word(ledger.cancel, wallet, "p1", 10, bill_no="c1") == said


def test_an_amount_is_a_whole_number_from_one_to_a_billion(shop):
    wallet = purse(shop, 10)
    at = shop.account.world.now()
    wrong = (0, -1, -HUGE, MOST_COINS + 1, 2**63, HUGE, 1.0, 0.5, float("nan"), "1", "", None, True, [1])
    for coins in wrong:
        assert refusal(ledger.pay, wallet, coins, bill_no="p1") == (
            "90018", "amount", "Enter a whole number of coins, from 1 to 1,000,000,000.",
        )  # fmt: skip
        assert word(ledger.present, wallet, coins, bill_no="g1") == "90018"
        assert word(ledger.cancel, wallet, "p1", coins, bill_no="c1") == "90018"
        assert word(ledger.recharge, wallet, coins, bill_no="_r", at=at) == "90018"
        assert word(ledger.take_back, wallet, coins, bill_no="_t", at=at) == "90018"
    assert holds(wallet) == (10, 0)


def test_the_largest_amounts_add_up(shop):
    wallet = purse(shop)
    for nth in range(3):
        ledger.present(wallet, MOST_COINS, bill_no=f"g{nth}")
    assert holds(wallet) == (0, 3 * MOST_COINS)


def test_a_bill_number_is_63_letters_digits_and_dashes(shop):
    wallet = purse(shop, 10)
    wrong = ("", "_1", "a" * 64, "a b", "a\0", "a\n", "\ud800", "á", "１", "a*b", "a.b", None, 7, b"a", ["a"])
    for bill_no in wrong:
        assert refusal(ledger.pay, wallet, 1, bill_no=bill_no)[:2] == ("90018", "bill_no")
        assert word(ledger.present, wallet, 1, bill_no=bill_no) == "90018"
        assert word(ledger.cancel, wallet, "p1", 1, bill_no=bill_no) == "90018"
        assert refusal(ledger.cancel, wallet, bill_no, 1, bill_no="c1")[:2] == ("90018", "pay_bill_no")
    for bill_no in ("a" * 63, "-", "A-_0", "0"):
        assert word(ledger.pay, wallet, 1, bill_no=bill_no) == "done"


# How -- one statement, and it holds no world that somebody holds alone.


def test_a_payment_reads_nothing_beside_its_statements(shop):
    wallet = purse(shop, 10)
    with CaptureQueriesContext(connection) as queries:
        ledger.pay(wallet, 1, bill_no="p1")
    kinds = [query["sql"].split()[0] for query in queries]
    # PostgreSQL's own statement is prepared, past Django's log: there only the test's savepoint is left.
    own = [] if connection.vendor == "postgresql" else ["SELECT", "UPDATE", "INSERT"]
    assert kinds == ["SAVEPOINT", *own, "RELEASE"]


# The database refuses what the ledger would not do.


def test_the_database_refuses_a_wallet_that_does_not_add_up_or_owes(shop):
    wallet = purse(shop, 10)
    for forged in (
        {"paid": F("paid") + 1},
        {"paid": -1, "bought": -1},
        {"gift": -1, "given": -1},
        {"spent": -1, "bought": 9},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Wallet.objects.filter(pk=wallet.pk).update(**forged)


def test_the_database_refuses_an_entry_that_is_not_of_its_kind(shop):
    wallet = purse(shop, 10)
    nothing = {"bill_no": "b", "gift": 0, "gift_after": 0, "at": wallet.world.now()}
    for row in (
        {"kind": "pay", "paid": 1, "paid_after": 11},
        {"kind": "pay", "paid": -1, "paid_after": 9, "gift_after": 1},  # given coins go first
        {"kind": "pay", "paid": -1, "paid_after": -1},
        {"kind": "pay", "paid": 0, "gift": 0, "paid_after": 10},
        {"kind": "recharge", "paid": 1, "gift": 1, "paid_after": 11, "gift_after": 1},
        {"kind": "recharge", "paid": 11, "paid_after": 10},  # from a balance below nothing
        {"kind": "present", "paid": 1, "paid_after": 11},
        {"kind": "refund", "paid": 1, "paid_after": 11},
        {"kind": "cancel", "paid": 1, "paid_after": 11},  # of no payment
        {"kind": "pay", "paid": -1, "paid_after": 9, "of_bill": "p1"},
        {"kind": "theft", "paid": -1, "paid_after": 9},
        {"kind": "pay", "paid": -1, "paid_after": 9, "bill_no": "_bought-0"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(world_id=wallet.world_id, wallet=wallet, **{**nothing, **row})


def test_the_database_refuses_to_change_or_delete_an_entry(shop):
    entries = Entry.objects.filter(wallet=purse(shop, 10))
    for forge in (
        lambda: entries.update(remark="another"),
        lambda: entries.update(paid=5),
        lambda: entries._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="guarded"), transaction.atomic():
            forge()


def test_the_database_keeps_a_wallet_with_its_player(shop):
    wallet = purse(shop, 10)
    for change in ({"player": shop.player("chenxi")}, {"partition": shop.partitions["2"]}):
        with pytest.raises(IntegrityError, match="guarded"), transaction.atomic():
            Wallet.objects.filter(pk=wallet.pk).update(**change)


def test_a_number_that_is_used_rolls_its_debit_back(shop):
    wallet = purse(shop, 10)
    movement = movements.Movement(wallet.pk, wallet.world_id, Entry.Kind.PAY, 3, "p1")
    assert movements.make(movement) == (Entry.objects.latest("pk").pk, 0, 7, 0)
    with pytest.raises(IntegrityError):
        movements.make(movement)
    assert (holds(wallet), sums(wallet)) == ((7, 0), (10, 0, 3))


# The audit finds what the database could not refuse.


def forged(wallet: Wallet, **row: Any) -> Entry:
    whole = {"world_id": wallet.world_id, "gift": 0, "gift_after": 0, "at": wallet.world.now(), **row}
    return Entry.objects.create(wallet=wallet, **whole)


def test_the_audit_finds_coins_from_nowhere(shop):
    wallet = purse(shop, 10)
    Wallet.objects.filter(pk=wallet.pk).update(paid=F("paid") + 5, bought=F("bought") + 5)
    assert breaches_ledger.breaches() == [
        f"wallet {wallet.pk}: its bought coins are not what its entries moved",
        f"wallet {wallet.pk}: its sums are not what its entries say",
        f"account {shop.account.pk}, environment 0: wallets and books are 5 coins apart",
    ]


def test_the_audit_finds_given_coins_that_became_bought_ones(shop):
    wallet = purse(shop, 10)
    ledger.present(wallet, 5, bill_no="g1")
    Wallet.objects.filter(pk=wallet.pk).update(paid=15, gift=0)
    assert breaches_ledger.breaches() == [
        f"wallet {wallet.pk}: its bought coins are not what its entries moved",
        f"wallet {wallet.pk}: its given coins are not what its entries moved",
    ]


def test_the_audit_finds_a_forged_entry(shop):
    wallet = purse(shop, 10)
    entry = forged(wallet, kind="pay", bill_no="p1", paid=-3, paid_after=8)
    assert breaches_ledger.breaches() == [
        f"wallet {wallet.pk}: its bought coins are not what its entries moved",
        f"wallet {wallet.pk}: its sums are not what its entries say",
        f"ledger entry {entry.pk}: does not go on from the entry before",
        f"account {shop.account.pk}, environment 0: wallets and books are 3 coins apart",
    ]


def test_the_audit_finds_a_payment_that_was_cancelled_beyond_its_amount(shop):
    wallet = purse(shop, 10)
    paid = ledger.pay(wallet, 5, bill_no="p1")
    ledger.pay(wallet, 5, bill_no="p2")
    ledger.cancel(wallet, "p1", 5, bill_no="c1")
    forged(wallet, kind="cancel", bill_no="c2", of_bill="p1", paid=1, paid_after=6)
    Wallet.objects.filter(pk=wallet.pk).update(paid=6, spent=4)
    assert breaches_ledger.breaches() == [
        f"ledger entry {paid.entry_id}: more of it was cancelled than paid, or given coins before bought ones"
    ]


def test_the_audit_finds_a_cancellation_of_nothing(shop):
    wallet = purse(shop, 10)
    ledger.pay(wallet, 5, bill_no="p1")
    entry = forged(wallet, kind="cancel", bill_no="c1", of_bill="p9", paid=1, paid_after=6)
    late = forged(
        wallet,
        kind="cancel",
        bill_no="c2",
        of_bill="p1",
        paid=1,
        paid_after=7,
        at=wallet.world.now() + WINDOW,
    )
    Wallet.objects.filter(pk=wallet.pk).update(paid=7, spent=3)
    assert breaches_ledger.breaches() == [
        f"ledger entry {pk}: cancels no payment of its wallet and of the 48 hours before"
        for pk in (entry.pk, late.pk)
    ]
