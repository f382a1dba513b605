"""The platform's switch that keeps approved versions from being released (REL-8)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import Account
from portal.kernel.models import World


class InternalTest(models.Model):
    """An internal test of a whole world, or of one game; open until it is ended, by hand or by the clock."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="internal_tests")
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["world"],
                condition=Q(account__isnull=True, ended_at__isnull=True),
                name="one_internal_test_per_world",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="one_internal_test_per_game"
            ),
        ]

    def __str__(self) -> str:
        return f"internal test of {self.account_id or 'all games'}"

    def runs(self, now: datetime) -> bool:
        """Return whether it runs at `now` (world time): [begun_at, ends_at)."""
        return self.ended_at is None and (self.ends_at is None or now < self.ends_at)
