"""What every walk does with the administrator's phone: act as them, and confirm what is asked there."""

from __future__ import annotations

from accounts.models import Account
from portal.kernel import confirmations
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation


def administrator_of(account: Account) -> Actor:
    """Return the account's administrator as whoever acts."""
    found = Account.objects.select_related("administrator__person").get(pk=account.pk)
    return found.administrator.person.as_actor()


def confirm(asked: Confirmation, *, by: Actor, code: str = "not_confirmed") -> None:
    """Confirm what is asked on the phone of `by`. Raises Refused with `code` when that is turned down."""
    answered = confirmations.confirm(asked.pk, by=by)
    if answered.state != Confirmation.State.CONFIRMED:
        raise Refused(answered.refusal, code=code)
