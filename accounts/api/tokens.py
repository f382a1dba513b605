"""Access tokens (API-1; wechat-api 1.1)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.actions.tokens import GivenToken
from accounts.api.callers import by_secret
from portal.kernel.actors import SERVER
from portal.kernel.wire import GET, ONLY_POST, Call, Text, Token, Truth, endpoint

CREDENTIALS: Final = (
    Text("grant_type", missing=40002, bad=40002, choices=("client_credential",), example="client_credential"),
    Text("appid", missing=41002, bad=40013, most=64),
    Text("secret", missing=41004, bad=40125, most=128),
)
ERRCODES: Final = (40002, 40013, 40125, 40164, 41002, 41004)


@endpoint(
    "/cgi-bin/token",
    _("Access token"),
    verbs=GET,
    token=Token.NONE,
    fields=CREDENTIALS,
    bare=True,
    daily=2000,
    errcodes=(*ERRCODES, 45009),
)
def token(call: Call) -> dict[str, Any]:
    """Give out a new access token for two hours; the one before works for five minutes more."""
    account = by_secret(call, appid=call["appid"], secret=call["secret"])
    return _told(actions.give_token(account.pk, by=SERVER))


@endpoint(
    "/cgi-bin/stable_token",
    _("Stable access token"),
    verbs=ONLY_POST,
    token=Token.NONE,
    fields=(*CREDENTIALS, Truth("force_refresh", required=False)),
    bare=True,
    errcodes=ERRCODES,
)
def stable_token(call: Call) -> dict[str, Any]:
    """Give out the stable access token: the same one while it lives, unless a refresh is forced."""
    account = by_secret(call, appid=call["appid"], secret=call["secret"])
    return _told(actions.give_stable_token(account.pk, force=bool(call["force_refresh"]), by=SERVER))


def _told(given: GivenToken) -> dict[str, Any]:
    return {"access_token": given.token, "expires_in": given.expires_in}
