"""How an endpoint refuses: the platform's number, and the sentence that explains it to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from portal.kernel.errors import Refused
from portal.kernel.wire import codes

# What a refusal without a number of the platform's own is told as.
BY_RULE: Final = 48001
BY_VALUE: Final = 40097


class Wrong(Exception):
    """A call is refused with `errcode`; `errmsg` is the platform's text of it unless given.

    `sentence` says the rule to a person, `field` names the parameter, and `explained` holds what is kept
    beside it under the rid (API-4): JSON, no secrets. `told` stands in the answer beside the errcode.
    """

    def __init__(
        self,
        errcode: int,
        sentence: str = "",
        *,
        field: str = "",
        errmsg: str = "",
        explained: Mapping[str, Any] | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        self.errcode = errcode
        self.errmsg = errmsg or codes.MESSAGES[errcode]
        self.sentence = sentence
        self.field = field
        self.explained = dict(explained or {})
        self.told = dict(told or {})
        super().__init__(f"{errcode} {self.errmsg}")


def from_refusal(refusal: Refused, refusals: Mapping[str, int]) -> Wrong:
    """Return what a refused action is told as: by the endpoint's own table, by its number, or in general."""
    code = refusals.get(refusal.code)
    if code is None and refusal.code.lstrip("-").isdigit() and int(refusal.code) in codes.MESSAGES:
        code = int(refusal.code)
    if code is None:
        code = BY_VALUE if refusal.field else BY_RULE
    return Wrong(code, refusal.message, field=refusal.field, explained={"rule": refusal.code})
