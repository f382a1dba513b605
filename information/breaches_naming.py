"""What must hold of every name, derived from the rows (OPS-3): account, naming, proofs and desk agree."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from accounts.models import Account
from information.actions.naming import REVIEW
from information.models import Naming, Proof
from portal.kernel.models import Review


def naming_breaches() -> list[str]:
    """Return a sentence for every name that its account, its proofs or the desk contradicts."""
    state = Naming.State
    namings = Naming.objects.order_by("id")
    adopted = Naming.objects.filter(account=OuterRef("pk"), state=state.ADOPTED)
    newest = Subquery(adopted.order_by("-settled_at", "-id").values("name")[:1])
    waiting = Review.objects.open().filter(kind=REVIEW, subject_id=OuterRef("pk"))
    reviewed = Naming.objects.filter(pk=OuterRef("subject_id"), state=state.UNDER_REVIEW)
    proofs = Proof.objects.filter(naming=OuterRef("pk"), removed_at__isnull=True)
    found: dict[str, QuerySet[Any]] = {
        "account %d: is not called as it was named last": Account.objects.order_by("id")
        .filter(Exists(adopted))
        .exclude(name=newest),
        "naming %d: is under review, but not at the desk": namings.filter(
            ~Exists(waiting), state=state.UNDER_REVIEW
        ),
        "naming %d: is under review without a proof": namings.filter(
            ~Exists(proofs), state=state.UNDER_REVIEW
        ),
        "naming %d: has ended at no moment": namings.filter(settled_at__isnull=True).exclude(
            state__in=[state.DRAFT, state.UNDER_REVIEW]
        ),
        "proof %d: belongs to another account than its name": Proof.objects.order_by("id")
        .filter(naming__isnull=False)
        .exclude(naming__account=F("account")),
        "review %d: waits, but its name does not": Review.objects.open()
        .order_by("id")
        .filter(~Exists(reviewed), kind=REVIEW),
    }
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ]
