"""What the reviewers' desk does to a submission: approves or rejects it (REL-5 to REL-7)."""

from __future__ import annotations

from accounts import notices
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Decision
from releases import told, words
from releases.actions.submissions import locked
from releases.models import Service, Submission


def carry_out(review: Review, decision: Decision) -> None:
    """Move the submission as the reviewer decided.

    The sandbox account's details are erased at every verdict. A rejection with the reason
    `sandbox_account` shows the portal with the next submission, and with every one after it.
    """
    submission = locked(review.subject_id)
    account, number = submission.account, submission.version.number
    if decision.verdict == Verdict.Kind.DELAY:
        notices.tell(account, words.DELAYED, number=number, until_at=review.delayed_until)
        told.delayed(account, decision)
        return
    if decision.verdict == Verdict.Kind.APPROVE:
        submission.approve(at=decision.at, by=decision.by)
        submission.save()
        notices.tell(account, words.APPROVED, number=number)
        words.write(account, "approved", number=number)
        told.approved(account, decision)
        return
    reasons = " ".join(reason.text for reason in decision.reasons)
    submission.reject(at=decision.at, reason=reasons, by=decision.by)
    submission.save()
    notices.tell(account, words.REJECTED, number=number, reasons=reasons)
    asks_for_sandbox = any(reason.code == words.SANDBOX for reason in decision.reasons)
    if asks_for_sandbox:
        Service.objects.filter(account=account, sandbox_asked_at__isnull=True).update(
            sandbox_asked_at=decision.at
        )
        # A version that is being filled in meanwhile is the next submission.
        Submission.objects.filter(account=account, state=Submission.State.DRAFT).update(sandbox_asked=True)
        notices.tell(account, words.ASKED_FOR_SANDBOX)
    words.write(account, "rejected", number=number, reasons=decision.reasons, sandbox=asks_for_sandbox)
    told.rejected(account, decision)
