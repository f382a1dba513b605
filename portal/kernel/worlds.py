"""What can be done to a world: make it, move its clock, empty it, delete it (SIM-1, SIM-2)."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from portal.kernel import audit, calendar, clock, deadlines, locks, outbox, pictures
from portal.kernel.action import action, transactional
from portal.kernel.actors import Actor
from portal.kernel.deadlines import ClockLost, Fired
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, Purge, World

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
EARLIEST = datetime(2000, 1, 1, tzinfo=calendar.SHANGHAI)
HORIZON = timedelta(days=366 * 50)  # further than any rule reaches, nearer than year 9999


@dataclass(frozen=True)
class Report:
    """What an advance did. `finished` is False when it is still on its way."""

    now: datetime
    frozen: bool
    fired: list[Fired]
    finished: bool


@action
def create(
    *,
    name: str,
    by: Actor,
    seed: int | None = None,
    now: datetime | None = None,
    frozen: bool = False,
    origin: str = "",
    listed: bool = True,
) -> World:
    """Make an empty world. `seed` drives what is invented in it, `now` is where its clock starts.

    Raises Refused (field `now`) for a start before the year 2000 or beyond the horizon.
    """
    world = World(name=name, seed=secrets.randbelow(2**31) if seed is None else seed, listed=listed)
    if origin:
        world.origin = origin
    start = now or clock.real_now()
    require_in_reach(start)
    if frozen or now:
        _set_clock(world, start, runs=not frozen)
    world.save()
    audit.entry(world, "create", by=by).save()
    return world


def require_in_reach(start: datetime) -> None:
    """Raise Refused when no world can start then: before the year 2000, or past the horizon."""
    if not EARLIEST <= start <= clock.real_now() + HORIZON:
        raise Refused(
            _("The world was not made: it starts between the year 2000 and 50 years from now."),
            code="clock_horizon",
            field="now",
        )


@action
def rename(world_id: int, *, name: str, by: Actor) -> World:
    """Call a world something else; its link and everything in it stay."""
    world = World.objects.hold(world_id)
    world.name = name
    world.save(update_fields=["name"])
    audit.entry(world, "rename", by=by).save()
    return world


@action
def allow_games_by_api(world_id: int, allowed: bool, *, by: Actor) -> World:
    """Let third-party platforms submit Mini Games, or refuse them as the platform does (87006)."""
    world = World.objects.share(world_id)
    world.games_by_api = allowed
    world.save(update_fields=["games_by_api"])
    audit.entry(world, "allow_games_by_api", by=by, target=str(allowed)).save()
    return world


@action
def freeze(world_id: int, *, by: Actor) -> World:
    """Stop a world's clock where it stands."""
    world = _still(world_id)
    if world.running:
        _set_clock(world, world.now(), runs=False)
        world.save(update_fields=["offset", "frozen_at"])
        audit.entry(world, "freeze", by=by).save()
        deadlines.set_bell(world.pk)
    return world


@action
def run(world_id: int, *, by: Actor) -> World:
    """Let a frozen clock run on from where it stands."""
    world = _still(world_id)
    if not world.running:
        _set_clock(world, world.now(), runs=True)
        world.save(update_fields=["offset", "frozen_at"])
        audit.entry(world, "run", by=by).save()
        deadlines.set_bell(world.pk)
    return world


def advance(world_id: int, *, to: datetime, by: Actor, budget: timedelta | None = None) -> Report:
    """Move a world's clock to `to`, firing everything due on the way in order, each at its own time.

    Answers when all is done, or, with a `budget` of real time, when that is spent: `resume` goes
    on from there, and so does the tick. Raises Refused when `to` is past, beyond the horizon, or
    the world is already being advanced, or somebody else took the advance over on the way.
    """
    return _go(world_id, to, by, budget)


def advance_to_next(world_id: int, *, by: Actor, budget: timedelta | None = None) -> Report:
    """Advance to the next moment anything is due (SIM-3). Raises Refused when nothing is planned."""
    return _go(world_id, None, by, budget)


def resume(world_id: int, *, budget: timedelta | None = None) -> Report | None:
    """Go on with an advance that was cut short; None when there is none or somebody else is at it."""
    world = _take_over(world_id)
    try:
        return _walk(world, budget) if world else None
    except ClockLost:
        return None


def _go(world_id: int, to: datetime | None, by: Actor, budget: timedelta | None) -> Report:
    try:
        return _walk(_set_out(world_id, to, by=by), budget)
    except ClockLost:
        raise _busy() from None


@action
def _set_out(world_id: int, to: datetime | None, *, by: Actor) -> World:
    """Write down where the clock goes (None: to the next event), and hold the world for the way."""
    world = World.objects.hold(world_id)
    now = world.now()
    to = _next_due(world) if to is None else to
    if to < now:
        raise Refused(
            _("The clock was not moved: time only goes forward. Choose a moment after now."),
            code="clock_backwards",
            field="to",
        )
    if to - clock.real_now() > HORIZON:
        raise Refused(
            _("The clock was not moved: worlds end 50 years from now. Choose an earlier moment."),
            code="clock_horizon",
            field="to",
        )
    _require_unleased(world)
    if world.advancing_to is None:
        world.advance_runs_on = world.running
        world.advanced_from = now
    world.advancing_to = max(to, world.advancing_to or to)
    world.frozen_at = now
    audit.entry(world, "advance", by=by, target=world.advancing_to.isoformat()).save()
    return _lease(world)


def _next_due(world: World) -> datetime:
    """Return when the next event is due, at least now: what is overdue is the next."""
    waiting = Deadline.objects.open().filter(world=world, retry_at__isnull=True)
    due_at = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    if due_at is None:
        raise Refused(
            _("Nothing is planned in this world. The clock stays where it is."), code="nothing_planned"
        )
    return max(due_at, world.now())


@transactional
def _take_over(world_id: int) -> World | None:
    locks.hold_world(world_id)
    world = World.objects.filter(pk=world_id, advancing_to__isnull=False).first()
    return None if world is None or _is_leased(world) else _lease(world)


def _lease(world: World) -> World:
    world.lease += 1
    world.lease_until = world.rings_at = clock.real_now() + LEASE
    world.save()
    return world


def _is_leased(world: World) -> bool:
    return world.lease_until is not None and world.lease_until > clock.real_now()


def _walk(world: World, budget: timedelta | None) -> Report:
    """Go on towards `advancing_to` until it is reached, the budget spent, or the world somebody else's."""
    target = world.advancing_to
    if target is None:
        raise ValueError("this world is not on its way")
    fired: list[Fired] = []
    stop = None if budget is None else time.monotonic() + budget.total_seconds()

    def claim_clock(moment: datetime) -> None:
        """Hold the world alone, prove that this advance is still ours, and set the clock."""
        mine = _mine(world)
        mine.frozen_at = world.frozen_at = max(moment, mine.frozen_at or moment)
        mine.lease_until = mine.rings_at = clock.real_now() + LEASE
        mine.save(update_fields=["frozen_at", "lease_until", "rings_at"])

    while True:
        some = deadlines.fire_next(world, until=target, claim_clock=claim_clock)
        fired += some
        _drain(world, stop)
        if not some and (there := _arrive(world, target)):
            return Report(there.now(), not there.running, fired, finished=True)
        if stop is not None and time.monotonic() > stop:
            there = _rest(world)
            return Report(there.now(), not there.running, fired, finished=False)


def _mine(world: World) -> World:
    """Return the world as it is now, held alone; raise ClockLost when this advance is no longer ours."""
    locks.hold_world(world.pk)
    mine = World.objects.filter(pk=world.pk, lease=world.lease).first()
    if mine is None:
        raise ClockLost
    return mine


def _drain(world: World, stop: float | None) -> None:
    """Deliver what this world has to say outside, one by one, until the time is spent or one fails."""
    while outbox.relay(world_id=world.pk, at_most=1):
        if stop is not None and time.monotonic() > stop:
            break


@transactional
def _rest(world: World) -> World:
    """Leave the advance where it is, for whoever goes on next."""
    mine = _mine(world)
    mine.lease_until, mine.rings_at = None, clock.real_now()
    mine.save(update_fields=["lease_until", "rings_at"])
    return mine


@transactional
def _arrive(world: World, target: datetime) -> World | None:
    """Set the clock to its target and let it go on as before; None when more became due meanwhile."""
    mine = _mine(world)
    if Deadline.objects.filter(world=mine).due(target).exists():
        return None
    _set_clock(mine, target, runs=mine.advance_runs_on)
    mine.advancing_to, mine.lease_until, mine.advance_runs_on = None, None, False
    mine.save()
    deadlines.set_bell(mine.pk)
    return mine


def _set_clock(world: World, moment: datetime, *, runs: bool) -> None:
    if runs:
        world.offset, world.frozen_at = moment - clock.real_now(), None
    else:
        world.frozen_at = moment


def _still(world_id: int) -> World:
    """Return the world held alone; refuse while its clock is on its way somewhere."""
    world = World.objects.hold(world_id)
    if world.advancing_to is not None:
        raise _busy()
    return world


def _require_unleased(world: World) -> None:
    """Refuse while somebody moves the clock; an advance cut short is nobody's."""
    if _is_leased(world):
        raise _busy()


def _busy() -> Refused:
    return Refused(
        _("The clock is already moving in this world. Try again when it has arrived."),
        code="clock_busy",
        way_out="simulator:clock",
    )


@action
def empty(world_id: int, *, by: Actor) -> World:
    """Delete every row in a world and set its clock back to where it began; return it, held until commit.

    Name, link and seed stay; a running clock runs on from the beginning, a frozen one stands there.
    """
    world = _hold_whole(world_id)
    _require_unleased(world)
    began_at = history(world_id).order_by("id")[0].at
    runs = world.advance_runs_on if world.advancing_to else world.running
    _purge(world)
    _set_clock(world, began_at, runs=runs)
    world.advancing_to = world.advanced_from = world.lease_until = world.rings_at = None
    world.advance_runs_on = False
    world.lease += 1  # whoever was on the way here is not any more
    world.save()
    audit.entry(world, "reset", by=by).save()
    return world


@action
def delete(world_id: int, *, by: Actor) -> int:
    """Delete a world and every row in it; return how many rows that was. Leaves no trace but a log."""
    world = _hold_whole(world_id)
    rows = _purge(world)
    World.objects.filter(pk=world.pk)._raw_delete("default")
    logger.info("world deleted", extra={"world": world.pk, "rows": rows, "by": by.name})
    return rows + 1


def _hold_whole(world_id: int) -> World:
    """Return the world held alone, its row too: what is inserted without holding it waits or comes first."""
    return World.objects.select_for_update().hold(world_id)


def _purge(world: World) -> int:
    """Delete every row of a world, with the database's guards open for it alone; return how many."""
    Purge.objects.create(world_id=world.pk)
    rows = sum(_delete_rows(model, world) for model in apps.get_models(include_auto_created=True))
    Purge.objects.filter(world_id=world.pk).delete()
    pictures.forget(world.pk)
    return rows


def _delete_rows(model: type[models.Model], world: World) -> int:
    """Delete a table's rows of one world in one statement, referring rows wherever they stand.

    Foreign keys are checked at commit, so the order of tables does not matter.
    """
    if model is World or model is Purge:
        return 0
    for path in _paths_to_world(model):
        return model._base_manager.filter(**{path: world.pk})._raw_delete("default")
    return 0


def _paths_to_world(model: type[models.Model]) -> Iterable[str]:
    names = {field.name for field in model._meta.concrete_fields}
    if "world" in names or "world_id" in names:
        yield "world_id"
        return
    for field in model._meta.concrete_fields:
        related = field.remote_field.model if field.remote_field else None
        if related and any(other.name == "world" for other in related._meta.concrete_fields):
            yield f"{field.name}__world_id"


def history(world_id: int) -> models.QuerySet[AuditEvent]:
    """Return everything that happened in a world, newest first."""
    return AuditEvent.objects.filter(world_id=world_id).order_by("-id")
