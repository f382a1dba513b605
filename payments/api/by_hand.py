"""The signatures of a call that a visitor makes from a page, as the game's own server makes them (API-1)."""

from __future__ import annotations

from typing import Any

from accounts import player_sessions
from accounts.models import Account, Player
from payments import keys, signatures
from payments.actions import game_calls
from payments.api.signed import METHOD
from payments.models import Environment
from portal.kernel.wire import Endpoint


def signatures_of(
    endpoint: Endpoint, account: Account, body: bytes, values: dict[str, Any]
) -> dict[str, str]:
    """Return what is to stand in the query: nothing where no signature does, or where no key is known yet.

    A player without a session leaves `signature` out, so that the call is refused as it would be.
    """
    names = {field.name for field in endpoint.fields if field.in_query}
    coin = game_calls.coin_of(account.pk) if "pay_sig" in names else None
    if coin is None:
        return {}
    environment = Environment.SANDBOX if values.get("env") == Environment.SANDBOX else Environment.LIVE
    found = {"pay_sig": signatures.pay_sig(keys.key_of(coin, environment), endpoint.path, body)}
    player = Player.objects.filter(account=account, openid=str(values.get("openid", ""))[:28]).first()
    session_key = player_sessions.key_of(player, account.world.now()) if player else ""
    if "signature" in names and session_key:
        found |= {"signature": signatures.signature(session_key, body), "sig_method": METHOD}
    return found
