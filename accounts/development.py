"""What the server API and the uploads ask of an account's development settings: secret and upload key.

Allowlists answer in `accounts.allowlists`, message push in `accounts.message_push`.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from accounts.models import Account, DevelopmentSettings
from portal.kernel import sealed

SECRET: Final = "accounts.secret"  # noqa: S105 -- what it is for, no secret
SECRET_BYTES: Final = 16
KEY_BITS: Final = 2048
_EXPONENT: Final = 65_537


@dataclass(frozen=True)
class KeyPair:
    """A new upload key in PEM: the private half in PKCS #1, as the platform's tool reads it."""

    private: str = field(repr=False)
    public: str


def settings_of(account: Account) -> DevelopmentSettings:
    """Return the account's development settings, an empty unsaved row while nothing is set."""
    found = DevelopmentSettings.objects.filter(account=account).first()
    return found or DevelopmentSettings(world=account.world, account=account)


def new_secret() -> str:
    """Return a new AppSecret: 32 hexadecimal characters."""
    return secrets.token_hex(SECRET_BYTES)


def secret_is(account: Account, secret: str) -> bool:
    """Return whether `secret` is the account's AppSecret; one before a reset is not (console-rules 16)."""
    kept = DevelopmentSettings.objects.filter(account=account).values_list("secret_hash", flat=True).first()
    return sealed.is_same(secret, kept or "", purpose=SECRET)


def new_upload_key() -> KeyPair:
    """Return a new RSA key pair. It takes a tenth of a second: make it before a lock is held."""
    key = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=KEY_BITS)
    return KeyPair(
        private=key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode(),
        public=key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )


def signed_message(settings: DevelopmentSettings | None, signature: bytes) -> bytes | None:
    """Return what was encrypted with the private half of the upload key, or None: another key, or none.

    The platform's tool does not sign a digest: it encrypts the message itself, padded by PKCS #1
    v1.5 type 1 (wechat-api 10.2), so that the message comes out of the signature. `signature` is
    raw, not base64.
    """
    key = load_pem_public_key(settings.upload_key.encode()) if settings and settings.upload_key else None
    if not isinstance(key, rsa.RSAPublicKey):
        return None
    try:
        return key.recover_data_from_signature(signature, PKCS1v15(), None)
    except (InvalidSignature, ValueError):
        return None


def verify_upload_signature(settings: DevelopmentSettings | None, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` is `message` under the private half of the upload key.

    For the hand-shake of an upload: `message` is the JSON text of appid and rand_str exactly as the
    tool wrote it; who cannot know its spelling reads `signed_message` and compares the two fields.
    """
    found = signed_message(settings, signature)
    return found is not None and hmac.compare_digest(found, message)
