"""What must hold of releases, derived anew from the rows (OPS-3, REL-8, REL-9)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account
from portal.kernel.models import Deadline
from releases import words
from releases.models import Release, Service, Submission

State = Release.State
ONLINE = (State.FULL, State.PHASED)


def breaches() -> list[str]:
    """Return a sentence for every release that its submission, deadline, account or history contradicts."""
    releases, accounts = Release.objects.order_by("id"), Account.objects.order_by("id")
    promise = Deadline.objects.open().filter(
        kind=words.FULL, subject_id=OuterRef("pk"), due_at=OuterRef("full_by")
    )
    phased = Release.objects.filter(pk=OuterRef("subject_id"), state=State.PHASED)
    of_account = Release.objects.filter(account=OuterRef("pk"))
    earlier = Release.objects.filter(account=OuterRef("account"), pk__lt=OuterRef("pk"))
    suspended = Service.objects.filter(account=OuterRef("pk"), state=Service.State.SUSPENDED)
    found: dict[str, QuerySet[Any]] = {
        "release %d: its submission was never approved": releases.filter(
            Q(submission__decided_at__isnull=True) | ~Q(submission__state=Submission.State.RELEASED)
        ),
        "release %d: its submission is another account's": releases.exclude(submission__account=F("account")),
        "release %d: is online, and has an end": releases.filter(state__in=ONLINE, ended_at__isnull=False),
        "release %d: is history, and has no end": releases.exclude(state__in=ONLINE).filter(
            ended_at__isnull=True
        ),
        "release %d: is phased, and nothing completes it": releases.filter(
            ~Exists(promise), state=State.PHASED
        ),
        "release %d: is phased, and nothing was released before it": releases.filter(
            ~Exists(earlier), full_by__isnull=False
        ),
        "release %d: reaches all players, but not all of them": releases.filter(
            state=State.FULL, percent__lt=100
        ),
        "release %d: rolls back to what is not in its account's history": releases.filter(
            rollback_of__isnull=False
        ).exclude(rollback_of__account=F("account"), rollback_of__pk__lt=F("pk")),
        "deadline %d: completes a release that is not phased": Deadline.objects.open()
        .filter(~Exists(phased), kind=words.FULL)
        .order_by("id"),
        "account %d: is released, and has no release": accounts.filter(
            ~Exists(of_account), released_at__isnull=False
        ),
        "account %d: has a release, and is not released": accounts.filter(
            Exists(of_account), released_at__isnull=True
        ),
        "account %d: was online, and nothing is": accounts.filter(
            Exists(of_account), ~Exists(of_account.filter(state=State.FULL))
        ),
        "account %d: its service is suspended, and it does not know": accounts.filter(
            Exists(suspended), suspended_at__isnull=True
        ),
        "account %d: is suspended, and its service runs": accounts.filter(
            ~Exists(suspended), suspended_at__isnull=False
        ),
    }
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ]
