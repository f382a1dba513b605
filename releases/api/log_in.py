"""A player's log-in: the code that the game got, exchanged by the game's server (API-2; wechat-api 1.3)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import player_sessions
from accounts.api.callers import by_secret
from accounts.models import Player
from platforms.api.callers import COMPONENT, account_of, platform_of
from portal.kernel.actors import SERVER, Actor
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import GET, Call, Text, Token, Wrong, endpoint
from releases.actions import log_ins


@endpoint(
    "/sns/jscode2session",
    _("Log-in code exchange"),
    verbs=GET,
    token=Token.NONE,
    fields=(
        Text("appid", missing=41002, bad=40013),
        Text("secret", missing=41004, bad=40125),
        Text("js_code", missing=41008, bad=40029),
        Text("grant_type", required=False, example="authorization_code"),
    ),
    bare=True,
    errcodes=(-1, 40013, 40029, 40125, 40163, 40226, 41008, 45011),
)
def exchange(call: Call) -> dict[str, Any]:
    """Return who the player is to this game, and the key that signs for them. A code is good once."""
    account = by_secret(call, appid=call["appid"], secret=call["secret"])
    return exchanged(account.pk, call["js_code"], by=SERVER)


@endpoint(
    "/sns/component/jscode2session",
    _("Log-in code exchange by a third-party platform"),
    verbs=GET,
    token=Token.PLATFORM,
    fields=(
        COMPONENT,
        Text("appid", missing=41002, bad=40013),
        Text("js_code", missing=41008, bad=40029),
        Text("grant_type", required=False, example="authorization_code"),
    ),
    bare=True,
    errcodes=(-1, 40029, 40163, 40226, 41002, 41008, 41018, 41021, 45011, 61003, 61004, 61011, 61014),
)
def exchange_for_platform(call: Call) -> dict[str, Any]:
    """Return the same to a third-party platform that the account authorized, without the AppSecret."""
    account = account_of(platform_of(call), call["appid"])
    return exchanged(account.pk, call["js_code"], by=call.by)


def exchanged(account_id: int, code: str, *, by: Actor) -> dict[str, Any]:
    """Return a player's openid and session key. Raises Refused: 40029, 40163."""
    session = log_ins.open_session(account_id, code, by=by)
    return {"session_key": session.session_key, "openid": session.openid}


@endpoint(
    "/wxa/checksession",
    _("Check of a session key"),
    verbs=GET,
    types=MINI_PROGRAMS,
    fields=(
        Text("openid", missing=40003, bad=40003),
        Text("signature", missing=87009, bad=87009),
        Text("sig_method", required=False, choices=("hmac_sha256",), bad=87008),
    ),
    errcodes=(40003, 87007, 87008, 87009),
)
def check_session(call: Call) -> None:
    """Say whether the player's session key still signs: the signature is that of an empty text."""
    player = Player.objects.filter(account=call.account, openid=call["openid"]).first()
    if player is None:
        raise Wrong(40003, gettext("This game has no player of this openid."), field="openid")
    key = player_sessions.key_of(player, call.now())
    if not key:
        raise Wrong(87007, gettext("The session ran out. Call wx.login again."))
    expected = hmac.new(key.encode(), b"", hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, call["signature"]):
        raise Wrong(87009, gettext("This is not what the player's session key signs."), field="signature")
