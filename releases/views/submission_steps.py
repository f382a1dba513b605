"""Submitting a version, step by step: begin, rules, details with previews, check, submit (REL-2, REL-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.files.base import ContentFile, File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.kernel import limits, pictures, reviews, throttle, uploads
from portal.kernel.errors import Refused
from portal.kernel.ids import LARGEST_ID
from portal.kernel.limits import Limit
from portal.kernel.terms import Capability
from releases import actions, details, preflight, specimens, submission_samples, words
from releases.actions.versions import require_developed
from releases.models import Preview, Service, Submission, Version
from releases.preflight import Around
from releases.submission_forms import PICTURES, DetailsForm, PageForm, category_choices, pages_of
from releases.views.drafts import Draft, draft_of, first_steps, following, for_draft, left, step

UPLOADS_PER_HOUR: Final = 120
STEPS: Final = (words.RULES, words.DETAILS, words.DOCUMENTS, words.SANDBOX_PAGE)


# --- begin, and the rules -----------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def submit(request: HttpRequest, principal: Principal, version_id: int) -> HttpResponse:
    """Show the rules that a version is submitted under; begin, or go on where something is missing.

    Looking opens no draft: that is the button's to do, here with the tick, elsewhere without it.
    Another account's version is not there.
    """
    version = get_object_or_404(Version, pk=version_id, account=principal.account)
    if request.method != "POST":
        return _before(request, principal, version)
    if "rules" in request.POST and request.POST.get("agree") != "on":
        return _before(request, principal, version, error=_unread())
    draft = actions.open_submission(version.pk, by=principal.actor)
    if request.POST.get("agree") == "on":
        actions.accept_rules(draft.pk, by=principal.actor)
        return redirect(words.DETAILS)  # though it may be complete: the notes are of the version before
    return redirect(_next_page(principal))


def _before(request: HttpRequest, principal: Principal, version: Version, *, error: str = "") -> HttpResponse:
    """Show the rules before there is a draft; with one, lead on to where it stands."""
    decision = principal.can(Capability.SUBMIT_FOR_VERIFICATION)
    if not decision:
        return render(request, "releases/submit_shut.html", {"decision": decision, "typed": []})
    require_developed(version)
    draft = draft_of(principal)
    if draft and draft.row.version_id == version.pk:
        return redirect(_next_page(principal))
    service = Service.objects.get(account=principal.account)
    context = {
        **_rules(error),
        "version": version,
        "replaces": draft.row.version.number if draft else "",
        "action": reverse("releases:submit", args=[version.pk]),
        "steps": first_steps(sandbox_asked=service.sandbox_asked_at is not None),
    }
    return render(request, "releases/submit_rules.html", context)


def _next_page(principal: Principal) -> str:
    """Return the step at which the draft goes on: the first that lacks something, else the last."""
    draft = draft_of(principal)
    missing = preflight.missing(draft.row, draft.around()) if draft else []
    pages = [condition.url_name for condition in missing if condition.url_name in STEPS]
    return pages[0] if pages else words.CHECK


@for_draft
def rules(request: HttpRequest, principal: Principal, draft: Draft) -> HttpResponse:
    """Show the review rules with the tick at their end; accept them."""
    error = ""
    if request.method == "POST":
        if request.POST.get("agree") == "on":
            actions.accept_rules(draft.row.pk, by=principal.actor)
            return redirect(words.DETAILS)
        error = _unread()
    context = {**_rules(error), "action": reverse(words.RULES)}
    return step(request, words.RULES, draft, "releases/submit_rules.html", context)


def _unread() -> str:
    return _("Not accepted: read the rules to their end and tick the box there.")


def _rules(error: str) -> dict[str, Any]:
    ceilings = limits.LIMITS
    return {
        "error": error,
        "working_days": limits.CODE_REVIEW_WORKING_DAYS,
        "per_day": ceilings[Limit.WITHDRAWALS_PER_DAY].at_most,
        "per_month": ceilings[Limit.WITHDRAWALS_PER_MONTH].at_most,
    }


# --- the details --------------------------------------------------------------------------


@dataclass
class Typed:
    """The forms of the details page, all of one request or all of what is kept."""

    pages: list[PageForm]
    rest: DetailsForm
    refused: list[str] = field(default_factory=list)  # of pictures

    @property
    def is_right(self) -> bool:
        """Return whether all of it can be submitted."""
        return all(form.is_valid() for form in (*self.pages, self.rest)) and not self.refused

    def typed(self) -> dict[str, Any]:
        """Return what is kept next."""
        return {"pages": [page.typed() for page in self.pages], **self.rest.typed()}


@for_draft
def fill_in(request: HttpRequest, principal: Principal, draft: Draft) -> HttpResponse:
    """Show the details, or do what the pressed button says; every button saves what is typed.

    `do` names the button: continue, save, add (a page), remove:<page>, upload, specimen (previews) or
    remove_preview:<preview>. What is refused stands at its field.
    """
    given = draft.around()
    if request.method != "POST":
        shown = _forms(draft, given, _as_posted(draft.row) if "check" in request.GET else None)
        return _details_page(request, draft, given, shown)
    do, _colon, target = request.POST.get("do", "continue").partition(":")
    shown = _forms(draft, given, request.POST)
    for form in (*shown.pages, shown.rest):
        form.is_valid()
    typed = shown.typed()
    number = int(target) if target.isascii() and target.isdigit() and len(target) < 19 else -1
    if do == "add" and len(typed["pages"]) < details.MOST_PAGES:
        typed["pages"].append({})
    elif do == "remove" and len(typed["pages"]) > 1 and 0 <= number < len(typed["pages"]):
        del typed["pages"][number]
    if not uploads.cut_off(request):
        draft.row.details = actions.save_details(draft.row.pk, typed, by=principal.actor).details
    shown.refused = _take_previews(request, principal, do, number)
    if do == "save" and not shown.refused:
        return left(request)
    if do == "continue":
        if shown.is_right:
            return redirect(following(words.DETAILS, draft.row))
        return _details_page(request, draft, given, shown)
    if shown.refused:
        kept = _forms(draft, given, None)
        kept.refused = shown.refused
        return _details_page(request, draft, given, kept)
    anchor = "#previews" if do in {"upload", "specimen", "remove_preview"} else "#pages"
    return redirect(reverse(words.DETAILS) + anchor)


def _forms(draft: Draft, given: Around, data: Mapping[str, Any] | None) -> Typed:
    """Return the forms with what was posted, or with what is kept."""
    files, rejected = details.files_of(draft.row.version), draft.was_rejected
    choices = category_choices(draft.row.account, given.categories)
    if data is None:
        return Typed(
            [
                PageForm(prefix=f"page{nth}", initial=page, files=files, choices=choices)
                for nth, page in enumerate(pages_of(draft.row))
            ],
            DetailsForm(initial=draft.row.details, choices=choices, rejected=rejected),
        )
    return Typed(
        [
            PageForm(data, prefix=f"page{nth}", files=files, choices=choices)
            for nth in range(_rows(data.get("rows", "")))
        ],
        DetailsForm(data, choices=choices, rejected=rejected),
    )


def _rows(typed: str) -> int:
    """Return how many pages a form says it has, at least one and at most five."""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1
    return max(1, min(number, details.MOST_PAGES))


def _as_posted(draft: Submission) -> dict[str, Any]:
    """Return what is kept as the form would send it, to be judged on the page."""
    pages = pages_of(draft)
    found = {f"page{nth}-{name}": value for nth, page in enumerate(pages) for name, value in page.items()}
    return {**draft.details, **found, "rows": str(len(pages))}


def _take_previews(request: HttpRequest, principal: Principal, do: str, number: int) -> list[str]:
    """Keep every picture that came, or take one away; return the sentences of what was refused."""
    account, by = principal.account, principal.actor
    if do == "remove_preview":
        found = get_object_or_404(Preview, pk=min(max(number, 0), LARGEST_ID), account=account)
        actions.remove_preview(found.pk, by=by)
    files: list[File[bytes]] = list(request.FILES.getlist("preview"))
    if do == "specimen":
        standing = Preview.objects.filter(account=account).count()
        files.append(ContentFile(specimens.preview(account, standing + 1), "preview.png"))
    refused = []
    for file in files:
        try:
            throttle.hit("previews", str(account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1))
            actions.add_preview(account.pk, pictures.read(file), by=by)
        except Refused as refusal:
            refused.append(f"{file.name}: {refusal.message}")
    if uploads.cut_off(request):
        refused.append(
            _("The files are larger than 16 MB together, or one is far larger than 2 MB. Nothing was kept.")
        )
    return refused


def _details_page(request: HttpRequest, draft: Draft, given: Around, shown: Typed) -> HttpResponse:
    previews = Preview.objects.filter(account=draft.row.account, removed_at__isnull=True).order_by("pk")
    context = {
        "pages": shown.pages,
        "form": shown.rest,
        "wrong": sum(len(form.errors) for form in (*shown.pages, shown.rest)),
        "refused": shown.refused,
        "previews": list(previews),
        "most_previews": preflight.MOST_PREVIEWS,
        "most_pages": details.MOST_PAGES,
        "files": sorted(path for path in details.files_of(draft.row.version) if path.endswith(".js"))[:12],
        "accept": PICTURES,
        "samples": submission_samples.details(given.categories, len(shown.pages)),
        "magic": [
            {"value": f"{name}@magic.example", "label": magic.label}
            for name, magic in reviews.MAGIC.items()
            if magic.verdict in reviews.KINDS[words.REVIEW].verdicts
        ],
    }
    return step(request, words.DETAILS, draft, "releases/submit_details.html", context, given=given)


# --- the check ----------------------------------------------------------------------------


@for_draft
def check(request: HttpRequest, principal: Principal, draft: Draft) -> HttpResponse:
    """Show what is ready and what is missing, each with its way; the button lights when nothing is."""
    if request.method == "POST":  # the button of a page that is shown as long as something was missing
        return redirect(words.CHECK)
    given = draft.around()
    conditions = preflight.conditions(draft.row, given)
    needed = [condition for condition in conditions if not condition.optional]
    context = {
        "rows": [_row(condition) for condition in conditions],
        "ready": sum(condition.met for condition in needed),
        "needed": len(needed),
        "complete": all(condition.met for condition in needed),
        "approved": draft.approved,
        "working_days": limits.CODE_REVIEW_WORKING_DAYS,
    }
    return step(request, words.CHECK, draft, "releases/submit_check.html", context, given=given)


def _row(condition: preflight.Condition) -> dict[str, Any]:
    """Return a condition as `_partials/reqs.html` shows it."""
    query = "?check=" if condition.url_name in STEPS and not condition.met else ""
    state = "ok" if condition.met else "" if condition.optional else "no"
    return {
        "label": condition.label,
        "state": state,
        "hint": "" if condition.met else condition.hint,
        "value": condition.value or _("ready") if condition.met else "",
        "url": "" if condition.met else reverse(condition.url_name) + query,
        "action": _("Add") if condition.optional else _("Complete it"),
    }


@require_POST
@for_principal
def submit_now(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Submit the draft for verification: the reviewers' desk has it."""
    number = request.POST.get("submission", "")
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    draft = get_object_or_404(Submission, pk=pk, account=principal.account)
    submitted = actions.submit(draft.pk, by=principal.actor)
    messages.success(
        request,
        _("Version %(number)s is submitted for verification.") % {"number": submitted.version.number},
    )
    return redirect("releases:submission", submitted.pk)


@require_POST
@for_principal
def drop(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Give the draft up; documents, previews and what was typed are there for the next one."""
    draft = draft_of(principal)
    if draft is None:
        raise Refused(_("Nothing was dropped: nothing is being filled in."), way_out=words.PAGE)
    actions.drop(draft.row.pk, by=principal.actor)
    messages.success(request, _("The draft is dropped. What you typed is there for the next submission."))
    return redirect(words.PAGE)
