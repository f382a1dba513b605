"""A movement's two statements: the wallet's conditional UPDATE, and its entry (PAY-6; ADR 18).

On PostgreSQL they are one, which takes the world's shared lock and reads its clock besides: one round
trip, and the wallet is held no longer than the disk takes. `payments/ledger.py` alone calls this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from payments.models import Entry
from portal.kernel import clock, locks

K = Entry.Kind


@dataclass(frozen=True)
class Movement:
    """One movement to make: `coins` is its size, `gift` how many of them are given coins.

    A payment takes given coins first, as many as are there. `at` None: as of the world's time.
    """

    wallet_id: int
    world_id: int
    kind: Entry.Kind
    coins: int
    bill_no: str
    gift: int = 0
    of_bill: str = ""
    item: str = ""
    remark: str = ""
    at: datetime | None = None


class Made(NamedTuple):
    """What an entry tells: its id, the given coins it moved (negative: taken), the balances it left."""

    entry_id: int
    gift: int
    paid_after: int
    gift_after: int


# Which way a kind goes, the wallet's counter that goes with it, and which way that counts.
_WAYS: Final[Mapping[Entry.Kind, tuple[int, str, int]]] = {
    K.RECHARGE: (1, "bought", 1),
    K.PRESENT: (1, "given", 1),
    K.PAY: (-1, "spent", 1),
    K.CANCEL: (1, "spent", -1),
    K.REFUND: (-1, "bought", -1),
}


def _update(kind: Entry.Kind, *, source: str = "") -> str:
    """Return the UPDATE without its RETURNING. `gift_moved` keeps for the entry what it moved."""
    gift = "CASE WHEN w.gift < %(coins)s THEN -w.gift ELSE -%(coins)s END" if kind == K.PAY else "%(gift)s"
    _sign, counter, _counts = _WAYS[kind]
    return (
        f"UPDATE payments_wallet AS w SET gift_moved = {gift}, gift = w.gift + {gift},"  # noqa: S608 -- our names
        f" paid = w.paid + %(moved)s - ({gift}), {counter} = w.{counter} + %(counted)s{source}"
        f" WHERE w.id = %(wallet)s AND w.paid + %(moved)s - ({gift}) >= 0"
    )


_INSERT: Final = (
    "INSERT INTO payments_entry"
    " (world_id, wallet_id, kind, bill_no, of_bill, paid, gift, paid_after, gift_after, item, remark, at)"
)
_TOLD: Final = "RETURNING id, gift, paid_after, gift_after"

# A world that somebody holds alone yields no clock, and so no movement: a statement that waited for it
# would go on with the clock it saw before.
_AT_ONCE: Final[Mapping[Entry.Kind, str]] = {
    kind: (
        'WITH clock AS (SELECT COALESCE(%(at)s, frozen_at, %(real_now)s + "offset") AS at'  # noqa: S608 -- our names
        " FROM kernel_world WHERE id = %(world)s"
        " AND pg_try_advisory_xact_lock_shared(%(lock_class)s, %(lock_key)s)),"
        f" w AS ({_update(kind, source=' FROM clock')}"
        " RETURNING w.id, w.paid, w.gift, w.gift_moved, clock.at)"
        f" {_INSERT} SELECT %(world)s, id, %(kind)s, %(bill_no)s, %(of_bill)s, %(moved)s - gift_moved,"
        f" gift_moved, paid, gift, %(item)s, %(remark)s, at FROM w {_TOLD}"
    )
    for kind in K
}
_DEBIT: Final[Mapping[Entry.Kind, str]] = {
    kind: (
        f"{_update(kind)} RETURNING paid, gift, gift_moved,"  # noqa: S608 -- our names
        " (SELECT frozen_at FROM kernel_world WHERE id = %(world)s),"
        ' (SELECT "offset" FROM kernel_world WHERE id = %(world)s)'
    )
    for kind in K
}
_ENTER: Final = (
    f"{_INSERT} VALUES (%(world)s, %(wallet)s, %(kind)s, %(bill_no)s, %(of_bill)s, %(moved)s - %(gift)s,"
    f" %(gift)s, %(paid_after)s, %(gift_after)s, %(item)s, %(remark)s, %(at)s) {_TOLD}"
)


def make(movement: Movement) -> Made | None:
    """Make a movement, or nothing: the wallet holds too little, or the world is held by somebody.

    Commits when called outside a transaction. Raises IntegrityError, and has moved nothing, when the
    bill number is used.
    """
    sign, _counter, counts = _WAYS[movement.kind]
    values = {
        "wallet": movement.wallet_id,
        "world": movement.world_id,
        "kind": movement.kind.value,
        "coins": movement.coins,
        "moved": sign * movement.coins,
        "counted": counts * movement.coins,
        "gift": movement.gift,
        "bill_no": movement.bill_no,
        "of_bill": movement.of_bill,
        "item": movement.item,
        "remark": movement.remark,
        "at": movement.at or clock.pinned(movement.world_id),
        "real_now": clock.real_now(),
    }
    if connection.vendor != "postgresql":
        with transaction.atomic():
            return _in_two(movement.kind, values)
    if not connection.in_atomic_block:
        return _in_one(movement.kind, values)
    with transaction.atomic():  # a savepoint, for a bill number that is used
        return _in_one(movement.kind, values)


def _in_one(kind: Entry.Kind, values: dict[str, Any]) -> Made | None:
    values["lock_class"], values["lock_key"] = locks.world_key(values["world"])
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONCE[kind], values)
        row = cursor.fetchone()
    return Made(*row) if row else None


def _in_two(kind: Entry.Kind, values: dict[str, Any]) -> Made | None:
    with connection.cursor() as cursor:
        cursor.execute(_DEBIT[kind], values)
        if (row := cursor.fetchone()) is None:
            return None
        values["paid_after"], values["gift_after"], values["gift"], frozen_at, offset = row
        at = values["at"] or frozen_at or values["real_now"] + timedelta(microseconds=offset)
        values["at"] = at if isinstance(at, str) else connection.ops.adapt_datetimefield_value(at)
        cursor.execute(_ENTER, values)
        return Made(*cursor.fetchone())
