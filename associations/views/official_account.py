"""One Official Account of a Mini Program: its invitation answered, the association ended (ASC-3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.principals import Principal
from accounts.views import administrator_scans
from associations import actions, words
from associations.forms import ReasonForm
from associations.models import Association
from associations.views import door, parting, stories
from associations.views.door import for_associations
from associations.words import called
from portal.kernel import policy
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability

State = Association.State
PAGE = "associations:official_account"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_associations
def official_account(request: HttpRequest, principal: Principal, association_id: int) -> HttpResponse:
    """Show how far it has come; a POST asks for the scan that ends the association."""
    association = _own(principal, association_id)
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if request.method == "POST" and parting.ask(principal, association, words.PART_THERE, form):
        return redirect(PAGE, association.pk)
    return _page(request, principal, association, form)


@require_POST
@for_associations
def ask(request: HttpRequest, principal: Principal, association_id: int) -> HttpResponse:
    """Show the invitation's code again, for the administrator of this moment."""
    association = _own(principal, association_id)
    actions.ask_to_answer(association.pk, by=principal.actor)
    return redirect(PAGE, association.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_associations
def refuse(request: HttpRequest, principal: Principal, association_id: int) -> HttpResponse:
    """Refuse the invitation, for a reason or for none; the form's own address leads back to the page."""
    association = _own(principal, association_id)
    if request.method != "POST":
        return redirect(PAGE, association.pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, principal, association, form)
    try:
        actions.refuse(association.pk, reason=form.cleaned_data["reason"], by=principal.actor)
    except Refused as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, refusal.message)
        return _page(request, principal, association, form)
    name = {"name": called(association.official_account)}
    messages.success(request, _("The invitation of %(name)s is refused.") % name)
    return redirect(PAGE, association.pk)


def _own(principal: Principal, association_id: int) -> Association:
    """Return what reached this Mini Program: before its own scan an Official Account asked nobody."""
    association = door.own(principal, association_id)
    if association.invited_at is None:
        raise Http404
    return association


def _page(
    request: HttpRequest, principal: Principal, association: Association, form: ReasonForm
) -> HttpResponse:
    account = principal.account
    now = account.world.now()
    invited = association.state == State.INVITED and association.is_waiting(now)
    answers = Capability.ANSWER_INVITATIONS
    context: dict[str, Any] = stories.row(association, account) | {
        "account": account,
        "now": now,
        "running": account.world.running,
        "invited": invited,
        "associated": association.state == State.ASSOCIATED,
        "may_accept": principal.can(answers),
        "may_refuse": policy.decide_for(answers, role=principal.role, held=principal.held),
        "may_part": principal.can(Capability.DISASSOCIATE),
        "scan": administrator_scans.current(
            request, account, words.ANSWER if invited else words.PART_THERE, association.pk
        ),
        "form": form,
        "actors": [stories.clock(association, request.path)] if invited else [],
        "history": stories.history(association, now),
    }
    return render(request, "associations/official_account.html", context)
