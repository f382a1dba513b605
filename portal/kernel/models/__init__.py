"""The kernel's rows, by noun."""

from portal.kernel.models.audit import AuditEvent
from portal.kernel.models.bookkeeping import IdempotencyKey, OutgoingMessage, Pulse, Purge, Tally, Throttle
from portal.kernel.models.confirmation import Confirmation
from portal.kernel.models.deadline import Deadline, DeadlineQuerySet
from portal.kernel.models.review import Review, ReviewMessage, ReviewPolicy, Screenshot, Verdict
from portal.kernel.models.wire import RefusedCall, TokenRow, WireFault
from portal.kernel.models.world import World, world_token

__all__ = [
    "AuditEvent",
    "Confirmation",
    "Deadline",
    "DeadlineQuerySet",
    "IdempotencyKey",
    "OutgoingMessage",
    "Pulse",
    "Purge",
    "RefusedCall",
    "Review",
    "ReviewMessage",
    "ReviewPolicy",
    "Screenshot",
    "Tally",
    "Throttle",
    "TokenRow",
    "Verdict",
    "WireFault",
    "World",
    "world_token",
]
