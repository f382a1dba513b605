"""The control API as one: its key, its parts by noun, and how it says what went wrong."""

from __future__ import annotations

import hmac
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from portal.kernel.errors import Refused
from portal.kernel.fsm import ConcurrentTransition, TransitionNotAllowed
from portal.kernel.models import World
from portal.simulator.api import (
    accounts,
    bank,
    clock,
    confirmations,
    events,
    failures,
    faults,
    mail,
    payments,
    people,
    platforms,
    programs,
    releases,
    reviews,
    settlements,
    worlds,
)
from portal.simulator.api.failures import BadValue
from portal.simulator.api.reading import StrictParser

VERSION: Final = "1"
PARTS: Final = (
    worlds,
    clock,
    mail,
    people,
    confirmations,
    bank,
    reviews,
    accounts,
    releases,
    settlements,
    payments,
    faults,
    platforms,
    programs,
    events,
)
ROUTERS: Final = tuple(part.router for part in PARTS)


class Key(HttpBearer):
    """The installation's control key; who has it may do everything in every world."""

    def authenticate(self, request: HttpRequest, token: str) -> bool:
        """Return whether the token is the key, in the same time wherever the two differ."""
        return hmac.compare_digest(token.encode(), settings.CONTROL_KEY.encode())


api = NinjaAPI(
    title="Greenroom control API",
    version=VERSION,
    description="Worlds, their clocks and everything in them, for tests and tools. "
    "Every call does what a page does, by the same rules.",
    urls_namespace="control",
    auth=Key(),
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
)

for router in ROUTERS:
    api.add_router("", router)


@api.exception_handler(AuthenticationError)
def no_key(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer a call without the key."""
    message = _("Send the control key: Authorization: Bearer <key>.")
    return failures.say(401, "no_key", message, **{"WWW-Authenticate": "Bearer"})


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer a refusal with the sentence of the page."""
    return failures.refused(error)


@api.exception_handler(ConcurrentTransition)
def lost_race(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer whoever came second."""
    message = _("Somebody else was faster. Look at what it has become and decide again.")
    return failures.say(409, "lost_race", message)


@api.exception_handler(TransitionNotAllowed)
def not_possible(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer what the state does not allow."""
    return failures.say(409, "not_possible", _("Nothing was done: that is no longer possible here."))


@api.exception_handler(BadValue)
def bad_value(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer a value that its place cannot hold."""
    return failures.say(400, "invalid", str(error), error.field)


@api.exception_handler(ValidationError)
def bad_values(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer the first of the values that their places cannot hold."""
    return failures.first_of(error.errors)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer a body that is no JSON, saying where."""
    return failures.say(error.status_code, "unreadable", str(error.__cause__ or error))


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer a body that is too large to be read."""
    message = _("The body is longer than %(most)d bytes.") % {"most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    return failures.say(413, "too_large", message)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer what there is not."""
    return failures.say(404, "not_found", str(error))


@api.exception_handler(OperationalError)
def busy(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer that the database does not answer, or is at something else."""
    message = _("Nothing was done: the database is busy or away. Send the call again.")
    return failures.say(503, "busy", message, **{"Retry-After": "5"})


@api.exception_handler(ObjectDoesNotExist)
@api.exception_handler(IntegrityError)
def gone(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer a call into a world that was deleted meanwhile; anything else is a fault of ours."""
    world = (request.resolver_match.kwargs if request.resolver_match else {}).get("world", "")
    if str(world).isdigit() and not World.objects.filter(pk=world).exists():
        return failures.say(404, "not_found", _("This world was deleted meanwhile."))
    raise error
