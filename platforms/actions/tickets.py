"""component_verify_ticket: pushed every ten minutes of the world's time, good for twelve hours."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platforms import pushing, secrets
from platforms.models import Platform, VerifyTicket
from portal.kernel import audit, deadlines, limits, sealed
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline

PUSH: Final = "platforms.ticket"

STARTED: Final = audit.register("platforms.tickets_started", gettext_lazy("starts the push of tickets"))
STOPPED: Final = audit.register("platforms.tickets_stopped", gettext_lazy("stops the push of tickets"))


@action
def start_pushing(platform_id: int, *, by: Actor) -> Platform:
    """Push a ticket now and every ten minutes from now on; again, it begins anew.

    Raises Refused (`no_receiver`) while nothing says where to.
    """
    platform = Platform.objects.lock(platform_id)
    if not platform.event_url:
        raise Refused(
            _("No ticket is pushed: this platform has no address for authorization events. Set it first."),
            code="no_receiver",
            field="event_url",
        )
    deadlines.cancel(PUSH, subject_id=platform.pk)
    platform.pushes_tickets = True
    platform.save(update_fields=["pushes_tickets"])
    now = platform.world.now()
    _give(platform, now)
    _promise(platform, now + limits.VERIFY_TICKET_PUSHED)
    audit.act(platform, STARTED, by=by)
    return platform


@action
def stop_pushing(platform_id: int, *, by: Actor) -> Platform:
    """Push no more tickets; those that were pushed stay good."""
    platform = Platform.objects.lock(platform_id)
    deadlines.cancel(PUSH, subject_id=platform.pk)
    if platform.pushes_tickets:
        platform.pushes_tickets = False
        platform.save(update_fields=["pushes_tickets"])
        audit.act(platform, STOPPED, by=by)
    return platform


@action
def give_ticket(platform_id: int, *, by: Actor) -> str:
    """Return a new ticket to whoever plays without a receiver (SIM-5); it is pushed besides, where one is."""
    platform = Platform.objects.lock(platform_id)
    return _give(platform, platform.world.now())


@deadlines.on(PUSH, title=lambda _row: gettext_lazy("A component_verify_ticket is pushed"))
def _push(row: Deadline) -> str:
    """Push the ticket of this moment and promise the next.

    While the clock is on its way further than that, the tickets between are left out: on arrival they
    would all be pushed at once, and a month of them is four thousand.
    """
    platform = Platform.objects.lock(row.subject_id)
    if not platform.pushes_tickets:
        return "stopped"
    _give(platform, row.due_at)
    target = platform.world.advancing_to
    skipped = max(0, (target - row.due_at) // limits.VERIFY_TICKET_PUSHED - 1) if target else 0
    _promise(platform, row.due_at + limits.VERIFY_TICKET_PUSHED * (skipped + 1))
    return "pushed"


def _promise(platform: Platform, due_at: datetime) -> None:
    """Promise the next ticket; the one that fires now is still open, so each has its moment for a detail."""
    deadlines.schedule(PUSH, subject=platform, due_at=due_at, detail=due_at.isoformat(timespec="seconds"))


def _give(platform: Platform, now: datetime) -> str:
    """Make a ticket, and push it where the platform receives."""
    VerifyTicket.objects.filter(platform=platform, expires_at__lt=now - limits.VERIFY_TICKET).delete()
    ticket = secrets.new(secrets.TICKET)
    VerifyTicket.objects.create(
        world=platform.world,
        platform=platform,
        fingerprint=sealed.fingerprint(ticket, purpose=secrets.TICKET),
        sealed=sealed.seal(ticket, purpose=secrets.TICKET),
        given_at=now,
        expires_at=now + limits.VERIFY_TICKET,
    )
    pushing.tell_ticket(platform, ticket)
    return ticket
