"""What an access token of an account's own server stands for (API-1; wechat-api 1.1, appendix C.2)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from accounts import allowlists
from accounts.models import AccessToken, Account
from portal.kernel.actors import SERVER
from portal.kernel.compiled import Compiled
from portal.kernel.wire import Caller, Wrong, finds, look_up, require_living

PURPOSE: Final = "accounts.access_token"
BEGINNINGS: Final = {AccessToken.Kind.ORDINARY: "71_", AccessToken.Kind.STABLE: "72_"}

_BY_FINGERPRINT: Final = Compiled(
    lambda fingerprint: AccessToken.objects.filter(fingerprint=fingerprint).select_related(
        "account__world", "account__entity", "account__development"
    )
)


@finds(BEGINNINGS[AccessToken.Kind.ORDINARY])
@finds(BEGINNINGS[AccessToken.Kind.STABLE])
def caller_of(token: str) -> Caller:
    """Return the account that `token` was given to. Raises Wrong: 40001, 42001; 40013 once it is closed."""
    found = look_up(token, _BY_FINGERPRINT, purpose=PURPOSE)
    caller = caller_for(found.account)
    require_living(found, found.account.world.now())
    return caller


def caller_for(account: Account) -> Caller:
    """Return the account's own server as a caller. Raises Wrong (40013) once the account is closed."""
    if account.closed_at is not None:
        raise Wrong(40013, _("This account is closed."))
    settings = getattr(account, "development", None)
    return Caller(
        world=account.world,
        appid=account.appid or "",
        by=SERVER,
        account=account,
        admits=lambda address: allowlists.allowed(settings, address),
    )
