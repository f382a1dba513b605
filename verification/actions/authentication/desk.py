"""What the reviewers' desk does to an application: it gets it, passes, refuses or returns it (VER-4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices
from portal.kernel import calendar, deadlines, limits, reviews
from portal.kernel.actors import TIMER
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline, Review, Verdict
from portal.kernel.reviews import Decision, Reason
from portal.kernel.terms import AccountState
from verification.actions.authentication.orders import State, documents_of, locked
from verification.actions.authentication.words import (
    END,
    FAILED,
    GAVE_UP,
    LAPSE,
    NAME_FAILED,
    PASSED,
    REFILL,
    RENEWAL,
    RETURNED,
    REVIEW,
    write,
)
from verification.models import AuthenticationOrder, SubmittedRound

NameResult = AuthenticationOrder.NameResult


def to_the_desk(order: AuthenticationOrder) -> None:
    """Put a locked order, as it is filled in now, into the reviewers' queue; belongs inside an action."""
    now = order.world.now()
    review = reviews.submit(
        REVIEW,
        subject=order,
        account_id=order.account_id,
        title=str(order.account.entity),
        due_at=calendar.working_days_after(now, limits.AUTHENTICATION_REVIEW_WORKING_DAYS),
        magic=reviews.magic_in(order.materials.get("contact_email", "")),
    )
    SubmittedRound.objects.create(
        world=order.world,
        order=order,
        review_id=review.pk,
        materials={"materials": order.materials, "invoice": order.invoice},
        documents=documents_of(order),
        at=now,
    )


def carry_out(review: Review, decision: Decision) -> None:
    """Move the application as the reviewer decided; qualification and name are judged apart.

    The fact `name`, "passed" or "failed", comes with an approval. Refused for a return when the
    three corrections or their thirty days are used, and for a failed name without a reason.
    """
    order = locked(review.subject_id)
    reasons = " ".join(reason.text for reason in decision.reasons)
    if decision.verdict == Verdict.Kind.RETURN:
        _give_back(order, decision, reasons)
    elif decision.verdict == Verdict.Kind.REJECT:
        order.refuse(at=decision.at, reason=reasons, by=decision.by)
        order.save()
        notices.tell(order.account, FAILED, number=order.number, reasons=reasons)
        _after_failure(order, decision.reasons)
    elif decision.verdict == Verdict.Kind.APPROVE:
        _pass(order, decision, reasons)


def _give_back(order: AuthenticationOrder, decision: Decision, reasons: str) -> None:
    if order.refills >= limits.AUTHENTICATION_REFILLS:
        raise Refused(
            _("Not returned: %(used)d of %(used)d corrections are used. Approve or reject it.")
            % {"used": limits.AUTHENTICATION_REFILLS},
            code="refills",
        )
    refill_by = order.refill_by or decision.at + limits.AUTHENTICATION_REFILL
    if decision.at >= refill_by:
        raise Refused(
            _("Not returned: the thirty days since the first return are over. Approve or reject it."),
            code="refill_window",
        )
    order.give_back(refill_by=refill_by, by=decision.by)
    order.save()
    deadlines.schedule(REFILL, subject=order, account_id=order.account_id, due_at=refill_by)
    notices.tell(order.account, RETURNED, number=order.number, refill_by_at=refill_by, reasons=reasons)
    write(order.account, "returned", order=order, reasons=decision.reasons)


def _pass(order: AuthenticationOrder, decision: Decision, reasons: str) -> None:
    """Open what authentication opens, for a year; a renewal adds its year to the one that runs."""
    account = order.account
    name_failed = decision.facts.get("name") == NameResult.FAILED
    if name_failed and not reasons:
        raise Refused(_("Not decided: say why the name did not pass."), code="reasons", field="reasons")
    order.approve(
        at=decision.at,
        name_result=NameResult.FAILED if name_failed else NameResult.PASSED,
        reason=reasons if name_failed else "",
        by=decision.by,
    )
    order.save()
    runs_until = account.authenticated_until if account.state == AccountState.AUTHENTICATED else None
    since = max(runs_until, decision.at) if runs_until else decision.at
    until = calendar.years_after(since, limits.AUTHENTICATION_YEARS)
    for kind in (END, RENEWAL, LAPSE):
        deadlines.cancel(kind, subject_id=account.pk)
    if account.state == AccountState.AUTHENTICATED:
        account.renew(until=until, by=decision.by)
    else:
        account.authenticate(at=decision.at, until=until, by=decision.by)
    account.save()
    deadlines.schedule(END, subject=account, account_id=account.pk, due_at=until)
    for days in limits.RENEWAL_REMINDERS:
        deadlines.schedule(
            RENEWAL,
            subject=account,
            account_id=account.pk,
            due_at=until - timedelta(days=days),
            detail=str(days),
        )
    notices.tell(account, PASSED, until_at=until)
    if name_failed:
        notices.tell(account, NAME_FAILED, reasons=reasons)
    write(account, "passed", order=order, until=until, name_reasons=decision.reasons if name_failed else ())


@deadlines.on(REFILL, title=lambda _row: gettext_lazy("An application fails: not corrected in time"))
def fail_uncorrected(row: Deadline) -> str:
    """Fail an application that nobody corrected within thirty days of its first return."""
    order = locked(row.subject_id)
    if order.state != State.RETURNED:
        return "kept"
    order.give_up(at=row.due_at, by=TIMER)
    order.save()
    notices.tell(order.account, GAVE_UP, number=order.number)
    _after_failure(order, ())
    return "failed for good"


def _after_failure(order: AuthenticationOrder, reasons: Sequence[Reason]) -> None:
    """Write what a failure costs; a registration that hangs on it has seven days more (console-rules 1.9)."""
    account, lapses_at = order.account, None
    if account.state == AccountState.AWAITING_AUTHENTICATION:
        lapses_at = account.world.now() + limits.AUTHENTICATION_AGAIN
        deadlines.cancel(LAPSE, subject_id=account.pk)
        deadlines.schedule(LAPSE, subject=account, account_id=account.pk, due_at=lapses_at)
    write(account, "failed", order=order, reasons=reasons, lapses_at=lapses_at)
