"""A submission as servers ask for it: its status, why, and the reviewer's screenshots (wechat-api 2.4)."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PIL import Image

from accounts import media
from accounts.media import Material
from accounts.models import Account
from portal.kernel import pictures
from portal.kernel.models import Review, Screenshot, Verdict
from releases import words
from releases.models import Submission

State = Submission.State


class Status(IntEnum):
    """How far it has come, in the platform's numbers."""

    SUCCESS = 0
    REJECTED = 1
    AUDITING = 2
    WITHDRAWN = 3
    DELAYED = 4


@dataclass(frozen=True)
class Audit:
    """What a server is told: `reason` when it was rejected or delayed, as numbered lines of HTML."""

    submission: Submission
    status: Status
    reason: str
    screenshots: Sequence[str]  # media_ids


def audit_of(submission: Submission) -> Audit:
    """Return what a submission, once submitted, has come to. At most two queries."""
    if submission.state == State.UNDER_REVIEW:
        review = Review.objects.open().filter(kind=words.REVIEW, subject_id=submission.pk).first()
        if review is None or review.delayed_until is None:
            return Audit(submission, Status.AUDITING, "", ())
        return _with_verdict(submission, Status.DELAYED)
    if submission.state == State.REJECTED:
        return _with_verdict(submission, Status.REJECTED)
    # An approved version that gave way to the next one was approved all the same.
    approved = submission.decided_at is not None
    return Audit(submission, Status.SUCCESS if approved else Status.WITHDRAWN, "", ())


def latest_of(account: Account) -> Submission | None:
    """Return what was submitted last, by whichever hand, with its version. One query."""
    submitted = Submission.objects.filter(account=account, submitted_at__isnull=False)
    return submitted.select_related("version").defer("version__contents").order_by("-pk").first()


@media.finds
def screenshot(account: Account, media_id: str) -> Material | None:
    """Find a screenshot of a verdict about one of the account's versions; its media_id is its SHA-256."""
    found = (
        Screenshot.objects.filter(
            sha256=media_id,
            verdict__review__account_id=account.pk,
            verdict__review__kind=words.REVIEW,
        )
        .select_related("verdict")
        .first()
    )
    if found is None:
        return None
    said: dict[str, Any] = next(
        each for each in found.verdict.facts["screenshots"] if each["sha256"] == found.sha256
    )
    content = pictures.load(account.world_id, found.sha256)
    width, height = Image.open(io.BytesIO(content)).size
    return Material(media.Kind.IMAGE, said["name"], said["content_type"], content, width=width, height=height)


def _with_verdict(submission: Submission, status: Status) -> Audit:
    verdict = (
        Verdict.objects.filter(review__kind=words.REVIEW, review__subject_id=submission.pk)
        .order_by("-pk")
        .first()
    )
    if verdict is None:
        return Audit(submission, status, "", ())
    reasons = [f"{nth}:{html.escape(each['text'])}<br>" for nth, each in enumerate(verdict.reasons, 1)]
    named = verdict.facts.get("screenshots", [])
    return Audit(submission, status, "".join(reasons), [each["sha256"] for each in named])
