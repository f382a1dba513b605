"""Which Official Account a Mini Program offers to whoever scans a code of it (API-2; wechat-api 4.2)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from associations import links
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability

NOT_LINKED: Final = "85005"
SHOWN: Final = audit.register(
    "associations.offered_to_scanners", gettext_lazy("chooses the Official Account shown after a scan")
)


@action
def offer_to_scanners(account_id: int, appid: str, *, by: Actor) -> Account | None:
    """Show an associated Official Account to people who scan a code of the Mini Program; '' shows none.

    Refused (85005) for one that is not associated.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.EDIT_INFORMATION, by=by)
    chosen = None
    for row in links.associations_of(account.pk):
        offered = bool(appid) and row.official_account.appid == appid
        if row.offered_to_scanners != offered:
            row.offered_to_scanners = offered
            row.save(update_fields=["offered_to_scanners"])
        chosen = row.official_account if offered else chosen
    if appid and chosen is None:
        raise Refused(
            _("Not shown: no Official Account of this AppID is associated with the Mini Program."),
            code=NOT_LINKED,
            field="appid",
        )
    audit.act(account, SHOWN, by=by, detail=chosen.name if chosen else _("none"))
    return chosen
