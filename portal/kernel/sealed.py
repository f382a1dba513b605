"""Secrets at rest: what must be read again is encrypted, what must only be recognised is hashed.

Both under keys derived from the installation's secret; whoever has the database alone has neither.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str, *, purpose: str) -> str:
    """Return `text` encrypted and signed; it opens for the same purpose alone. Empty stays empty."""
    return _fernet(settings.SECRET_KEY, purpose).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str, *, purpose: str) -> str:
    """Return what was sealed for this purpose. ValueError when the key or the purpose is another.

    A seal has one spelling: what its decoder would pass over, such as letters behind the end, is none.
    """
    if not sealed:
        return ""
    try:
        if base64.urlsafe_b64encode(base64.urlsafe_b64decode(sealed)).decode() != sealed:
            raise InvalidToken
        return _fernet(settings.SECRET_KEY, purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError):
        raise ValueError("sealed with another key, or for another purpose") from None


def fingerprint(secret: str, *, purpose: str) -> str:
    """Return the keyed hash under which a secret that no person chose is kept, in hexadecimal."""
    return hmac.new(
        _key(settings.SECRET_KEY, purpose), secret.encode(errors="replace"), hashlib.sha256
    ).hexdigest()


def is_same(secret: str, kept: str, *, purpose: str) -> bool:
    """Return whether `secret` is the one whose fingerprint was kept, in constant time."""
    return bool(kept) and hmac.compare_digest(fingerprint(secret, purpose=purpose), kept)


@cache
def _fernet(secret_key: str, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(secret_key, purpose)))


@cache
def _key(secret_key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())
