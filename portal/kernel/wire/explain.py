"""What is kept of a refused call, so that it can be explained by its rid (API-4). No secret, no token."""

from __future__ import annotations

import re
from typing import Final

from portal.kernel import clock, text
from portal.kernel.models import RefusedCall
from portal.kernel.wire.call import Call
from portal.kernel.wire.errors import Wrong

KEPT: Final = 1000  # of a world, the newest
LONGEST_BODY: Final = 8192
_TRIMMED_EVERY: Final = 50
_SECRETS: Final = (
    "secret|appsecret|component_appsecret|component_secret|access_token|component_access_token|session_key"
    "|component_verify_ticket|authorizer_refresh_token|refresh_token|authorization_code|auth_code|js_code"
)
_IN_QUERY: Final = re.compile(rf"(?<![^&?])({_SECRETS})=([^&]{{0,6}})[^&]*")
_IN_BODY: Final = re.compile(rf'("(?:{_SECRETS})"\s*:\s*")([^"]{{0,6}})(?:[^"\\]|\\.)*')


def keep(call: Call, rid: str, wrong: Wrong) -> None:
    """Write down a call that was refused; belongs behind the transaction that it undid."""
    kept = RefusedCall.objects.create(
        world=call.world,
        rid=rid,
        appid=call.appid[:18],
        path=text.showable(call.path)[:120],
        method=(call.request.method or "")[:10],
        query=text.showable(masked_query(call.request.META.get("QUERY_STRING", "")))[:2000],
        body=text.showable(masked_body(call.raw[:LONGEST_BODY].decode("utf-8", "replace"))),
        address=call.address[:45],
        errcode=wrong.errcode,
        errmsg=wrong.errmsg[:300],
        sentence=wrong.sentence[:600],
        field=wrong.field[:60],
        explained=wrong.explained,
        at=call.now(),
        came_at=clock.real_now(),
    )
    if kept.pk % _TRIMMED_EVERY == 0:
        _trim(kept)


def masked_query(query: str) -> str:
    """Return a query string without its secrets: their first six characters tell which it was."""
    return _IN_QUERY.sub(r"\1=\2…", query)


def masked_body(body: str) -> str:
    """Return a body without its secrets."""
    return _IN_BODY.sub(r"\1\2…", body)


def _trim(newest: RefusedCall) -> None:
    """Forget all but the newest calls of the same world, or of none."""
    of_world = RefusedCall.objects.filter(world=newest.world_id)
    last = of_world.order_by("-id").values_list("id", flat=True)[KEPT : KEPT + 1].first()
    if last is not None:
        of_world.filter(id__lte=last).delete()
