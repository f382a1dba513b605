"""Faults of a world's server API, and what was refused there (SIM-8, API-4, API-5)."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from portal.kernel import worlds
from portal.kernel.actors import CONTROL
from portal.kernel.models import RefusedCall, WireFault
from portal.kernel.wire import faults
from portal.simulator.api import lists
from portal.simulator.api.lists import After, Listed
from portal.simulator.api.once import once
from portal.simulator.api.reading import Body, Id, Moment, Shape, found, iso, world_of

router = Router(tags=["Server API"])


class NewFault(Body):
    """A fault: of one path or ("") of all, for `percent` of the calls, and for the next `left` alone."""

    kind: Annotated[str, Field(max_length=8)]
    path: Annotated[str, Field(max_length=120)] = ""
    percent: int = 100
    left: int | None = None
    delay_ms: int = 0


class FaultShape(Shape):
    """A fault that is set: `busy`, `quota`, `token`, `lost` or `delay`."""

    fault: int
    kind: str
    path: str
    percent: int
    left: int | None
    delay_ms: int


class Games(Body):
    """Whether third-party platforms may submit Mini Games in this world (else 87006)."""

    allowed: bool


class GamesShape(Shape):
    """Whether they may."""

    allowed: bool


class RefusedShape(Shape):
    """A refused call; `explained` holds what was to be signed, digests, hints: never a secret."""

    rid: str
    appid: str
    path: str
    errcode: int
    errmsg: str
    sentence: str
    field: str
    explained: dict[str, Any]
    at: Moment


@router.get("/worlds/{world}/faults", response=Listed[FaultShape])
def get_faults(request: HttpRequest, world: Id, after: After = "") -> Listed[FaultShape]:
    """List the faults that are set."""
    return lists.page(WireFault.objects.filter(world=world_of(world)), after, _told)


@router.post("/worlds/{world}/faults", response=FaultShape)
def set_fault(request: HttpRequest, world: Id, body: NewFault) -> HttpResponse:
    """Let calls of the server API fail from now on; another fault of the kind takes its place."""
    place = world_of(world)
    return once(request, place, lambda: _told(faults.set_fault(place.pk, by=CONTROL, **body.model_dump())))


@router.delete("/worlds/{world}/faults/{fault}", response={204: None})
def lift_fault(request: HttpRequest, world: Id, fault: Id) -> HttpResponse:
    """Let calls succeed again."""
    place = world_of(world)
    row = WireFault.objects.filter(world=place, pk=fault).first()
    fault_id = found(row, _("There is no fault %(id)d in this world.") % {"id": fault}).pk
    faults.lift_fault(place.pk, fault_id, by=CONTROL)
    return HttpResponse(status=204)


@router.put("/worlds/{world}/games-by-api", response=GamesShape)
def games_by_api(request: HttpRequest, world: Id, body: Games) -> GamesShape:
    """Let third-party platforms submit Mini Games, or refuse them as the platform does."""
    worlds.allow_games_by_api(world_of(world).pk, body.allowed, by=CONTROL)
    return GamesShape(allowed=body.allowed)


@router.get("/worlds/{world}/refused-calls", response=Listed[RefusedShape])
def refused_calls(
    request: HttpRequest, world: Id, rid: Annotated[str, Field(max_length=64)] = "", after: After = ""
) -> Listed[RefusedShape]:
    """List the calls that the server API refused in this world, or the one with `rid`."""
    rows = RefusedCall.objects.filter(world=world_of(world))
    return lists.page(rows.filter(rid=rid) if rid else rows, after, _call)


def _told(fault: WireFault) -> FaultShape:
    return FaultShape(
        fault=fault.pk,
        kind=fault.kind,
        path=fault.path,
        percent=fault.percent,
        left=fault.left,
        delay_ms=fault.delay_ms,
    )


def _call(row: RefusedCall) -> RefusedShape:
    return RefusedShape(
        rid=row.rid,
        appid=row.appid,
        path=row.path,
        errcode=row.errcode,
        errmsg=row.errmsg,
        sentence=row.sentence,
        field=row.field,
        explained=row.explained,
        at=iso(row.at),
    )
