"""Development Management: released, verifying and developed version on one page (REL-1, REL-6, REL-9)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import categories
from accounts.models import Account
from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.kernel import diagrams, keyset, tallies
from portal.kernel.keyset import Page
from portal.kernel.limits import Limit, Usage
from portal.kernel.machines import machine_of
from portal.kernel.terms import Capability
from portal.kernel.wording import day, moment, span
from releases import actions, modules, preflight, words
from releases.actions.submissions import typed_again
from releases.models import InternalTest, Release, Service, Submission, Version
from releases.modules import Released, Verifying
from releases.packages.findings import Finding

PAGE_SIZE: Final = 20
State = Submission.State

TONES: Final = {
    State.DRAFT: "doing",
    State.UNDER_REVIEW: "doing",
    State.APPROVED: "act",
    State.REJECTED: "fail",
    State.WITHDRAWN: "idle",
}
STEPS: Final = (words.RULES, words.DETAILS, words.DOCUMENTS, words.SANDBOX_PAGE)
MACHINES: Final = {
    "releases.Version": gettext_lazy("A version"),
    "releases.Submission": gettext_lazy("A submission"),
    "releases.Release": gettext_lazy("A release"),
    "releases.Service": gettext_lazy("The service"),
}


@require_safe
@for_principal
def development(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the three modules, what may be done in each, and why not."""
    account = principal.account
    released, verifying = modules.released_of(account), modules.verifying_of(account)
    page = keyset.turn(request, modules.developed_of(account), size=PAGE_SIZE)
    submission = verifying.submitted
    under_review = submission is not None and submission.state == State.UNDER_REVIEW
    approved = submission is not None and submission.state == State.APPROVED
    test = actions.internal_test_of(account) if approved else None
    return render(
        request,
        "releases/development.html",
        {
            "account": account,
            "released": released,
            "serving": [_serving(release) for release in (released.full, released.phased) if release],
            "verifying": verifying,
            "shown": _shown(account, submission) if submission else None,
            "quotas": _quotas(account) if under_review else [],
            "hold": _hold(verifying, test, principal),
            "desk": _desk(account, submission),
            "may": _may(principal),
            "upload_is_next": not page.rows and page.is_first and not verifying.waits,
            "submit_next": _submit_next(principal, verifying, page),
            "rows": [_row(version) for version in page.rows],
            "page": page,
            "trial": _lost_trial(page),
            "diagrams": _diagrams(released, verifying),
        },
    )


@require_safe
@for_principal
def missing(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Answer the part of the page that says what the next submission still needs."""
    verifying = modules.verifying_of(principal.account)
    submission = verifying.draft or _prospect(principal.account, verifying)
    rows = preflight.conditions(submission) if submission else []
    needed = [row for row in rows if not row.optional]
    begin = reverse("releases:submit", args=[submission.version_id]) if submission else ""
    shown = [_condition(row, "" if verifying.draft else begin) for row in rows]
    return render(
        request,
        "releases/_missing.html",
        {
            "submission": submission,
            "ready": sum(row.met for row in needed),
            "needed": len(needed),
            "open": [row for row in shown if row["state"] != "ok"],
            "met": [row for row in shown if row["state"] == "ok"],
        },
    )


def _prospect(account: Account, verifying: Verifying) -> Submission | None:
    """Return the submission that would begin with the newest version, not saved; None without one."""
    versions = modules.developed_of(account).order_by("-pk")
    version = _next_version(verifying, versions.exclude(submissions__state=State.RELEASED).first())
    if version is None or verifying.waits:
        return None
    details = typed_again(verifying.submitted)
    return Submission(
        world=account.world,
        account=account,
        version=version,
        details=details,
        sandbox_asked=Service.objects.filter(account=account, sandbox_asked_at__isnull=False).exists(),
    )


def _next_version(verifying: Verifying, newest: Version | None) -> Version | None:
    """Return the version to submit next: the one that came back, if it still stands, else the newest."""
    before = verifying.submitted.version if verifying.submitted else None
    return before if before and before.state == Version.State.DEVELOPED else newest


def _condition(row: preflight.Condition, begin: str) -> dict[str, Any]:
    """Return a row as `_partials/reqs.html` wants it; its link begins the submission at `begin`, if given."""
    if row.met:
        return {"label": row.label, "state": "ok", "value": row.value}
    url = begin if begin and row.url_name in STEPS else reverse(row.url_name)
    state = "" if row.optional else "no"
    return {"label": row.label, "state": state, "hint": row.hint, "url": url, "action": _("Go there")}


# --- what each module shows ---------------------------------------------------------------


def _may(principal: Principal) -> dict[str, Any]:
    return {
        "upload": principal.can(Capability.UPLOAD_VERSION),
        "submit": principal.can(Capability.SUBMIT_FOR_VERIFICATION),
        "delete": principal.can(Capability.DELETE_VERSION),
        "set_trial": principal.can(Capability.SET_TRIAL_VERSION),
        "release": principal.can(Capability.RELEASE),
        "suspend": principal.can(Capability.SUSPEND_SERVICE),
    }


def _serving(release: Release) -> dict[str, Any]:
    return {
        "release": release,
        "number": release.submission.version.number,
        "description": release.submission.version.description,
        "is_phased": release.state == Release.State.PHASED,
        "is_rollback": release.rollback_of_id is not None,
    }


def _shown(account: Account, submission: Submission) -> dict[str, Any]:
    """Return the submitted version as the module shows it; its review told by `modules.verifying_of`."""
    found: Any = submission
    is_open = submission.state == State.UNDER_REVIEW
    delayed = found.delayed_until if is_open else None
    return {
        "submission": submission,
        "version": submission.version,
        "state": _("Delayed") if delayed else submission.get_state_display(),
        "tone": "act" if delayed else TONES[State(submission.state)],
        "since": _since(submission),
        "due_at": found.due_at if is_open else None,
        "delayed_until": delayed,
        "reasons": [reason["text"] for reason in found.reasons or []]
        if submission.state == State.REJECTED
        else [],
        "notes": submission.details.get("notes", ""),
        "category": categories.label(account.first_category, submission.details.get("category", ""))
        if submission.details.get("category")
        else "",
    }


def _since(submission: Submission) -> str:
    """Return when the verdict came and how long it took, or since when it waits."""
    if submission.submitted_at is None:
        return ""
    if submission.decided_at is None:
        if submission.ended_at is None:
            return _("submitted %(at)s") % {"at": moment(submission.submitted_at)}
        return _("withdrawn %(at)s") % {"at": moment(submission.ended_at)}
    return _("decided %(at)s, after %(took)s") % {
        "at": moment(submission.decided_at),
        "took": span(submission.decided_at - submission.submitted_at),
    }


def _quotas(account: Account) -> list[dict[str, Any]]:
    today, month = tallies.usages(account, Limit.WITHDRAWALS_PER_DAY, Limit.WITHDRAWALS_PER_MONTH)
    return [
        _quota(today, _("%(used)d of %(total)d withdrawals today")),
        _quota(month, _("%(used)d of %(total)d this month")),
    ]


def _quota(usage: Usage, text: str) -> dict[str, Any]:
    shown = text % {"used": usage.used, "total": usage.at_most}
    if not usage.left and usage.again_on:
        shown = _("%(quota)s, free again on %(day)s") % {"quota": shown, "day": day(usage.again_on)}
    return {"used": usage.used, "total": usage.at_most, "text": shown}


def _desk(account: Account, submission: Any) -> list[dict[str, Any]]:
    """Return what the simulator offers while a reviewer decides, for `_partials/sim_buttons.html`."""
    if submission is None or submission.state != State.UNDER_REVIEW:
        return []
    fields = {"world": account.world.token}
    if submission.review_id:
        fields["next"] = reverse("admin:kernel_review_change", args=[submission.review_id])
    desk = {"label": _("Open it at the desk"), "url": reverse("simulator:desk"), "post": True, "lamp": True}
    return [
        desk | {"fields": fields},
        {"label": _("Who decides in this world"), "url": reverse("simulator:policy")},
    ]


def _hold(verifying: Verifying, test: InternalTest | None, principal: Principal) -> str:
    """Return why Release is not lit, or '' when it may be pressed."""
    if verifying.submitted is None or verifying.submitted.state != State.APPROVED:
        return _("Release lights up after approval.")
    if test is not None:
        until = _(" It ends on %(at)s.") % {"at": moment(test.ends_at)} if test.ends_at else ""
        return _("Not clickable: the platform is running an internal test.") + until
    return principal.can(Capability.RELEASE).reason


def _submit_next(principal: Principal, verifying: Verifying, page: Page[Version]) -> dict[str, Any] | None:
    """Return the version that the green button submits, and what the button says."""
    if verifying.waits or not principal.can(Capability.SUBMIT_FOR_VERIFICATION):
        return None
    if verifying.draft is not None and verifying.draft.version.state == Version.State.DEVELOPED:
        return {"version": verifying.draft.version, "action": _("Go on with the submission")}
    rows: Iterable[Any] = page.rows
    unreleased = (row for row in rows if not row.was_released)
    version = _next_version(verifying, next(iter(unreleased), None) if page.is_first else None)
    if version is None:
        return None
    if verifying.submitted is None:
        return {"version": version, "action": _("Submit for Verification")}
    if verifying.submitted.version_id == version.pk:
        return {"version": version, "action": _("Submit again")}
    return {"version": version, "action": _("Submit %(number)s") % {"number": version.number}}


def _row(version: Version) -> dict[str, Any]:
    found: Any = version
    return {
        "version": version,
        "is_trial": found.trial_id == version.pk,
        "findings": [Finding(**finding).sentence for finding in found.findings or []],
    }


def _lost_trial(page: Page[Version]) -> str:
    """Return the number of the trial version when a later upload took it off the list, else ''."""
    first: Any = page.rows[0] if page.rows else None
    if first is None or not page.is_first or first.trial_id in {version.pk for version in page.rows}:
        return ""
    return first.trial_number or ""


# --- state diagrams -----------------------------------------------------------------------


def _diagrams(released: Released, verifying: Verifying) -> Iterable[dict[str, Any]]:
    """Return each machine, drawn where the account's newest row stands in it."""
    submission = verifying.submitted or verifying.draft
    release = released.phased or released.full
    here = {
        "releases.Version": Version.State.DEVELOPED.value,
        "releases.Submission": submission.state if submission else "",
        "releases.Release": release.state if release else "",
        "releases.Service": "suspended" if released.is_suspended else "running" if release else "",
    }
    language = get_language() or ""
    for name, title in MACHINES.items():
        svg, sentence = _drawn(name, here[name], language)
        yield {"title": title, "svg": svg, "sentence": sentence}


@cache
def _drawn(name: str, here: str, _language: str) -> tuple[SafeString, str]:
    """Return a machine as picture and sentence; drawn once for each state and language."""
    machine = machine_of(name)
    said = diagrams.sentence(machine, here) if here else ""
    return diagrams.svg(machine, here=here), said
