"""What the kernel counts and keeps: the outbox, keys, throttles, tallies, the purge and the pulse."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from portal.kernel import clock
from portal.kernel.models.world import World


class OutgoingMessage(models.Model):
    """Something that must leave this process; written with what caused it, delivered by the relay."""

    class Status(models.TextChoices):
        """How far the delivery has come."""

        WAITING = "waiting", pgettext_lazy("outbox", "Waiting")
        SENT = "sent", pgettext_lazy("outbox", "Sent")
        FAILED = "failed", pgettext_lazy("outbox", "Failed")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    written_at = models.DateTimeField(default=clock.real_now)
    next_attempt_at = models.DateTimeField(default=clock.real_now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.BigIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="one_message_per_subject")]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="outbox_waiting",
                condition=Q(status="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class IdempotencyKey(models.Model):
    """A form or call that was already carried out, with what it made."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    result_id = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "scope", "key"], name="key_claimed_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Tally(models.Model):
    """How much of a limit a subject has used within one period of its world's calendar."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    limit = models.CharField(max_length=48)
    subject_id = models.BigIntegerField()
    period = models.CharField(max_length=10, blank=True, help_text="2019, 2019-03, 2019-03-09, or ever.")
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["limit", "subject_id", "period"], name="one_tally_per_period")
        ]

    def __str__(self) -> str:
        return f"{self.limit} {self.subject_id} {self.period}"


class Throttle(models.Model):
    """How often something was tried in one window of real time."""

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_throttle_per_key")]

    def __str__(self) -> str:
        return self.scope


class Purge(models.Model):
    """A world whose rows may be deleted, within the transaction that deletes them.

    The database's guards read this table. The row lives and dies inside one transaction, so nobody
    else ever sees it.
    """

    world_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.world_id)


class Pulse(models.Model):
    """When the last tick ended, for health checks: a single row."""

    ticked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ticked_at.isoformat()
