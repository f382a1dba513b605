"""The game coin's two keys, one an environment: they sign the game's calls (PAY-4; console-rules 8.2 D).

A signature is made anew for each call, so a key must be read again: it is kept sealed, not hashed.
"""

from __future__ import annotations

import secrets
import string
from typing import Final

from payments.models import Environment, GameCoin
from portal.kernel import sealed

SEALED: Final = "payments.key"
LENGTH: Final = 32
FIELDS: Final = {Environment.LIVE: "live_key", Environment.SANDBOX: "sandbox_key"}

_SIGNS: Final = string.ascii_letters + string.digits


def key_of(coin: GameCoin, environment: int) -> str:
    """Return the coin's key for an environment, 32 letters and digits. ValueError for no environment."""
    return sealed.unseal(getattr(coin, FIELDS[Environment(environment)]), purpose=SEALED)


def new_key() -> str:
    """Return a new key, 32 letters and digits, sealed."""
    return sealed.seal("".join(secrets.choice(_SIGNS) for _nth in range(LENGTH)), purpose=SEALED)
