"""What must leave the process: a row in its cause's transaction, delivered by whoever claims it.

Letters and SMS inside a world are not here: they are delivered by being written. This is for what
goes outside, such as a copy of a letter by SMTP.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F, Min

from portal.kernel import clock
from portal.kernel.models import OutgoingMessage

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
ATTEMPTS = 10
LONGEST_BACKOFF = timedelta(hours=1)
SLOW = 1.0  # seconds

Deliver = Callable[[int], None]
DELIVERIES: dict[str, Deliver] = {}


def delivers(kind: str) -> Callable[[Deliver], Deliver]:
    """Register what carries out messages of `kind`: called with the subject's id, raises to retry."""

    def register(deliver: Deliver) -> Deliver:
        DELIVERIES[kind] = deliver
        return deliver

    return register


def put(kind: str, *, subject: Any) -> OutgoingMessage:
    """Write a message about `subject` (a row with a world); belongs inside an action."""
    if kind not in DELIVERIES:
        raise LookupError(f"nothing delivers {kind}")
    return OutgoingMessage.objects.create(world=subject.world, kind=kind, subject_id=subject.pk)


def relay(*, world_id: int | None = None, at_most: int = 100) -> int:
    """Deliver what waits, of one world or of all; return how many were sent.

    Safe to run in parallel: each message is claimed by a lease first. A worker killed in between
    leaves the lease to run out, and the message is delivered again: at least once. A world whose delivery
    was slow leaves the rest of its own to the next call: its receiver must not keep everybody waiting.
    """
    now = clock.real_now()
    waiting = OutgoingMessage.objects.filter(status="waiting", next_attempt_at__lte=now)
    if world_id is not None:
        waiting = waiting.filter(world_id=world_id)
    sent, seen = 0, 0
    while seen < at_most:
        for row in waiting.order_by("next_attempt_at", "id")[: at_most - seen]:
            seen += 1
            started = time.monotonic()
            sent += _deliver(row)
            if time.monotonic() - started > SLOW:
                waiting = waiting.exclude(world_id=row.world_id)
                break
        else:
            break
    return sent


def lag_seconds() -> float:
    """Return the age in seconds of the oldest message still waiting; 0.0 when none is."""
    oldest = OutgoingMessage.objects.filter(status="waiting").aggregate(at=Min("written_at"))["at"]
    return max(0.0, (clock.real_now() - oldest).total_seconds()) if oldest else 0.0


def _deliver(row: OutgoingMessage) -> bool:
    """Deliver one message if nobody else is at it: the lease number makes a late finisher harmless."""
    mine = OutgoingMessage.objects.filter(pk=row.pk, lease=row.lease, status="waiting").update(
        lease=F("lease") + 1,
        attempts=F("attempts") + 1,
        next_attempt_at=clock.real_now() + LEASE,
    )
    if not mine:
        return False
    claim = OutgoingMessage.objects.filter(pk=row.pk, lease=row.lease + 1)
    try:
        DELIVERIES[row.kind](row.subject_id)
    except Exception as error:
        logger.exception("delivery failed", extra={"message_id": row.pk, "kind": row.kind})
        final = row.attempts + 1 >= ATTEMPTS
        claim.update(
            status="failed" if final else "waiting",
            next_attempt_at=clock.real_now() + min(timedelta(seconds=5 * 2**row.attempts), LONGEST_BACKOFF),
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )
        return False
    return bool(claim.update(status="sent"))
