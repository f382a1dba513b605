"""What a receiver answered: whether it took the message, or why not (wechat-api 5.4, 6, 8.3)."""

from __future__ import annotations

import json
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

DONE: Final = b"success"
_CODE: Final = "ErrCode"
_PASSIVE: Final = ("MsgType", "Encrypt")  # an answer to the user instead of to the platform


def refusal(body: bytes) -> str:
    """Return '' when an answer says that the message was taken, else what it says, for people who look.

    Taken: nothing, `success`, `ErrCode` 0, or a message for the user, in JSON or XML.
    """
    said = body.strip()
    if not said or said.lower() == DONE:
        return ""
    fields = _xml(said) if said.startswith(b"<") else _json(said)
    if any(name in fields for name in _PASSIVE):
        return ""
    code = fields.get(_CODE)
    if code is None:
        return "no answer of the protocol"
    return "" if code == "0" else f"{_CODE} {code}"[:80]


def _json(said: bytes) -> dict[str, str]:
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _xml(said: bytes) -> dict[str, str]:
    """Return the elements right below the root; what has a DTD or an entity is read no further."""
    try:
        root = fromstring(said, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    return {child.tag: (child.text or "").strip() for child in root}
