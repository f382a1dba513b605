"""What will happen: a promise with its moment."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from portal.kernel import clock
from portal.kernel.models.world import World


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Queries about what was promised for a time."""

    def open(self) -> DeadlineQuerySet:
        """Return what has neither fired nor been cancelled."""
        return self.filter(status=Deadline.Status.OPEN)

    def due(self, moment: datetime) -> DeadlineQuerySet:
        """Return what is due at `moment` (world time) and not backing off, in the order promised."""
        return (
            self.open()
            .filter(due_at__lte=moment)
            .filter(Q(retry_at__isnull=True) | Q(retry_at__lte=clock.real_now()))
            .order_by("due_at", "id")
        )


class Deadline(models.Model):
    """A promise that something happens to one subject at one time, once."""

    class Status(models.TextChoices):
        """What became of the promise."""

        OPEN = "open", pgettext_lazy("deadline", "Open")
        FIRED = "fired", pgettext_lazy("deadline", "Fired")
        CANCELLED = "cancelled", pgettext_lazy("deadline", "Cancelled")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    detail = models.CharField(max_length=32, blank=True)
    account_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    settled_at = models.DateTimeField(null=True, help_text="Real time it fired or was cancelled.")
    outcome = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, help_text="Real time; set while backing off.")
    last_error = models.TextField(blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "deadline")
        verbose_name_plural = pgettext_lazy("desk", "deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "detail"],
                condition=Q(status="open"),
                name="one_open_deadline_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(status="open", settled_at__isnull=True)
                | (~Q(status="open") & Q(settled_at__isnull=False)),
                name="deadline_settled_once",
            ),
        ]
        indexes = [
            models.Index(fields=["world", "due_at", "id"], name="deadline_due", condition=Q(status="open")),
            models.Index(
                fields=["world", "retry_at"],
                name="deadline_backing_off",
                condition=Q(status="open", retry_at__isnull=False),
            ),
            models.Index(
                fields=["world", "-due_at", "-id"],
                name="deadline_fired",
                condition=Q(status="fired"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} at {self.due_at.isoformat()}"
