"""What is sent: a message as JSON or XML, plain, locked, or both (wechat-api 8.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts.message_push import PushSettings
from pushes import crypto

PLAIN: Final = "plain"
COMPATIBLE: Final = "compatible"
JSON: Final = "json"

Message = Mapping[str, Any]

# Events whose list the platform wraps in XML, and only there.
WRAPPED: Final = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


@dataclass(frozen=True)
class Sent:
    """One request: the query by name, the body, and its type."""

    query: dict[str, str]
    body: str
    content_type: str


def sent(
    message: Message, push: PushSettings, *, appid: str, to: str, timestamp: int, openid: str = ""
) -> Sent:
    """Return the request that tells `message`. `to` is the field that stays readable when it is locked.

    `openid` is whom the message is from, where that is a user; `appid` is locked in with it.
    """
    nonce, moment = crypto.new_nonce(), str(timestamp)
    query = {
        "signature": crypto.signature(push.token, moment, nonce),
        "timestamp": moment,
        "nonce": nonce,
    }
    if openid:
        query["openid"] = openid
    told = dict(message)
    if push.mode != PLAIN:
        locked = crypto.lock(_written(told, push.format), key=push.key_bytes, appid=appid)
        query |= {
            "encrypt_type": "aes",
            "msg_signature": crypto.signature(push.token, moment, nonce, locked),
        }
        envelope = {to: message[to], "Encrypt": locked}
        told = {**told, "Encrypt": locked} if push.mode == COMPATIBLE else envelope
    content_type = "application/json" if push.format == JSON else "text/xml"
    return Sent(query, _written(told, push.format), content_type)


def as_xml(message: Message) -> str:
    """Return a message as XML: texts in CDATA, numbers bare, a list as its name repeated."""
    told = dict(message)
    if wrapped := WRAPPED.get(str(told.get("Event"))):
        told[wrapped] = {"List": told.pop("List")}
    return f"<xml>{_elements(told)}</xml>"


def as_json(message: Message) -> str:
    """Return a message as JSON, in one line."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _written(message: Message, format_: str) -> str:
    return as_json(message) if format_ == JSON else as_xml(message)


def _elements(fields: Message) -> str:
    parts = []
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            parts.append(f"<{name}>{_value(each)}</{name}>")
    return "".join(parts)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    inside = str(value).replace("]]>", "]]]]><![CDATA[>")  # the only text that CDATA cannot hold
    return f"<![CDATA[{inside}]]>"
