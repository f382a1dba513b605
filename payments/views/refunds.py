"""Refunding an order: how much and why, then the administrator's scan (PAY-5)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.administrator_scans import Shown
from accounts.views.doors import for_capability
from payments.actions import refunds
from payments.actions.refunds import Room
from payments.models import PaymentOrder
from payments.refund_forms import RefundForm
from payments.views.orders import own
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from portal.kernel.wording import yuan_plain


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_capability(Capability.READ_PAYMENT_ORDERS)
def refund(request: HttpRequest, principal: Principal, number: str) -> HttpResponse:
    """Show what can be refunded of an order, ask the administrator's phone, and wait for its answer.

    A POST without an amount shows a new code for what was asked before.
    """
    order = own(principal, number)
    if request.method != "POST":
        return _page(request, principal, order)
    if "amount" not in request.POST:
        refunds.ask_again(order.pk, by=principal.actor)
        return redirect("payments:order_refund", order.number)
    form = RefundForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            refunds.ask(order.pk, amount_fen=typed["amount"], reason=typed["reason"], by=principal.actor)
        except Refused as refusal:
            if refusal.field not in form.fields:
                raise
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect("payments:order_refund", order.number)
    return _page(request, principal, order, form)


def _page(
    request: HttpRequest, principal: Principal, order: PaymentOrder, form: RefundForm | None = None
) -> HttpResponse:
    scan = administrator_scans.current(request, principal.account, refunds.SCAN)
    if scan and scan.facts["order"] != order.pk:
        scan = None
    decision = principal.can(Capability.REFUND_PAYMENT_ORDERS)
    why, there = decision.reason, None
    try:
        there = refunds.room(order)
    except Refused as refusal:
        why = refusal.message
    return render(
        request,
        "payments/refund.html",
        {
            "account": principal.account,
            "order": order,
            "scan": scan,
            "room": there,
            "why": why or _nothing_left(there),
            "form": form or _form(there, scan),
        },
    )


def _nothing_left(there: Room | None) -> str:
    if there is None or there.most_fen:
        return ""
    return _("The player has spent the coins of this order.")


def _form(there: Room | None, scan: Shown | None) -> RefundForm | None:
    """Return the form filled with the most that can go back, while no code waits."""
    if there is None or not there.most_fen or (scan and scan.waits):
        return None
    return RefundForm(initial={"amount": yuan_plain(there.most_fen).replace(",", "")})
