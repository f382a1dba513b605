"""Releasing an approved version, letting a phased release grow, rolling back, the service (REL-8, REL-9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.administrator_scans import Shown
from accounts.views.doors import for_principal
from portal.kernel import keyset
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from releases import actions, modules, obstacles, words
from releases.models import InternalTest, Release, Service, Submission
from releases.modules import Released
from releases.obstacles import ALL, Online
from releases.release_forms import GrowForm, ReleaseForm, RollBackForm, SuspendForm

State = Release.State

SHOWN: Final = 10  # newest releases on the page
OF_HISTORY: Final = 50  # on a page of the whole history
TONES: Final = {State.PHASED: "doing", State.FULL: "done", State.REPLACED: "idle", State.CANCELLED: "fail"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def release(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show what may be released and what is, and ask the administrator's phone to release it.

    A POST without a choice shows a new code for what was asked before.
    """
    if request.method != "POST":
        return _page(request, principal)
    account = principal.account
    submission = _newest(account)
    if submission is None:
        raise Refused(_("Nothing was released: no version is approved (85019)."), code="not_approved")
    scan = administrator_scans.current(request, account, words.RELEASE)
    if "to" not in request.POST and scan and scan.facts["submission"] == submission.pk:
        actions.ask_to_release(submission.pk, percent=scan.facts["percent"], by=principal.actor)
        return redirect(words.RELEASING)
    form = ReleaseForm(request.POST, is_first=account.released_at is None)
    if form.is_valid():
        try:
            actions.ask_to_release(submission.pk, percent=form.share, by=principal.actor)
        except Refused as refusal:
            if refusal.field not in form.fields:
                raise
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect(words.RELEASING)
    return _page(request, principal, form=form)


@require_POST
@for_principal
def grow(request: HttpRequest, principal: Principal, release_id: int) -> HttpResponse:
    """Let a phased release reach more players, or at 100 percent all of them."""
    found = _own(principal.account, release_id)
    form = GrowForm(request.POST, release=found)
    if found.state == State.PHASED and not form.is_valid():
        return _page(request, principal, grow_form=form)
    percent = form.cleaned_data["percent"] if form.is_valid() else 0
    grown = actions.grow(found.pk, percent=percent, by=principal.actor)
    number = found.submission.version.number
    if grown.state == State.FULL:
        messages.success(request, _("Version %(number)s reaches all players.") % {"number": number})
    else:
        messages.success(
            request,
            _("Version %(number)s reaches %(percent)d percent of the players.")
            % {"number": number, "percent": percent},
        )
    return redirect(words.RELEASING)


@require_POST
@for_principal
def cancel(request: HttpRequest, principal: Principal, release_id: int) -> HttpResponse:
    """Give the players of a phased release the version before it again."""
    found = _own(principal.account, release_id)
    actions.cancel(found.pk, by=principal.actor)
    messages.success(
        request,
        _("The phased release of version %(number)s is cancelled.")
        % {"number": found.submission.version.number},
    )
    return redirect(words.RELEASING)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def roll_back(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the versions that can come back, and put one of them online again."""
    account = principal.account
    choices = actions.rollback_choices(account)
    form = RollBackForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and (form.is_valid() or not choices):
        to = form.cleaned_data["to"] if form.is_valid() else 0
        back = actions.roll_back(account.pk, to=to, by=principal.actor)
        messages.success(
            request,
            _("Version %(number)s is online again.") % {"number": back.submission.version.number},
        )
        return redirect(words.RELEASING)
    obstacle = None if choices else actions.rollback_obstacle(account)
    chosen = str(form["to"].value() or "")
    context = {
        "form": form,
        "released": modules.released_of(account),
        "choices": [{"release": choice, "chosen": chosen == str(choice.pk)} for choice in choices],
        "obstacle": obstacle.sentence if obstacle else "",
        "may_release": principal.can(Capability.RELEASE),
    }
    return render(request, "releases/roll_back.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def suspend(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Ask why, and once more, before players see that the service is suspended."""
    form = SuspendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.suspend(principal.account.pk, reason=form.cleaned_data["reason"], by=principal.actor)
        messages.success(request, _("The service is suspended: players see that."))
        return redirect(words.RELEASING)
    context = {
        "form": form,
        "released": modules.released_of(principal.account),
        "may_suspend": principal.can(Capability.SUSPEND_SERVICE),
    }
    return render(request, "releases/suspend.html", context)


@require_safe
@never_cache
@for_principal
def releases(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List every release, newest first."""
    page = keyset.turn(request, _history(principal.account), size=OF_HISTORY)
    return render(request, "releases/releases.html", {"rows": _rows(page.rows), "page": page})


@require_POST
@for_principal
def resume(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Serve players again."""
    actions.resume(principal.account.pk, by=principal.actor)
    messages.success(request, _("The service is resumed: players get the released version."))
    return redirect(words.RELEASING)


# --- the page -----------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    principal: Principal,
    *,
    form: ReleaseForm | None = None,
    grow_form: GrowForm | None = None,
) -> HttpResponse:
    account = principal.account
    submission, newest = _newest(account), _newest_releases(account)
    released = _released(newest)
    test = actions.internal_test_of(account)
    scan = administrator_scans.current(request, account, words.RELEASE)
    if scan and (submission is None or scan.facts["submission"] != submission.pk):
        scan = None
    may_release = principal.can(Capability.RELEASE)
    waits = submission is not None and submission.state == Submission.State.APPROVED
    reasons = _reasons(submission, released, test, refused=may_release.reason)
    phased = released.phased
    context: dict[str, Any] = {
        "account": account,
        "submission": submission if waits else None,
        "released": released,
        "reasons": reasons,
        "test": test,
        "scan": scan if scan and (waits or scan.state == "confirmed") else None,
        "scan_number": scan.facts["number"] if scan else "",
        "form": _form_shown(form, account, scan, reasons),
        "grow_form": grow_form or (GrowForm(release=phased) if phased else None),
        "everybody": {"percent": ALL},
        "may_release": may_release,
        "may_suspend": principal.can(Capability.SUSPEND_SERVICE),
        "rollback_why": _rollback_why(newest),
        "now": account.world.now(),
        "running": account.world.running,
        "rows": _rows(newest[:SHOWN]),
        "more": len(newest) > SHOWN,
        "sim_text": obstacles.of_test(test) if test else "",
        "sim_buttons": _switch(account, test),
    }
    return render(request, "releases/release.html", context)


def _newest(account: Account) -> Submission | None:
    """Return what was submitted last, with its version: nothing before it can be approved still."""
    submitted = Submission.objects.filter(account=account, submitted_at__isnull=False)
    return submitted.select_related("version__developer").defer("version__contents").order_by("-pk").first()


def _history(account: Account) -> QuerySet[Release, Any]:
    """Return the account's releases with what a list shows of them."""
    return (
        Release.objects.filter(account=account)
        .select_related("submission__version")
        .defer("submission__version__contents", "submission__details", "submission__submitted")
    )


def _newest_releases(account: Account) -> list[Release]:
    """Return the newest releases and whatever is online, newest first, each with `service`. One query."""
    newest = Release.objects.filter(account=account).order_by("-pk").values("pk")[: SHOWN + 1]
    online = Q(state__in=(State.FULL, State.PHASED))
    service = Service.objects.filter(account=account).values("state")[:1]
    found = _history(account).filter(online | Q(pk__in=Subquery(newest)))
    return list(found.annotate(service=Subquery(service)).order_by("-pk"))


def _released(newest: list[Release]) -> Released:
    """Return the released module, from rows that hold the newest two releases and all that is online."""
    by_state = {release.state: release for release in newest}
    return Released(
        full=by_state.get(State.FULL),
        phased=by_state.get(State.PHASED),
        is_suspended=any(getattr(row, "service", "") == Service.State.SUSPENDED for row in newest),
        can_roll_back=obstacles.of_rollback(newest[:2]) is None,
    )


def _reasons(
    submission: Submission | None, released: Released, test: InternalTest | None, *, refused: str
) -> list[dict[str, str]]:
    """Return every reason why nothing can be released now, for `_partials/reqs.html`."""
    found = obstacles.of_release(submission, Online(released.full, released.phased), test)
    sentences = [obstacle.sentence for obstacle in found]
    return [{"label": sentence, "state": "no"} for sentence in [*sentences, *filter(None, [refused])]]


def _form_shown(
    form: ReleaseForm | None, account: Account, scan: Shown | None, reasons: list[dict[str, str]]
) -> ReleaseForm | None:
    """Return the form, while something can be released and no code waits for it."""
    if form is not None:
        return form
    if reasons or (scan and scan.waits):
        return None
    return ReleaseForm(is_first=account.released_at is None)


def _rollback_why(newest: Sequence[Release]) -> str:
    """Return why nothing can be rolled back, or ''."""
    obstacle = obstacles.of_rollback(newest[:2])
    return obstacle.sentence if obstacle else ""


def _rows(releases: Iterable[Release]) -> list[dict[str, Any]]:
    return [{"release": row, "tone": TONES[State(row.state)]} for row in releases]


def _switch(account: Account, test: InternalTest | None) -> list[dict[str, Any]]:
    """Return the platform's switch for `_partials/sim_buttons.html`: it ends the test, or begins one."""
    url = reverse("simulator:internal_test")
    here = {"next": reverse(words.RELEASING)}
    more = {"label": _("Internal tests of this world"), "url": url}
    if test is not None:
        of = {"account": test.account_id} if test.account_id else {}
        end = {"label": _("End the internal test"), "fields": {"do": "end", **of, **here}, "lamp": True}
        return [{"url": url, "post": True, **end}, more]
    fields = {"do": "begin", "account": account.pk, **here}
    return [
        {
            "label": _("Begin an internal test of this game"),
            "url": url,
            "post": True,
            "fields": fields,
        },
        {
            "label": _("One of a day"),
            "url": url,
            "post": True,
            "fields": {**fields, "after": "86400"},
        },
        more,
    ]


def _own(account: Account, release_id: int) -> Release:
    """Return one of the account's own releases, with its version; any other is not there. One query."""
    return get_object_or_404(
        Release.objects.select_related("submission__version"),
        pk=release_id,
        account=account,
    )
