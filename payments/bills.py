"""The bill that an account's server downloads: an address for half an hour, and the file behind it.

The address carries, sealed, whose bill it is and of which days; nothing is stored. The file is written
anew each time, so it tells what is known when it is read.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Account
from payments.models import Environment, PaymentOrder, Refund
from payments.months import midnight
from portal.kernel import limits, sealed, spreadsheets
from portal.kernel.calendar import SHANGHAI

MOST_DAYS: Final = 31
CHUNK: Final = 2000
SEALED: Final = "payments.bill"


@dataclass(frozen=True)
class Bill:
    """An account's live purchases and refunds, from the first day in Shanghai to the last."""

    account: Account
    first: date
    last: date

    @property
    def filename(self) -> str:
        """Return what the file is called."""
        return f"bill-{self.account.appid}-{self.first.isoformat()}-{self.last.isoformat()}.csv"


def read_day(number: int) -> date:
    """Return the day that yyyymmdd names. ValueError for none."""
    text = str(number)
    if len(text) != len("20190309"):
        raise ValueError(f"no day: {number}")
    return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")


def ticket(bill: Bill) -> str:
    """Return what an address names a bill by, for half an hour of the world's time."""
    ends = (bill.account.world.now() + limits.BILL_ADDRESS).timestamp()
    content = [bill.account.pk, bill.first.isoformat(), bill.last.isoformat(), ends]
    return sealed.seal(json.dumps(content), purpose=SEALED)


def opened(ticket: str) -> Bill | None:
    """Return the bill that an address names, None when its time is over or it names none."""
    try:
        account_id, first, last, ends = json.loads(sealed.unseal(ticket, purpose=SEALED) or "[]")
    except ValueError:
        return None
    account = Account.objects.select_related("world").filter(pk=account_id).first()
    if account is None or account.world.now().timestamp() >= ends:
        return None
    return Bill(account, date.fromisoformat(first), date.fromisoformat(last))


def as_csv(bill: Bill) -> Iterator[str]:
    """Yield the bill as CSV, a line at a time, in the order of time."""
    head = [
        _("Time"),
        pgettext("ledger", "What"),
        _("Order number"),
        _("Your order number"),
        _("Refund number"),
        _("WeChat Pay number"),
        _("Amount, yuan"),
    ]
    return spreadsheets.lines(head, _rows(bill, _("Purchase"), _("Refund")))


def _rows(bill: Bill, bought: str, refunded: str) -> Iterator[list[Any]]:
    start, end = midnight(bill.first), midnight(bill.last + timedelta(days=1))
    live = {"account": bill.account, "environment": Environment.LIVE}
    orders = (
        PaymentOrder.objects.filter(**live, paid_at__gte=start, paid_at__lt=end)
        .order_by("paid_at", "pk")
        .values_list("paid_at", "pk", "number", "out_trade_no", "transaction_number", "amount_fen")
    )
    refunds = (
        Refund.objects.filter(account=bill.account, at__gte=start, at__lt=end)
        .order_by("at", "pk")
        .values_list(
            "at",
            "pk",
            "order__number",
            "order__out_trade_no",
            "order__transaction_number",
            "amount_fen",
            "number",
        )
    )
    # A refund follows its own purchase, also one of the same moment.
    purchases: Iterator[Any] = (
        (at, 0, pk, (*rest, "")) for at, pk, *rest in orders.iterator(chunk_size=CHUNK)
    )
    returns: Iterator[Any] = ((at, 1, pk, rest) for at, pk, *rest in refunds.iterator(chunk_size=CHUNK))
    for at, is_refund, _pk, (number, out_trade_no, transaction, fen, refund) in heapq.merge(
        purchases, returns
    ):
        yield [
            at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            refunded if is_refund else bought,
            number,
            out_trade_no,
            refund,
            transaction,
            Decimal(-fen if is_refund else fen).scaleb(-2),
        ]
