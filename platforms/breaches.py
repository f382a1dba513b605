"""What must hold of every platform and authorization, derived anew from the rows (OPS-3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from platforms.actions.tickets import PUSH
from platforms.models import Authorization, AuthorizationCode, Platform
from portal.kernel.models import Deadline


def breaches() -> list[str]:
    """Return a sentence for every platform, authorization and code that its own promises contradict."""
    promise = Deadline.objects.open().filter(kind=PUSH, subject_id=OuterRef("pk"))
    rows = Authorization.objects.order_by("id")
    found: dict[str, QuerySet[Any]] = {
        "platform %d: pushes tickets, and nothing will push the next": Platform.objects.filter(
            ~Exists(promise), pushes_tickets=True
        ).order_by("id"),
        "platform %d: pushes no tickets, and something will push one": Platform.objects.filter(
            Exists(promise), pushes_tickets=False
        ).order_by("id"),
        "platform %d: pushes tickets to nowhere": Platform.objects.filter(
            pushes_tickets=True, event_url=""
        ).order_by("id"),
        "authorization %d: goes on, and has an end": rows.filter(
            state=Authorization.State.AUTHORIZED, cancelled_at__isnull=False
        ),
        "authorization %d: is cancelled, and has no end": rows.filter(
            state=Authorization.State.CANCELLED, cancelled_at__isnull=True
        ),
        "authorization code %d: was asked for by another platform": AuthorizationCode.objects.exclude(
            pre_authorization__platform=F("authorization__platform")
        ).order_by("id"),
    }
    return [
        sentence % pk
        for sentence, query in found.items()
        for pk in query.values_list("pk", flat=True).iterator()
    ]
