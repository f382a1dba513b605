"""One wallet in many hands, and a process killed between any two steps (PAY-6; R1-R3, F1, F10)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time as real
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from random import Random
from threading import Event

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from payments import breaches_ledger, ledger, movements
from payments.models import Entry, Wallet
from payments.movements import Movement
from portal.kernel import locks
from portal.kernel.errors import Refused
from portal.kernel.models import World
from tests.payments import shop as shops
from tests.payments.purses import holds, purse, sums
from tests.races.rig import CHECK_TO_WRITE, race, without_constraint, words

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("PAY-6"),
]


@pytest.fixture
def wallet(world):
    """Return a player's wallet with 100 coins, a few of them given."""
    wallet = purse(shops.opened(world), 93)
    ledger.present(wallet, 7, bill_no="gift")
    return wallet


def kinds(wallet):
    """Return how many entries of each kind a wallet has."""
    return dict(Counter(wallet.entries.values_list("kind", flat=True)))


# R1 -- sixty spend ten of a hundred at once: ten do.


def test_sixty_spends_of_ten_from_a_hundred_make_ten(wallet):
    outcomes = race([partial(ledger.pay, wallet, 10, bill_no=f"p{nth}") for nth in range(60)])
    assert words(outcomes) == {"done": 10, "90013": 50}
    assert (holds(wallet), sums(wallet)) == ((0, 0), (93, 7, 100))
    assert sorted(outcome.value.balance for outcome in outcomes if outcome.value) == list(range(0, 100, 10))
    assert breaches_ledger.breaches() == []


def test_spends_inside_transactions_of_others_make_ten_too(wallet):
    def spend(nth):
        with transaction.atomic():
            return ledger.pay(wallet, 10, bill_no=f"p{nth}")

    assert words(race([partial(spend, nth) for nth in range(30)])) == {"done": 10, "90013": 20}
    assert holds(wallet) == (0, 0)
    assert breaches_ledger.breaches() == []


def test_control_who_reads_first_and_writes_then_spends_too_much(wallet):
    def naive(nth):
        held = Wallet.objects.get(pk=wallet.pk)
        if held.paid < 10:
            raise Refused("too few", code="90013")
        real.sleep(CHECK_TO_WRITE)
        with transaction.atomic():
            Wallet.objects.filter(pk=wallet.pk).update(paid=held.paid - 10, spent=held.spent + 10)
            Entry.objects.create(
                world_id=wallet.world_id, wallet=wallet, kind="refund", bill_no=f"p{nth}", paid=-10, gift=0,
                paid_after=held.paid - 10, gift_after=held.gift, at=wallet.world.now(),
            )  # fmt: skip

    assert words(race([partial(naive, nth) for nth in range(60)]))["done"] > 10
    assert breaches_ledger.breaches() != []


# R2 -- one bill number in sixty hands: one effect, and each gets what the first was answered.


def test_sixty_payments_of_one_number_have_one_effect(wallet):
    outcomes = race([partial(ledger.pay, wallet, 10, bill_no="p1")] * 60)
    assert words(outcomes) == {"done": 60}
    assert Counter(outcome.value.repeated for outcome in outcomes) == {False: 1, True: 59}
    assert {(outcome.value.balance, outcome.value.gift_used) for outcome in outcomes} == {(90, 7)}
    assert {outcome.value.entry_id for outcome in outcomes} == {Entry.objects.get(bill_no="p1").pk}
    assert (holds(wallet), kinds(wallet)) == ((90, 0), {"recharge": 1, "present": 1, "pay": 1})


def test_one_number_for_all_that_is_there_has_one_effect(wallet):
    outcomes = race([partial(ledger.pay, wallet, 100, bill_no="p1")] * 30)
    assert words(outcomes) == {"done": 30}  # nobody is told that the coins they spent are too few
    assert holds(wallet) == (0, 0)


def test_of_two_amounts_under_one_number_one_is_refused(wallet):
    calls = [partial(ledger.pay, wallet, 10 + nth % 2, bill_no="p1") for nth in range(60)]
    assert words(race(calls)) == {"done": 30, "90012": 30}
    assert kinds(wallet)["pay"] == 1
    assert breaches_ledger.breaches() == []


def test_control_without_the_constraint_a_number_has_many_effects(wallet):
    with without_constraint(Entry, "one_effect_per_bill"):
        race([partial(ledger.pay, wallet, 10, bill_no="p1")] * 8)
        assert kinds(wallet)["pay"] > 1
        assert holds(wallet) != (90, 0)


# R3 -- a payment, its cancellations and queries at once: never more back than was paid.


def test_a_payment_cancelled_by_many_goes_back_once(wallet):
    ledger.pay(wallet, 60, bill_no="p1")
    outcomes = race([partial(ledger.cancel, wallet, "p1", 10, bill_no=f"c{nth}") for nth in range(40)])
    assert words(outcomes) == {"done": 6, "90018": 34}
    assert (holds(wallet), sums(wallet)) == ((93, 7), (93, 7, 0))
    assert breaches_ledger.breaches() == []


def test_pay_cancel_and_query_at_once_end_in_one_of_the_lawful_ways(wallet):
    seen = []

    def query(_nth):
        seen.append(sum(holds(wallet)))

    calls = []
    for nth in range(12):
        calls += [
            partial(ledger.pay, wallet, 10, bill_no=f"p{nth}"),
            partial(ledger.cancel, wallet, f"p{nth}", 10, bill_no=f"c{nth}"),
            partial(query, nth),
        ]
    outcomes = race(calls)
    said = Counter(outcome.word for outcome in outcomes)
    paid, back = kinds(wallet)["pay"], kinds(wallet).get("cancel", 0)
    assert set(said) <= {"done", "90000", "90013"}
    assert (said["90000"], said["90013"]) == (12 - back, 12 - paid)
    assert sum(holds(wallet)) == 100 - 10 * paid + 10 * back
    assert all(0 <= coins <= 100 and coins % 10 == 0 for coins in seen)
    assert breaches_ledger.breaches() == []


def test_control_who_adds_up_before_the_lock_gives_too_much_back(wallet):
    for bill in ("p1", "p2"):
        ledger.pay(wallet, 50, bill_no=bill)

    def naive(nth):
        back = Entry.objects.filter(wallet=wallet, of_bill="p1").aggregate(sum=Sum("paid", default=0))["sum"]
        if back + 40 > 50:
            raise Refused("too much", code="90018")
        real.sleep(CHECK_TO_WRITE)
        return movements.make(
            Movement(wallet.pk, wallet.world_id, Entry.Kind.CANCEL, 40, f"c{nth}", of_bill="p1")
        )

    assert words(race([partial(naive, nth) for nth in range(2)])) == {"done": 2}
    assert "more of it was cancelled than paid" in " ".join(breaches_ledger.breaches())


# The world held alone: a payment waits, and has the time that it was when it went on.


def test_a_payment_waits_for_who_holds_the_world_and_has_the_new_time(wallet):
    held, moment = Event(), wallet.world.now() + timedelta(days=3)

    def move_the_clock():
        with transaction.atomic():
            locks.hold_world(wallet.world_id)
            held.set()
            real.sleep(0.3)
            World.objects.filter(pk=wallet.world_id).update(frozen_at=moment)

    def pay():
        held.wait(20)
        return ledger.pay(wallet, 10, bill_no="p1")

    assert words(race([move_the_clock, pay])) == {"done": 2}
    assert Entry.objects.get(bill_no="p1").at == moment


# Killed between any two steps: what was answered is there, and nothing is there twice.


@contextmanager
def paying(wallet: Wallet, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that pays one coin after the other, and says each number that it was answered."""
    database = str(connection.settings_dict["NAME"])
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.races.process", database, "pay", str(wallet.pk), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_payers_killed_at_random_moments_lose_nothing_and_pay_nothing_twice(wallet):
    ledger.recharge(wallet, 100_000, bill_no="_more", at=wallet.world.now())
    random, answered = Random(2019), 0
    for _turn in range(6):
        with paying(wallet, str(answered)) as child:
            assert child.stdout is not None
            for _line in range(random.randrange(1, 30)):
                answered = int(child.stdout.readline())
            real.sleep(random.uniform(0, 0.004))
            child.send_signal(signal.SIGKILL)
            child.wait()
            if rest := child.stdout.read().split("\n")[:-1]:
                answered = int(rest[-1])
        there = set(wallet.entries.filter(kind="pay").values_list("bill_no", flat=True))
        lost = {f"p{nth}" for nth in range(1, answered + 1)} - there
        assert (lost, len(there) - answered in {0, 1}) == (set(), True)
    # Whoever goes on sends the last number again, and it is paid once, whatever became of it.
    ledger.pay(wallet, 1, bill_no=f"p{answered + 1}")
    assert kinds(wallet)["pay"] == answered + 1
    assert sum(holds(wallet)) == 100_100 - (answered + 1)
    assert breaches_ledger.breaches() == []
