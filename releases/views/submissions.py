"""What was submitted: the history, one submission with its verdict and thread, withdrawal (REL-6, REL-7)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import categories as tree
from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.kernel import keyset, policy, reviews, shown, tallies, text
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import Review, ReviewMessage, Verdict
from portal.kernel.policy import Decision
from portal.kernel.terms import Capability
from portal.kernel.wording import day
from releases import actions, qualifications, words
from releases.models import Submission, Version

State = Submission.State

SHOWN: Final = 20
TONES: Final = {
    State.UNDER_REVIEW: "doing",
    State.APPROVED: "done",
    State.REJECTED: "fail",
    State.WITHDRAWN: "idle",
    State.RELEASED: "done",
}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@require_safe
@never_cache
@for_principal
def submissions(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List everything that was submitted, newest first."""
    found = Submission.objects.filter(account=principal.account, submitted_at__isnull=False)
    page = keyset.turn(request, found.select_related("version"), size=SHOWN)
    rows = [{"submission": row, "tone": TONES[State(row.state)], "notes": _notes(row)} for row in page.rows]
    context = {"rows": rows, "newer_url": page.newer_url, "older_url": page.older_url}
    return render(request, "releases/submissions.html", context)


@require_safe
@never_cache
@for_principal
def submission(request: HttpRequest, principal: Principal, submission_id: int) -> HttpResponse:
    """Show one submission: what was submitted, what was decided and why, what was written."""
    return _page(request, principal, submission_id)


@require_POST
@never_cache
@for_principal
def answer(request: HttpRequest, principal: Principal, submission_id: int) -> HttpResponse:
    """Answer the reviewer of a submission that is under review; what is refused stays in the field."""
    found = _own(principal, submission_id)
    typed = request.POST.get("text", "")
    review = Review.objects.open().filter(kind=words.REVIEW, subject_id=found.pk).first()
    try:
        if review is None:
            raise Refused(_("Not sent: the review has ended, and nobody reads it."), code="decided")
        reviews.answer(review.pk, text.showable(typed), by=principal.actor)
    except Refused as refusal:
        return _page(request, principal, submission_id, answer=typed, error=refusal.message)
    messages.success(request, _("Your answer is at the reviewers' desk."))
    return redirect(reverse("releases:submission", args=[found.pk]) + "#thread")


def _page(
    request: HttpRequest, principal: Principal, submission_id: int, *, answer: str = "", error: str = ""
) -> HttpResponse:
    review = Review.objects.filter(kind=words.REVIEW, subject_id=OuterRef("pk")).order_by("-pk")
    found = _own(
        principal,
        submission_id,
        review_id=Subquery(review.values("pk")[:1]),
        due_at=Subquery(review.values("due_at")[:1]),
        delayed_until=Subquery(review.values("delayed_until")[:1]),
    )
    if found.submitted_at is None:
        return redirect(words.CHECK if found.state == State.DRAFT else "releases:submissions")
    account = found.account
    waits = found.state == State.UNDER_REVIEW
    verdicts = list(Verdict.objects.filter(review_id=found.review_id).order_by("pk"))
    decided = next((verdict for verdict in verdicts if verdict.kind != Verdict.Kind.DELAY), None)
    delayed = [verdict for verdict in verdicts if verdict.kind == Verdict.Kind.DELAY]
    context = {
        "account": account,
        "submission": found,
        "tone": TONES[State(found.state)],
        "waits": waits,
        "reasons": _reasons(account.entity_type, decided.reasons if decided else []),
        "delay_reasons": _reasons(account.entity_type, delayed[-1].reasons if delayed and waits else []),
        "screenshots": decided.facts.get("screenshots", []) if decided else [],
        "thread": list(ReviewMessage.objects.filter(review_id=found.review_id).order_by("pk")),
        "answer": text.showable(answer[: reviews.LONGEST_MESSAGE * 2]),
        "answer_error": error,
        "longest_answer": reviews.LONGEST_MESSAGE,
        "history": _history(found, verdicts),
        "pages": _pages(account.first_category, found.details.get("pages", [])),
        "category": _category(account.first_category, found.details.get("category", "")),
        "documents": _documents(account.entity_type, found.submitted.get("documents", [])),
        "previews": found.submitted.get("previews", []),
        "may_submit": principal.can(Capability.SUBMIT_FOR_VERIFICATION),
        "again": found.version.state == Version.State.DEVELOPED,
        "withdraw": withdrawal(principal, found) if waits else None,
        "sim_buttons": _desk(account.world.token, found.review_id) if waits else [],
    }
    return render(request, "releases/submission.html", context)


def withdrawal(principal: Principal, found: Submission) -> dict[str, Any]:
    """Return what `releases/submission_withdraw.html` shows: who may, and both quotas. One query."""
    usages = tallies.usages(found.account, Limit.WITHDRAWALS_PER_DAY, Limit.WITHDRAWALS_PER_MONTH)
    decision = policy.decide_for(Capability.SUBMIT_FOR_VERIFICATION, role=principal.role, held=principal.held)
    spent = next((usage for usage in usages if not usage.left), None)
    return {
        "decision": decision if not decision else _not_spent(spent),
        "quotas": [
            _quota(usages[0], _("%(used)d of %(total)d withdrawals today")),
            _quota(usages[1], _("%(used)d of %(total)d this month")),
        ],
        "again": day(spent.again_on) if spent else "",
    }


@require_POST
@for_principal
def withdraw(request: HttpRequest, principal: Principal, submission_id: int) -> HttpResponse:
    """Take a submission back from the desk, within the quotas of day and month (87013)."""
    taken_back = actions.withdraw(_own(principal, submission_id).pk, by=principal.actor)
    messages.success(
        request, _("Version %(number)s is withdrawn from review.") % {"number": taken_back.version.number}
    )
    return redirect("releases:submission", taken_back.pk)


@require_safe
@for_principal
def screenshot(request: HttpRequest, principal: Principal, submission_id: int, sha256: str) -> HttpResponse:
    """Show a screenshot that a reviewer put beside the verdict on one of the account's own submissions."""
    found = _own(principal, submission_id)
    verdicts = Verdict.objects.filter(review__kind=words.REVIEW, review__subject_id=found.pk)
    for verdict in verdicts:
        for shot in verdict.facts.get("screenshots", []):
            if shot["sha256"] == sha256 and _SHA256.fullmatch(sha256):
                return shown.kept_picture(found.world_id, sha256, shot["content_type"], shot["name"])
    raise Http404


def _own(principal: Principal, submission_id: int, **annotations: Subquery) -> Any:
    """Return one of the account's own submissions, with its version; any other is not there. One query."""
    found = get_object_or_404(
        Submission.objects.select_related("version").annotate(**annotations),
        pk=submission_id,
        account=principal.account,
    )
    found.account, found.world = principal.account, principal.account.world
    return found


def _not_spent(spent: Usage | None) -> Decision:
    if spent is None:
        return Decision(True)
    return Decision(
        False,
        _("The withdrawals are used up. The next is possible on %(day)s.") % {"day": day(spent.again_on)},
    )


def _quota(usage: Usage, sentence: str) -> dict[str, Any]:
    facts = {"used": usage.used, "total": usage.at_most}
    return facts | {"text": sentence % facts}


def _notes(row: Submission) -> str:
    return str(row.details.get("notes", ""))


def _reasons(entity_type: str, reasons: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return a verdict's reasons with what the field of each is called."""
    labels: dict[str, Any] = {slot.name: slot.label for slot in qualifications.slots(entity_type)}
    labels |= dict(reviews.KINDS[words.REVIEW].fields)
    labels.setdefault("sandbox", _("Sandbox account"))
    return [
        {"text": reason["text"], "label": str(labels.get(reason.get("field", ""), ""))} for reason in reasons
    ]


def _history(found: Submission, verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return what happened to a submission for `_partials/history.html`, newest first."""
    entries: list[tuple[datetime, str, str, str]] = []
    if found.submitted_at:
        entries.append((found.submitted_at, _("Submitted for verification"), found.submitted_by, "doing"))
    for verdict in verdicts:
        title, tone = {
            Verdict.Kind.APPROVE: (_("Approved"), "done"),
            Verdict.Kind.REJECT: (_("Rejected"), "fail"),
        }.get(Verdict.Kind(verdict.kind), (_("Delayed"), ""))
        entries.append((verdict.at, title, _("by the reviewers' desk"), tone))
    if found.state in {State.WITHDRAWN, State.RELEASED} and found.ended_at:
        entries.append(
            (found.ended_at, str(found.get_state_display()), "", "done" * (found.state == State.RELEASED))
        )
    return [
        {"at": at, "title": title, "detail": detail, "tone": tone}
        for at, title, detail, tone in reversed(entries)
    ]


def _pages(first: str, pages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{**page, "label": _category(first, page.get("category", ""))} for page in pages]


def _category(first: str, second: str) -> str:
    return tree.label(first, second) if tree.class_of(first, second) else second


def _documents(entity_type: str, documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the documents as they were submitted, with the labels of slot and fields."""
    slots = {slot.name: slot for slot in qualifications.slots(entity_type)}
    return [
        {
            "id": document["id"],
            "name": document.get("name", ""),
            "label": slots[document["slot"]].label,
            "fields": [
                (field.label, document["fields"].get(field.name, ""))
                for field in slots[document["slot"]].fields
            ],
        }
        for document in documents
        if document["slot"] in slots
    ]


def _desk(token: str, review_id: int) -> list[dict[str, Any]]:
    """Return the way to the reviewer who can move this on, for `_partials/sim_buttons.html`."""
    fields = {"world": token, "next": reverse("admin:kernel_review_change", args=[review_id])}
    return [
        {
            "label": _("Open it at the desk"),
            "url": reverse("simulator:desk"),
            "post": True,
            "fields": fields,
            "lamp": True,
        },
        {"label": _("Who decides in this world"), "url": reverse("simulator:policy")},
    ]
