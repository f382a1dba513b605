"""One tick: look which worlds ring, fire what is due there, go on with advances cut short."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from portal.kernel import clock, deadlines, worlds
from portal.kernel.models import Pulse, World

logger = logging.getLogger(__name__)

WORLDS = 200
RESUME_BUDGET = timedelta(seconds=5)
AFTER_TROUBLE = timedelta(seconds=10)


@dataclass(frozen=True)
class TickReport:
    """What one tick did: worlds looked at, deadlines fired."""

    worlds: int
    fired: int


def tick() -> TickReport:
    """Fire everything due in every world that rings. Harmless to run twice, or twice at once.

    Worlds with nothing due cost nothing: their bell is an indexed column.
    """
    now = clock.real_now()
    ringing = list(
        World.objects.filter(rings_at__lte=now)
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))
        .order_by("rings_at")[:WORLDS]
    )
    fired = sum(_look_at(world) for world in ringing)
    Pulse.objects.update_or_create(pk=1, defaults={"ticked_at": clock.real_now()})
    return TickReport(len(ringing), fired)


def last_tick_at() -> datetime | None:
    """Return when the last tick ended, in real time; None before the first."""
    return Pulse.objects.filter(pk=1).values_list("ticked_at", flat=True).first()


def _look_at(world: World) -> int:
    try:
        if world.advancing_to is None:
            return len(deadlines.fire_due(world))
        report = worlds.resume(world.pk, budget=RESUME_BUDGET)
        return len(report.fired) if report else 0
    except Exception:
        # One world's trouble must not stop the others, nor take their places in the next tick.
        logger.exception("tick failed in a world", extra={"world": world.pk})
        World.objects.filter(pk=world.pk, rings_at=world.rings_at).update(
            rings_at=clock.real_now() + AFTER_TROUBLE
        )
        return 0
