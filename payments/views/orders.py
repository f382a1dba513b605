"""Payment orders: the inquiry, its export, one order with all that it caused (PAY-5)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_capability
from payments import inquiry, order_words
from payments.actions import refunds
from payments.inquiry import COUNTED, Asked, InquiryForm
from payments.models import PaymentOrder, Refund
from portal.kernel import keyset
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from portal.kernel.wording import day, figure

SHOWN: Final = 20
MOVEMENTS: Final = 10  # of the wallet, on the page of an order
LONGEST_NUMBER: Final = 28


@require_safe
@for_capability(Capability.READ_PAYMENT_ORDERS)
def orders(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List the orders that were asked for, newest first, by key."""
    form = InquiryForm(request.GET or {}, account=principal.account)
    context: dict[str, Any] = {"account": principal.account, "form": form, "asked": _is_narrowed(form)}
    if form.is_valid():
        asked = form.asked
        page = keyset.turn_in_time(
            request,
            *asked.lists,
            moment=inquiry.MOMENT,
            span=asked.span,
            rows=PaymentOrder.objects.select_related("player__person", "partition"),
            size=SHOWN,
        )
        counted = asked.count()
        context |= {
            "rows": [{"order": order, "tone": order_words.tone(order)} for order in page.rows],
            "coin": inquiry.coin_name(principal.account),
            "newer_url": page.newer_url,
            "older_url": page.older_url,
            "days": _days(asked),
            "summary": _summary(len(page.rows), counted),
            "counted": counted if counted <= COUNTED else "",
            "export_url": f"{reverse('payments:orders_export')}?{_without_keys(request)}",
        }
    return render(request, "payments/orders.html", context)


@require_safe
@for_capability(Capability.READ_PAYMENT_ORDERS)
def export(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Answer the same orders as a CSV file, written while it is read; what is not accepted leads back."""
    form = InquiryForm(request.GET or {}, account=principal.account)
    if not form.is_valid():
        return redirect(f"{reverse('payments:orders')}?{request.GET.urlencode()}")
    answer = StreamingHttpResponse(inquiry.as_csv(form.asked), content_type="text/csv; charset=utf-8")
    name = f"payment-orders-{principal.account.appid}.csv"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


@require_safe
@for_capability(Capability.READ_PAYMENT_ORDERS)
def order(request: HttpRequest, principal: Principal, number: str) -> HttpResponse:
    """Show one order: what it is, what happened in time order, and what the wallet did since."""
    found = own(principal, number)
    made = list(Refund.objects.filter(order=found).select_related("settlement").order_by("pk"))
    entries = order_words.entries_of(found)
    bills = [f"_{found.number}", *(f"_{refund.number}" for refund in made)]
    of_order = {entry.bill_no: entry for entry in entries.filter(bill_no__in=bills)}
    recharge = of_order.pop(bills[0], None)
    coin = inquiry.coin_name(principal.account)
    wallet = keyset.turn(request, entries.filter(pk__gt=recharge.pk), size=MOVEMENTS) if recharge else None
    return render(
        request,
        "payments/order.html",
        {
            "account": principal.account,
            "order": found,
            "tone": order_words.tone(found),
            "coin": coin,
            "chain": order_words.chain(found, recharge=recharge, refunds=made, taken=of_order, coin=coin),
            "machine": order_words.drawn(found),
            "wallet": wallet,
            "recharge": recharge,
            "refund": _refund(principal, found),
        },
    )


def own(principal: Principal, number: str) -> PaymentOrder:
    """Return one of the account's own orders, with what its page shows; any other is not there."""
    orders = PaymentOrder.objects.select_related(
        "player__person", "partition", "settlement", "payment__from_account", "payment__to_account"
    )
    return get_object_or_404(orders, account=principal.account, number=number[: LONGEST_NUMBER + 1])


def _refund(principal: Principal, order: PaymentOrder) -> dict[str, Any]:
    """Return whether the order can be refunded now: `may`, or the reason `why` not."""
    decision = principal.can(Capability.REFUND_PAYMENT_ORDERS)
    try:
        there = refunds.room(order)
    except Refused:
        return {}
    if not there.most_fen:
        return {"why": _("The player has spent the coins of this order.")}
    return {"may": bool(decision), "why": decision.reason, "room": there}


def _is_narrowed(form: InquiryForm) -> bool:
    return any(form.data.get(name) for name in form.fields)


def _days(asked: Asked) -> str:
    """Return which days are shown, in words."""
    if asked.days is None:
        return _("Of every day.")
    since, until = asked.days
    return _("Placed from %(since)s to %(until)s.") % {"since": day(since), "until": day(until)}


def _summary(shown: int, counted: int) -> str:
    if counted > COUNTED:
        return _("Newest first. Showing %(shown)s of more than %(most)s.") % {
            "shown": figure(shown),
            "most": figure(COUNTED),
        }
    return ngettext(
        "Newest first. Showing %(shown)s of %(count)s order.",
        "Newest first. Showing %(shown)s of %(count)s orders.",
        counted,
    ) % {"shown": figure(shown), "count": figure(counted)}


def _without_keys(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    return query.urlencode()
