"""The only module that asks the machine for the time.

Business rules ask `world.now()`. Security clocks (throttles, leases, session age) ask `real_now()`:
a tenant may move a world's time, but not lift its own lock-out with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_pinned: ContextVar[tuple[int, datetime] | None] = ContextVar("pinned", default=None)


def real_now() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return timezone.now()


def pinned(world_id: int) -> datetime | None:
    """Return the moment that code is running *as of* in this world, or None outside a deadline."""
    pin = _pinned.get()
    return pin[1] if pin and pin[0] == world_id else None


@contextmanager
def pin(world_id: int, moment: datetime) -> Iterator[None]:
    """Let `world.now()` answer `moment`: a deadline's handler runs as of its own due moment."""
    token = _pinned.set((world_id, moment))
    try:
        yield
    finally:
        _pinned.reset(token)
