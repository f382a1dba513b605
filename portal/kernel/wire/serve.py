"""The one view of the server API: what the protocol checks, in the platform's order, and how it answers.

Every answer is HTTP 200 with the platform's own shape, whatever went wrong (wechat-api, section 0).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from portal.kernel import strict_json
from portal.kernel.errors import Refused
from portal.kernel.fsm import ConcurrentTransition, TransitionNotAllowed
from portal.kernel.http import worldless
from portal.kernel.models import World
from portal.kernel.uploads import BoundedUploadHandler, cut_off
from portal.kernel.wire import codes, explain, faults
from portal.kernel.wire.admission import admit
from portal.kernel.wire.call import Call
from portal.kernel.wire.callers import caller_of
from portal.kernel.wire.endpoints import ENDPOINTS, Answer, Endpoint, Token
from portal.kernel.wire.errors import BY_RULE, Wrong, from_refusal
from portal.kernel.wire.fields import File

logger = logging.getLogger(__name__)

ROOTS: Final = ("cgi-bin", "wxa", "wxaapi", "sns", "xpay", "datacube")
CONTENT_TYPE: Final = "application/json; encoding=utf-8"  # as the platform spells it
NO_SUCH_PATH: Final = 40066


@csrf_exempt
@worldless
def answer(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Answer one call; a refused one is kept under its rid."""
    endpoint = ENDPOINTS.get(request.path)
    call = Call(request, endpoint)
    try:
        result = _served(call, endpoint)
    except Exception as error:
        wrong = _wrong(call, endpoint, error)
        rid = call.rid
        try:
            explain.keep(call, rid, wrong)
        except (OperationalError, IntegrityError):  # database or world is away
            logger.warning("a refused call was not kept", extra={"rid": rid})
        return _json({"errcode": wrong.errcode, "errmsg": f"{wrong.errmsg} rid: {rid}", **wrong.told})
    if endpoint and call.world and faults.loses_reply(call.world, endpoint.path):
        return faults.lost()
    if isinstance(result, HttpResponse):
        return result
    told = dict(result or {})
    if endpoint is None or endpoint.bare:
        return _json(told)
    return _json({"errcode": codes.OK, "errmsg": codes.MESSAGES[codes.OK], **told})


def urlpatterns() -> list[URLPattern]:
    """Return the addresses of the server API: all that lies below its roots."""
    return [path(f"{root}/<path:rest>", answer, name="server_api") for root in ROOTS]


def is_ours(path_: str) -> bool:
    """Return whether an address belongs to the server API."""
    return path_.lstrip("/").partition("/")[0] in ROOTS


def unreadable(request: HttpRequest) -> HttpResponse:
    """Answer an address that holds what no text can."""
    wrong = Wrong(40097)
    return _json({"errcode": wrong.errcode, "errmsg": f"{wrong.errmsg} rid: {Call(request).rid}"})


def _served(call: Call, endpoint: Endpoint | None) -> Answer:
    """Check what the decorator says and let the stage's own function answer. Raises Wrong and others."""
    request = call.request
    if endpoint is None:
        raise Wrong(NO_SUCH_PATH, _("Greenroom does not simulate %(path)s. The page of the server API lists "
                                    "what it does.") % {"path": request.path[:120]})  # fmt: skip
    if request.method not in endpoint.verbs:
        raise Wrong(43001 if endpoint.verbs[0] == "GET" else 43002)
    if endpoint.token != Token.NONE:
        _admit(call, endpoint)
    _read(call, endpoint)
    for field in endpoint.fields:
        call.values[field.name] = field.taken(call.sent)
    return endpoint.handler(call)


def _admit(call: Call, endpoint: Endpoint) -> None:
    """Find who calls, and whether they may call this at all. Raises Wrong."""
    query = call.request.GET
    own = query.get("access_token", "")
    token = own or query.get("component_access_token", "")
    if not token and endpoint.token == Token.PLATFORM:
        raise Wrong(41021, _("Send component_access_token in the query."))
    caller = caller_of(token)
    if language := getattr(caller.account, "language", ""):
        translation.activate(language)  # what is kept is read by whose account it is
    admit(call, caller)
    if endpoint.token == Token.PLATFORM:
        if caller.account is not None or caller.platform is None:
            raise Wrong(61014, _("This call takes the token of a third-party platform itself."))
        return
    if caller.account is None:
        raise Wrong(BY_RULE, _("This call takes an account's token, not a third-party platform's own."))
    if caller.account.type not in endpoint.types:
        raise Wrong(BY_RULE, _("%(kind)s cannot call this.") % {"kind": caller.account.type.label})
    if caller.platform is None and endpoint.platforms_only:
        raise Wrong(86000, _("Only a third-party platform that the account authorized calls this."))
    if caller.platform is not None and not endpoint.sets & caller.sets:
        raise Wrong(
            61007,
            _("The account did not grant permission set %(sets)s to this platform.")
            % {"sets": ", ".join(map(str, sorted(endpoint.sets))) or "-"},
        )


def _read(call: Call, endpoint: Endpoint) -> None:
    """Read all that was sent: the query, and over it the body. Raises Wrong: 44002, 47001."""
    request = call.request
    query = dict(request.GET.items())
    if endpoint.takes_file:
        handler = BoundedUploadHandler(request)
        handler.most_bytes = max(each.most_bytes for each in endpoint.fields if isinstance(each, File))
        request.upload_handlers = [handler]
        call.sent = {**query, **request.POST.dict(), **request.FILES.dict()}
        if cut_off(request):
            raise Wrong(40006, _("The file is too large to be read."))
        return
    call.raw = request.body
    if not call.raw.strip():
        if endpoint.needs_body:
            raise Wrong(44002, _("Send a JSON object, {} at the least."))
        call.sent = query
        return
    try:
        sent = strict_json.read(call.raw)
    except ValueError as error:
        raise Wrong(47001, str(error)) from None
    if sent == []:
        sent = {}  # how two SDKs spell "no parameters"
    if not isinstance(sent, dict):
        raise Wrong(47001, _("The body has to be a JSON object."))
    call.sent = {**query, **sent}


def _wrong(call: Call, endpoint: Endpoint | None, error: Exception) -> Wrong:
    """Return what an exception is told as; what nobody foresaw is logged, and told as busy."""
    refusals: Mapping[str, int] = endpoint.refusals if endpoint else {}
    if isinstance(error, Wrong):
        return error
    if isinstance(error, Refused):
        return from_refusal(error, refusals)
    if isinstance(error, ConcurrentTransition):
        return Wrong(codes.BUSY, _("Somebody else was faster. Call again."))
    if isinstance(error, TransitionNotAllowed):
        return Wrong(refusals.get("not_possible", BY_RULE), _("That is not possible in this state."))
    if isinstance(error, RequestDataTooBig):
        return Wrong(45002, _("The body is too long."))
    if isinstance(error, MultiPartParserError | UnreadablePostError | SuspiciousOperation):
        return Wrong(47001, _("The body broke off, or is no form that can be read."))
    if isinstance(error, ObjectDoesNotExist | IntegrityError) and _world_is_gone(call):
        return Wrong(40013, _("This world was deleted meanwhile."))
    if isinstance(error, OperationalError):
        logger.error("database unavailable", exc_info=error)
        return Wrong(codes.BUSY, _("The database is busy or away. Call again."))
    logger.error("the server API failed", exc_info=error, extra={"path": call.path})
    return Wrong(codes.BUSY, _("A fault of the portal. Its log has the rest."))


def _world_is_gone(call: Call) -> bool:
    if call.world is None or World.objects.filter(pk=call.world.pk).exists():
        return False
    call.world = None
    return True


def _json(told: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type=CONTENT_TYPE)
