"""What a month of an account adds up to, settled or still running (PAY-7).

A month is [start, end) in Asia/Shanghai. An order belongs to the month it was paid in; one whose
coins came only after that month's end is settled with the next one. A refund belongs to the month it
was made in. All sums are the database's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import Account
from payments import shares
from payments.models import Environment, PaymentOrder, Refund, Settlement
from portal.kernel import calendar
from portal.kernel.calendar import SHANGHAI
from portal.kernel.models import Deadline

SETTLE = "payments.settle"  # the promise that closes a month


@dataclass(frozen=True)
class Sums:
    """A month in whole fen; `earlier_fen` is what was refunded of orders that earlier months settled."""

    order_count: int
    gross_fen: int
    refunded_fen: int
    earlier_fen: int
    share_fen: int
    given_back_fen: int

    @property
    def fee_fen(self) -> int:
        """Return what the platform keeps."""
        return self.share_fen - self.given_back_fen

    @property
    def payable_fen(self) -> int:
        """Return what is owed to the account; negative when earlier refunds outweigh the month."""
        return self.gross_fen - self.refunded_fen - self.fee_fen

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was paid and nothing refunded."""
        return not (self.order_count or self.refunded_fen)


@dataclass(frozen=True)
class Month:
    """One month of an account: its settlement, or None while it runs."""

    account: Account
    first: date
    settlement: Settlement | None = None

    @property
    def start(self) -> datetime:
        """Return its first moment."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """Return the first moment after it, the moment it is settled. ValueError past the calendar."""
        after = calendar.next_month(self.first)
        if after is None:
            raise ValueError("no month follows the end of the calendar")
        return midnight(after)

    @property
    def orders(self) -> QuerySet[PaymentOrder]:
        """Return the live orders that it settles, or would settle now."""
        orders = PaymentOrder.objects.filter(account=self.account)
        if self.settlement is not None:
            return orders.filter(settlement=self.settlement)
        return to_settle(self.account, self.end)

    @property
    def refunds(self) -> QuerySet[Refund]:
        """Return the refunds of live orders that it settles, or would settle now."""
        if self.settlement is not None:
            return Refund.objects.filter(account=self.account, settlement=self.settlement)
        return Refund.objects.filter(
            account=self.account,
            settlement__isnull=True,
            at__lt=self.end,
            order__environment=Environment.LIVE,
        )

    @cached_property
    def charged_before(self) -> dict[int, tuple[shares.Charged, int]]:
        """Return each earlier month that refunds of this one reach back to, by its settlement's id.

        With what was refunded of it after its settlement, in months before this one.
        """
        ids = set(self.earlier_refunds.order_by().values_list("order__settlement", flat=True))
        if not ids:
            return {}
        later = (
            Refund.objects.filter(order__settlement__in=ids, settlement__month__lt=self.first)
            .exclude(settlement=F("order__settlement"))
            .order_by()
            .values_list("order__settlement")
            .annotate(fen=Sum("amount_fen"))
        )
        before = dict(later)
        return {
            each.pk: (shares.Charged(each.base_fen, each.share_fen), before.get(each.pk, 0))
            for each in Settlement.objects.filter(pk__in=ids)
        }

    @property
    def earlier_refunds(self) -> QuerySet[Refund]:
        """Return those of its refunds whose orders an earlier month settled."""
        return self.refunds.filter(order__settlement__isnull=False).exclude(
            order__settlement=self.settlement.pk if self.settlement else None
        )

    def sums(self, *, until: datetime | None = None) -> Sums:
        """Return what it adds up to, or what came before the moment `until`. A few queries."""
        orders, refunds, earlier = self.orders, self.refunds, self.earlier_refunds
        if until is not None:
            orders, refunds, earlier = (
                orders.filter(paid_at__lt=until),
                refunds.filter(at__lt=until),
                earlier.filter(at__lt=until),
            )
        return added_up(orders, refunds, earlier, self.charged_before)

    @classmethod
    def running(cls, account: Account) -> Month:
        """Return the month that is settled next: the present one, or one whose settlement is due."""
        promise = Deadline.objects.open().filter(kind=SETTLE, subject_id=account.pk).first()
        if promise is None:
            return cls(account, calendar.month_of(account.world.now()))
        return cls(account, read(promise.detail))

    @classmethod
    def settled(cls, account: Account, settlement: Settlement) -> Month:
        """Return a month that is settled."""
        return cls(account, settlement.month, settlement)


def named(first: date) -> str:
    """Return a month as addresses, files and promises write it: 2019-03."""
    return f"{first:%Y-%m}"


def read(name: str) -> date:
    """Return the first day of the month of this name. ValueError for anything else."""
    if len(name) != len("2019-03") or not name.isascii():
        raise ValueError(f"no month: {name!r}")
    return date.fromisoformat(f"{name}-01")


def to_settle(account: Account, end: datetime) -> QuerySet[PaymentOrder]:
    """Return the live orders paid before `end`, delivered, and in no settlement yet."""
    return PaymentOrder.objects.filter(
        account=account,
        settlement__isnull=True,
        environment=Environment.LIVE,
        delivered_at__isnull=False,
        paid_at__lt=end,
    )


def added_up(
    orders: QuerySet[PaymentOrder],
    refunds: QuerySet[Refund],
    earlier: QuerySet[Refund],
    charged: dict[int, tuple[shares.Charged, int]],
) -> Sums:
    """Return the sums of these rows; `earlier` are the refunds that reach back to what is `charged`."""
    taken = orders.aggregate(fen=Sum("amount_fen", default=0), count=Count("pk"))
    refunded = refunds.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    reaching = dict(earlier.order_by().values_list("order__settlement").annotate(fen=Sum("amount_fen")))
    earlier_fen = sum(reaching.values())
    given_back = sum(
        month.given_back(before, reaching.get(settlement_id, 0))
        for settlement_id, (month, before) in charged.items()
    )
    return Sums(
        order_count=taken["count"],
        gross_fen=taken["fen"],
        refunded_fen=refunded,
        earlier_fen=earlier_fen,
        share_fen=shares.of_month(taken["fen"] - (refunded - earlier_fen)),
        given_back_fen=given_back,
    )


def midnight(day: date) -> datetime:
    """Return the first moment of a day in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def unsettled(account: Account) -> QuerySet[PaymentOrder]:
    """Return the live orders that were paid, not refunded in full, and no month has settled yet."""
    return PaymentOrder.objects.filter(
        Q(refunded_fen__lt=F("amount_fen")),
        account=account,
        environment=Environment.LIVE,
        paid_at__isnull=False,
        settlement__isnull=True,
    )
