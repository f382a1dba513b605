"""The kernel's rows, by noun."""

from portal.kernel.models.review import Review, ReviewMessage, ReviewPolicy, Verdict
from portal.kernel.models.world import (
    AuditEvent,
    Confirmation,
    Deadline,
    DeadlineQuerySet,
    IdempotencyKey,
    OutgoingMessage,
    Pulse,
    Purge,
    Throttle,
    World,
    world_token,
)

__all__ = [
    "AuditEvent",
    "Confirmation",
    "Deadline",
    "DeadlineQuerySet",
    "IdempotencyKey",
    "OutgoingMessage",
    "Pulse",
    "Purge",
    "Review",
    "ReviewMessage",
    "ReviewPolicy",
    "Throttle",
    "Verdict",
    "World",
    "world_token",
]
