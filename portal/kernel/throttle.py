"""How often something may be tried, on the real clock, whatever a world's clock says."""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta

from django.db.models import F
from django.utils.translation import ngettext

from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.kernel.models import Throttle


def hit(scope: str, key: str, *, at_most: int, within: timedelta) -> None:
    """Count one try of `key`; raise Refused, saying when to come back, past `at_most` in a window.

    Commits on its own when called outside a transaction, so that a refused try still counts.
    """
    now = clock.real_now()
    digest = hashlib.sha256(key.encode(errors="replace")).hexdigest()
    row, _created = Throttle.objects.get_or_create(scope=scope, key=digest, defaults={"window_start": now})
    if row.window_start + within <= now:
        fresh = Throttle.objects.filter(pk=row.pk, window_start=row.window_start)
        fresh.update(window_start=now, hits=0)
        row.refresh_from_db()
    mine = Throttle.objects.filter(pk=row.pk, hits__lt=at_most).update(hits=F("hits") + 1)
    if not mine:
        seconds = (row.window_start + within - now).total_seconds()
        minutes = max(1, math.ceil(seconds / 60))
        raise Refused(
            ngettext(
                "Too many tries. Try again in %(minutes)d minute.",
                "Too many tries. Try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes},
            code="throttled",
        )


def hits(scope: str, key: str, *, within: timedelta) -> int:
    """Return how often `key` was tried in its window, without counting this as a try."""
    digest = hashlib.sha256(key.encode(errors="replace")).hexdigest()
    row = Throttle.objects.filter(scope=scope, key=digest).first()
    return row.hits if row and clock.real_now() < row.window_start + within else 0


def clear(scope: str, key: str) -> None:
    """Forget the tries of `key`, after one that succeeded."""
    digest = hashlib.sha256(key.encode(errors="replace")).hexdigest()
    # Not deleted: a try under way at this moment would find its row gone.
    Throttle.objects.filter(scope=scope, key=digest).update(hits=0)
