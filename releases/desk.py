"""Code under review at the reviewers' desk: what it shows, asks and offers (REL-7, SIM-7)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel import reviews
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Canned, Kind
from releases import words
from releases.actions import submissions, verdicts
from releases.models import Submission


def present(review: Review) -> dict[str, Any]:
    """Return what was submitted in this round."""
    submission = Submission.objects.select_related("account__entity", "version").get(pk=review.subject_id)
    return {
        "submission": submission,
        "account": submission.account,
        "language": submission.account.language,
        "pictures": [],
    }


def language(review: Review) -> str:
    """Return the language that the applicant reads."""
    return Account.objects.values_list("language", flat=True).get(pk=review.account_id)


KIND: Final = reviews.register(
    Kind(
        name=words.REVIEW,
        label=_("Code of a version"),
        lock=submissions.lock,
        carry_out=verdicts.carry_out,
        present=present,
        template="admin/kernel/review/code.html",
        verdicts=(Verdict.Kind.APPROVE, Verdict.Kind.REJECT),
        canned=(
            Canned(
                words.SANDBOX,
                _("A sandbox account is required: the game cannot be tried without logging in."),
                "sandbox",
            ),
        ),
        language=language,
    )
)
