"""The account machine with its clock, beside the reference model, after every step."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from accounts import actions as accounts
from accounts.models import Account, Login, Notice
from portal.kernel import clock, tick, worlds
from portal.kernel.actors import SIMULATOR, VISITOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, World
from portal.kernel.terms import EntityType
from portal.outside import bank
from portal.outside.cast import ELSEWHERE, OTHER_COMPANY
from portal.outside.models import BankAccount, BankTransfer, Letter
from portal.simulator import rooms, walks
from tests.conftest import BEGINNING
from tests.stateful.model import Model
from verification.models import WireTransfer

EMAILS = (
    "ada@kite.example",
    "ADA@Kite.example",
    "bo@kite.example",
    "cai@kite.example",
    "meiran@mail.example",
)
ADMINISTRATORS = {
    EntityType.ENTERPRISE: "linyue",
    EntityType.INDIVIDUAL_BUSINESS: "linyue",
    EntityType.INDIVIDUAL: "meiran",
}
KINDS = {
    "accounts.activation": "activation",
    "verification.wire_transfer": "deadline",
    "verification.wire_reminder": "reminder",
    "verification.wire_return": "return",
}

anybody = st.integers(min_value=0, max_value=20)
kind = st.sampled_from(sorted(ADMINISTRATORS))
wrong = st.sampled_from(["", "", "wrong_amount", "wrong_payer", "personal_account"])
email = st.sampled_from(EMAILS)


class AccountMachine(RuleBasedStateMachine):
    """Every rule is done twice, by the portal and by the model, and both must answer the same."""

    @initialize()
    def open_world(self):
        self.world = rooms.open_world(name="Random", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True).world
        self.model = Model(BEGINNING, frozenset(address for address, _where in ELSEWHERE))
        self.made: list[Account] = []
        self.tokens: list[list[str]] = []
        self.payments: list[dict[str, Any]] = []

    def teardown(self):
        if hasattr(self, "world"):
            worlds.delete(self.world.pk, by=SIMULATOR)

    def pick(self, nth, state):
        """Return an account for a rule: three times out of four one that is in `state`, if any is."""
        all_of_them = range(len(self.made))
        fitting = [one for one in all_of_them if self.model.accounts[one]["state"] == state]
        choice = fitting if fitting and nth % 4 else all_of_them
        return choice[nth % len(choice)]

    def remember_link(self, nth):
        account = Account.objects.get(pk=self.made[nth].pk)
        self.tokens[nth].append(walks.activation_token(account))

    @rule(email=email)
    def register(self, email):
        answer, account = outcome(walks.register, self.world, email)
        assert answer == self.model.register(email)
        if account:
            self.made.append(account)
            self.tokens.append([])
            self.remember_link(len(self.made) - 1)

    @rule(goes_on=st.integers(min_value=0, max_value=3), kind=kind)
    def somebody_new_comes_and_goes_on(self, goes_on, kind):
        nth = len(self.made)
        self.register(f"new{nth}@kite.example")
        if goes_on >= 1:
            self.click(nth, 0)
        if goes_on >= 2:
            self._confirm(nth, kind)

    @precondition(lambda self: self.made)
    @rule(nth=anybody)
    def resend(self, nth):
        nth = self.pick(nth, "registered")
        answer, _ = outcome(accounts.resend_activation, self.made[nth].pk, by=VISITOR)
        assert answer == self.model.resend(nth)
        if answer == "done":
            self.remember_link(nth)

    @precondition(lambda self: self.made)
    @rule(nth=anybody, email=email)
    def change_email(self, nth, email):
        nth = self.pick(nth, "registered")
        answer, _ = outcome(accounts.change_email, self.made[nth].pk, email=email, by=VISITOR)
        assert answer == self.model.change_email(nth, email)
        if answer == "done":
            self.remember_link(nth)

    @precondition(lambda self: self.made)
    @rule(nth=anybody, back=st.integers(min_value=0, max_value=2))
    def click(self, nth, back):
        nth = self.pick(nth, "registered")
        link = max(0, len(self.tokens[nth]) - 1 - back)
        answer, _ = outcome(accounts.activate, self.tokens[nth][link], by=VISITOR)
        assert answer == self.model.click(nth, link)

    @precondition(lambda self: any(len(tokens) > 1 for tokens in self.tokens))
    @rule(nth=anybody)
    def click_in_an_older_letter(self, nth):
        several = [one for one, tokens in enumerate(self.tokens) if len(tokens) > 1]
        nth = several[nth % len(several)]
        answer, _ = outcome(accounts.activate, self.tokens[nth][0], by=VISITOR)
        assert answer == self.model.click(nth, 0)

    @precondition(lambda self: self.made)
    @rule(nth=anybody, kind=kind)
    def confirm(self, nth, kind):
        self._confirm(self.pick(nth, "activated"), kind)

    def _confirm(self, nth, kind):
        typed = walks.draft(self.world, kind)

        def fill_in_and_confirm():
            walks.fill_in(self.made[nth], typed)
            return walks.confirm(self.made[nth])

        answer, _ = outcome(fill_in_and_confirm)
        assert answer == self.model.fill_in_and_confirm(
            nth, individual=kind == EntityType.INDIVIDUAL, administrator=ADMINISTRATORS[kind]
        )

    @precondition(lambda self: any(one["wire"] for one in self.model.accounts))
    @rule(nth=anybody, wrong=wrong)
    def pay(self, nth, wrong):
        nth = self.pick(nth, "awaiting_transfer")
        if self.model.accounts[nth]["wire"] is None:
            return
        wire = WireTransfer.objects.get(account=self.made[nth])
        payers = BankAccount.objects.filter(world=self.world).order_by("id")
        holder = {"wrong_payer": OTHER_COMPANY, "personal_account": "Lin Yue"}.get(wrong, wire.payer_name)
        sent = {
            "from_number": payers.filter(holder=holder)[0].number,
            "to_number": payers.get(wiretransfer=wire).number,
            "amount_fen": wire.amount_fen + (wrong == "wrong_amount"),
            "remark": wire.remark,
            "key": f"payment {len(self.payments)}",
        }
        self.payments.append(sent)
        transfer = bank.transfer(self.world.pk, by=VISITOR, **sent)
        assert transfer.reason == self.model.pay(nth, wrong=wrong)

    @precondition(lambda self: self.payments)
    @rule()
    def send_the_last_form_again(self):
        again = bank.transfer(self.world.pk, by=VISITOR, **self.payments[-1])
        assert again == BankTransfer.objects.filter(world=self.world, refund_of=None).latest("id")

    @rule(
        span=st.sampled_from(
            [
                timedelta(minutes=1),
                timedelta(hours=1),
                timedelta(hours=47, minutes=59),
                timedelta(days=4),
                timedelta(days=10),
            ]
        )
    )
    def advance(self, span):
        self._advance(self.model.now + span)

    @precondition(lambda self: self.model.next_due())
    @rule(offset=st.sampled_from([timedelta(milliseconds=-1), timedelta(), timedelta(milliseconds=1)]))
    def advance_about_the_next_event(self, offset):
        self._advance(max(self.model.now, self.model.next_due() + offset))

    def _advance(self, moment):
        report = worlds.advance(self.world.pk, to=moment, by=SIMULATOR)
        expected = len(self.model.promises)
        self.model.passes_to(moment)
        assert report.now == moment
        assert len(report.fired) == expected - len(self.model.promises)
        assert "failed" not in {fired.outcome for fired in report.fired}

    @rule(span=st.sampled_from([timedelta(hours=1), timedelta(days=4), timedelta(days=10)]))
    def time_passes_and_two_ticks_come(self, span):
        moment = self.model.now + span
        World.objects.filter(pk=self.world.pk).update(frozen_at=moment, rings_at=clock.real_now())
        expected = len(self.model.promises)
        self.model.passes_to(moment)
        assert tick.tick().fired == expected - len(self.model.promises)
        assert tick.tick().fired == 0

    @rule()
    def freeze_what_is_frozen(self):
        worlds.freeze(self.world.pk, by=SIMULATOR)

    @invariant()
    def both_agree(self):
        if not hasattr(self, "world"):
            return
        model, ids = self.model, [account.pk for account in self.made]
        rows = {row.pk: row for row in Account.objects.filter(world=self.world)}
        assert [(rows[pk].email, rows[pk].state) for pk in ids] == [
            (one["email"], one["state"]) for one in model.accounts
        ]
        enabled = dict(Login.objects.filter(account__in=ids).values_list("account", "is_active"))
        assert [enabled[pk] for pk in ids] == [one["state"] != "expired" for one in model.accounts]
        assert (dict(WireTransfer.objects.filter(world=self.world).values_list("account_id", "state"))) == {
            pk: one["wire"]["state"] for pk, one in zip(ids, model.accounts, strict=True) if one["wire"]
        }
        self.history_agrees(ids)
        self.promises_agree(ids)
        self.money_agrees()

    def history_agrees(self, ids):
        audit = AuditEvent.objects.filter(world_id=self.world.pk, subject_type="accounts.Account")
        log: dict[int, list[str]] = {pk: [] for pk in ids}
        for pk, name in audit.order_by("id").values_list("subject_id", "name"):
            log[pk].append(name)
        assert [log[pk] for pk in ids] == [one["log"] for one in self.model.accounts]
        letters = Counter(Letter.objects.filter(world=self.world).values_list("to", flat=True))
        assert letters == self.model.letters
        notices = Counter(Notice.objects.filter(world=self.world).values_list("account_id", flat=True))
        assert [notices[pk] for pk in ids] == [one["notices"] for one in self.model.accounts]

    def promises_agree(self, ids):
        """So nothing is promised for what is settled, and what is promised is promised once."""
        rows = Deadline.objects.open().filter(world=self.world)
        found = [
            (due, KINDS[kind], ids.index(pk))
            for due, kind, pk in rows.values_list("due_at", "kind", "account_id")
        ]
        assert sorted(found) == sorted((due, kind, nth) for due, _o, kind, nth, _d in self.model.promises)

    def money_agrees(self):
        assert bank.breaches() == []
        held = BankAccount.objects.filter(world=self.world).values_list("balance_fen", "opening_fen")
        assert sum(now for now, _then in held) == sum(then for _now, then in held)
        transfers = BankTransfer.objects.filter(world=self.world)
        came = Counter(transfers.filter(refund_of=None).values_list("reason", flat=True))
        came["back"] = transfers.exclude(refund_of=None).count()
        assert +came == +self.model.came


def outcome(act, *args, **kwargs):
    """Return ('done', what it returned), or the code of the refusal and None."""
    try:
        return "done", act(*args, **kwargs)
    except Refused as refusal:
        return refusal.code, None


@pytest.mark.timeout(1800)
@pytest.mark.requirement("REG-3", "REG-4", "REG-9", "REG-11", "VER-1", "VER-2", "VER-3", "SIM-2")
def test_the_account_machine_and_its_clock(db):
    """`HYPOTHESIS_PROFILE=night` walks it at random, for hours; else the same walks every time."""
    night = os.environ.get("HYPOTHESIS_PROFILE") == "night"
    walk(
        AccountMachine,
        settings=settings(
            max_examples=2000 if night else 60,
            stateful_step_count=100 if night else 20,
            derandomize=not night,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
