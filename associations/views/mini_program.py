"""One Mini Program of an Official Account: the invitation's scan, its options, its end (ASC-1, ASC-3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.principals import Principal
from accounts.views import administrator_scans
from associations import actions, words
from associations.forms import ReasonForm
from associations.models import Association
from associations.views import parting, stories
from associations.views.door import for_associations, own
from associations.words import called
from portal.kernel.terms import Capability

State = Association.State
PAGE = "associations:mini_program"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_associations
def mini_program(request: HttpRequest, principal: Principal, association_id: int) -> HttpResponse:
    """Show how far it has come; a POST asks for the scan that ends the association."""
    association = own(principal, association_id)
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if request.method == "POST" and parting.ask(principal, association, words.PART_HERE, form):
        return redirect(PAGE, association.pk)
    return _page(request, principal, association, form)


@require_POST
@for_associations
def ask(request: HttpRequest, principal: Principal, association_id: int) -> HttpResponse:
    """Show a new code for an invitation that waits for the own administrator's scan."""
    association = own(principal, association_id)
    asked = actions.ask_to_invite(
        principal.account.pk,
        appid=association.mini_program.appid or "",
        show_on_profile=association.show_on_profile,
        notify_followers=association.notify_followers,
        by=principal.actor,
    )
    return redirect(PAGE, asked.subject_id)


@require_POST
@for_associations
def profile(request: HttpRequest, principal: Principal, association_id: int) -> HttpResponse:
    """Show it on the profile page, or no longer."""
    association = own(principal, association_id)
    shown = bool(request.POST.get("shown"))
    actions.show_on_profile(association.pk, shown=shown, by=principal.actor)
    name = {"name": called(association.mini_program)}
    if shown:
        messages.success(request, _("The profile page shows %(name)s.") % name)
    else:
        messages.success(request, _("The profile page does not show %(name)s any more.") % name)
    return redirect(PAGE, association.pk)


@require_POST
@for_associations
def withdraw(request: HttpRequest, principal: Principal, association_id: int) -> HttpResponse:
    """Take back what waits for an answer."""
    association = own(principal, association_id)
    actions.withdraw(association.pk, by=principal.actor)
    name = {"name": called(association.mini_program)}
    messages.success(request, _("The invitation to %(name)s is taken back.") % name)
    return redirect(PAGE, association.pk)


def _page(
    request: HttpRequest, principal: Principal, association: Association, form: ReasonForm
) -> HttpResponse:
    account = principal.account
    now = account.world.now()
    waits = association.is_waiting(now)
    purpose = words.INVITE if association.state == State.AWAITING_OFFICIAL_ACCOUNT else words.PART_HERE
    context: dict[str, Any] = stories.row(association, account) | {
        "account": account,
        "now": now,
        "running": account.world.running,
        "waits": waits,
        "asks": waits and association.state == State.AWAITING_OFFICIAL_ACCOUNT,
        "invited": waits and association.state == State.INVITED,
        "associated": association.state == State.ASSOCIATED,
        "may": principal.can(Capability.ASSOCIATE_MINI_PROGRAMS),
        "may_part": principal.can(Capability.DISASSOCIATE),
        "scan": administrator_scans.current(request, account, purpose, association.pk),
        "form": form,
        "actors": [],
        "history": stories.history(association, now),
    }
    if waits:
        context["actors"] = [stories.clock(association, request.path)]
        if association.state == State.INVITED:
            context["actors"].insert(0, stories.answering_phone(association, request.path, now))
    return render(request, "associations/mini_program.html", context)
