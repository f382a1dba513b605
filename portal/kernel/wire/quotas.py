"""How often an account has called an endpoint today, where the platform names a quota (45009).

Days are Shanghai's, on the world's clock. What has no quota is not counted: a count is a write.
"""

from __future__ import annotations

from typing import Final

from django.db.models import F

from portal.kernel import calendar
from portal.kernel.models import Tally, World

_PREFIX: Final = "api "
_LONGEST: Final = 48  # of a tally's name


def spend(world: World, path: str, subject_id: int, *, at_most: int) -> bool:
    """Count one call; return whether the quota held it. Commits on its own outside a transaction."""
    row, _created = Tally.objects.get_or_create(
        limit=_name(path), subject_id=subject_id, period=_today(world), defaults={"world": world}
    )
    return bool(Tally.objects.filter(pk=row.pk, used__lt=at_most).update(used=F("used") + 1))


def used(world: World, path: str, subject_id: int) -> int:
    """Return how many of today's calls were counted."""
    row = Tally.objects.filter(limit=_name(path), subject_id=subject_id, period=_today(world)).first()
    return row.used if row else 0


def clear(world: World, subject_id: int) -> None:
    """Forget today's calls of one caller, of every endpoint (clear_quota)."""
    today = Tally.objects.filter(subject_id=subject_id, period=_today(world), limit__startswith=_PREFIX)
    today.update(used=0)


def _name(path: str) -> str:
    return f"{_PREFIX}{path}"[:_LONGEST]


def _today(world: World) -> str:
    return calendar.start_of_day(world.now()).date().isoformat()
