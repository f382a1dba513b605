"""Mini Program Management of an Official Account: the list, and *Add* (ASC-1, ASC-2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.principals import Principal
from accounts.samples import Sample
from accounts.views.doors import for_capability
from associations import actions, candidates
from associations.candidates import Candidate
from associations.forms import OptionsForm, SearchForm
from associations.models import Association
from associations.models.association import OPEN, WAITING
from associations.views import stories
from associations.views.door import for_associations
from associations.words import called
from portal.kernel.errors import Refused
from portal.kernel.terms import AccountType, Capability

READY = 3  # samples that can be invited
NOBODYS = "wx00000000000000ff"


@require_safe
@never_cache
@for_associations
def mini_programs(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List the Mini Programs: those that wait, then the associated; on request those it is over with."""
    account = principal.account
    context = stories.lists(request, account, WAITING)
    context |= {
        "account": account,
        "may": principal.can(Capability.ASSOCIATE_MINI_PROGRAMS),
        "quotas": stories.quotas_here(account),
    }
    return render(request, "associations/mini_programs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_capability(Capability.ASSOCIATE_MINI_PROGRAMS)
def add(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Find a Mini Program by `?q=` its AppID, choose the options, ask for the administrator's scan."""
    if request.method == "POST":
        return _invite(request, principal)
    search = SearchForm(request.GET) if "q" in request.GET else SearchForm()
    options = OptionsForm(initial={name: bool(request.GET.get(name)) for name in OptionsForm.base_fields})
    return _page(request, principal, search, options)


def _invite(request: HttpRequest, principal: Principal) -> HttpResponse:
    search = SearchForm({"q": request.POST.get("appid", "")})
    options = OptionsForm(request.POST)
    if not (search.is_valid() and options.is_valid()):
        return _page(request, principal, search, options)
    try:
        asked = actions.ask_to_invite(
            principal.account.pk, appid=search.cleaned_data["q"], by=principal.actor, **options.cleaned_data
        )
    except Refused as refusal:
        if refusal.field != candidates.FIELD:
            raise
        search.add_error("q", refusal.message)
        return _page(request, principal, search, options)
    return redirect("associations:mini_program", asked.subject_id)


def _page(
    request: HttpRequest, principal: Principal, search: SearchForm, options: OptionsForm
) -> HttpResponse:
    """Show the first step, and below it the second once somebody is found."""
    account = principal.account
    found = _found(principal, search)
    context: dict[str, Any] = {
        "account": account,
        "search": search,
        "options": options,
        "ticked": [name for name in options.fields if options[name].value()],
        "found": found,
        "samples": _samples(account),
        "steps": [
            {"label": _("Find it"), "state": "done" if found else "now"},
            {"label": _("Choose the options"), "state": "now" if found else ""},
            {"label": _("The administrator's scan"), "state": ""},
        ],
    }
    if found:
        context |= {
            "name": called(found.mini_program),
            "quotas": stories.candidate_quotas(found.usages, same=found.is_same_entity),
        }
    return render(request, "associations/add.html", context)


def _found(principal: Principal, search: SearchForm) -> Candidate | None:
    if not search.is_bound or not search.is_valid():
        return None
    try:
        return candidates.preview(principal.account, search.cleaned_data["q"], by=principal.actor)
    except Refused as refusal:
        search.add_error("q", refusal.message)
        return None


def _samples(account: Account) -> list[Sample]:
    """Return AppIDs of this world that can be invited now, and one broken of each kind."""
    mini_programs = Account.objects.filter(
        world=account.world_id, account_type=AccountType.MINI_PROGRAM, appid__isnull=False, closes_at=None
    ).order_by("pk")
    taken = Association.objects.filter(official_account=account, state__in=OPEN).values("mini_program")
    ready = mini_programs.filter(released_at__isnull=False, suspended_at=None).exclude(pk__in=taken)
    samples: list[Sample] = [
        _sample(called(each), str(each.appid), valid=True) for each in ready.select_related("entity")[:READY]
    ]
    if early := mini_programs.filter(released_at=None).values_list("appid", flat=True).first():
        samples.append(_sample(_("Without a released version"), early))
    samples += [
        _sample(_("This Official Account's own"), str(account.appid)),
        _sample(_("Nobody's"), NOBODYS),
    ]
    return samples


def _sample(label: str, appid: str, *, valid: bool = False) -> Sample:
    return {"label": label, "fields": {"q": appid}, "valid": valid}
