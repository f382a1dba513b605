"""Closing the account: what it means, the scan, the freeze period, and keeping it after all."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, closings
from accounts.actions.closing import CLOSE, current, freeze_period
from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.doors import for_principal
from portal.kernel.http import WorldRequest
from portal.kernel.models import Review
from portal.kernel.terms import Capability


@require_safe
@never_cache
@for_principal
def closing(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show what closing means, the code while it waits, or how long it can still be undone."""
    account = principal.account
    waiting = Review.objects.open().filter(account_id=account.pk).first()
    return render(
        request,
        "accounts/closing.html",
        {
            "account": account,
            "now": account.world.now(),
            "running": account.world.running,
            "closing": current(account),
            "scan": administrator_scans.current(request, account, CLOSE),
            "days": freeze_period(account).days,
            "may": principal.can(Capability.CLOSE_ACCOUNT),
            "may_keep": principal.is_administrator,
            "waiting": waiting,
            "objection": "" if waiting else closings.objection_to(account),
        },
    )


@require_POST
@for_principal
def close(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Ask the administrator's phone whether to close the account."""
    actions.ask_to_close(principal.account.pk, by=principal.actor)
    return redirect("accounts:closing")


@require_POST
@for_principal
def keep(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Undo the closing."""
    actions.keep(principal.account.pk, by=principal.actor)
    messages.success(request, _("The account is kept, with everything it has."))
    return redirect("accounts:closing")
