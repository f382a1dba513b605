"""The kernel's rows: worlds, deadlines, confirmations, the outbox, the audit, keys and counters."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.kernel import clock, guards, locks
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition


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


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Queries about what was promised for a time."""

    def open(self) -> DeadlineQuerySet:
        """Return what has neither fired nor been cancelled."""
        return self.filter(status=Deadline.Status.OPEN)

    def due(self, moment: datetime) -> DeadlineQuerySet:
        """Return what is due at `moment` (world time) and not backing off, in the order promised."""
        return (
            self.open()
            .filter(due_at__lte=moment)
            .filter(Q(retry_at__isnull=True) | Q(retry_at__lte=clock.real_now()))
            .order_by("due_at", "id")
        )


class Deadline(models.Model):
    """A promise that something happens to one subject at one time, once."""

    class Status(models.TextChoices):
        """What became of the promise."""

        OPEN = "open", pgettext_lazy("deadline", "Open")
        FIRED = "fired", pgettext_lazy("deadline", "Fired")
        CANCELLED = "cancelled", pgettext_lazy("deadline", "Cancelled")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    detail = models.CharField(max_length=32, blank=True)
    account_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    settled_at = models.DateTimeField(null=True, help_text="Real time it fired or was cancelled.")
    outcome = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, help_text="Real time; set while backing off.")
    last_error = models.TextField(blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "deadline")
        verbose_name_plural = pgettext_lazy("desk", "deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "detail"],
                condition=Q(status="open"),
                name="one_open_deadline_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(status="open", settled_at__isnull=True)
                | (~Q(status="open") & Q(settled_at__isnull=False)),
                name="deadline_settled_once",
            ),
        ]
        indexes = [
            models.Index(fields=["world", "due_at", "id"], name="deadline_due", condition=Q(status="open")),
            models.Index(
                fields=["world", "retry_at"],
                name="deadline_backing_off",
                condition=Q(status="open", retry_at__isnull=False),
            ),
            models.Index(
                fields=["world", "-due_at", "-id"],
                name="deadline_fired",
                condition=Q(status="fired"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} at {self.due_at.isoformat()}"


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
    def confirm(self, *, by: Actor) -> None:
        """The person agreed; the purpose's handler runs in the same transaction."""

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


class OutgoingMessage(models.Model):
    """Something that must leave this process; written with what caused it, delivered by the relay."""

    class Status(models.TextChoices):
        """How far the delivery has come."""

        WAITING = "waiting", pgettext_lazy("outbox", "Waiting")
        SENT = "sent", pgettext_lazy("outbox", "Sent")
        FAILED = "failed", pgettext_lazy("outbox", "Failed")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    written_at = models.DateTimeField(default=clock.real_now)
    next_attempt_at = models.DateTimeField(default=clock.real_now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.BigIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="one_message_per_subject")]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="outbox_waiting",
                condition=Q(status="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class AuditEvent(models.Model):
    """One transition: who, when, from where to where. Never changed; follows nothing by key."""

    world_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=64)
    source = models.CharField(max_length=32)
    target = models.CharField(max_length=32)
    by_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=254)
    reason = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        verbose_name = pgettext_lazy("desk", "audit event")
        verbose_name_plural = pgettext_lazy("desk", "audit events")
        indexes = [
            models.Index(fields=["world_id", "-id"], name="audit_world"),
            models.Index(fields=["account_id", "-id"], name="audit_account"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.name}"

    @property
    def by(self) -> Actor:
        """Return who did it."""
        return Actor(ActorKind(self.by_kind), self.by_id, self.by_name)

    @property
    def label(self) -> str | Promise:
        """Return what happened, in the words of the machine that it happened to."""
        from portal.kernel import machines  # noqa: PLC0415 -- machines reads this module

        return machines.transition_label(self.subject_type, self.name)


class IdempotencyKey(models.Model):
    """A form or call that was already carried out, with what it made."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    result_id = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "scope", "key"], name="key_claimed_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Throttle(models.Model):
    """How often something was tried in one window of real time."""

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_throttle_per_key")]

    def __str__(self) -> str:
        return self.scope


class Purge(models.Model):
    """A world whose rows may be deleted, within the transaction that deletes them.

    The database's guards read this table. The row lives and dies inside one transaction, so nobody
    else ever sees it.
    """

    world_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.world_id)


class Pulse(models.Model):
    """When the last tick ended, for health checks: a single row."""

    ticked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ticked_at.isoformat()


guards.append_only(AuditEvent)
