"""The audit timeline of a world: who did what, when, and why."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from portal.kernel.models import AuditEvent
from portal.simulator.api import lists
from portal.simulator.api.reading import Id, Moment, Shape, iso, world_of

router = Router(tags=["Events"])


class EventShape(Shape):
    """One transition. `subject` is the row's kind and id; `at` is world time, `recorded_at` real time."""

    id: int
    at: Moment
    recorded_at: Moment
    by: str
    subject: str
    transition: str
    source: str
    target: str
    reason: str
    account: int | None


@router.get("/worlds/{world}/events", response=lists.Listed[EventShape])
def list_events(
    request: HttpRequest, world: Id, account: Id | None = None, after: lists.After = ""
) -> lists.Listed[EventShape]:
    """List everything that happened, oldest first; with an account, what happened to it."""
    rows = AuditEvent.objects.filter(world_id=world_of(world).pk)
    if account is not None:
        rows = rows.filter(account_id=account)
    return lists.page(rows, after, _shape)


def _shape(event: AuditEvent) -> EventShape:
    return EventShape(
        id=event.pk,
        at=iso(event.at),
        recorded_at=iso(event.recorded_at),
        by=event.by_name,
        subject=f"{event.subject_type} {event.subject_id}",
        transition=event.name,
        source=event.source,
        target=event.target,
        reason=event.reason,
        account=event.account_id,
    )
