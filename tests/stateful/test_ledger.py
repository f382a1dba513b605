"""Coins at random beside a dictionary: every word, balance, sum and answer the same (PAY-6)."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from payments import breaches_ledger, ledger
from payments.ledger import Moved
from payments.models import Entry, Wallet
from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.simulator import rooms
from tests.conftest import BEGINNING
from tests.payments import shop as shops
from tests.payments.purses import purse
from tests.stateful.ledger_model import Model

NAMES = ["live", "sandbox"]
wallets = st.sampled_from(NAMES)
bills = st.sampled_from([f"b{nth}" for nth in range(12)])
coins = st.integers(1, 30)


def outcome(function, *args, **kwargs):
    """Return what was moved, or the code of the refusal."""
    try:
        return function(*args, **kwargs)
    except Refused as refusal:
        return refusal.code


class LedgerMachine(RuleBasedStateMachine):
    """A player's two wallets in one partition, and the clock."""

    @initialize()
    def begin(self):
        self.world = rooms.open_world(name="Walk", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True).world
        shop = shops.opened(self.world)
        self.wallets = {name: purse(shop, environment=nth) for nth, name in enumerate(NAMES)}
        self.model = Model(BEGINNING, NAMES)
        self.calls = []

    def teardown(self):
        if hasattr(self, "world"):
            worlds.delete(self.world.pk, by=SIMULATOR)

    def make(self, act, name, *arguments):
        """Do the same on both sides, compare word and answer, and remember the call."""
        self.calls.append((act, name, *arguments))
        *rest, bill = arguments
        said = getattr(self.model, act)(name, *arguments)
        more = {"at": self.model.now} if act in {"recharge", "take_back"} else {}
        moved = outcome(getattr(ledger, act), self.wallets[name], *rest, bill_no=bill, **more)
        if isinstance(moved, str):
            assert moved == said
            return
        assert ("again" if moved.repeated else "done") == said
        effect = self.model.effects[name, bill]
        used = abs(effect["gift"]) if act in {"pay", "cancel"} else 0
        assert moved == Moved(moved.entry_id, bill, *self.model.answer(name, bill), used, moved.repeated)

    @rule(name=wallets, coins=coins, bill=bills)
    def recharge(self, name, coins, bill):
        self.make("recharge", name, coins, f"_{bill}")

    @rule(name=wallets, coins=coins, bill=bills)
    def take_back(self, name, coins, bill):
        self.make("take_back", name, coins, f"_back-{bill}")

    @rule(name=wallets, coins=coins, bill=bills)
    def present(self, name, coins, bill):
        self.make("present", name, coins, bill)

    @rule(name=wallets, coins=coins, bill=bills)
    def pay(self, name, coins, bill):
        self.make("pay", name, coins, bill)

    @rule(name=wallets, of=bills, coins=coins, bill=bills)
    def cancel(self, name, of, coins, bill):
        self.make("cancel", name, of, coins, bill)

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def a_call_is_made_again(self, data):
        self.make(*data.draw(st.sampled_from(self.calls)))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), more=st.integers(1, 3))
    def a_call_is_made_again_with_another_amount(self, data, more):
        *call, coins, bill = data.draw(st.sampled_from(self.calls))
        self.make(*call, coins + more, bill)

    @rule(hours=st.sampled_from([1, 24, 47, 48]))
    def time_passes(self, hours):
        self.model.now += timedelta(hours=hours)
        World.objects.filter(pk=self.world.pk).update(frozen_at=self.model.now)

    @invariant()
    def wallets_are_the_models(self):
        if not hasattr(self, "wallets"):
            return
        for name, wallet in self.wallets.items():
            held = Wallet.objects.filter(pk=wallet.pk).values("paid", "gift", "bought", "given", "spent")
            assert held.get() == self.model.wallets[name]
        assert Entry.objects.filter(world=self.world).count() == len(self.model.effects)
        assert breaches_ledger.breaches() == []


@pytest.mark.requirement("PAY-6")
def test_the_ledger_and_its_clock(db):
    """`HYPOTHESIS_PROFILE=night` walks it at random, for hours; else the same walks every time."""
    night = os.environ.get("HYPOTHESIS_PROFILE") == "night"
    walk(
        LedgerMachine,
        settings=settings(
            max_examples=1000 if night else 15,
            stateful_step_count=100 if night else 40,
            derandomize=not night,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
