"""Asking for the scan that ends an association, the same on either side (ASC-3)."""

from __future__ import annotations

from accounts.principals import Principal
from associations import actions
from associations.forms import ReasonForm
from associations.models import Association
from portal.kernel import confirmations
from portal.kernel.errors import Refused


def ask(principal: Principal, association: Association, purpose: str, form: ReasonForm) -> bool:
    """Ask the own administrator's phone; return whether it was asked, else `form` says why not.

    A form that was not sent asks anew with the reason of the code before.
    """
    if not form.is_bound:
        before = confirmations.latest(purpose, association.pk)
        reason = before.facts["reason"] if before else ""
    elif form.is_valid():
        reason = form.cleaned_data["reason"]
    else:
        return False
    try:
        actions.ask_to_disassociate(principal.account.pk, association.pk, reason=reason, by=principal.actor)
    except Refused as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, refusal.message)
        return False
    return True
