"""A message to a receiver, and each try to deliver it (API-3; wechat-api 8)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from pushes.families import SCHEDULES, Family, Schedule

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Push(Stateful):
    """One message to one receiver, from the moment it was caused until somebody took it, or nobody did.

    `message` is what every try tells, word for word: by its FromUserName and CreateTime a receiver knows
    one that comes again. `account` is whose it is in the console; none where a platform alone is told.
    """

    in_operation_log = False  # nobody who works on the account does it

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", pgettext_lazy("push", "On its way")
        DELIVERED = "delivered", pgettext_lazy("push", "Delivered")
        UNDELIVERED = "undelivered", pgettext_lazy("push", "Not delivered")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    receiver_kind = models.CharField(max_length=12)
    receiver_id = models.BigIntegerField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    family = models.CharField(max_length=8, choices=Family.choices)
    event = models.CharField(max_length=64)
    written = models.TextField(help_text="The message as JSON: PostgreSQL's own type would order it anew.")
    openid = models.CharField(max_length=28, blank=True, help_text="Whom it is from, where that is a user.")
    state = StateField(choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Since it last set out.")
    fault = models.CharField(max_length=8, blank=True, help_text="What this world does to it.")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Push"].as_manager()

    if TYPE_CHECKING:
        attempts: RelatedManager[Attempt]

    class Meta:
        verbose_name = pgettext_lazy("desk", "push")
        verbose_name_plural = pgettext_lazy("desk", "pushes")
        indexes = [
            models.Index(fields=["account", "-id"], name="push_of_account"),
            models.Index(fields=["receiver_kind", "receiver_id", "-id"], name="push_of_receiver"),
        ]

    def __str__(self) -> str:
        return self.event

    @property
    def message(self) -> dict[str, Any]:
        """Return what is told, in the platform's order."""
        message: dict[str, Any] = json.loads(self.written)
        return message

    @property
    def schedule(self) -> Schedule:
        """Return how often it is tried, and when."""
        return SCHEDULES[Family(self.family)]

    @transition(
        field=state,
        source=State.WAITING,
        target=State.DELIVERED,
        label=_("the receiver takes it"),
        who=_("the receiver"),
    )
    def deliver(self, *, at: datetime, by: Actor) -> None:
        """The receiver answered that it has it."""
        self.ended_at = at

    @transition(
        field=state,
        source=State.WAITING,
        target=State.UNDELIVERED,
        label=_("no try is left"),
        who=_("the clock"),
    )
    def fail(self, *, at: datetime, by: Actor) -> None:
        """It can be sent again by hand."""
        self.ended_at = at

    @transition(
        field=state,
        source=[State.DELIVERED, State.UNDELIVERED],
        target=State.WAITING,
        label=_("sends it again"),
        who=_("a developer of the account"),
    )
    def set_out(self, *, by: Actor) -> None:
        """The same message, with all its tries anew."""
        self.tries, self.ended_at = 0, None


class Attempt(models.Model):
    """One try: planned with an empty outcome, then written once with both sides of the exchange."""

    class Outcome(models.TextChoices):
        """What came of it."""

        DELIVERED = "delivered", pgettext_lazy("push attempt", "Taken")
        REFUSED = "refused", pgettext_lazy("push attempt", "Refused by the receiver")
        STATUS = "status", pgettext_lazy("push attempt", "Answered with an error")
        TIMEOUT = "timeout", pgettext_lazy("push attempt", "No answer in time")
        CONNECTION = "connection", pgettext_lazy("push attempt", "Not connected, or broken off")
        BLOCKED = "blocked", pgettext_lazy("push attempt", "May not be called")
        UNSET = "unset", pgettext_lazy("push attempt", "No receiver is set")
        LOST = "lost", pgettext_lazy("push attempt", "Lost on the way")
        OVER = "over", pgettext_lazy("push attempt", "Not needed any more")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="attempts")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True, help_text="Its first 2000 characters.")
    milliseconds = models.PositiveIntegerField(null=True, help_text="Real time.")
    planned_at = models.DateTimeField(help_text="On the world's clock, like the next.")
    made_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["push"], name="attempt_planned", condition=Q(outcome=""))]

    def __str__(self) -> str:
        return f"{self.push_id} {self.outcome}"


guards.set_once(Push, "receiver_kind", "receiver_id", "account_id", "family", "event", "made_at")
guards.set_once(Attempt, "push_id", "outcome", "url", "request_body", "planned_at", "made_at")
