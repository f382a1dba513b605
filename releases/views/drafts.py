"""The door of the wizard's pages: who may submit, and the draft that the account fills in (REL-2, REL-3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.kernel import text
from portal.kernel.terms import Capability
from releases import details, preflight, words
from releases.models import Preview, Submission
from releases.preflight import Around, Condition

DraftView = Callable[[HttpRequest, Principal, "Draft"], HttpResponse]

STEPS: Final = {
    words.RULES: gettext_lazy("Review rules"),
    words.DETAILS: gettext_lazy("Feature pages"),
    words.DOCUMENTS: pgettext_lazy("step", "Documents"),
    words.SANDBOX_PAGE: gettext_lazy("Sandbox account"),
    words.CHECK: pgettext_lazy("step", "Check and submit"),
}
GONE: Final = 409

# What a page that can no longer be saved shows again, by the end of a field's name.
TYPED: Final = {
    "title": gettext_lazy("Title"),
    "tags": gettext_lazy("Tags"),
    "path": gettext_lazy("Page path"),
    "notes": gettext_lazy("Version notes"),
    "feedback": gettext_lazy("Feedback on the last rejection"),
    "remark": pgettext_lazy("submission", "Remark"),
    "edition_number": gettext_lazy("Edition number"),
    "approval_number": gettext_lazy("Approval number"),
    "record_number": gettext_lazy("Record number"),
    "registration_number": gettext_lazy("Registration number"),
    "server": gettext_lazy("Server or zone"),
    "tester": gettext_lazy("WeChat ID of the tester"),
}


def for_draft(view: DraftView) -> Callable[..., HttpResponseBase]:
    """Call the view with the draft that the account fills in.

    Who may not submit is told why; without a draft one is led to where a version is chosen. A form that
    was opened for another draft is not saved: what was typed stands on the answer, nothing is lost.
    """

    @wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])
    @never_cache
    @for_principal
    def guarded(request: HttpRequest, principal: Principal) -> HttpResponse:
        decision = principal.can(Capability.SUBMIT_FOR_VERIFICATION)
        if not decision:
            context = {"decision": decision, "typed": _typed_in(request)}
            return render(request, "releases/submit_shut.html", context)
        draft = draft_of(principal)
        if request.method == "POST" and request.POST.get("submission") != str(draft.row.pk if draft else ""):
            return _gone(request, principal, draft.row if draft else None)
        if draft is None:
            messages.info(request, _("Nothing is being filled in. Choose a version to submit."))
            return redirect(words.PAGE)
        return view(request, principal, draft)

    return guarded


@dataclass(frozen=True)
class Draft:
    """The submission that is filled in, and what its pages ask about the account's others.

    `was_rejected`: the last verdict was a rejection, so there is room for feedback. `approved`: the number
    of a version that waits for its release, or ''.
    """

    row: Submission
    previews: int
    is_waiting: bool
    was_rejected: bool
    approved: str

    def around(self) -> Around:
        """Return what the pre-flight looks at. Two queries."""
        account = self.row.account
        return Around(
            preflight.categories_of(account), preflight.documents_of(account), self.previews, self.is_waiting
        )


def draft_of(principal: Principal) -> Draft | None:
    """Return the account's draft, with its version and account. One query."""
    others = Submission.objects.filter(account=OuterRef("account"))
    previews = Preview.objects.filter(account=OuterRef("account"), removed_at__isnull=True).order_by()
    decided = others.filter(submitted_at__isnull=False).order_by("-pk")
    found = (
        Submission.objects.select_related("version")
        .filter(account=principal.account, state=Submission.State.DRAFT)
        .annotate(
            previews=Subquery(previews.values("account").annotate(number=Count("pk")).values("number")),
            is_waiting=Exists(others.filter(state=Submission.State.UNDER_REVIEW)),
            last=Subquery(decided.values("state")[:1]),
            approved=Subquery(others.filter(state=Submission.State.APPROVED).values("version__number")[:1]),
        )
    )
    row = found.first()
    if row is None:
        return None
    row.account, row.world = principal.account, principal.account.world
    return Draft(
        row, row.previews or 0, row.is_waiting, row.last == Submission.State.REJECTED, row.approved or ""
    )


def steps(now: str, draft: Submission, conditions: list[Condition]) -> list[dict[str, Any]]:
    """Return the steps for `_partials/steps.html`, with `now` under way."""
    lacking = {condition.url_name for condition in conditions if not (condition.met or condition.optional)}
    return [
        {
            "label": label,
            "state": "now" if name == now else "" if name in lacking or name == words.CHECK else "done",
        }
        for name, label in STEPS.items()
        if name != words.SANDBOX_PAGE or draft.sandbox_asked
    ]


def first_steps(*, sandbox_asked: bool) -> list[dict[str, Any]]:
    """Return the steps before there is a draft."""
    return [
        {"label": label, "state": "now" if name == words.RULES else ""}
        for name, label in STEPS.items()
        if name != words.SANDBOX_PAGE or sandbox_asked
    ]


def following(now: str, draft: Submission) -> str:
    """Return the step after `now`."""
    shown = [name for name in STEPS if name != words.SANDBOX_PAGE or draft.sandbox_asked]
    return shown[min(shown.index(now) + 1, len(shown) - 1)]


def step(
    request: HttpRequest,
    name: str,
    draft: Draft,
    template: str,
    context: Mapping[str, Any],
    *,
    given: Around | None = None,
) -> HttpResponse:
    """Show a step of the wizard; `given` is what the pre-flight looks at, if it is at hand."""
    conditions = preflight.conditions(draft.row, given or draft.around())
    frame = {
        "account": draft.row.account,
        "draft": draft.row,
        "version": draft.row.version,
        "steps": steps(name, draft.row, conditions),
    }
    return render(request, template, {**frame, **context})


def left(request: HttpRequest) -> HttpResponse:
    """Answer *Save and leave*."""
    messages.success(request, _("What you typed is kept. Go on whenever you want."))
    return redirect(words.PAGE)


def _gone(request: HttpRequest, principal: Principal, draft: Submission | None) -> HttpResponse:
    """Tell what became of the draft that a form was opened for, and show what was typed in it."""
    number = request.POST.get("submission", "")
    meant = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        mine = Submission.objects.select_related("version").filter(account=principal.account)
        meant = mine.filter(pk=int(number)).first()
    what = {"number": meant.version.number if meant else "", "other": draft.version.number if draft else ""}
    if meant is None:
        sentence = _("Not saved: this page is of no submission that can be filled in.")
    elif meant.submitted_at is not None:
        sentence = _("Not saved: version %(number)s was submitted meanwhile.") % what
    elif draft is not None:
        sentence = (
            _("Not saved: version %(other)s is being submitted instead of %(number)s, from another window.")
            % what
        )
    else:
        sentence = _("Not saved: version %(number)s was deleted, or its submission dropped.") % what
    context = {
        "sentence": sentence,
        "typed": _typed_in(request),
        "url": reverse(words.DETAILS if draft else words.PAGE),
        "goes_on": draft,
    }
    return render(request, "releases/submit_gone.html", context, status=GONE)


def _typed_in(request: HttpRequest) -> list[tuple[Any, str]]:
    """Return what a form held that is worth keeping: label and value; secrets are not shown again."""
    found = []
    for name, value in request.POST.items():
        label = TYPED.get(name.rsplit("-", 1)[-1])
        if label and isinstance(value, str) and value.strip():
            found.append((label, text.showable(value[: details.LONGEST_TYPED])))
    return found
