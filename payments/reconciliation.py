"""Whether orders, bank and ledger agree, day by day, each read from its own rows (PAY-7).

Money: what orders say was paid, less refunds, against what moved on the platform's account at the
bank. Coins: what orders say was delivered, less refunds, against what the ledger put into wallets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Account
from payments import clearing, months
from payments.models import Entry, Environment, PaymentOrder, Refund
from portal.kernel.calendar import SHANGHAI
from portal.outside.models import BankTransfer


@dataclass
class Day:
    """One day: what each side says, in fen and in coins."""

    day: date
    ordered_fen: int = 0
    banked_fen: int = 0
    ordered_coins: int = 0
    ledger_coins: int = 0

    @property
    def money_differs_by(self) -> int:
        """Return what the bank has more than the orders say, in fen."""
        return self.banked_fen - self.ordered_fen

    @property
    def coins_differ_by(self) -> int:
        """Return how many coins the ledger has more than the orders say."""
        return self.ledger_coins - self.ordered_coins

    @property
    def agrees(self) -> bool:
        """Return whether all sides say the same."""
        return not (self.money_differs_by or self.coins_differ_by)


@dataclass(frozen=True)
class Reconciliation:
    """A range of days with something on any side, newest first, and their sum."""

    days: list[Day]
    total: Day = field(repr=False)

    @property
    def differing(self) -> int:
        """Return on how many days the sides differ."""
        return sum(not day.agrees for day in self.days)


def of(account: Account, first: date, last: date) -> Reconciliation:
    """Return the days from `first` to `last`, both included. Six queries, each a sum by day."""
    start, end = months.midnight(first), months.midnight(last) + timedelta(days=1)
    days: dict[date, Day] = defaultdict(lambda: Day(first))

    def add(name: str, rows: QuerySet[Any], moment: str, column: str, sign: int = 1) -> None:
        within = rows.filter(**{f"{moment}__gte": start, f"{moment}__lt": end}).order_by()
        by_day = within.values_list(TruncDate(moment, tzinfo=SHANGHAI)).annotate(sum=Sum(column))
        for day, amount in by_day:
            there = days[day]
            there.day = day
            setattr(there, name, getattr(there, name) + sign * amount)

    live = PaymentOrder.objects.filter(account=account, environment=Environment.LIVE)
    paid = live.filter(paid_at__isnull=False)
    refunds = Refund.objects.filter(account=account, order__environment=Environment.LIVE)
    add("ordered_fen", paid, "paid_at", "amount_fen")
    add("ordered_fen", refunds, "at", "amount_fen", -1)
    add("ordered_coins", paid, "delivered_at", "coins")
    add("ordered_coins", refunds, "at", "coins", -1)
    if held := clearing.held(account):
        back = BankTransfer.objects.filter(from_account=held, withdrawal__isnull=True)
        add("banked_fen", BankTransfer.objects.filter(to_account=held), "at", "amount_fen")
        add("banked_fen", back, "at", "amount_fen", -1)
    sold = Entry.objects.filter(
        world=account.world_id,
        wallet__account=account,
        wallet__environment=Environment.LIVE,
        kind__in=(Entry.Kind.RECHARGE, Entry.Kind.REFUND),
    )
    add("ledger_coins", sold, "at", "paid")
    found = sorted(days.values(), key=lambda day: day.day, reverse=True)
    return Reconciliation(found, _total(last, found))


def _total(last: date, days: Iterable[Day]) -> Day:
    total = Day(last)
    for day in days:
        total.ordered_fen += day.ordered_fen
        total.banked_fen += day.banked_fen
        total.ordered_coins += day.ordered_coins
        total.ledger_coins += day.ledger_coins
    return total
