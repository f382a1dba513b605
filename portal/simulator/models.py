"""What the control API has answered, so that a call repeated with its key is carried out once (API-5)."""

from __future__ import annotations

from django.db import models

from portal.kernel import clock
from portal.kernel.models import World


class Answer(models.Model):
    """What a POST with an `Idempotency-Key` was answered; without a status while it is under way.

    `scope` is "worlds" for calls that make a world, else "worlds/<id>": the key is unique there. The
    body may tell a password, as the world's own row tells the link that opens the same doors.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE, null=True)
    scope = models.CharField(max_length=32)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, help_text="JSON as it was sent, letter for letter.")
    claimed_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
