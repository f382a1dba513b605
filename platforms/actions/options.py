"""What a platform sets for an account that authorized it: set_authorizer_option (wechat-api 1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Account
from platforms.models import AccountOptions
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused

# Every option with the values it takes; the first is what holds until another is set.
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "location_report": ("0", "1", "2"),  # never, on entering, every five seconds
    "voice_recognize": ("0", "1"),
    "customer_service": ("0", "1"),
}


def option_of(account: Account, name: str) -> str:
    """Return what an option of an account is set to. Raises Refused at `option_name` for none."""
    _require_known(name)
    found = AccountOptions.objects.filter(account=account).first()
    return str(found.values.get(name, OPTIONS[name][0])) if found else OPTIONS[name][0]


@action
def set_option(account_id: int, *, name: str, value: str, by: Actor) -> None:
    """Set an option of an account. Raises Refused at the field that is wrong."""
    account = Account.objects.lock(account_id)
    _require_known(name)
    if value not in OPTIONS[name]:
        raise Refused(
            _("%(name)s takes one of %(values)s.") % {"name": name, "values": ", ".join(OPTIONS[name])},
            code="option",
            field="option_value",
        )
    row, _created = AccountOptions.objects.get_or_create(account=account, defaults={"world": account.world})
    row.values = {**row.values, name: value}
    row.save(update_fields=["values"])


def _require_known(name: str) -> None:
    if name not in OPTIONS:
        raise Refused(
            _("There is no option of this name; there are %(names)s.") % {"names": ", ".join(OPTIONS)},
            code="option",
            field="option_name",
        )
