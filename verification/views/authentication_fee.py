"""The fee of an application: its QR code, and the page that waits for the payment (VER-4)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.views import codes
from portal.kernel import confirmations
from portal.kernel.http import WorldRequest
from verification.actions import authentication
from verification.models import AuthenticationOrder
from verification.views import actor_of, go_to
from verification.views.authentication import State, for_application


@require_safe
@never_cache
@for_application(State.AWAITING_PAYMENT)
def status(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Answer the waiting page: nothing while the code is as `state` says, else show the page anew.

    Once the fee is paid, or the window over, `for_application` leads to where it stands then.
    """
    shown = confirmations.latest(authentication.FEE, order.pk)
    if shown is not None and shown.state == request.GET.get("state"):
        return HttpResponse(status=204)
    return go_to(request, reverse("verification:authentication"))


@require_safe
@never_cache
@for_application(State.AWAITING_PAYMENT)
def code(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Draw the QR code: the absolute address of the newest code on the simulated phone."""
    shown = confirmations.latest(authentication.FEE, order.pk)
    if shown is None:
        raise Http404
    return codes.drawn(request, shown.code)


@require_POST
@for_application(State.AWAITING_PAYMENT)
def show(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Show a new code after one that was refused on the phone."""
    authentication.show_fee(order.pk, by=actor_of(request))
    return redirect("verification:authentication")
