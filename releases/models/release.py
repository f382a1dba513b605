"""What players get: releases, full or phased, one after the other (REL-8, REL-9)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from releases.models.submission import Submission


class Release(Stateful):
    """One approved version in front of players. One is full at most, and one phased beside it."""

    class State(models.TextChoices):
        """Whom it reaches."""

        PHASED = "phased", pgettext_lazy("release", "Phased release")
        FULL = "full", pgettext_lazy("release", "All players")
        REPLACED = "replaced", pgettext_lazy("release", "Replaced")
        CANCELLED = "cancelled", pgettext_lazy("release", "Cancelled")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="releases")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="releases")
    state = StateField(choices=State.choices, default=State.PHASED)
    percent = models.PositiveSmallIntegerField(default=100, help_text="Of the players; grows only.")
    to_developers = models.BooleanField(default=False, help_text="Phased: whoever develops gets it first.")
    to_testers = models.BooleanField(default=False, help_text="Phased: experience members get it first.")
    rollback_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="rollbacks")
    released_by = models.CharField(max_length=40)
    released_at = models.DateTimeField()
    full_by = models.DateTimeField(null=True, help_text="When a phased release goes to everybody by itself.")
    full_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Release"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "release")
        verbose_name_plural = pgettext_lazy("desk", "releases")
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="full"), name="one_full_release"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="phased"), name="one_phased_release"
            ),
            models.CheckConstraint(
                condition=Q(percent__lte=100)
                & (Q(percent__gte=1) | Q(to_developers=True) | Q(to_testers=True)),
                name="percent_of_players",
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="release_newest")]

    def __str__(self) -> str:
        return f"release {self.pk} of {self.account_id}"

    @transition(
        field=state,
        source=State.PHASED,
        target=State.PHASED,
        label=_("reaches more players"),
        who=_("the administrator, or whom the policy grants it"),
    )
    def grow(self, *, percent: int, reason: str, by: Actor) -> None:
        """A larger share, with all of the smaller one in it; `reason` says from what to what."""
        self.percent = percent

    @transition(
        field=state,
        source=State.PHASED,
        target=State.FULL,
        label=_("reaches all players"),
        who=_("the administrator, or the clock after fifteen days"),
    )
    def complete(self, *, at: datetime, by: Actor) -> None:
        """Everybody gets it."""
        self.percent, self.full_at = 100, at

    @transition(
        field=state,
        source=State.PHASED,
        target=State.CANCELLED,
        label=_("is cancelled: its players go back to the last full version"),
        who=_("the administrator, or whom the policy grants it"),
    )
    def cancel(self, *, at: datetime, by: Actor) -> None:
        """Nobody gets it any more."""
        self.ended_at = at

    @transition(
        field=state,
        source=State.FULL,
        target=State.REPLACED,
        label=_("the next version takes its place"),
        who=_("the next release, or a rollback"),
    )
    def replace(self, *, at: datetime, by: Actor) -> None:
        """It was online, and is history."""
        self.ended_at = at


guards.set_once(
    Release, "account_id", "submission_id", "rollback_of_id", "released_at", "full_by", "full_at", "ended_at"
)
