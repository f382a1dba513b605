"""What can be done to a world: make it, move its clock, delete it (SIM-1, SIM-2)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from portal.kernel import audit, clock, deadlines, outbox
from portal.kernel.action import action, transactional
from portal.kernel.actors import Actor
from portal.kernel.deadlines import ClockLost, Fired
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, Purge, World

LEASE = timedelta(seconds=30)
HORIZON = timedelta(days=366 * 50)  # further than any rule reaches, nearer than year 9999


@dataclass(frozen=True)
class Report:
    """What an advance did. `finished` is False when its time budget ran out first."""

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
    """Make an empty world. `seed` drives what is invented in it, `now` is where its clock starts."""
    world = World(name=name, seed=secrets.randbelow(2**31) if seed is None else seed, listed=listed)
    if origin:
        world.origin = origin
    start = now or clock.real_now()
    if frozen:
        world.frozen_at = start
    else:
        world.offset = start - clock.real_now() if now else timedelta()
    world.save()
    audit.entry(world, "create", by=by).save()
    return world


@action
def freeze(world_id: int, *, by: Actor) -> World:
    """Stop a world's clock where it stands."""
    world = _still(world_id)
    if world.running:
        world.frozen_at = world.now()
        world.save(update_fields=["frozen_at"])
        audit.entry(world, "freeze", by=by).save()
        deadlines.set_bell(world.pk)
    return world


@action
def run(world_id: int, *, by: Actor) -> World:
    """Let a frozen clock run on from where it stands."""
    world = _still(world_id)
    if world.frozen_at is not None:
        world.offset, world.frozen_at = world.frozen_at - clock.real_now(), None
        world.save(update_fields=["offset", "frozen_at"])
        audit.entry(world, "run", by=by).save()
        deadlines.set_bell(world.pk)
    return world


def advance(world_id: int, *, to: datetime, by: Actor, budget: timedelta | None = None) -> Report:
    """Move a world's clock to `to`, firing everything due on the way in order, each at its own time.

    Answers when all is done, or, with a `budget` of real time, when that is spent: `resume` goes
    on from there, and so does the tick. Raises Refused when `to` is past, beyond the horizon, or
    the world is already being advanced.
    """
    return _walk(_set_out(world_id, to, by=by), budget)


def advance_to_next(world_id: int, *, by: Actor, budget: timedelta | None = None) -> Report:
    """Advance to the next moment anything is due (SIM-3)."""
    world = World.objects.get(pk=world_id)
    following = Deadline.objects.open().filter(world=world, retry_at__isnull=True)
    due_at = following.order_by("due_at").values_list("due_at", flat=True).first()
    if due_at is None:
        raise Refused(_("Nothing is planned in this world. The clock stays where it is."))
    return advance(world_id, to=max(due_at, world.now()), by=by, budget=budget)


def resume(world_id: int, *, budget: timedelta | None = None) -> Report | None:
    """Go on with an advance that was cut short; None when there is none or somebody is at it."""
    world = _take_over(world_id)
    return _walk(world, budget) if world else None


@action
def _set_out(world_id: int, to: datetime, *, by: Actor) -> World:
    world = World.objects.hold(world_id)
    now = world.now()
    if to < now:
        raise Refused(
            _("The clock was not moved: time only goes forward. Choose a moment after now."),
            code="clock_backwards",
        )
    if to - clock.real_now() > HORIZON:
        raise Refused(
            _("The clock was not moved: worlds end 50 years from now. Choose an earlier moment."),
            code="clock_horizon",
        )
    if world.lease_until and world.lease_until > clock.real_now():
        raise Refused(
            _("The clock is already moving in this world. Try again when it has arrived."),
            code="clock_busy",
        )
    if world.advancing_to is None:
        world.advance_runs_on = world.running
        world.advanced_from = now
    world.advancing_to = max(to, world.advancing_to or to)
    world.frozen_at = now
    audit.entry(world, "advance", by=by, target=world.advancing_to.isoformat()).save()
    return _lease(world)


@transactional
def _take_over(world_id: int) -> World | None:
    world = World.objects.hold(world_id)
    busy = world.lease_until and world.lease_until > clock.real_now()
    return None if busy or world.advancing_to is None else _lease(world)


def _lease(world: World) -> World:
    world.lease += 1
    world.lease_until = world.rings_at = clock.real_now() + LEASE
    world.save()
    return world


def _walk(world: World, budget: timedelta | None) -> Report:
    target = world.advancing_to
    if target is None:
        raise ValueError("this world is not on its way")
    fired: list[Fired] = []
    stop = time.monotonic() + budget.total_seconds() if budget else None

    def claim_clock(moment: datetime) -> None:
        """Set the clock to what fires now, and prove that this advance is still ours."""
        world.frozen_at = max(moment, world.frozen_at or moment)
        until = clock.real_now() + LEASE
        if not World.objects.filter(pk=world.pk, lease=world.lease).update(
            frozen_at=world.frozen_at, lease_until=until, rings_at=until
        ):
            raise ClockLost

    while True:
        some = deadlines.fire_next(world, until=target, claim_clock=claim_clock)
        outbox.relay(world_id=world.pk)
        fired += some
        if not some:
            _arrive(world, target)
            return Report(world.now(), not world.running, fired, finished=True)
        if stop and time.monotonic() > stop:
            World.objects.filter(pk=world.pk, lease=world.lease).update(
                lease_until=None, rings_at=clock.real_now()
            )
            return Report(world.now(), not world.running, fired, finished=False)


@transactional
def _arrive(world: World, target: datetime) -> None:
    fresh = World.objects.hold(world.pk)
    if fresh.lease != world.lease:
        raise ClockLost
    world.frozen_at = target
    if world.advance_runs_on:
        world.offset, world.frozen_at = target - clock.real_now(), None
    world.advancing_to, world.lease_until, world.advance_runs_on = None, None, False
    world.save(update_fields=["offset", "frozen_at", "advancing_to", "lease_until", "advance_runs_on"])
    deadlines.set_bell(world.pk)


def _still(world_id: int) -> World:
    """Return the world held alone; refuse while its clock is on its way somewhere."""
    world = World.objects.hold(world_id)
    if world.advancing_to is not None:
        raise Refused(
            _("The clock is already moving in this world. Try again when it has arrived."),
            code="clock_busy",
        )
    return world


@action
def delete(world_id: int, *, by: Actor) -> int:
    """Delete a world and every row in it; return how many rows that was. Leaves no trace but a log."""
    world = World.objects.hold(world_id)
    Purge.objects.create(world_id=world.pk)
    rows = sum(_delete_rows(model, world) for model in apps.get_models(include_auto_created=True))
    World.objects.filter(pk=world.pk)._raw_delete("default")
    Purge.objects.filter(world_id=world.pk).delete()
    return rows + 1


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
