"""Withdrawing settled money: what is available, the administrator's scan, and what became of each (PAY-7)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.doors import for_capability
from payments.actions import deposit
from payments.actions import withdrawals as actions
from payments.models import Funds, Withdrawal
from payments.withdrawal_forms import WithdrawalForm, new_key
from portal.kernel import keyset, limits
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import Confirmation, Deadline
from portal.kernel.terms import Capability
from portal.kernel.wording import yuan_plain

State = Withdrawal.State
TONES: Final = {State.ON_ITS_WAY: "doing", State.PAID: "done", State.FAILED: "fail"}
PAGE_SIZE: Final = 20
LONGEST_FEN: Final = 16  # digits


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_capability(Capability.READ_PAYMENT_ORDERS)
def withdrawals(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show what can be withdrawn and every withdrawal; a POST asks the administrator's phone.

    A POST without a form shows a new code for what was asked before.
    """
    if request.method != "POST":
        return _page(request, principal, None)
    account = principal.account
    if "key" not in request.POST and "amount" not in request.POST:
        return _again(request, principal)
    form = WithdrawalForm(request.POST, available_fen=actions.available_fen(account))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            actions.ask_to_withdraw(
                account.pk, amount_fen=typed["amount"], key=typed["key"], by=principal.actor
            )
        except Refused as refusal:
            if refusal.field not in form.fields:
                raise
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect(actions.PAGE)
    return _page(request, principal, form)


def _again(request: WorldRequest, principal: Principal) -> HttpResponse:
    scan = administrator_scans.current(request, principal.account, actions.WITHDRAW)
    if scan is None or scan.state == Confirmation.State.CONFIRMED:
        raise Refused(
            _("No code was shown: enter the amount anew."), code="nothing_asked", way_out=actions.PAGE
        )
    actions.ask_to_withdraw(
        principal.account.pk, amount_fen=scan.facts["amount_fen"], key=new_key(), by=principal.actor
    )
    return redirect(actions.PAGE)


def _page(request: WorldRequest, principal: Principal, form: WithdrawalForm | None) -> HttpResponse:
    account = principal.account
    funds = Funds.objects.filter(account=account).first() or Funds(account=account)
    rows = Withdrawal.objects.filter(account=account).select_related("deposit_account")
    page = keyset.turn(request, rows, size=PAGE_SIZE)
    waiting = list(rows.filter(state=State.ON_ITS_WAY).order_by("pk")[:PAGE_SIZE])
    scan = administrator_scans.current(request, account, actions.WITHDRAW)
    may, used = principal.can(Capability.WITHDRAW_SETTLEMENT), deposit.in_use(account)
    enough = funds.available_fen >= limits.WITHDRAWAL_LEAST_FEN
    if form is None:
        form = WithdrawalForm(initial=_initial(request), available_fen=funds.available_fen)
    context: dict[str, Any] = {
        "account": account,
        "funds": funds,
        "on_the_way_fen": sum(each.amount_fen for each in waiting),
        "owed_fen": max(0, funds.withdrawn_fen - funds.settled_fen),
        "least_fen": limits.WITHDRAWAL_LEAST_FEN,
        "deposit": used,
        "in_check": deposit.in_check(account),
        "may": may,
        "enough": enough,
        "scan": scan,
        "form": form if may and used and enough and not (scan and scan.waits) else None,
        "page": page,
        "rows": [{"withdrawal": each, "tone": TONES[State(each.state)]} for each in page.rows],
        "waiting": waiting,
        "answers_at": _answers_at(waiting),
        "now": account.world.now(),
        "running": account.world.running,
        "sim_buttons": [button for each in waiting[:1] for button in _bank(each)],
    }
    return render(request, "payments/withdrawals.html", context)


def _initial(request: WorldRequest) -> dict[str, str]:
    """Return the amount of a failed withdrawal that is tried again, from `?again=<fen>`."""
    typed = request.GET.get("again", "")
    is_fen = typed.isascii() and typed.isdigit() and len(typed) < LONGEST_FEN
    return {"amount": yuan_plain(int(typed))} if is_fen else {}


def _answers_at(waiting: list[Withdrawal]) -> Any:
    """Return when the bank answers the oldest withdrawal that it has, or None."""
    if not waiting:
        return None
    promises = Deadline.objects.open().filter(kind=actions.ANSWER, subject_id=waiting[0].pk)
    return promises.values_list("due_at", flat=True).first()


def _bank(withdrawal: Withdrawal) -> list[dict[str, Any]]:
    """Return what the simulator does while the bank has the money, for `_partials/sim_buttons.html`."""
    of = [withdrawal.pk]
    here = {"next": reverse(actions.PAGE)}
    return [
        {
            "label": _("The bank pays now"),
            "url": reverse("simulator:withdrawal_pay", args=of),
            "post": True,
            "fields": here,
            "lamp": True,
        },
        {
            "label": _("The bank refuses"),
            "url": reverse("simulator:withdrawal_refuse", args=of),
            "post": True,
            "fields": here,
        },
        {"label": _("The bank's own pages"), "url": reverse("simulator:bank")},
    ]
