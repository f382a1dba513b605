"""A player's session key: made at the code exchange, it signs what the game's server does for them.

It is text as it stands wherever it signs: 24 letters of base64 for 16 bytes (wechat-api 1.3, 5.2).
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import Final

from accounts.models import Player
from portal.kernel import limits, sealed

SEALED: Final = "accounts.session"
_BYTES: Final = 16


def opened(player: Player, now: datetime) -> str:
    """Return the session key of a player who logs in now: the one of the last day, else a new one, saved."""
    if player.session_set_at is not None and now < player.session_set_at + limits.SESSION_KEY_KEPT:
        return sealed.unseal(player.session_key, purpose=SEALED)
    key = base64.b64encode(secrets.token_bytes(_BYTES)).decode()
    player.session_key, player.session_set_at = sealed.seal(key, purpose=SEALED), now
    player.save(update_fields=["session_key", "session_set_at"])
    return key


def key_of(player: Player, now: datetime) -> str:
    """Return a player's session key, or '' when they never logged in, or too long ago."""
    if player.session_set_at is None or now >= player.session_set_at + limits.SESSION_KEY:
        return ""
    return sealed.unseal(player.session_key, purpose=SEALED)
