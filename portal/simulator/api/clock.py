"""A world's clock, and what it has promised (SIM-2, SIM-3)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from portal.kernel import deadlines, worlds
from portal.kernel.actors import CONTROL
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline, World
from portal.kernel.worlds import Report
from portal.simulator.api import lists
from portal.simulator.api.failures import BadValue
from portal.simulator.api.once import once_in_steps
from portal.simulator.api.reading import (
    Body,
    Id,
    LengthIn,
    Moment,
    MomentIn,
    Shape,
    iso,
    read_moment,
    world_of,
)

router = Router(tags=["Clock"])


class ClockShape(Shape):
    """Where a world's clock stands."""

    now: Moment
    frozen: bool


class FiredShape(Shape):
    """What one deadline did; `outcome` is "failed" when its handler failed and backs off."""

    due_at: Moment
    kind: str
    subject: int
    title: str
    outcome: str


class ReportShape(ClockShape):
    """Where the clock arrived, and what fired on the way, in order."""

    fired: list[FiredShape]


class Promise(Shape):
    """Something that will happen."""

    due_at: Moment
    kind: str
    subject: int
    title: str
    account: int | None


class Way(Body):
    """How far: `by` a length of time, or `to` a moment; one of the two."""

    by: LengthIn | None = None
    to: MomentIn | None = None


@router.get("/worlds/{world}/clock", response=ClockShape)
def get_clock(request: HttpRequest, world: Id) -> ClockShape:
    """Return where the clock stands."""
    return _clock(world_of(world))


@router.post("/worlds/{world}/clock/freeze", response=ClockShape)
def freeze(request: HttpRequest, world: Id) -> HttpResponse:
    """Stop the clock where it stands."""
    there = world_of(world)
    return once_in_steps(request, there, lambda: _clock(worlds.freeze(there.pk, by=CONTROL)))


@router.post("/worlds/{world}/clock/run", response=ClockShape)
def run(request: HttpRequest, world: Id) -> HttpResponse:
    """Let the clock run on from where it stands."""
    there = world_of(world)
    return once_in_steps(request, there, lambda: _clock(worlds.run(there.pk, by=CONTROL)))


@router.post("/worlds/{world}/clock/advance", response=ReportShape)
def advance(request: HttpRequest, world: Id, way: Way) -> HttpResponse:
    """Let time pass; answers when everything due on the way has happened."""
    there = world_of(world)
    return once_in_steps(
        request, there, lambda: _report(worlds.advance(there.pk, to=_target(there, way), by=CONTROL))
    )


@router.post("/worlds/{world}/clock/next", response=ReportShape)
def advance_to_next(request: HttpRequest, world: Id) -> HttpResponse:
    """Let time pass until the next thing is due, and let it happen."""
    there = world_of(world)
    return once_in_steps(request, there, lambda: _report(worlds.advance_to_next(there.pk, by=CONTROL)))


@router.get("/worlds/{world}/agenda", response=lists.Listed[Promise])
def agenda(request: HttpRequest, world: Id, after: lists.After = "") -> lists.Listed[Promise]:
    """List what will happen, soonest first."""
    rows = Deadline.objects.open().filter(world=world_of(world))
    if after:
        due_at, pk = _place(after)
        rows = rows.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk))
    shown = list(rows.order_by("due_at", "pk")[: lists.PAGE])
    return lists.Listed(
        items=[
            Promise(
                due_at=iso(row.due_at),
                kind=row.kind,
                subject=row.subject_id,
                title=str(deadlines.title(row)),
                account=row.account_id,
            )
            for row in shown
        ],
        cursor=f"{iso(shown[-1].due_at)}_{shown[-1].pk}" if shown else after,
    )


def _place(after: str) -> tuple[datetime, int]:
    due_at, _line, pk = after.partition("_")
    try:
        return read_moment(due_at), lists.key(pk)
    except ValueError:
        raise BadValue(_("This is no cursor. Take the one that the list gave."), field="after") from None


def _target(world: World, way: Way) -> datetime:
    """Return where the clock goes; BadValue unless one of the two says it."""
    if way.to is not None and way.by is None:
        return way.to
    if way.by is None or way.to is not None:
        raise BadValue(_("Say how far: either by or to."), field="by")
    try:
        return world.now() + way.by
    except OverflowError:
        raise Refused(
            _("The clock was not moved: worlds end 50 years from now. Choose an earlier moment."),
            code="clock_horizon",
            field="by",
        ) from None


def _clock(world: World) -> ClockShape:
    return ClockShape(now=iso(world.now()), frozen=not world.running)


def _report(report: Report) -> ReportShape:
    return ReportShape(
        now=iso(report.now),
        frozen=report.frozen,
        fired=[
            FiredShape(
                due_at=iso(each.due_at),
                kind=each.kind,
                subject=each.subject_id,
                title=each.title,
                outcome=each.outcome,
            )
            for each in report.fired
        ],
    )
