"""Orders, bank and ledger side by side, day by day (PAY-7)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_capability
from payments import reconciliation as sides
from payments.withdrawal_forms import LONGEST, RangeForm
from portal.kernel import calendar
from portal.kernel.terms import Capability


@require_safe
@never_cache
@for_capability(Capability.READ_PAYMENT_ORDERS)
def reconciliation(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Compare the days asked for, the last 31 when none are."""
    today = calendar.start_of_day(principal.account.world.now()).date()
    days = {"first": today - LONGEST + timedelta(days=1), "last": today}
    form = RangeForm(request.GET if "first" in request.GET or "last" in request.GET else None, initial=days)
    if form.is_bound:
        days = form.cleaned_data if form.is_valid() else {}
    found = sides.of(principal.account, days["first"], days["last"]) if days else None
    return render(request, "payments/reconciliation.html", {"form": form, "found": found, "asked": days})
