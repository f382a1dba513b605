"""Trying again at once what failed and waits for its turn."""

from __future__ import annotations

from collections.abc import Sequence

from portal.kernel import audit, clock, deadlines
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.models import Deadline


@action
def try_again(deadline_ids: Sequence[int], *, by: Actor) -> int:
    """Let the next tick try those of these deadlines that back off; return how many that is."""
    failing = Deadline.objects.open().filter(pk__in=deadline_ids, retry_at__isnull=False)
    rows = list(failing.select_related("world").order_by("world_id", "id"))
    for row in rows:
        audit.entry(row, "try_again", by=by).save()
    Deadline.objects.open().filter(pk__in=[row.pk for row in rows], retry_at__isnull=False).update(
        retry_at=clock.real_now()
    )
    for world_id in sorted({row.world_id for row in rows}):
        deadlines.set_bell(world_id)
    return len(rows)
