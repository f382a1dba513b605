"""100,000 wire transfers nobody paid, due at once: the deadlines' way, and one raw statement.

The deadlines' way checks each registration by its transitions, audits both machines, writes a letter
and a notice, and frees the log-in. The raw statement updates the same rows of four tables and writes
the same audit, and checks, writes and tells nothing.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from accounts.models import Account, Entity, Login
from bench import table
from bench.rows import ABOVE, NTH, copy_of, execute, moment, multiply, settle, unhurried
from portal.kernel import deadlines
from portal.kernel.actors import SIMULATOR
from portal.kernel.clock import real_now
from portal.kernel.models import AuditEvent, Deadline, World
from portal.outside.models import BankAccount
from portal.simulator import rooms, walks

IN_A_WORLD = 1_000


def main(*, quick: bool) -> None:
    """Measure and print."""
    total, number_of_rounds = (2_000, 1) if quick else (100_000, 3)
    table.title(f"Expiries: {total:,} unpaid wire transfers due in {total // IN_A_WORLD:,} worlds")
    slices = 2 * number_of_rounds
    first = build(total, slices)
    per_slice = total // IN_A_WORLD
    taken = iter(range(slices))

    def worlds_of_a_slice() -> tuple[int, int]:
        start = first + next(taken) * per_slice
        return start, start + per_slice - 1

    def fired() -> float:
        low, high = worlds_of_a_slice()
        started, number = time.perf_counter(), 0
        for world in World.objects.filter(pk__range=(low, high)).order_by("pk"):
            number += len(deadlines.fire_due(world, at_most=IN_A_WORLD))
        assert number == total, f"{number} fired"
        return time.perf_counter() - started

    def raw() -> float:
        low, high = worlds_of_a_slice()
        started = time.perf_counter()
        assert expire_raw(low, high) == 2 * total
        return time.perf_counter() - started

    found = table.rounds({"raw": raw, "fired": fired}, number_of_rounds)
    table.row("raw statement", found["raw"], "s")
    table.row("fired", found["fired"], "s")
    table.ratio(
        "throughput, of the raw statement's", found["raw"], found["fired"], "0.05 at least, 0.1 wanted"
    )
    check(first, slices * per_slice, total * slices)


def build(total: int, slices: int) -> int:
    """Walk one company to its transfer, multiply it, and return the id of the first world made."""
    unhurried()
    beginning = datetime(2019, 3, 9, 2, tzinfo=UTC)
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7, now=beginning, frozen=True).world
    account = walks.account_at(world, "awaiting_transfer")
    wire, entity = account.wiretransfer, Entity.objects.get(account=account)
    payee = BankAccount.objects.get(wiretransfer=wire)
    Deadline.objects.filter(kind="verification.wire_reminder").delete()
    deadline = Deadline.objects.get(kind="verification.wire_transfer")
    World.objects.filter(pk=world.pk).update(frozen_at=wire.due_at + timedelta(seconds=1))

    companies = total * slices
    email = f"'c' || {NTH} || '@kite.example'"
    mine = copy_of(world.pk, f"1 + (n.i - 1) / {IN_A_WORLD}")
    multiply(world, companies // IN_A_WORLD, token=f"'bench-' || {NTH}")
    multiply(account.login, companies, world_id=mine, username=f"'bench/' || {NTH}", email=email)
    multiply(entity, companies, world_id=mine, number=NTH)
    multiply(
        account,
        companies,
        world_id=mine,
        login_id=copy_of(account.login_id),
        entity_id=copy_of(entity.pk),
        email=email,
        email_key=email,
        appid=f"'wx' || {NTH}",
        original_id=f"'gh' || {NTH}",
    )
    multiply(payee, companies, world_id=mine, number=NTH, subject_id=copy_of(wire.pk))
    theirs = {"world_id": mine, "account_id": copy_of(account.pk)}
    multiply(wire, companies, payee_id=copy_of(payee.pk), **theirs)
    multiply(deadline, companies, subject_id=copy_of(wire.pk), **theirs)
    settle()
    return world.pk + ABOVE + 1


def expire_raw(low: int, high: int) -> int:
    """Expire the registrations of these worlds in one statement; return how many audit rows it wrote.

    SQLite has no statement that changes two tables: there, one transaction of five.
    """
    now = moment(real_now())
    due = (
        "SELECT d.id, d.subject_id, d.account_id, d.due_at, d.world_id FROM kernel_deadline d"
        f" WHERE d.status = 'open' AND d.kind = 'verification.wire_transfer'"
        f" AND d.world_id BETWEEN {low} AND {high}"
    )
    changes = [
        "UPDATE verification_wiretransfer SET state = 'expired' FROM due"
        " WHERE verification_wiretransfer.id = due.subject_id AND state = 'waiting'",
        "UPDATE accounts_account SET state = 'expired', expired_at = due.due_at FROM due"
        " WHERE accounts_account.id = due.account_id AND state = 'awaiting_transfer'",
        "UPDATE accounts_login SET is_active = false,"
        " username = 'expired/' || CAST(accounts_login.id AS TEXT) || '/' || accounts_login.email"
        " FROM due, accounts_account a"
        " WHERE a.id = due.account_id AND accounts_login.id = a.login_id",
    ]
    settled = (
        f"UPDATE kernel_deadline SET status = 'fired', settled_at = {now}, outcome = 'expired' FROM due"
        " WHERE kernel_deadline.id = due.id"
    )
    audit = (
        "INSERT INTO kernel_auditevent (world_id, account_id, subject_type, subject_id, name, source, target,"
        " by_kind, by_id, by_name, reason, request_id, at, recorded_at)"
        " SELECT due.world_id, due.account_id, kinds.label,"
        " CASE kinds.label WHEN 'accounts.Account' THEN due.account_id ELSE due.subject_id END, 'expire',"
        " kinds.source, 'expired', 'platform', NULL, 'timer', '', '', due.due_at, "
        f"{now} FROM due CROSS JOIN (SELECT 'accounts.Account' AS label, 'awaiting_transfer' AS source"
        " UNION ALL SELECT 'verification.WireTransfer', 'waiting') AS kinds"
    )
    if connection.vendor == "postgresql":
        steps = ", ".join(f"step{n} AS ({change})" for n, change in enumerate([*changes, settled]))
        return execute(f"WITH due AS ({due}), {steps} {audit}")
    with transaction.atomic():
        for change in changes:
            execute(f"WITH due AS ({due}) {change}")
        written = execute(audit.replace("FROM due", f"FROM ({due}) AS due"))
        execute(f"WITH due AS ({due}) {settled}")
    return written


def check(first: int, worlds: int, total: int) -> None:
    """Both ways must have ended the same registrations in the same words."""
    those = {"world_id__gte": first, "world_id__lt": first + worlds}
    assert Account.objects.filter(state="expired", expired_at__isnull=False, **those).count() == total
    assert Login.objects.filter(is_active=False, username__startswith="expired/", **those).count() == total
    assert Deadline.objects.filter(status="fired", outcome="expired", **those).count() == total
    assert AuditEvent.objects.filter(name="expire", by_name="timer", **those).count() == 2 * total
