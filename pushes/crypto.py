"""How a push is signed and locked (wechat-api 8.1, 8.2).

SHA-1 and AES-CBC without a MAC are the platform's own choice; nothing else here uses them (ADR 23).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK: Final = 32  # of the padding; the cipher's own is 16
_RANDOM: Final = 16
_LENGTH: Final = 4
_LETTERS: Final = string.ascii_letters + string.digits


def signature(token: str, timestamp: str, nonce: str, *more: str) -> str:
    """Return the hexadecimal SHA-1 over the sorted parts; with the locked text it is `msg_signature`."""
    together = "".join(sorted([token, timestamp, nonce, *more]))
    return hashlib.sha1(together.encode(), usedforsecurity=False).hexdigest()


def new_nonce() -> str:
    """Return ten digits, as the platform sends them."""
    return str(secrets.randbelow(9_000_000_000) + 1_000_000_000)


def lock(message: str, *, key: bytes, appid: str) -> str:
    """Return `message` locked for `appid` in base64: 16 random letters, its length, itself, the AppID."""
    raw = message.encode()
    start = "".join(secrets.choice(_LETTERS) for _nth in range(_RANDOM)).encode()
    plain = start + len(raw).to_bytes(_LENGTH, "big") + raw + appid.encode()
    missing = BLOCK - len(plain) % BLOCK
    padded = plain + bytes([missing]) * missing
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def unlock(locked: str, *, key: bytes) -> tuple[str, str]:
    """Return the message and the AppID in a locked text. ValueError when it is not locked with `key`."""
    try:
        decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
        padded = decryptor.update(base64.b64decode(locked, validate=True)) + decryptor.finalize()
        missing = padded[-1]
        plain = padded[:-missing] if 0 < missing <= BLOCK else b""
        start = _RANDOM + _LENGTH
        length = int.from_bytes(plain[_RANDOM:start], "big")
        if len(plain) < start + length:
            raise ValueError
        return plain[start : start + length].decode(), plain[start + length :].decode()
    except (ValueError, IndexError):
        raise ValueError("locked with another key, or not locked at all") from None
