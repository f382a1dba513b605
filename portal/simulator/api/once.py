"""A POST that comes twice with its `Idempotency-Key` is carried out once and answered the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from pydantic import BaseModel

from portal.kernel.action import transactional
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.simulator.api.failures import BadValue, body_of, status_of
from portal.simulator.models import Answer

HEADER: Final = "Idempotency-Key"
LONGEST: Final = 200

Act = Callable[[], BaseModel]


def once(request: HttpRequest, world: World | None, act: Act, *, status: int = 200) -> HttpResponse:
    """Return what `act` answers, all of it in one transaction with its key, or the first call's answer.

    A refusal is an answer too. Without a world (`act` makes one) keys are unique among such calls.
    BadValue for a key that is no key; Refused (`key_reused`) when it came with another body.
    """
    key = _key(request)

    @transactional
    def carry_out() -> tuple[int, str]:
        if world is not None:
            World.objects.share(world.pk)
        claimed, is_new = _claim(request, world, key)
        if not is_new and claimed.status is not None:
            return claimed.status, claimed.body
        told, body = _answer(act, status, within=transaction.atomic())
        if world is None and told == status:
            claimed.world_id = json.loads(body)["world"]
        _keep(claimed, told, body)
        return told, body

    return _told(*carry_out())


def once_in_steps(request: HttpRequest, world: World, act: Act, *, status: int = 200) -> HttpResponse:
    """Return the same for an act that holds the world alone or takes a transaction for each step.

    The key is claimed before and answered after: in between, and after a kill there, another call
    with it is refused (`key_unfinished`), for nobody knows how far the first one came.
    """
    claimed, is_new = transactional(_claim)(request, world, _key(request))
    if not is_new:
        if claimed.status is None:
            raise Refused(
                _("Nothing was done: the first call with this key has not answered. "
                  "Look how far it came, then go on with another key."),
                code="key_unfinished",
            )  # fmt: skip
        return _told(claimed.status, claimed.body)
    try:
        told, body = _answer(act, status, within=nullcontext())
    except Exception:
        Answer.objects.filter(pk=claimed.pk).delete()
        raise
    _keep(claimed, told, body)
    return _told(told, body)


def _key(request: HttpRequest) -> str:
    """Return the call's key, "" when it has none."""
    key = request.headers.get(HEADER, "")
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise BadValue(
            _("An Idempotency-Key has at most %(longest)d printable ASCII characters.")
            % {"longest": LONGEST},
            field=HEADER,
        )
    return key


def _claim(request: HttpRequest, world: World | None, key: str) -> tuple[Answer, bool]:
    """Return the key's row and whether this call is the first with it; without a key an unsaved row."""
    scope = f"worlds/{world.pk}" if world else "worlds"
    asked = f"{request.method} {request.path}\n".encode() + request.body
    claim = Answer(world=world, scope=scope, key=key, digest=hashlib.sha256(asked).hexdigest())
    if not key:
        return claim, True
    try:
        with transaction.atomic():
            claim.save(force_insert=True)
            return claim, True
    except IntegrityError:
        first = Answer.objects.get(scope=scope, key=key)
    if first.digest != claim.digest:
        raise Refused(
            _("Nothing was done: this Idempotency-Key came before with another call. Send another key."),
            code="key_reused",
            field=HEADER,
        )
    return first, False


def _answer(act: Act, status: int, *, within: AbstractContextManager[Any]) -> tuple[int, str]:
    """Return the status and body of what `act` answers or refuses."""
    try:
        with within:
            return status, act().model_dump_json()
    except Refused as refusal:
        return status_of(refusal), json.dumps(body_of(refusal))


def _keep(claimed: Answer, status: int, body: str) -> None:
    """Keep the answer beside its key; a reset has deleted the row, and keeps its answer all the same."""
    if not claimed.key:
        return
    claimed.status, claimed.body = status, body
    rows = Answer.objects.filter(pk=claimed.pk)
    if not rows.update(world=claimed.world_id, status=status, body=body):
        claimed.save(force_insert=True)


def _told(status: int, body: str) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json")
