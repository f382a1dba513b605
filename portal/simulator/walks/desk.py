"""The world's reviewer at the desk, for every walk that needs a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Login
from portal.kernel import reviews
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Reason


def waiting(kind: str, subject: Any) -> Review:
    """Return the review of this kind that `subject` waits for."""
    return Review.objects.open().get(kind=kind, subject_id=subject.pk)


def decide(review: Review, verdict: str, told: Iterable[str]) -> Verdict:
    """Let the world's reviewer decide, for these reasons: sentences, or codes of the kind."""
    reviewer = Login.objects.get(world=review.world, is_staff=True)
    canned = {each.code for each in reviews.KINDS[review.kind].canned}
    reasons = [Reason(code=text) if text in canned else Reason(text) for text in told]
    return reviews.decide(review.pk, verdict, by=reviewer.as_actor(), reasons=reasons)
