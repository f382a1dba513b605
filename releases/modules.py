"""What Development Management shows of an account: its releases, its submission, its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTransform

from accounts.models import Account
from portal.kernel.models import Review, Verdict
from releases import words
from releases.models import Release, Service, Submission, Version

WAITING: Final = (Submission.State.UNDER_REVIEW, Submission.State.APPROVED)


@dataclass(frozen=True)
class Released:
    """What players get: the full release, a phased one beside it; whether a rollback is possible at all.

    `rollback_choices` of the actions says to which; this asks only whether there is one.
    """

    full: Release | None
    phased: Release | None
    is_suspended: bool
    can_roll_back: bool


@dataclass(frozen=True)
class Verifying:
    """The submission being filled in, and the newest that was submitted and is not released."""

    draft: Submission | None
    submitted: Submission | None

    @property
    def waits(self) -> bool:
        """Return whether a version is under review, or approved and not released yet."""
        return self.submitted is not None and self.submitted.state in WAITING


def released_of(account: Account) -> Released:
    """Return the released module of an account. One query, none before the first release."""
    if account.released_at is None:
        return Released(None, None, is_suspended=False, can_roll_back=False)
    releases = Release.objects.filter(account=account)
    newest_two = releases.order_by("-pk").values("pk")[:2]
    online = Q(state__in=(Release.State.FULL, Release.State.PHASED))
    found = list(
        releases.filter(online | Q(pk__in=Subquery(newest_two)))
        .annotate(service=Subquery(Service.objects.filter(account=account).values("state")[:1]))
        .select_related("submission__version")
        .defer("submission__version__contents", "submission__details", "submission__submitted")
        .order_by("-pk")
    )
    by_state = {release.state: release for release in reversed(found)}
    return Released(
        full=by_state.get(Release.State.FULL),
        phased=by_state.get(Release.State.PHASED),
        is_suspended=any(release.service == Service.State.SUSPENDED for release in found),
        can_roll_back=_can_roll_back(found),
    )


def _can_roll_back(newest_first: Sequence[Release]) -> bool:
    """Return whether what is online may give way to one before it (console-rules 7.8)."""
    if len(newest_first) < 2:
        return False
    online, before = newest_first[:2]
    return (
        online.state == Release.State.FULL
        and online.rollback_of_id is None
        and before.state == Release.State.REPLACED
    )


def verifying_of(account: Account) -> Verifying:
    """Return the verifying module of an account; each submission knows its review. One query.

    Its `review_id`, `due_at`, `delayed_until` and `reasons` are those of its newest review and verdict.
    """
    submissions = Submission.objects.filter(account=account)
    newest = submissions.filter(submitted_at__isnull=False).order_by("-pk").values("pk")[:1]
    review = Review.objects.filter(kind=words.REVIEW, subject_id=OuterRef("pk")).order_by("-pk")
    verdict = Verdict.objects.filter(review__kind=words.REVIEW, review__subject_id=OuterRef("pk")).order_by(
        "-pk"
    )
    found = (
        submissions.filter(Q(state__in=(Submission.State.DRAFT, *WAITING)) | Q(pk__in=Subquery(newest)))
        .annotate(
            review_id=Subquery(review.values("pk")[:1]),
            due_at=Subquery(review.values("due_at")[:1]),
            delayed_until=Subquery(review.values("delayed_until")[:1]),
            reasons=Subquery(verdict.values("reasons")[:1]),
        )
        .select_related("version__developer", "version__platform")
        .defer("version__contents")
        .order_by("-pk")
    )
    draft = submitted = None
    for submission in found:
        if submission.state == Submission.State.DRAFT:
            draft = submission
        elif submission.state != Submission.State.RELEASED and submitted is None:
            submitted = submission
    return Verifying(draft, submitted)


def developed_of(account: Account) -> QuerySet[Version, Any]:
    """Return the developed versions of an account for a list: their `findings`, without their files.

    Each knows whether it `was_released`, and the account's trial version too: `trial_id` and
    `trial_number`, whether it is listed or not.
    """
    released = Submission.objects.filter(version=OuterRef("pk"), state=Submission.State.RELEASED)
    trial = Service.objects.filter(account=account, trial__isnull=False)
    return (
        Version.objects.filter(account=account, state=Version.State.DEVELOPED)
        .annotate(
            findings=KeyTransform("findings", "contents"),
            was_released=Exists(released),
            trial_id=Subquery(trial.values("trial_id")[:1]),
            trial_number=Subquery(trial.values("trial__number")[:1]),
        )
        .select_related("developer", "platform")
        .defer("contents")
    )
