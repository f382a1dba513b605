"""What must hold of income and refunds, derived from the orders (OPS-3): sums, coins, money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from payments.models import DayIncome, Entry, Environment, PaymentOrder, Refund
from portal.kernel.calendar import SHANGHAI

_KEY: Final = ("account", "environment", "partition", "amount_fen")


def breaches() -> list[str]:
    """Return a sentence for every row of income, refund or order that the others contradict."""
    return [*_income_that_no_orders_make(), *_refunds()]


def _income_that_no_orders_make() -> list[str]:
    """Compare each day's income with the orders paid and the refunds made on it. Sums are the database's."""
    paid = PaymentOrder.objects.filter(paid_at__isnull=False).order_by()
    made = Refund.objects.order_by()
    of_refund = [f"order__{name}" for name in _KEY]
    sums: Counter[tuple[Any, ...]] = Counter()
    by_day = paid.values_list(*_KEY, TruncDate("paid_at", tzinfo=SHANGHAI))
    for *key, orders, fen in by_day.annotate(n=Count("pk"), fen=Sum("amount_fen")).iterator():
        sums[(*key, "orders")] += orders
        sums[(*key, "paid_fen")] += fen
    back = made.values_list(*of_refund, TruncDate("at", tzinfo=SHANGHAI))
    for *key, fen in back.annotate(fen=Sum("amount_fen")).iterator():
        sums[(*key, "refunded_fen")] += fen
    kept: Counter[tuple[Any, ...]] = Counter()
    for row in DayIncome.objects.order_by("pk").iterator():
        key = [row.account_id, row.environment, row.partition_id, row.grade_fen, row.day]
        for name in ("orders", "paid_fen", "refunded_fen"):
            kept[(*key, name)] = getattr(row, name)
    return [
        f"income of account {key[0]} on {key[4]}, environment {key[1]}, partition {key[2]},"
        f" grade {key[3]}: {key[5]} is {kept[key]}, its orders make {sums[key]}"
        for key in _sorted(key for key in {*sums, *kept} if sums[key] != kept[key])
    ]


def _sorted(keys: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(keys, key=lambda key: tuple(map(str, key)))


def _refunds() -> list[str]:
    refunds, orders = Refund.objects.order_by("id"), PaymentOrder.objects.order_by("id")
    mine = Refund.objects.filter(order=OuterRef("pk")).order_by().values("order")
    refunded = orders.annotate(fen=mine.values(fen=Sum("amount_fen")))
    whole = Q(refunded_fen=F("amount_fen"))
    found: dict[str, QuerySet[Any]] = {
        "order %d: its refunds do not add up to what it says": refunded.exclude(
            Q(fen=F("refunded_fen")) | Q(fen__isnull=True, refunded_fen=0)
        ),
        "order %d: is refunded, but not in whole": orders.filter(~whole, state="refunded"),
        "order %d: went back in whole, but is not refunded": orders.filter(whole).exclude(state="refunded"),
        "refund %d: is of the sandbox": refunds.filter(order__environment=Environment.SANDBOX),
        "refund %d: takes back other coins than its money bought": refunds.exclude(
            coins=F("amount_fen") * F("order__coins") / F("order__amount_fen")
        ),
        "refund %d: no such money went back": refunds.exclude(
            transfer__amount_fen=F("amount_fen"),
            transfer__from_account=F("order__payment__to_account"),
            transfer__to_account=F("order__payment__from_account"),
        ),
    }
    told = [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ]
    return told + _coins_not_taken_back()


def _coins_not_taken_back() -> list[str]:
    """Compare refunds and the ledger's entries of refunds: one each, for as many coins, from one wallet."""
    taken = {
        (bill, coins, player, partition)
        for bill, coins, player, partition in Entry.objects.filter(kind=Entry.Kind.REFUND).values_list(
            "bill_no", "paid", "wallet__player", "wallet__partition"
        )
    }
    wanted = {
        (f"_{number}", -coins, player, partition): pk
        for pk, number, coins, player, partition in Refund.objects.values_list(
            "pk", "number", "coins", "order__player", "order__partition"
        )
    }
    return [
        *(f"refund {wanted[key]}: the ledger does not have it" for key in wanted if key not in taken),
        *(f"ledger entry {key[0]}: no refund explains it" for key in sorted(taken - wanted.keys())),
    ]
