"""The page of the server API: every endpoint, what is not simulated and why, and one to try (API-1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

from django.apps import apps
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.models import Account
from payments.api import by_hand
from portal.kernel import policy
from portal.kernel.actors import VISITOR
from portal.kernel.http import WorldRequest
from portal.kernel.text import showable
from portal.kernel.wire import Endpoint, Field, Fields, Items, Token, Truth, Whole, codes, explain, serve
from portal.kernel.wire.catalog import UNSERVED
from portal.kernel.wire.endpoints import ENDPOINTS
from portal.simulator.api_examples import examples

MOST_ACCOUNTS: Final = 50
LONGEST_VALUE: Final = 8192
COMMON: Final = (-1, 40001, 40014, 40164, 41001, 42001, 45009, 47001)  # that every endpoint may give


@dataclass(frozen=True)
class Tried:
    """A call that was made from the page: what was sent, as a log shows it, and what came back."""

    sent: str
    answer: str
    errcode: int
    rid: str


@require_safe
def server_api(request: WorldRequest) -> HttpResponse:
    """List the endpoints by the stage that serves them, and what is not simulated."""
    stages: dict[str, list[Endpoint]] = {}
    for endpoint in sorted(ENDPOINTS.values(), key=lambda each: each.path):
        stages.setdefault(endpoint.stage, []).append(endpoint)
    in_order = [app for app in apps.get_app_configs() if app.name in stages]
    context = {
        "stages": [(app.name, app.verbose_name, stages[app.name]) for app in in_order],
        "unserved": sorted(UNSERVED.items()),
        "served": len(ENDPOINTS),
        "base_url": _base_url(request),
    }
    return render(request, "simulator/server_api.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def endpoint(request: WorldRequest, called: str) -> HttpResponse:
    """Show one endpoint with its parameters and examples; a POST calls it as one of the world's accounts."""
    found = ENDPOINTS.get(f"/{called}")
    if found is None:
        raise Http404
    accounts = _callers(request, found)
    typed = {field.name: request.POST.get(field.name, "") for field in found.fields}
    chosen = next((each for each in accounts if str(each.pk) == request.POST.get("account")), None)
    tried = None
    if request.method == "POST" and (chosen is not None or found.token == Token.NONE):
        tried = _tried(request, found, chosen, typed)
    context = {
        "endpoint": found,
        "rows": [
            {"field": field, "value": showable(typed[field.name])[:LONGEST_VALUE] or field.example}
            for field in found.fields
        ],
        "errcodes": [
            (code, codes.MESSAGES[code].replace("%(ip)s", "203.0.113.7"))
            for code in sorted({*found.errcodes, *COMMON})
        ],
        "types": [type_.label for type_ in sorted(found.types, key=list(policy.EVERY_TYPE).index)],
        "examples": examples(found, base_url=_base_url(request)),
        "accounts": accounts,
        "chosen": chosen or (accounts[0] if accounts else None),
        "can_try": found.token == Token.NONE or (found.token == Token.ACCOUNT and not found.takes_file),
        "tried": tried,
    }
    return render(request, "simulator/server_api_endpoint.html", context)


def _callers(request: WorldRequest, found: Endpoint) -> list[Account]:
    """Return the accounts of this world whose own token the endpoint takes, newest first."""
    if found.token != Token.ACCOUNT or found.platforms_only:
        return []
    living = Account.objects.living().filter(world=request.world, appid__isnull=False)
    return list(living.filter(account_type__in=found.types).order_by("-pk")[:MOST_ACCOUNTS])


def _tried(request: WorldRequest, found: Endpoint, account: Account | None, typed: dict[str, str]) -> Tried:
    """Call the endpoint from here, as the account's own server would."""
    query: dict[str, Any] = {}
    if account is not None:
        query["access_token"] = actions.give_stable_token(account.pk, force=False, by=VISITOR).token
    sent_here = {field.name for field in found.fields if field.in_query}
    values = {
        field.name: _value(field, typed[field.name])
        for field in found.fields
        if typed[field.name] and field.name not in sent_here
    }
    is_get = found.verbs[0] == "GET"
    body = b"" if is_get else json.dumps(values, ensure_ascii=False).encode()
    query |= values if is_get else {}
    if account is not None and sent_here:
        query |= by_hand.signatures_of(found, account, body, values)
        query |= {name: typed[name] for name in sorted(sent_here) if typed[name]}
    response = _called(request, found, urlencode(query), body)
    raw = response.content if isinstance(response, HttpResponse) else b""
    answer = _shown(response, raw)
    told = _json(raw)
    line = f"{found.verbs[0]} {found.path}"
    sent = f"{line}?{explain.masked_query(urlencode(query))}" if query else line
    return Tried(
        sent=f"{sent}\n\n{explain.masked_body(body.decode())}" if body else sent,
        answer=answer,
        errcode=told.get("errcode", 0),
        rid=str(told.get("errmsg", "")).rpartition(" rid: ")[2] if told.get("errcode") else "",
    )


def _called(request: WorldRequest, found: Endpoint, query: str, body: bytes) -> Any:
    """Return what the server API answers to a request of its own, made from where the visitor is."""
    kept = ("REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST", "wsgi.url_scheme")
    environ = {name: request.META[name] for name in kept if name in request.META}
    environ |= {
        "REQUEST_METHOD": found.verbs[0],
        "PATH_INFO": found.path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    return serve.answer(WSGIRequest(environ))


def _value(field: Field, typed: str) -> Any:
    """Return what was typed as the JSON it stands for; what is none is sent as it is, to be refused."""
    if isinstance(field, Items | Fields | Whole | Truth) or type(field) is Field:
        try:
            return json.loads(typed)
        except ValueError:
            return typed
    return typed


def _shown(response: Any, raw: bytes) -> str:
    kind = response.headers.get("Content-Type", "")
    if not kind.startswith(("application/json", "text/")):
        return f"{kind}, {len(raw)} bytes"
    told = _json(raw)
    return (
        json.dumps(told, ensure_ascii=False, indent=2) if told else showable(raw.decode("utf-8", "replace"))
    )


def _json(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _base_url(request: WorldRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
