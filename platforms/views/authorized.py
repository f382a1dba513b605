"""The third-party platforms that an account authorized: what each may do, and its end (API-1)."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.principals import Principal
from accounts.views.doors import for_principal
from platforms import actions, sets
from platforms.models import Authorization
from portal.kernel import policy
from portal.kernel.http import WorldRequest
from portal.kernel.terms import Capability

ENDED: Final = 20  # authorizations listed that are over, the newest


@require_safe
@never_cache
@for_principal
def authorized(request: WorldRequest, principal: Principal) -> HttpResponse:
    """List the platforms that may act for this account, and the last that may no more."""
    mine = Authorization.objects.filter(account=principal.account).select_related("platform").order_by("-id")
    going_on = mine.filter(state=Authorization.State.AUTHORIZED)
    context = {
        "account": principal.account,
        "rows": [
            {"authorization": each, "sets": sets.of(each.sets), "dialog": f"cancel-{each.pk}"}
            for each in going_on
        ],
        "ended": mine.filter(state=Authorization.State.CANCELLED)[:ENDED],
        "may": policy.decide_for(Capability.AUTHORIZE_PLATFORMS, role=principal.role, held=principal.held),
    }
    return render(request, "platforms/authorized.html", context)


@require_POST
@for_principal
def cancel(request: WorldRequest, principal: Principal, authorization_id: int) -> HttpResponse:
    """Take an authorization back."""
    mine = get_object_or_404(
        Authorization.objects.select_related("platform"), pk=authorization_id, account=principal.account
    )
    actions.cancel(principal.account.pk, mine.pk, by=principal.actor)
    messages.success(
        request,
        _("%(name)s may act for this account no more: its tokens are dead.") % {"name": mine.platform.name},
    )
    return redirect("platforms:authorized")
