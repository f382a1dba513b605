"""A new password: the administrator's scan permits it, then it is typed twice (DEV-3)."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices, scans
from accounts.actions.sign_ins import end_sign_ins_of
from accounts.models import Account, Login
from portal.kernel import audit, confirmations
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability

PASSWORD_CHANGED: Final = notices.register(
    "accounts.password_changed",
    gettext_lazy("The password was changed. Every other session was ended."),
    url_name="accounts:security",
)
CHANGED: Final = audit.register("accounts.password_changed", gettext_lazy("changes the password"))


@action
def ask_change_password(account_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone to permit a new password."""
    account = Account.objects.lock(account_id)
    account.require(Capability.CHANGE_PASSWORD, by=by)
    return scans.ask(CHANGE_PASSWORD, account, by=by)


def change_password(account_id: int, *, password: str, by: Actor, kept: int | None = None) -> Account:
    """Set the password that a scan has permitted; every session ends but the sign-in `kept`.

    Raises Refused, code `not_confirmed`, without the scan. The password is hashed before the
    transaction: hashing is slow on purpose.
    """
    return _change_password(account_id, hashed=make_password(password), by=by, kept=kept)


@action
def _change_password(account_id: int, *, hashed: str, by: Actor, kept: int | None) -> Account:
    account = Account.objects.lock(account_id)
    account.require(Capability.CHANGE_PASSWORD, by=by)
    confirmations.use(CHANGE_PASSWORD, account, by=by)
    set_password(account, hashed, by=by, kept=kept)
    return account


def set_password(account: Account, hashed: str, *, by: Actor, kept: int | None = None) -> None:
    """Write a hashed password, end what the old one had opened, and tell; inside an action that locked."""
    Login.objects.filter(pk=account.login_id).update(password=hashed)
    end_sign_ins_of(account, reason=_("The password was changed."), by=by, kept=kept)
    audit.act(account, CHANGED, by=by)
    notices.tell(account, PASSWORD_CHANGED)


CHANGE_PASSWORD: Final = scans.register(
    "accounts.change_password",
    capability=Capability.CHANGE_PASSWORD,
    title=lambda _confirmation: gettext_lazy("Permit a new password for the console"),
    waits_at="",
)
