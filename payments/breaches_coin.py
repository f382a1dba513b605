"""What must hold of every game coin, derived from the rows (OPS-3): account, application and desk agree."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account
from payments.actions.coin_applications import REVIEW
from payments.models import CoinApplication, GameCall, GameCoin, Partition
from portal.kernel.models import Review


def coin_breaches() -> list[str]:
    """Return a sentence for every game coin that its account, its applications or the desk contradicts."""
    state, applied = GameCoin.State, CoinApplication.State
    coins = GameCoin.objects.order_by("id")
    applications = CoinApplication.objects.order_by("id")
    mine = CoinApplication.objects.filter(coin=OuterRef("pk"))
    at_the_desk = Review.objects.open().filter(kind=REVIEW, subject_id=OuterRef("pk"))
    reviewed = CoinApplication.objects.filter(pk=OuterRef("subject_id"), state=applied.UNDER_REVIEW)
    online = GameCoin.objects.filter(account=OuterRef("pk"), state=state.ONLINE)
    passed = GameCall.objects.filter(coin=OuterRef("pk"), environment=1, errcode=0)
    found: dict[str, QuerySet[Any]] = {
        "game coin %d: has gone past its naming without a name or a rate": coins.exclude(
            state=state.AUTHORIZED
        ).filter(Q(name="") | Q(rate__isnull=True)),
        "game coin %d: has no partition": coins.filter(
            ~Exists(Partition.objects.filter(coin=OuterRef("pk")))
        ),
        "game coin %d: is under review without an application": coins.filter(
            ~Exists(mine.filter(state=applied.UNDER_REVIEW)), state=state.UNDER_REVIEW
        ),
        "game coin %d: is not under review, but its application is": coins.filter(
            Exists(mine.filter(state=applied.UNDER_REVIEW))
        ).exclude(state=state.UNDER_REVIEW),
        "game coin %d: is online without an approved application": coins.filter(
            ~Exists(mine.filter(state=applied.APPROVED)), state=state.ONLINE
        ),
        "game coin %d: was applied for without its joint debug": coins.filter(
            ~Exists(passed.filter(name=GameCall.Name.BALANCE))
            | ~Exists(passed.filter(name=GameCall.Name.PAY))
            | ~Exists(passed.filter(name=GameCall.Name.CANCEL)),
            state__in=[state.UNDER_REVIEW, state.ONLINE],
        ),
        "game coin %d: went online at another moment than its account says": coins.exclude(
            account__coin_online_at=F("online_at")
        ).filter(Q(state=state.ONLINE) | Q(online_at__isnull=False)),
        "account %d: has a game coin online, but no such coin": Account.objects.order_by("id").filter(
            ~Exists(online), coin_online_at__isnull=False
        ),
        "coin application %d: is under review, but not at the desk": applications.filter(
            ~Exists(at_the_desk), state=applied.UNDER_REVIEW
        ),
        "coin application %d: has ended at no moment": applications.filter(ended_at__isnull=True).exclude(
            state=applied.UNDER_REVIEW
        ),
        "review %d: waits, but its game coin does not": Review.objects.open()
        .order_by("id")
        .filter(~Exists(reviewed), kind=REVIEW),
    }
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ]
