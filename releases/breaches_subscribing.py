"""What must hold of subscribe messages, derived anew from the rows (OPS-3)."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from releases.models import SubscribeMessage, Subscription


def breaches() -> list[str]:
    """Return a sentence for every permission or message that belongs to another account's template."""
    found: dict[str, QuerySet[Any]] = {
        "subscription %d: is to another account's template": Subscription.objects.all(),
        "subscribe message %d: is of another account's template": SubscribeMessage.objects.all(),
    }
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.exclude(account=F("template__account"))
        .order_by("pk")
        .values_list("pk", flat=True)
        .iterator()
    ]
