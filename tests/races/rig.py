"""The rig: many callers at one line, each with a connection of its own, and what must hold afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier, Thread
from typing import Any

from django.apps import apps
from django.db import connection, connections, models
from django.db.models import Sum

from accounts.models import Account
from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.outside import bank
from portal.outside.models import BankAccount
from portal.simulator import walks

START_SECONDS = 20
ADMINISTRATORS = ("linyue", "meiran", "chenxi", "guoan")  # five accounts each: REG-11
CHECK_TO_WRITE = 0.05  # seconds a control sleeps where the real code holds a lock


@dataclass(frozen=True)
class Outcome:
    """What became of one caller: a value, or the exception that ended it."""

    value: Any = None
    error: Exception | None = None

    @property
    def word(self) -> str:
        """Return 'done', the code of a refusal, or the exception's name."""
        if isinstance(self.error, Refused):
            return self.error.code
        return type(self.error).__name__ if self.error else "done"


def race(calls: Sequence[Callable[[], Any]]) -> list[Outcome]:
    """Start all calls at the same moment, each in a thread; return what became of them, in order."""
    line = Barrier(len(calls))
    outcomes = [Outcome(error=TimeoutError("never ended"))] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()
            line.wait(START_SECONDS)
            outcomes[index] = Outcome(value=call())
        except Exception as error:
            outcomes[index] = Outcome(error=error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def words(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how often each word came up."""
    return dict(Counter(outcome.word for outcome in outcomes))


def awaiting(world: World, number: int, *, tag: str = "") -> list[Account]:
    """Return companies, at most twenty of a world, that all wait for their transfer until one moment."""
    return [
        walks.account_at(
            world,
            "awaiting_transfer",
            email=f"finance{nth}{tag}@kite.example",
            name=f"Paper Kite {nth}{tag}",
            wechat_id=ADMINISTRATORS[nth // 5],
        )
        for nth in range(number)
    ]


def payment(account: Account, *, key: str, amount_fen: int = 0) -> Callable[[], Any]:
    """Return a call that pays what the account was asked for, or `amount_fen`."""
    wire = account.wiretransfer
    payer = bank.corporate_account(account.world, holder=wire.payer_name)
    payee = BankAccount.objects.get(wiretransfer=wire)

    def pay() -> Any:
        return bank.transfer(
            account.world_id,
            from_number=payer.number,
            to_number=payee.number,
            amount_fen=amount_fen or wire.amount_fen,
            remark=wire.remark,
            key=key,
            by=account.login.as_actor(),
        )

    return pay


def money_is_conserved() -> bool:
    """Return whether all accounts hold together what they were opened with, each what it was moved."""
    sums = BankAccount.objects.aggregate(held=Sum("balance_fen"), opened=Sum("opening_fen"))
    return sums["held"] == sums["opened"] and bank.breaches() == []


def strays() -> list[str]:
    """Return each foreign key of the portal that joins rows of two worlds, or a row to nothing."""
    found = []
    for model in apps.get_models():
        mine = _world_column(model)
        for field in model._meta.concrete_fields:
            related = field.related_model if isinstance(field, models.ForeignKey) else None
            theirs = _world_column(related) if related else None
            if mine is None or related is None or theirs is None:
                continue
            source, target = model._meta.db_table, related._meta.db_table
            number = _count(
                f"{source} AS s LEFT JOIN {target} AS t ON t.id = s.{field.column}"
                f" WHERE s.{field.column} IS NOT NULL AND (t.id IS NULL OR s.{mine} <> t.{theirs})"
            )
            if number:
                found.append(f"{source}.{field.column}: {number}")
    return found


def rows_of(world_id: int) -> dict[str, int]:
    """Return how many rows of a world each table holds, empty tables left out."""
    counts = {
        model._meta.db_table: _count(f"{model._meta.db_table} WHERE {column} = {world_id}")
        for model in apps.get_models()
        if (column := _world_column(model))
    }
    return {table: number for table, number in counts.items() if number}


def _count(rows: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {rows}")
        return int(cursor.fetchone()[0])


def _world_column(model: Any) -> str | None:
    if model is World:
        return "id"
    names = {field.column for field in model._meta.concrete_fields}
    return "world_id" if "world_id" in names else None


@contextmanager
def without_constraint(model: type[models.Model], name: str) -> Iterator[None]:
    """Take a constraint off the database for a control; all worlds go before it comes back."""
    constraints = model._meta.constraints
    constraint = next(each for each in constraints if each.name == name)
    # SQLite makes the table anew, with the constraints that the model says.
    model._meta.constraints = [each for each in constraints if each is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        for world in World.objects.all():
            worlds.delete(world.pk, by=SIMULATOR)
        model._meta.constraints = constraints
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
