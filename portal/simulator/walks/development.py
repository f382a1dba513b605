"""What a developer fetches before the first call of the server API, the scan included."""

from __future__ import annotations

from accounts import actions
from accounts.models import Account
from portal.simulator.walks.scans import administrator_of, confirm


def new_secret(account: Account) -> str:
    """Return a new AppSecret of an account, permitted by its administrator's scan."""
    administrator = administrator_of(account)
    confirm(actions.ask_secret(account.pk, by=administrator), by=administrator)
    return actions.reset_secret(account.pk, by=administrator)
