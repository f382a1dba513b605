"""A world: an isolated simulation with its own clock."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from portal.kernel import clock, locks


def world_token() -> str:
    """Return an unguessable name for a world's link."""
    return secrets.token_urlsafe(16)


class WorldQuerySet(models.QuerySet["World"]):
    """Queries about worlds."""

    def share(self, pk: int) -> World:
        """Return a world held (shared) against reset and deletion until commit."""
        locks.share_world(pk)
        return self.get(pk=pk)

    def hold(self, pk: int) -> World:
        """Return a world held alone until commit."""
        locks.hold_world(pk)
        return self.get(pk=pk)


class World(models.Model):
    """An isolated simulation with a clock of its own (SIM-1).

    Running: world time is real time + `offset`. Frozen: it stands at `frozen_at`. While an advance
    is under way the clock stands at the moment last fired and `advancing_to` says where it goes, so
    that whoever finds the lease run out can go on.
    """

    name = models.CharField(max_length=60)
    token = models.CharField(max_length=32, unique=True, default=world_token)
    seed = models.BigIntegerField()
    origin = models.CharField(max_length=255, default="http://localhost:8000")
    listed = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=clock.real_now)
    has_faults = models.BooleanField(default=False, help_text="Whether a fault of the server API is set.")
    games_by_api = models.BooleanField(
        default=False, help_text="Whether a third-party platform may submit Mini Games (else 87006)."
    )

    offset = models.DurationField(default=timedelta)
    frozen_at = models.DateTimeField(null=True)
    rings_at = models.DateTimeField(null=True, help_text="Real time of the next thing due.")

    advanced_from = models.DateTimeField(null=True)
    advancing_to = models.DateTimeField(null=True)
    advance_runs_on = models.BooleanField(default=False)
    lease = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    objects = WorldQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "world")
        verbose_name_plural = pgettext_lazy("desk", "worlds")
        indexes = [
            # The tick's only question; null where nothing will ring.
            models.Index(fields=["rings_at"], name="world_rings", condition=Q(rings_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def running(self) -> bool:
        """Return whether this world's time passes by itself."""
        return self.frozen_at is None

    def now(self) -> datetime:
        """Return this world's time; inside a deadline's handler, the moment it was due."""
        if moment := clock.pinned(self.pk):
            return moment
        return self.frozen_at or clock.real_now() + self.offset
