"""The protocol of the platform's server API: what every endpoint shares (API-1; wechat-api, section 0).

A stage serves a path by a function under `@endpoint`; the protocol finds who calls, reads what was
sent, counts, fails on demand, answers in the platform's shape, and keeps what it refused.
"""

from portal.kernel.wire.admission import admit
from portal.kernel.wire.call import Call
from portal.kernel.wire.callers import Caller, finds, new_token
from portal.kernel.wire.endpoints import (
    ANY_SET,
    GET,
    ONLY_GET,
    ONLY_POST,
    POST,
    Answer,
    Endpoint,
    Token,
    endpoint,
)
from portal.kernel.wire.errors import Wrong
from portal.kernel.wire.fields import Field, Fields, File, Items, Text, Truth, Whole
from portal.kernel.wire.tokens import look_up, require_living

__all__ = [
    "ANY_SET",
    "GET",
    "ONLY_GET",
    "ONLY_POST",
    "POST",
    "Answer",
    "Call",
    "Caller",
    "Endpoint",
    "Field",
    "Fields",
    "File",
    "Items",
    "Text",
    "Token",
    "Truth",
    "Whole",
    "Wrong",
    "admit",
    "endpoint",
    "finds",
    "look_up",
    "new_token",
    "require_living",
]
