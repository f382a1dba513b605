"""The secrets of a third-party platform: how each is made, kept and compared."""

from __future__ import annotations

import secrets
from typing import Final

from platforms.models import Platform
from portal.kernel import sealed

SECRET: Final = "platforms.secret"  # noqa: S105 -- what it is for, no secret
TICKET: Final = "platforms.ticket"
PRE_AUTH_CODE: Final = "platforms.pre_auth_code"
AUTH_CODE: Final = "platforms.auth_code"
REFRESH_TOKEN: Final = "platforms.refresh_token"  # noqa: S105 -- what it is for, no secret

# How each begins, as the platform writes them: a log's reader sees which is which.
_BEGINNINGS: Final = {
    TICKET: "ticket@@@",
    PRE_AUTH_CODE: "preauthcode@@@",
    AUTH_CODE: "queryauthcode@@@",
    REFRESH_TOKEN: "refreshtoken@@@",
}


def new(purpose: str) -> str:
    """Return a new secret for `purpose`: 32 hexadecimal characters for an AppSecret, else about 80."""
    if purpose == SECRET:
        return secrets.token_hex(16)
    return _BEGINNINGS[purpose] + secrets.token_urlsafe(48)


def secret_is(platform: Platform, secret: str) -> bool:
    """Return whether `secret` is the platform's; one before a reset is not."""
    return sealed.is_same(secret, platform.secret_hash, purpose=SECRET)
