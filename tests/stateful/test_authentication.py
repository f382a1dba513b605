"""Applications for WeChat authentication with clock and renewals, beside the model, after every step."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from accounts.models import Account
from portal.kernel import breaches, clock, tick, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent, Deadline, Review, Verdict, World
from portal.kernel.terms import EntityType
from portal.outside.models import BankTransfer
from portal.simulator import rooms, walks
from tests.conftest import BEGINNING
from tests.stateful.authentication_model import Model
from tests.stateful.test_account import outcome
from verification.actions import authentication
from verification.models import AuthenticationOrder

KINDS = {
    authentication.LAPSE: "lapse",
    authentication.PAY: "pay",
    authentication.REFILL: "refill",
    authentication.END: "end",
    authentication.RENEWAL: "renewal",
}
ENTITIES = (EntityType.GOVERNMENT, EntityType.MEDIA, EntityType.ENTERPRISE)
MOST = 4  # accounts of a walk: each administrator has room for five
LIFE = ("authenticate", "renew", "lapse", "fall_back", "expire")

anybody = st.integers(min_value=0, max_value=20)
verdict = st.sampled_from(["approve", "approve", "reject", "return", "return"])


class AuthenticationMachine(RuleBasedStateMachine):
    """Every rule is done twice, by the portal and by the model, and both must answer the same."""

    @initialize(kind=st.sampled_from(ENTITIES))
    def open_world(self, kind):
        self.world = rooms.open_world(name="Random", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True).world
        self.model = Model(BEGINNING)
        self.made: list[Account] = []
        self.orders: dict[int, AuthenticationOrder] = {}
        self._come(kind)

    def teardown(self):
        if hasattr(self, "world"):
            assert breaches.found() == []
            worlds.delete(self.world.pk, by=SIMULATOR)

    def pick(self, nth, *states):
        """Return an account for a rule: three times out of four one whose application is in `states`."""
        known = sorted(self.orders)
        fitting = [one for one in known if self.model.accounts[one]["orders"][-1]["state"] in states]
        choice = fitting if fitting and nth % 4 else known
        return choice[nth % len(choice)]

    @precondition(lambda self: hasattr(self, "made") and len(self.made) < MOST)
    @rule(kind=st.sampled_from(ENTITIES))
    def somebody_comes(self, kind):
        self._come(kind)

    def _come(self, kind):
        wired = kind == EntityType.ENTERPRISE
        account = walks.account_at(
            self.world,
            "verified" if wired else "awaiting_authentication",
            entity_type=kind,
            email=f"new{len(self.made)}@kite.example",
            name=f"Paper Kite {len(self.made)}",
        )
        self.made.append(account)
        self.model.come(free=kind == EntityType.GOVERNMENT, wired=wired)

    @rule(nth=anybody)
    def fill_in(self, nth):
        nth %= len(self.made)
        account = Account.objects.get(pk=self.made[nth].pk)
        answer, order = outcome(authentication.open_order, account.pk, by=account.login.as_actor())
        assert answer == self.model.open(nth)
        if order:
            self.orders[nth] = order
            if order.state == "draft" and not order.complete:
                self.orders[nth] = walks.fill_in_application(account)

    @precondition(lambda self: self.orders)
    @rule(nth=anybody)
    def submit(self, nth):
        nth = self.pick(nth, "draft", "returned")
        answer, _ = outcome(authentication.submit_materials, self.orders[nth].pk, by=SIMULATOR)
        assert answer == self.model.submit(nth)

    @precondition(lambda self: self.orders)
    @rule(nth=anybody)
    def pay(self, nth):
        nth = self.pick(nth, "awaiting_payment")
        order = AuthenticationOrder.objects.get(pk=self.orders[nth].pk)
        answer, _ = outcome(walks.pay_fee, order, wechat_id="chenxi" if nth % 2 else "")
        assert answer == self.model.pay(nth)

    @precondition(lambda self: self.orders)
    @rule(nth=anybody)
    def drop(self, nth):
        nth = self.pick(nth, "draft", "awaiting_payment")
        answer, _ = outcome(authentication.drop, self.orders[nth].pk, by=SIMULATOR)
        assert answer == self.model.drop(nth)

    @precondition(lambda self: any(one["state"] == "under_review" for one in self.newest()))
    @rule(nth=anybody, verdict=verdict)
    def decide(self, nth, verdict):
        waiting = [
            one for one in self.orders if self.model.accounts[one]["orders"][-1]["state"] == "under_review"
        ]
        nth = waiting[nth % len(waiting)]
        order = AuthenticationOrder.objects.get(pk=self.orders[nth].pk)
        told = [] if verdict == Verdict.Kind.APPROVE else ["The seal cannot be read."]
        answer, _ = outcome(walks.decide, order, verdict, *told, name="passed")
        assert answer == self.model.decide(nth, verdict)

    def newest(self):
        """Return the newest application of every account that has one."""
        return [one["orders"][-1] for one in self.model.accounts if one["orders"]] if self.made else []

    @rule(nth=anybody)
    def be_authenticated_at_once(self, nth):
        """The whole way in one step, so that walks reach the years that follow."""
        nth %= len(self.made)
        self.fill_in(nth)
        if self.model.going_on(nth) is None:
            return
        for step, state in (
            (self._submit, "draft"),
            (self._submit, "returned"),
            (self._pay, "awaiting_payment"),
        ):
            if self.model.accounts[nth]["orders"][-1]["state"] == state:
                step(nth)
        order = AuthenticationOrder.objects.get(pk=self.orders[nth].pk)
        walks.decide(order, "approve", name="passed")
        assert self.model.decide(nth, "approve") == "done"

    def _submit(self, nth):
        authentication.submit_materials(self.orders[nth].pk, by=SIMULATOR)
        assert self.model.submit(nth) == "done"

    def _pay(self, nth):
        walks.pay_fee(AuthenticationOrder.objects.get(pk=self.orders[nth].pk))
        assert self.model.pay(nth) == "done"

    @rule(days=st.sampled_from([1, 6, 29, 89, 275, 366]), off=st.sampled_from([0, 0, -1, 1]))
    def advance(self, days, off):
        self._advance(self.model.now + timedelta(days=days, milliseconds=off))

    @precondition(lambda self: self.model.next_due())
    @rule(off=st.sampled_from([-1, 0, 1]))
    def advance_about_the_next_event(self, off):
        due = self.model.next_due() or self.model.now
        self._advance(max(self.model.now, due + timedelta(milliseconds=off)))

    def _advance(self, moment):
        report = worlds.advance(self.world.pk, to=moment, by=SIMULATOR)
        self.model.passes_to(moment)
        assert report.now == moment
        assert "failed" not in {fired.outcome for fired in report.fired}

    @rule(days=st.sampled_from([1, 30]))
    def time_passes_and_a_tick_comes(self, days):
        moment = self.model.now + timedelta(days=days)
        World.objects.filter(pk=self.world.pk).update(frozen_at=moment, rings_at=clock.real_now())
        self.model.passes_to(moment)
        tick.tick()

    @invariant()
    def both_agree(self):
        if not hasattr(self, "world"):
            return
        model, ids = self.model, [account.pk for account in self.made]
        rows = {row.pk: row for row in Account.objects.filter(world=self.world)}
        assert [(rows[pk].state, rows[pk].authenticated_until) for pk in ids] == [
            (one["state"], one["until"]) for one in model.accounts
        ]
        orders = AuthenticationOrder.objects.filter(world=self.world).order_by("pk")
        found: dict[int, list[str]] = {pk: [] for pk in ids}
        for order in orders:
            found[order.account_id].append(order.state)
        assert [found[pk] for pk in ids] == [
            [order["state"] for order in one["orders"]] for one in model.accounts
        ]
        self.history_agrees(ids)
        self.promises_agree(ids)

    def history_agrees(self, ids):
        audit = AuditEvent.objects.filter(world_id=self.world.pk, subject_type="accounts.Account")
        log: dict[int, list[str]] = {pk: [] for pk in ids}
        for pk, name in audit.filter(name__in=LIFE).order_by("id").values_list("subject_id", "name"):
            log[pk].append(name)
        assert [log[pk] for pk in ids] == [one["log"] for one in self.model.accounts]
        fees = BankTransfer.objects.filter(world=self.world, to_account__purpose=authentication.FEE)
        assert fees.filter(state="matched").count() == sum(one["paid"] for one in self.model.accounts)
        open_ = Review.objects.open().filter(world=self.world).count()
        assert open_ == sum(order["state"] == "under_review" for order in self.newest())

    def promises_agree(self, ids):
        """So nothing is promised for what is settled, and what is promised is promised once."""
        rows = Deadline.objects.open().filter(world=self.world, kind__in=KINDS)
        found = [
            (due, KINDS[kind], ids.index(pk))
            for due, kind, pk in rows.values_list("due_at", "kind", "account_id")
        ]
        assert sorted(found) == sorted((due, kind, nth) for due, _made, kind, nth in self.model.promises)


@pytest.mark.requirement("VER-4", "VER-5", "REG-7", "SIM-2")
def test_applications_and_their_clock(db):
    """`HYPOTHESIS_PROFILE=night` walks it at random, for hours; else the same walks every time."""
    night = os.environ.get("HYPOTHESIS_PROFILE") == "night"
    walk(
        AuthenticationMachine,
        settings=settings(
            max_examples=2000 if night else 30,
            stateful_step_count=100 if night else 25,
            derandomize=not night,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
