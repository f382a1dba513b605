"""Whether a Mini Program is found by searching (API-2; wechat-api 4.2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.terms import Capability

HIDDEN = audit.register("information.hidden_from_search", _("is found by searching no more"))
SHOWN = audit.register("information.shown_in_search", _("is found by searching again"))


@action
def hide_from_search(account_id: int, hidden: bool, *, by: Actor) -> Account:
    """Let nobody find the account by searching any more, or everybody again; codes still open it."""
    account = Account.objects.lock(account_id)
    account.require(Capability.EDIT_INFORMATION, by=by)
    if account.is_hidden != hidden:
        account.is_hidden = hidden
        account.save(update_fields=["is_hidden"])
        audit.act(account, HIDDEN if hidden else SHOWN, by=by)
    return account
