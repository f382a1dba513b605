"""Whether a game's call is signed as it has to be: on the bytes that came, in constant time (API-4).

Version 2 and /xpay sign the body, with the key of the environment that `env` names and with the player's
session key; version 1 signs the sorted parameters, with the key of the path that is called. Nothing that
a query brings is signed: parameters stand in the body.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts import player_sessions
from accounts.models import Player
from payments import keys, signatures
from payments.actions import game_calls
from payments.actions.game_calls import Known
from payments.api import mistakes
from payments.api.dialects import V1, Dialect
from payments.api.mistakes import Signing
from payments.api.parameters import Text, text
from payments.models import Environment, GameCoin
from portal.kernel.compiled import Compiled
from portal.kernel.wire import Call, Field, Wrong

METHOD: Final = "hmac_sha256"
TOKEN: Final = "access_token"  # noqa: S105 -- its name: in the query always, version 1 signs it too

_COIN: Final = Compiled(lambda account: GameCoin.objects.filter(account=account))


def fields(dialect: Dialect, *, user: bool) -> tuple[Field, ...]:
    """Return the parameters that sign a call of version 2 or /xpay; `user`: the session key signs too."""
    signing = [text("pay_sig", dialect.bad, missing=dialect.key, most=512, in_query=True)]
    if user:
        signing.append(text("signature", dialect.bad, missing=dialect.user, most=512, in_query=True))
        method = Text(
            "sig_method", required=False, bad=dialect.bad, choices=(METHOD,), example=METHOD, in_query=True
        )
        signing.append(method)
    return tuple(signing)


@dataclass(frozen=True)
class Signed:
    """Where a signed call counts, and what was read to check it; without a user's signature no player."""

    environment: Environment
    known: Known | None = None


def require(call: Call, dialect: Dialect, *, user: bool) -> Signed:
    """Check the signatures of version 2 or /xpay; return the environment, whose key signed.

    Raises Wrong in the dialect's numbers: the key's signature first, then the session, then its signature.
    """
    environment = _environment(call, dialect)
    coin = require_by_key(call, dialect, environment)
    if not user:
        return Signed(environment)
    player = player_of(call, dialect)
    signing = Signing("signature", _session_key(call, dialect, player), call.raw)
    if not _is_signed(signing, call["signature"]):
        raise _wrong(call, dialect.user, signing, call["signature"], coin, environment)
    return Signed(environment, Known(coin, player))


def require_by_key(call: Call, dialect: Dialect, environment: Environment) -> GameCoin:
    """Check `pay_sig` with the key of `environment`; return the coin whose key it is. Raises Wrong."""
    _require_places(call, dialect)
    coin = coin_of(call, dialect)
    if call.values.get("offer_id", coin.offer_id) != coin.offer_id:
        raise dialect.wrong("offer_id", _("This is not the Offer ID of this account's game coin."))
    signing = Signing("pay_sig", keys.key_of(coin, environment), signatures.to_sign(call.path, call.raw))
    if not _is_signed(signing, call["pay_sig"]):
        raise _wrong(call, dialect.key, signing, call["pay_sig"], coin, environment)
    return coin


def require_version_1(call: Call, environment: Environment) -> Signed:
    """Check both signatures of version 1; return what was read.

    Raises Wrong: 90011 for sig, 90010 without a session, 90009 for mp_sig.
    """
    _require_places(call, V1)
    coin = coin_of(call, V1)
    if call["appid"] != call.appid:
        raise V1.wrong("appid", _("The access token is of another AppID."))
    if call["offer_id"] != coin.offer_id:
        raise V1.wrong("offer_id", _("This is not the Offer ID of this account's game coin."))
    token = call.request.GET.get("access_token", "")
    if call["access_token"] not in (None, token):
        raise V1.wrong("access_token", _("Another access token is signed than the one that calls."))
    sent = as_sent(call.raw)
    key = keys.key_of(coin, environment)
    signing = Signing("sig", key, signatures.midas_to_sign(key, call.path, sent))
    if not _is_signed(signing, call["sig"]):
        raise _wrong(call, V1.key, signing, call["sig"], coin, environment)
    player = player_of(call, V1)
    session_key = _session_key(call, V1, player)
    sent = {"access_token": token, **sent}
    signing = Signing("mp_sig", session_key, signatures.midas_mp_to_sign(session_key, call.path, sent))
    if not _is_signed(signing, call["mp_sig"]):
        raise _wrong(call, V1.user, signing, call["mp_sig"], coin, environment)
    return Signed(environment, Known(coin, player))


def coin_of(call: Call, dialect: Dialect) -> GameCoin:
    """Return the account's game coin, whose keys sign. Raises Wrong without one."""
    coin = _COIN.first(call.account.pk)
    if coin is None:
        code = dialect.codes.get("90017", 90017)
        raise Wrong(code, _("This account has no game coin, so nothing signs its calls. Authorize it first."))
    coin.account = call.account  # which the token has just brought
    return coin


def player_of(call: Call, dialect: Dialect) -> Player:
    """Return the player whose openid was sent. Raises Wrong for nobody's."""
    player = game_calls.player_of(call.account.pk, call["openid"])
    if player is None:
        raise dialect.wrong("openid", _("This game has no player of this openid. Check it."))
    return player


def as_sent(raw: bytes) -> dict[str, str]:
    """Return the parameters of a body as version 1 signs them: numbers as they were spelled, no nulls."""
    sent: Mapping[str, Any] = json.loads(raw, parse_int=str, parse_float=str)
    return {name: value if isinstance(value, str) else _compact(value)
            for name, value in sent.items() if value is not None}  # fmt: skip


def _is_signed(signing: Signing, received: str) -> bool:
    """Return whether this is what was to come, in constant time whatever came."""
    return hmac.compare_digest(signing.digest.encode(), received.encode("utf-8", "replace"))


def _session_key(call: Call, dialect: Dialect, player: Player) -> str:
    key = player_sessions.key_of(player, call.now())
    if not key:
        raise Wrong(
            dialect.session,
            _("This player has no session, or it ran out. Call wx.login in the game and exchange its code."),
        )
    return key


def _environment(call: Call, dialect: Dialect) -> Environment:
    try:
        return Environment(call["env"])
    except ValueError:
        raise dialect.wrong("env", _("The environment is 0, live, or 1, sandbox.")) from None


def _require_places(call: Call, dialect: Dialect) -> None:
    """Refuse a parameter in the query, where nothing signs it, and a signature in the body that it signs."""
    query = call.request.GET
    for field in call.endpoint.fields if call.endpoint else ():
        if field.in_query and call[field.name] is not None and field.name not in query:
            sentence = _("Send %(field)s in the query: it signs the body as it is.")
        elif not field.in_query and field.name in query and field.name != TOKEN:
            sentence = _("Send %(field)s in the body: only that is signed.")
        else:
            continue
        raise dialect.wrong(field.name, sentence % {"field": field.name})


def _wrong(
    call: Call, code: int, signing: Signing, received: str, coin: GameCoin, environment: Environment
) -> Wrong:
    """Return the refusal of a signature, explained."""
    if signing.by_player:
        sentence = _("%(name)s is not what the player's session key signs.")
    else:
        sentence = _("%(name)s is not what the key of the game coin for env %(env)d signs.")
    return Wrong(
        code,
        sentence % {"name": signing.name, "env": environment},
        field=signing.name,
        errmsg=f"{signing.name} error" if code == V1.key else "",  # two versions share this number
        explained=mistakes.explained(call, signing, received, coin, environment),
    )


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
