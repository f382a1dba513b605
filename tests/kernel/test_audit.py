"""The audit of transitions, and the command that derives the invariants anew (OPS-3)."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts.models import Account
from portal.kernel import breaches
from portal.kernel.actors import BANK, TIMER, VISITOR
from portal.kernel.models import AuditEvent, Deadline, World
from portal.outside.models import BankAccount, BankTransfer
from portal.simulator import walks
from verification.actions import wire_transfer
from verification.models import WireTransfer


def test_every_transition_is_told_with_who_when_and_from_where_to_where(world: World, time) -> None:
    account = walks.account_at(world, "awaiting_transfer")
    time.passes(hours=1)
    walks.pay(account)
    events = AuditEvent.objects.filter(account_id=account.pk, subject_type="accounts.Account").order_by("id")
    by = account.login.as_actor()
    assert [(row.name, row.source, row.target, row.by) for row in events] == [
        ("activate", "registered", "activated", VISITOR),
        ("await_transfer", "activated", "awaiting_transfer", by),
        ("confirm_transfer", "awaiting_transfer", "verified", BANK),
    ]
    assert events.latest("id").at == time.now


def test_a_batch_of_deadlines_is_told_row_by_row_at_its_own_moment(world: World, time) -> None:
    account = walks.account_at(world, "awaiting_transfer")
    due_at = account.wiretransfer.due_at
    time.passes(days=12)
    event = AuditEvent.objects.filter(account_id=account.pk, subject_type="accounts.Account").latest("id")
    assert (event.name, event.source, event.target) == ("expire", "awaiting_transfer", "expired")
    assert (event.by, event.at) == (TIMER, due_at)


@pytest.fixture
def busy(world: World, time) -> World:
    """Return a world with an account in every state that can be walked to, and money parked."""
    walks.account_at(world, "registered", email="a@one.example")
    walks.account_at(world, "activated", email="b@two.example")
    expired = walks.account_at(world, "awaiting_transfer", name="Late Lantern Ltd")
    time.passes(days=11)
    assert Account.objects.get(pk=expired.pk).state == "expired"
    walks.account_at(world, "registered", email="c@three.example")
    walks.account_at(world, "verified", name="Paper Lantern Ltd")
    walks.account_at(world, "verified", entity_type="individual")
    waiting = walks.account_at(world, "awaiting_transfer", name="Quiet Harbour Ltd")
    walks.pay(waiting, amount_fen=waiting.wiretransfer.amount_fen + 1)
    time.passes(hours=25)  # a Thursday: the parked money has gone back
    return world


def audit() -> tuple[list[str], int]:
    out = StringIO()
    code = 0
    try:
        call_command("audit", "--json", stdout=out)
    except CommandError as error:
        code = error.returncode
    return json.loads(out.getvalue()), code


@pytest.mark.requirement("OPS-3")
def test_a_world_that_only_actions_touched_has_no_breach(busy: World) -> None:
    assert audit() == ([], 0)


def sql(statement: str, *params: str | int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


@pytest.mark.requirement("OPS-3")
def test_each_kind_of_breach_is_found_and_named(busy: World) -> None:
    """Each row is broken behind every action's back, by raw SQL."""
    registered = Account.objects.get(email="c@three.example")
    activated = Account.objects.get(email="b@two.example")
    waiting = WireTransfer.objects.get(state="waiting")
    paid = WireTransfer.objects.get(state="validated")
    corporate = BankAccount.objects.filter(kind=BankAccount.Kind.CORPORATE).order_by("id")[0]
    expired = Account.objects.get(state="expired", entity__name="Late Lantern Ltd")
    sql("UPDATE accounts_account SET state = 'verified' WHERE id = %s", activated.pk)
    sql("UPDATE outside_bankaccount SET balance_fen = balance_fen + 1 WHERE id = %s", corporate.pk)
    sql("DELETE FROM kernel_deadline WHERE kind = 'accounts.activation' AND subject_id = %s", registered.pk)
    sql("DELETE FROM kernel_deadline WHERE kind = %s AND subject_id = %s", wire_transfer.DEADLINE, waiting.pk)
    sql(
        "DELETE FROM kernel_deadline WHERE kind = %s AND subject_id = %s",
        wire_transfer.RETURN,
        paid.receipt_id,
    )
    sql("UPDATE accounts_login SET is_active = %s WHERE id = %s", True, expired.login_id)
    found, code = audit()
    held = corporate.balance_fen
    assert code == 1
    assert sorted(found) == sorted(
        [
            f"accounts.Account {activated.pk}: is verified, the audit says activated",
            f"bank account {corporate.number}: holds {held + 1} fen, its movements make {held}",
            f"account {registered.pk}: waits for its activation, but nothing will end it",
            f"wire transfer {waiting.pk}: waits, but nothing ends it at its deadline",
            f"bank transfer {paid.receipt_id}: is held, but will not be returned",
            f"account {expired.pk}: is expired, but its log-in still opens",
        ]
    )


def test_a_promise_kept_twice_is_found(busy: World) -> None:
    fired = Deadline.objects.filter(status="fired", kind=wire_transfer.DEADLINE).latest("id")
    Deadline.objects.create(
        world=busy,
        kind=fired.kind,
        subject_id=fired.subject_id,
        due_at=fired.due_at,
        status="fired",
        settled_at=fired.settled_at,
        outcome=fired.outcome,
    )
    assert breaches.fired_twice() == [
        f"deadline {fired.kind} of {fired.subject_id} due {fired.due_at.isoformat()}: fired 2 times"
    ]


def test_a_missing_guard_is_found(world: World) -> None:
    table = " ON kernel_auditevent" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER guard_update_kernel_auditevent{table}")
    assert breaches.guards_missing() == ["guard guard_update_kernel_auditevent is not installed"]


def test_parked_money_that_was_refunded_has_its_refund(busy: World) -> None:
    parked = BankTransfer.objects.get(reason="wrong_amount")
    assert parked.state == "refunded"
    assert parked.refund.amount_fen == parked.amount_fen


def test_without_json_it_counts_its_checks(world: World) -> None:
    out = StringIO()
    call_command("audit", stdout=out)
    assert out.getvalue() == f"{len(breaches.CHECKS)} checks, no breach.\n"
