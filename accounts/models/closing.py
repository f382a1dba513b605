"""Closing an account: the freeze period, and the name that stays its entity's for a while."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.account import Account, Entity
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World


class Closing(Stateful):
    """One attempt to close an account (console-rules 11.4): it can be undone until the freeze period ends."""

    class State(models.TextChoices):
        """How far it has come."""

        FREEZE_PERIOD = "freeze_period", pgettext_lazy("closing", "Freeze period")
        UNDONE = "undone", pgettext_lazy("closing", "Undone")
        CLOSED = "closed", pgettext_lazy("closing", "Closed")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="closings")
    state = StateField(choices=State.choices, default=State.FREEZE_PERIOD)
    begun_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Closing"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="freeze_period"), name="one_closing_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"closing of {self.account_id}"

    @transition(
        field=state,
        source=State.FREEZE_PERIOD,
        target=State.UNDONE,
        label=_("keeps the account"),
        who=_("the administrator"),
    )
    def undo(self, *, at: datetime, by: Actor) -> None:
        """The account stays, with everything it had."""
        self.settled_at = at

    @transition(
        field=state,
        source=State.FREEZE_PERIOD,
        target=State.CLOSED,
        label=_("the freeze period ends"),
        who=_("the clock"),
    )
    def finish(self, *, at: datetime, by: Actor) -> None:
        """The AppID is dead; e-mail, quotas and, after a while, the name are free."""
        self.settled_at = at


class ReleasedName(models.Model):
    """A name that an account gave up: its former entity alone may take it for fifteen days (91005)."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE)
    name_key = models.CharField(max_length=60)
    kept_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["world", "name_key", "-kept_until"], name="released_name")]

    def __str__(self) -> str:
        return self.name_key


guards.set_once(Closing, "account_id", "begun_at", "settled_at")
guards.append_only(ReleasedName)
