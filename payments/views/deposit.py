"""The deposit account: which one is in use, which one the bank checks, and a form for another (PAY-3)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.doors import for_principal
from payments import opening_samples, opening_words
from payments.actions import deposit as actions
from payments.deposit_forms import DepositForm
from payments.models import DepositAccount
from payments.views.opening_door import bank_at, for_payment
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline
from portal.kernel.terms import Capability

State: Final = DepositAccount.State
PAGE: Final = opening_words.DEPOSIT_PAGE
SHOWN: Final = 10  # accounts so far
TONES: Final = {
    State.VERIFYING: "doing",
    State.VERIFIED: "done",
    State.FAILED: "fail",
    State.REPLACED: "idle",
}


def _has_one(account: Any) -> bool:
    return DepositAccount.objects.filter(account=account).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_payment(Capability.OPEN_VIRTUAL_PAYMENT, keeps=_has_one)
def deposit(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the accounts and the form, or ask for the administrator's scan; `sample` fills the form."""
    account = principal.account
    if request.method != "POST":
        return _page(request, principal, DepositForm())
    if "sample" in request.POST:
        typed = opening_samples.fields(
            account.pk, opening_samples.DEPOSIT, request.POST["sample"], by=principal.actor
        )
        return _page(request, principal, DepositForm(initial=typed))
    form = DepositForm(request.POST)
    if form.is_valid():
        read = form.cleaned_data
        try:
            actions.ask(
                account.pk,
                bank_name=read["bank"],
                branch=read["branch"],
                city=read["city"],
                number=read["number"],
                by=principal.actor,
            )
        except Refused as refusal:
            if not refusal.field:
                raise
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect(reverse(PAGE) + "#scan")
    return _page(request, principal, form)


@require_POST
@for_principal
def again(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show a new code for what was asked last."""
    actions.ask_again(principal.account.pk, by=principal.actor)
    return redirect(reverse(PAGE) + "#scan")


def _page(request: HttpRequest, principal: Principal, form: DepositForm) -> HttpResponse:
    account = principal.account
    newest = list(DepositAccount.objects.filter(account=account).order_by("-pk")[:SHOWN])
    in_check = next((each for each in newest if each.state == State.VERIFYING), None)
    in_use = actions.in_use(account)
    due_at = answers_at(in_check) if in_check else None
    scan = administrator_scans.current(request, account, opening_words.DEPOSIT)
    if scan is not None and (in_check or scan.state == Confirmation.State.CONFIRMED):
        scan = None
    context = {
        "account": account,
        "form": form,
        "in_use": in_use,
        "in_check": in_check,
        "failed": newest[0] if newest and newest[0].state == State.FAILED else None,
        "answers_at": due_at,
        "actors": [bank_at(due_at, reverse(PAGE))] if due_at else [],
        "scan": scan,
        "may": principal.can(Capability.MANAGE_DEPOSIT_ACCOUNT),
        "rows": [{"deposit": each, "tone": TONES[State(each.state)]} for each in newest],
        "samples": opening_samples.DEPOSIT,
        "now": account.world.now(),
        "running": account.world.running,
    }
    return render(request, "payments/deposit.html", context)


def answers_at(deposit: DepositAccount) -> Any:
    """Return when the bank answers about this account, or None when it does not."""
    promised = Deadline.objects.open().filter(kind=opening_words.DEPOSIT_BANK, subject_id=deposit.pk)
    return promised.values_list("due_at", flat=True).first()
