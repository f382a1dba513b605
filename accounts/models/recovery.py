"""A letter that begins the way back to a forgotten password: its link, then the scan."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from accounts.models.account import Account
from portal.kernel import clock, limits
from portal.kernel.models import World


class RecoveryLink(models.Model):
    """A link sent to the log-in e-mail; it opens the page that asks for the administrator's scan."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.real_now)

    def __str__(self) -> str:
        return f"recovery of {self.account_id}"

    def is_good(self) -> bool:
        """Return whether it still opens: not used, and younger than an hour of real time."""
        return self.used_at is None and clock.real_now() < self.recorded_at + limits.RECOVERY_LINK

    def use(self, at: datetime) -> None:
        """It has done what it was for; unsaved."""
        self.used_at = at
