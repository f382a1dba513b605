"""The notification centre's rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models.account import Account
from portal.kernel.models import World


class Notice(models.Model):
    """Something the platform tells an account. Stored as a kind and its facts, written out when read."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="notice_newest"),
            models.Index(fields=["account"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.kind
