"""Who calls, where no token says so yet: the account that an AppID and its AppSecret name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.development import secret_is
from accounts.models import Account
from accounts.tokens import caller_for
from portal.kernel.wire import Call, Wrong, admit


def by_secret(call: Call, *, appid: str, secret: str) -> Account:
    """Return the account of `appid`, proved by its AppSecret. Raises Wrong: 40013, 40125, 40164."""
    account = Account.objects.select_related("world", "entity", "development").filter(appid=appid).first()
    if account is None:
        raise Wrong(40013, _("No account of this portal has this AppID."), field="appid")
    call.concerns(account.world, appid)
    caller = caller_for(account)
    if not secret_is(account, secret):
        raise Wrong(40125, _("This is not the AppSecret of %(appid)s.") % {"appid": appid}, field="secret")
    admit(call, caller)
    return account
