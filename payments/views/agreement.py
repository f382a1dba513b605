"""The payment agreement: read part by part, signed, and readable afterwards (PAY-2; console-rules 8.2 B)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.doors import for_principal
from payments import agreement as text
from payments import opening_words
from payments.actions import agreement as actions
from payments.agreement import Part
from payments.models import PaymentAgreement
from payments.views.opening_door import for_payment
from portal.kernel.terms import Capability

State: Final = PaymentAgreement.State
PAGE: Final = opening_words.AGREEMENT
MOST_DIGITS: Final = 4  # of a part's number: what is longer is no part's

agreement_door = for_payment(
    Capability.OPEN_VIRTUAL_PAYMENT, keeps=lambda account: actions.current(account) is not None
)


@dataclass(frozen=True)
class Shown:
    """A part on the page: its number, its text, whether it is read, next, or ahead."""

    number: int
    part: Part
    read: bool
    next: bool


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@agreement_door
def agreement(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show what is read and the part that comes next, or keep that the part named `part` was read."""
    account = principal.account
    if request.method == "POST":
        mine = actions.read_part(account.pk, _number(request.POST.get("part", "")), by=principal.actor)
        whole = mine.parts_read == len(text.PARTS)
        return redirect(reverse(PAGE) + ("#sign" if whole else f"#part-{mine.parts_read + 1}"))
    return render(request, "payments/agreement.html", _context(request, principal, account))


def _number(typed: str) -> int:
    """Return the part's number, or 0 for what is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else 0


def _context(request: HttpRequest, principal: Principal, account: Account) -> dict[str, Any]:
    mine = actions.current(account)
    read = mine.parts_read if mine else 0
    unsigned = mine is None or mine.state == State.UNSIGNED
    whole = read == len(text.PARTS)
    return {
        "account": account,
        "agreement": mine,
        "version": text.VERSION,
        "read": read,
        "total": len(text.PARTS),
        "whole": whole,
        "parts": [
            Shown(number, part, number <= read, number == read + 1)
            for number, part in enumerate(text.PARTS, start=1)
        ],
        "may_read": principal.can(Capability.OPEN_VIRTUAL_PAYMENT),
        "may_sign": principal.can(Capability.SIGN_PAYMENT_AGREEMENT),
        "scan": administrator_scans.current(request, account, opening_words.SIGN)
        if whole and unsigned
        else None,
    }


@require_POST
@for_principal
def sign(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Ask the administrator's phone to sign."""
    actions.ask_to_sign(principal.account.pk, by=principal.actor)
    return redirect(reverse(PAGE) + "#sign")
