"""Refused calls of the server API: the newest, and one explained, found by its rid (API-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_capability
from portal.kernel import keyset
from portal.kernel.http import WorldRequest
from portal.kernel.models import RefusedCall
from portal.kernel.terms import Capability

SHOWN: Final = 20

# What an endpoint may have kept beside a refusal, in the order in which it is read; all of it is text.
EXPLAINED: Final[Mapping[str, Promise]] = {
    "hint": _("The likely mistake"),
    "signed": _("What is to be signed"),
    "expected": _("Expected"),
    "received": _("Received"),
    "difference": _("First difference"),
    "clock": _("Clocks"),
    "rule": _("Rule"),
    "fault": _("Fault of this world"),
}


@require_safe
@never_cache
@for_capability(Capability.EDIT_DEVELOPMENT_SETTINGS)
def refused_calls(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the newest refused calls of this account; `?rid=` leads to the one that an answer named."""
    calls = RefusedCall.objects.filter(world=principal.account.world, appid=principal.account.appid)
    sought = request.GET.get("rid", "").strip().removeprefix("rid:").strip()
    if sought and calls.filter(rid=sought[:26]).exists():
        return redirect("accounts:refused_call", rid=sought)
    page = keyset.turn(request, calls, size=SHOWN)
    context = {"calls": page.rows, "newer_url": page.newer_url, "older_url": page.older_url, "sought": sought}
    return render(request, "accounts/refused_calls.html", context)


@require_safe
@never_cache
@for_capability(Capability.EDIT_DEVELOPMENT_SETTINGS)
def refused_call(request: WorldRequest, principal: Principal, rid: str) -> HttpResponse:
    """Show one refused call: what came, what was answered, and why."""
    account = principal.account
    call = get_object_or_404(RefusedCall, world=account.world, appid=account.appid, rid=rid)
    return render(request, "accounts/refused_call.html", {"call": call, "explained": _rows(call)})


def _rows(call: RefusedCall) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": label, "text": str(call.explained[name])}
        for name, label in EXPLAINED.items()
        if call.explained.get(name) not in (None, "")
    ]
