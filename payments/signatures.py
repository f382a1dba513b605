"""How a game's calls and the platform's events are signed (wechat-api 5.1, 5.2, 5.4, 6).

Every signature is HMAC-SHA256 in lower-case hexadecimal. What signs is text as it stands, a session key
too: it is not decoded. Bodies are signed as the bytes that are sent, never as JSON written anew.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

UNSIGNED: Final = frozenset({"sig", "access_token", "mp_sig"})  # left out of the first signature of version 1


def to_sign(uri: str, body: bytes | str) -> bytes:
    """Return what `pay_sig` signs: the path without its query, `&`, and the body as it is sent."""
    return uri.encode() + b"&" + _bytes(body)


def pay_sig(key: str, uri: str, body: bytes | str) -> str:
    """Return the signature with the key of the environment (version 2, and /xpay)."""
    return _hmac(key, to_sign(uri, body))


def signature(session_key: str, body: bytes | str) -> str:
    """Return the signature with the player's session key (version 2, and /xpay)."""
    return _hmac(session_key, _bytes(body))


def event_sig(key: str, event: str, payload: str) -> str:
    """Return `PayEventSig` of an event that is pushed; `payload` is its JSON text."""
    return _hmac(key, to_sign(event, payload))


def midas_sig(key: str, path: str, parameters: Mapping[str, object]) -> str:
    """Return `sig` of version 1: over all parameters but the signatures and the access token."""
    return _hmac(key, midas_to_sign(key, path, parameters))


def midas_mp_sig(session_key: str, path: str, parameters: Mapping[str, object]) -> str:
    """Return `mp_sig` of version 1: over all parameters, `access_token` and `sig` among them."""
    return _hmac(session_key, midas_mp_to_sign(session_key, path, parameters))


def midas_to_sign(key: str, path: str, parameters: Mapping[str, object]) -> bytes:
    """Return what `sig` signs; the key stands at its end."""
    signed = {name: value for name, value in parameters.items() if name not in UNSIGNED}
    return f"{_sorted(signed)}&org_loc={path}&method=POST&secret={key}".encode()


def midas_mp_to_sign(session_key: str, path: str, parameters: Mapping[str, object]) -> bytes:
    """Return what `mp_sig` signs; the session key stands at its end."""
    signed = {name: value for name, value in parameters.items() if name != "mp_sig"}
    return f"{_sorted(signed)}&org_loc={path}&method=POST&session_key={session_key}".encode()


def _sorted(parameters: Mapping[str, object]) -> str:
    return "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))


def _bytes(body: bytes | str) -> bytes:
    return body.encode() if isinstance(body, str) else body


def _hmac(key: str, text: bytes) -> str:
    return hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
