"""How an upload that comes without a browser is signed: with the private half of the upload key (REL-1).

The client and the portal both read this module, so it needs the standard library and cryptography, no
Django. docs/upload.md tells the same to whoever writes a client of their own.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

SCHEME: Final = "GREENROOM-UPLOAD-1"

APPID: Final = "Upload-AppID"
TIMESTAMP: Final = "Upload-Timestamp"
NONCE: Final = "Upload-Nonce"
DIGEST: Final = "Upload-SHA256"
SIGNATURE: Final = "Upload-Signature"


@dataclass(frozen=True)
class Call:
    """What is signed of one upload.

    `query` is the query string exactly as it is sent, `timestamp` whole seconds since 1970, `nonce` what
    no other upload has, `sha256` the body's digest in lower hexadecimal.
    """

    method: str
    path: str
    query: str
    appid: str
    timestamp: str
    nonce: str
    sha256: str

    def text(self) -> bytes:
        """Return the string to sign: its lines joined by LF, without one at the end."""
        lines = (
            SCHEME,
            self.method,
            self.path,
            self.query,
            self.appid,
            self.timestamp,
            self.nonce,
            self.sha256,
        )
        return "\n".join(lines).encode()


def sign(call: Call, private_key: bytes) -> str:
    """Return the signature in base64. `private_key` is in PEM; ValueError when it is no RSA key."""
    try:
        key = load_pem_private_key(private_key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("This is no private key in PEM, or it is encrypted.") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("This is no RSA key.")
    return base64.b64encode(key.sign(call.text(), PKCS1v15(), SHA256())).decode()


def is_signed(call: Call, signature: str, public_key: str) -> bool:
    """Return whether `signature`, in base64, is this call's; `public_key` is the upload key in PEM."""
    try:
        raw = base64.b64decode(signature, validate=True)
        key = load_pem_public_key(public_key.encode())
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return False
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(raw, call.text(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
