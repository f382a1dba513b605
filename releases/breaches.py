"""What must hold of every version, submission and release, derived anew from the rows (OPS-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from portal.kernel.models import Deadline, Review
from releases import archives, words
from releases.models import Release, Service, Submission, Version


def breaches() -> list[str]:
    """Return a sentence for every row that misses what it promises."""
    return [*_versions(), *_submissions(), *_releases(), *_services()]


def _versions() -> list[str]:
    """Return versions whose archive is gone or is another one; each archive is read once."""
    first = Version.objects.filter(
        world_id=OuterRef("world_id"), sha256=OuterRef("sha256"), pk__lt=OuterRef("pk")
    )
    kept = Version.objects.filter(~Exists(first)).defer("contents").order_by("pk")
    return [
        f"version {version.pk}: its archive is not what its row says"
        for version in kept.iterator()
        if not archives.is_whole(version)
    ]


def _submissions() -> list[str]:
    waits = Review.objects.open().filter(kind=words.REVIEW, subject_id=OuterRef("pk"))
    submissions = Submission.objects.order_by("pk")
    found = {
        "is under review, but nobody will decide": submissions.filter(~Exists(waits), state="under_review"),
        "is not under review, but waits at the desk": submissions.filter(
            Exists(waits), ~Q(state="under_review")
        ),
        "is decided, but keeps its sandbox account": submissions.filter(decided_at__isnull=False).exclude(
            sandbox=""
        ),
        "is of another account's version": submissions.exclude(account_id=F("version__account_id")),
    }
    return [
        f"submission {pk}: {what}" for what, rows in found.items() for pk in rows.values_list("pk", flat=True)
    ]


def _releases() -> list[str]:
    promised = Deadline.objects.open().filter(kind=words.FULL, subject_id=OuterRef("pk"))
    releases = Release.objects.order_by("pk")
    found = {
        "is of a submission that nobody released": releases.exclude(submission__state="released"),
        "is phased, but nothing will make it full": releases.filter(~Exists(promised), state="phased"),
        "is not phased, but will be made full": releases.filter(Exists(promised), ~Q(state="phased")),
        "is there, but its account was never released": releases.filter(account__released_at__isnull=True),
        "is full, but not for all players": releases.filter(state="full").exclude(percent=100),
    }
    return [
        f"release {pk}: {what}" for what, rows in found.items() for pk in rows.values_list("pk", flat=True)
    ]


def _services() -> list[str]:
    services = Service.objects.order_by("pk")
    found = {
        "tries a version that was deleted": services.filter(trial__state="deleted"),
        "tries another account's version": services.exclude(trial__isnull=True).exclude(
            account_id=F("trial__account_id")
        ),
    }
    return [
        f"service {pk}: {what}" for what, rows in found.items() for pk in rows.values_list("pk", flat=True)
    ]


def _told(noun: str, found: Mapping[str, QuerySet[Any]]) -> list[str]:
    return [
        f"{noun} {pk}: {what}" for what, rows in found.items() for pk in rows.values_list("pk", flat=True)
    ]
