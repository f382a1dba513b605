"""Activation links: what proves that an e-mail is the registrant's own."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from accounts.models.account import Account
from portal.kernel.models import World


class ActivationLink(models.Model):
    """The link in an activation letter: works once, until it runs out or a newer one is sent."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="activation_newest")]

    def __str__(self) -> str:
        return f"link of {self.account_id}"

    def is_expired(self, now: datetime) -> bool:
        """Return whether its 48 hours are over at `now` (world time)."""
        return now >= self.expires_at
