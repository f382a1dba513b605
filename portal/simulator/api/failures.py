"""How the control API says no: `{code, message, field?}` with a 4xx, the sentence the page would show."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.errors import Refused

TOO_MANY: Final = "throttled"

# Pydantic's words for what callers get wrong most often, in ours.
SENTENCES: Final = {
    "missing": gettext_lazy("Nothing was done: this is needed and was not sent."),
    "extra_forbidden": gettext_lazy("Nothing was done: this call has no such field."),
    "model_attributes_type": gettext_lazy("Nothing was done: send a JSON object."),
    "model_type": gettext_lazy("Nothing was done: send a JSON object."),
}


class BadValue(Exception):
    """A value is not what its place holds; the message is a sentence, `field` names the place."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def body(code: str, message: str, field: str = "") -> dict[str, Any]:
    """Return the body of an answer that says no."""
    return {"code": code, "message": message} | ({"field": field} if field else {})


def body_of(refusal: Refused) -> dict[str, Any]:
    """Return the body that tells a refusal."""
    return body(refusal.code, refusal.message, refusal.field)


def status_of(refusal: Refused) -> int:
    """Return 409, or 429 when it was tried too often."""
    return 429 if refusal.code == TOO_MANY else 409


def say(status: int, code: str, message: str, field: str = "", **headers: str) -> HttpResponse:
    """Return a whole answer that says no."""
    return JsonResponse(body(code, message, field), status=status, headers=headers)


def refused(refusal: Refused) -> HttpResponse:
    """Answer a refusal."""
    return JsonResponse(body_of(refusal), status=status_of(refusal))


def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer an address that the control API does not have."""
    return say(404, "not_found", _("The control API has no such address. Its page lists them all: docs."))


def first_of(errors: list[dict[str, Any]]) -> HttpResponse:
    """Answer what is wrong with the values of a call: the first of pydantic's errors, as a 400."""
    error = errors[0]
    where, *place = error["loc"]
    if where == "body":
        place = place[1:]  # the name of the function's parameter, which no caller knows
    sentence = SENTENCES.get(error["type"], "")
    if error["type"] == "value_error":
        sentence = error["ctx"]["error"]
    return say(400, "invalid", str(sentence or error["msg"]), ".".join(map(str, place)))
