"""What waits for a scan with somebody's phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.kernel.actors import Actor, ActorKind
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models.world import World, world_token

PERMIT: Final = timedelta(minutes=10)


class Confirmation(Stateful):
    """Something that waits for a scan with somebody's phone (DESIGN section 7)."""

    class State(models.TextChoices):
        """How far the scan has come."""

        SHOWN = "shown", pgettext_lazy("confirmation", "Waiting for the scan")
        SCANNED = "scanned", pgettext_lazy("confirmation", "Scanned, confirm on the phone")
        CONFIRMED = "confirmed", pgettext_lazy("confirmation", "Confirmed")
        REFUSED = "refused", pgettext_lazy("confirmation", "Refused")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    code = models.CharField(max_length=32, unique=True, default=world_token)
    person_id = models.BigIntegerField(
        null=True, help_text="Whose phone it waits on: the only one who may, or who has scanned."
    )
    state = StateField(choices=State.choices, default=State.SHOWN)
    shown_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    refusal = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict, help_text="What shall be done; never a secret.")
    asked_by_kind = models.CharField(max_length=12, choices=ActorKind.choices, blank=True)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=254, blank=True)
    answered_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True, help_text="When what it permits was done.")

    objects = StatefulQuerySet["Confirmation"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["purpose", "subject_id", "-id"], name="confirmation_subject"),
            models.Index(
                fields=["world", "person_id"],
                name="confirmation_waiting",
                condition=Q(state__in=["shown", "scanned"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_id}"

    def is_waiting(self, now: datetime) -> bool:
        """Return whether a phone may still answer at `now` (world time): [shown_at, expires_at)."""
        return self.state in {self.State.SHOWN, self.State.SCANNED} and now < self.expires_at

    @property
    def asked_by(self) -> Actor:
        """Return who had the code shown."""
        return Actor(ActorKind(self.asked_by_kind), self.asked_by_id, self.asked_by_name)

    def permits(self, now: datetime, by: Actor) -> bool:
        """Return whether it was confirmed for `by` less than ten minutes ago and not used yet."""
        return (
            self.state == self.State.CONFIRMED
            and self.used_at is None
            and (self.asked_by_kind, self.asked_by_id) == (by.kind, by.id)
            and self.answered_at is not None
            and now < self.answered_at + PERMIT
        )

    def is_expired(self, now: datetime) -> bool:
        """Return whether the code ran out before anybody answered."""
        return self.state in {self.State.SHOWN, self.State.SCANNED} and now >= self.expires_at

    @transition(
        field=state,
        source=[State.SHOWN, State.SCANNED],
        target=State.SCANNED,
        label=_("scans"),
        who=_("the person"),
    )
    def scan(self, *, by: Actor) -> None:
        """The code was opened on a phone, which now asks."""
        self.person_id = by.id

    @transition(
        field=state,
        source=State.SCANNED,
        target=State.CONFIRMED,
        label=_("confirms"),
        who=_("the person"),
    )
    def confirm(self, *, at: datetime, by: Actor) -> None:
        """The person agreed; the purpose's handler runs in the same transaction."""
        self.answered_at = at

    @transition(
        field=state,
        source=[State.SHOWN, State.SCANNED],
        target=State.REFUSED,
        label=_("refuses"),
        who=_("the person or the platform"),
    )
    def refuse(self, *, reason: str, by: Actor) -> None:
        """The person said no, or the platform found the wrong person."""
        self.refusal = reason[:300]
