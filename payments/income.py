"""What an account takes each day, kept in step with its orders: charts never add orders up (PAY-5).

A payment counts on the day it was made, a refund on the day of the refund; days are Shanghai's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from payments.models import PaymentOrder
from portal.kernel import calendar

# One statement, so that payments of the same moment add up whichever of them makes the row.
_ADD: Final = """
    INSERT INTO payments_dayincome AS kept
        (world_id, account_id, day, environment, partition_id, grade_fen, orders, paid_fen, refunded_fen)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (account_id, environment, day, partition_id, grade_fen) DO UPDATE
    SET orders = kept.orders + excluded.orders,
        paid_fen = kept.paid_fen + excluded.paid_fen,
        refunded_fen = kept.refunded_fen + excluded.refunded_fen
"""


def add_paid(order: PaymentOrder) -> None:
    """Count an order just paid; belongs inside the transaction that paid it, once.

    The row stays locked until commit: add last. ValueError when the order is not paid.
    """
    if order.paid_at is None:
        raise ValueError(f"order {order.number} is not paid")
    _add(order, order.paid_at, orders=1, paid_fen=order.amount_fen)


def add_refunded(order: PaymentOrder, amount_fen: int, at: datetime) -> None:
    """Count a refund of `amount_fen` made at `at`; belongs inside the transaction that refunded it, once."""
    _add(order, at, refunded_fen=amount_fen)


def _add(
    order: PaymentOrder, at: datetime, *, orders: int = 0, paid_fen: int = 0, refunded_fen: int = 0
) -> None:
    day = connection.ops.adapt_datefield_value(calendar.start_of_day(at).date())
    key = [order.world_id, order.account_id, day, order.environment, order.partition_id, order.amount_fen]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [*key, orders, paid_fen, refunded_fen])
