"""What must hold of the ledger, derived anew from the entries: wallets, chains, books (OPS-3, PAY-6)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Window,
)
from django.db.models.functions import Coalesce, Lag

from payments.ledger import WINDOW
from payments.models import Entry, Wallet

K = Entry.Kind


def breaches() -> list[str]:
    """Return a sentence for every wallet, entry or book that the entries contradict."""
    found = {**_wallets(), **_entries(), **_cancellations()}
    return [
        *(
            sentence % pk
            for sentence, rows in found.items()
            for pk in rows.order_by("pk").values_list("pk", flat=True).iterator()
        ),
        *_books(),
    ]


def _summed(column: str, *kinds: Entry.Kind) -> Any:
    return Coalesce(Sum(f"entries__{column}", filter=Q(entries__kind__in=kinds)), 0)


def _wallets() -> dict[str, QuerySet[Any]]:
    entered = Wallet.objects.annotate(
        paid_in=_summed("paid", *K),
        gift_in=_summed("gift", *K),
        bought_in=_summed("paid", K.RECHARGE, K.REFUND),
        given_in=_summed("gift", K.PRESENT),
        spent_in=-_summed("paid", K.PAY, K.CANCEL) - _summed("gift", K.PAY, K.CANCEL),
    )
    return {
        "wallet %d: its bought coins are not what its entries moved": entered.exclude(paid=F("paid_in")),
        "wallet %d: its given coins are not what its entries moved": entered.exclude(gift=F("gift_in")),
        "wallet %d: its sums are not what its entries say": entered.exclude(
            bought=F("bought_in"), given=F("given_in"), spent=F("spent_in")
        ),
        "wallet %d: its player or partition is another account's": Wallet.objects.exclude(
            account=F("player__account"), partition__coin__account=F("account")
        ),
    }


def _entries() -> dict[str, QuerySet[Any]]:
    """Return entries that do not go on from where the wallet's entry before left off."""

    def before(column: str) -> Window:
        return Window(Lag(column, default=0), partition_by="wallet_id", order_by="id")

    chained = Entry.objects.annotate(paid_before=before("paid_after"), gift_before=before("gift_after"))
    return {
        "ledger entry %d: does not go on from the entry before": chained.exclude(
            paid_after=F("paid_before") + F("paid"), gift_after=F("gift_before") + F("gift")
        ),
    }


def _cancellations() -> dict[str, QuerySet[Any]]:
    earliest = ExpressionWrapper(OuterRef("at") - WINDOW, output_field=DateTimeField())
    payment = Entry.objects.filter(
        wallet=OuterRef("wallet"),
        kind=K.PAY,
        bill_no=OuterRef("of_bill"),
        at__gt=earliest,
        at__lte=OuterRef("at"),
    )
    back = Entry.objects.filter(wallet=OuterRef("wallet"), of_bill=OuterRef("bill_no")).order_by()
    sums = back.values("wallet").annotate(all_paid=Sum("paid"), all_gift=Sum("gift"))
    cancelled = Entry.objects.filter(Exists(back), kind=K.PAY).annotate(
        paid_back=Subquery(sums.values("all_paid")), gift_back=Subquery(sums.values("all_gift"))
    )
    return {
        "ledger entry %d: cancels no payment of its wallet and of the 48 hours before": Entry.objects.filter(
            ~Exists(payment), kind=K.CANCEL
        ),
        "ledger entry %d: more of it was cancelled than paid, or given coins before bought ones": (
            cancelled.filter(
                Q(paid_back__gt=-F("paid"))
                | Q(gift_back__gt=-F("gift"))
                | Q(gift_back__gt=0, paid_back__lt=-F("paid"))
            )
        ),
    }


def _books() -> list[str]:
    """Return the accounts and environments whose wallets and books do not sum to nothing.

    The books are the other side of every entry: coins sold, coins given, what the game earned.
    """
    held = Wallet.objects.order_by().values_list("account", "environment")
    booked = Entry.objects.order_by().values_list("wallet__account", "wallet__environment")
    sums: Counter[tuple[int, int]] = Counter()
    for account, environment, coins in held.annotate(coins=Sum(F("paid") + F("gift"))):
        sums[account, environment] += coins
    for account, environment, coins in booked.annotate(coins=Sum(F("paid") + F("gift"))):
        sums[account, environment] -= coins
    return [
        f"account {account}, environment {environment}: wallets and books are {apart} coins apart"
        for (account, environment), apart in sorted(sums.items())
        if apart
    ]
