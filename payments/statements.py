"""The statement of a day: each purchase and refund with the share it was charged, as a file (PAY-7).

A row's share is what the month's share grew by with it, so that the rows of all days add up to the
settlement, to the fen. What was paid before the month and delivered within it stands on its first day.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from payments import months, shares
from payments.months import Month
from portal.kernel import spreadsheets
from portal.kernel.calendar import SHANGHAI

CHUNK: Final = 2000
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One purchase or refund; `fen` is signed, `share_fen` what the platform keeps of it."""

    at: datetime
    what: str
    order: str
    refund: str
    transaction: str
    zone_id: str
    fen: int
    share_fen: int


def lines(month: Month, day: date) -> Iterator[Line]:
    """Yield the day's purchases and refunds in their order; in memory there is one of them at a time."""
    start = months.midnight(day) if day != month.first else None
    end = months.midnight(day) + DAY
    charging = _Charging(month, start)
    bought, refunded = _("Purchase"), _("Refund")
    orders = _between(month.orders, "paid_at", start, end).values_list(
        "paid_at", "pk", "number", "transaction_number", "partition__zone_id", "amount_fen"
    )
    refunds = _between(month.refunds, "at", start, end).values_list(
        "at",
        "pk",
        "number",
        "order__number",
        "order__transaction_number",
        "order__partition__zone_id",
        "amount_fen",
        "order__settlement",
    )
    # A refund follows its own purchase, also one of the same moment.
    purchases = ((at, 0, pk, rest) for at, pk, *rest in orders.iterator(chunk_size=CHUNK))
    returns = ((at, 1, pk, rest) for at, pk, *rest in refunds.iterator(chunk_size=CHUNK))
    for at, is_refund, _pk, rest in heapq.merge(purchases, returns):
        if is_refund:
            refund, number, transaction, zone_id, fen, settlement = rest
            share = charging.refund(fen, settlement)
            yield Line(at, refunded, number, refund, transaction, zone_id, -fen, share)
        else:
            number, transaction, zone_id, fen = rest
            yield Line(at, bought, number, "", transaction, zone_id, fen, charging.purchase(fen))


def as_csv(month: Month, day: date) -> Iterator[str]:
    """Yield the statement as CSV, a line at a time, with the day's sums at its end."""
    head = [
        _("Time"),
        pgettext("ledger", "What"),
        _("Order number"),
        _("Refund number"),
        _("WeChat Pay number"),
        _("Partition"),
        _("Amount, yuan"),
        _("Platform's share, yuan"),
        _("Yours, yuan"),
    ]
    return spreadsheets.lines(head, _cells(month, day))


def _cells(month: Month, day: date) -> Iterator[list[Any]]:
    total = share = 0
    for line in lines(month, day):
        total, share = total + line.fen, share + line.share_fen
        at = line.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
        named = [line.what, line.order, line.refund, line.transaction, line.zone_id]
        yield [at, *named, *_yuan(line.fen, line.share_fen)]
    yield [day.isoformat(), _("Total"), "", "", "", "", *_yuan(total, share)]


def _yuan(fen: int, share_fen: int) -> list[Decimal]:
    return [Decimal(amount).scaleb(-2) for amount in (fen, share_fen, fen - share_fen)]


class _Charging:
    """The month's share as it grows with each row, from the moment `start` on."""

    def __init__(self, month: Month, start: datetime | None) -> None:
        before = month.sums(until=start) if start else None
        self._base = before.gross_fen - (before.refunded_fen - before.earlier_fen) if before else 0
        self._charged = dict(month.charged_before)
        if start and self._charged:
            earlier = month.earlier_refunds.filter(at__lt=start).order_by()
            for pk, fen in earlier.values_list("order__settlement").annotate(fen=Sum("amount_fen")):
                charged, refunded = self._charged[pk]
                self._charged[pk] = charged, refunded + fen

    def purchase(self, fen: int) -> int:
        return self._grow(fen)

    def refund(self, fen: int, settlement: int | None) -> int:
        if settlement not in self._charged:
            return self._grow(-fen)
        charged, refunded = self._charged[settlement]
        self._charged[settlement] = charged, refunded + fen
        return -charged.given_back(refunded, fen)

    def _grow(self, fen: int) -> int:
        before, self._base = shares.of_month(self._base), self._base + fen
        return shares.of_month(self._base) - before


def _between(rows: QuerySet[Any], moment: str, start: datetime | None, end: datetime) -> QuerySet[Any]:
    rows = rows.filter(**{f"{moment}__lt": end})
    return (rows.filter(**{f"{moment}__gte": start}) if start else rows).order_by(moment, "pk")
