"""The bank's side of a withdrawal: it pays now, or it refuses (PAY-7)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.administrator_scans import ours
from payments.actions import withdrawals as actions
from payments.models import Withdrawal
from portal.kernel.actors import BANK
from portal.kernel.http import WorldRequest
from portal.kernel.wording import yuan


@require_POST
def pay(request: WorldRequest, withdrawal_id: int) -> HttpResponse:
    """Let the bank carry a withdrawal out now, before its working day is over."""
    return _told(request, actions.answer(_own(request, withdrawal_id).pk, by=BANK))


@require_POST
def refuse(request: WorldRequest, withdrawal_id: int) -> HttpResponse:
    """Let the bank refuse a withdrawal."""
    return _told(request, actions.refuse(_own(request, withdrawal_id).pk, by=BANK))


def _told(request: WorldRequest, withdrawal: Withdrawal) -> HttpResponse:
    if withdrawal.state == Withdrawal.State.PAID:
        messages.success(request, _("The bank paid %(amount)s.") % {"amount": yuan(withdrawal.amount_fen)})
    else:
        messages.warning(
            request,
            _("The bank did not pay %(amount)s. %(reason)s")
            % {"amount": yuan(withdrawal.amount_fen), "reason": withdrawal.get_reason_display()},
        )
    return redirect(ours(request, request.POST.get("next", "")) or "simulator:bank")


def _own(request: WorldRequest, withdrawal_id: int) -> Withdrawal:
    """Return a withdrawal of this world; any other is not there."""
    return get_object_or_404(Withdrawal, pk=withdrawal_id, world=request.world)
