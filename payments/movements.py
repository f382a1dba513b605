"""A movement in the database: the wallet's new balances, and the entry that says why (PAY-6; ADR 18).

On PostgreSQL it is one statement, which takes the world's shared lock and reads its clock besides: one
round trip, and the wallet is held no longer than the disk takes. SQLite, with one writer at a time,
reads and then writes. `payments/ledger.py` alone calls this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection, transaction
from psycopg.types.numeric import Int8

from payments.models import Entry
from portal.kernel import clock, locks, prepared

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
_ENTER: Final = (
    "INSERT INTO payments_entry"
    " (world_id, wallet_id, kind, bill_no, of_bill, paid, gift, paid_after, gift_after, item, remark, at)"
)


def _at_once(kind: Entry.Kind) -> str:
    """Return PostgreSQL's statement.

    A world that somebody holds alone yields no clock, and so no movement: a statement that waited for
    it would go on with the clock it saw before.
    """
    gift = "-LEAST(w.gift, %(coins)s)" if kind == K.PAY else "%(gift)s"
    _sign, counter, _counts = _WAYS[kind]
    return (
        "WITH clock AS ("  # noqa: S608 -- our own names
        ' SELECT COALESCE(%(at)s::timestamptz, frozen_at, %(real_now)s::timestamptz + "offset") AS at'
        " FROM kernel_world WHERE id = %(world)s"
        " AND pg_try_advisory_xact_lock_shared(%(lock_class)s::int, %(lock_key)s::int)"
        "), held AS ("
        f" SELECT w.id, w.world_id, w.paid, w.gift, {gift} AS moved, clock.at"
        " FROM payments_wallet AS w, clock WHERE w.id = %(wallet)s"
        f" AND w.paid + %(moved)s - ({gift}) >= 0 FOR NO KEY UPDATE OF w"
        f"), entry AS ({_ENTER}"
        " SELECT world_id, id, %(kind)s, %(bill_no)s, %(of_bill)s, %(moved)s - moved, moved,"
        " paid + %(moved)s - moved, gift + moved, %(item)s, %(remark)s, at FROM held"
        " RETURNING id, wallet_id, gift, paid_after, gift_after"
        ") UPDATE payments_wallet AS w SET paid = entry.paid_after, gift = entry.gift_after,"
        f" {counter} = w.{counter} + %(counted)s FROM entry WHERE w.id = entry.wallet_id"
        " RETURNING entry.id, entry.gift, entry.paid_after, entry.gift_after"
    )


def _update(kind: Entry.Kind) -> str:
    """Return SQLite's UPDATE: compare and set."""
    _sign, counter, _counts = _WAYS[kind]
    return (
        "UPDATE payments_wallet SET paid = %(paid_after)s, gift = %(gift_after)s,"  # noqa: S608 -- our names
        f" {counter} = {counter} + %(counted)s"
        " WHERE id = %(wallet)s AND paid = %(paid_before)s AND gift = %(gift_before)s"
    )


AT_ONCE: Final = {kind: _at_once(kind) for kind in K}
_UPDATE: Final = {kind: _update(kind) for kind in K}
_READ: Final = (
    'SELECT w.paid, w.gift, k.frozen_at, k."offset" FROM payments_wallet AS w'
    " JOIN kernel_world AS k ON k.id = w.world_id WHERE w.id = %(wallet)s"
)
_INSERT: Final = (
    f"{_ENTER} VALUES (%(world)s, %(wallet)s, %(kind)s, %(bill_no)s, %(of_bill)s, %(paid)s,"
    " %(gift)s, %(paid_after)s, %(gift_after)s, %(item)s, %(remark)s, %(at)s)"
)


def make(movement: Movement) -> Made | None:
    """Make a movement, or nothing: the wallet holds too little, or somebody holds the world alone.

    Commits when called outside a transaction. Raises IntegrityError, and has moved nothing, when the
    bill number is used.
    """
    if connection.vendor != "postgresql":
        with transaction.atomic():
            return _read_and_write(movement)
    if not connection.in_atomic_block:
        return _make_at_once(movement)
    with transaction.atomic():  # a savepoint, for a bill number that is used
        return _make_at_once(movement)


def _make_at_once(movement: Movement) -> Made | None:
    lock_class, lock_key = locks.world_key(movement.world_id)
    sign, _counter, counts = _WAYS[movement.kind]
    values = {
        # Eight bytes each, whatever the number: other types would be other statements.
        "wallet": Int8(movement.wallet_id),
        "world": Int8(movement.world_id),
        "coins": Int8(movement.coins),
        "moved": Int8(sign * movement.coins),
        "counted": Int8(counts * movement.coins),
        "gift": Int8(movement.gift),
        "lock_class": Int8(lock_class),
        "lock_key": Int8(lock_key),
        "kind": movement.kind.value,
        "bill_no": movement.bill_no,
        "of_bill": movement.of_bill,
        "item": movement.item,
        "remark": movement.remark,
        "at": movement.at or clock.pinned(movement.world_id),
        "real_now": clock.real_now(),
    }
    row = prepared.fetch_one(AT_ONCE[movement.kind], values)
    return Made(*row) if row else None


def _read_and_write(movement: Movement) -> Made | None:
    sign, _counter, counts = _WAYS[movement.kind]
    moved = sign * movement.coins
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"wallet": movement.wallet_id})
        if (row := cursor.fetchone()) is None:
            return None
        paid, gift, frozen_at, offset = row
        moved_gift = -min(gift, movement.coins) if movement.kind == K.PAY else movement.gift
        paid_after, gift_after = paid + moved - moved_gift, gift + moved_gift
        if paid_after < 0:
            return None
        values = {
            "wallet": movement.wallet_id,
            "paid_before": paid,
            "gift_before": gift,
            "paid_after": paid_after,
            "gift_after": gift_after,
            "counted": counts * movement.coins,
        }
        cursor.execute(_UPDATE[movement.kind], values)
        if not cursor.rowcount:
            return None
        at = movement.at or clock.pinned(movement.world_id) or frozen_at
        at = at or clock.real_now() + timedelta(microseconds=offset)
        values = {
            "world": movement.world_id,
            "wallet": movement.wallet_id,
            "kind": movement.kind.value,
            "bill_no": movement.bill_no,
            "of_bill": movement.of_bill,
            "paid": moved - moved_gift,
            "gift": moved_gift,
            "paid_after": paid_after,
            "gift_after": gift_after,
            "item": movement.item,
            "remark": movement.remark,
            "at": connection.ops.adapt_datetimefield_value(at),
        }
        cursor.execute(_INSERT, values)
        return Made(cursor.lastrowid, moved_gift, paid_after, gift_after)
