"""Method II: WeChat authentication, from the agreement to a year's validity (console-rules 3)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards, kept_files
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from portal.outside.models import BankAccount, BankTransfer

ACTIVE = ("draft", "awaiting_payment", "under_review", "returned")


class AuthenticationOrder(Stateful):
    """One application: agreement, materials, fee, review, correction rounds, and how it ended."""

    class State(models.TextChoices):
        """How far the application has come (console-rules 3.5)."""

        DRAFT = "draft", pgettext_lazy("authentication", "Being filled in")
        AWAITING_PAYMENT = "awaiting_payment", pgettext_lazy("authentication", "Awaiting payment")
        UNDER_REVIEW = "under_review", pgettext_lazy("authentication", "Under review")
        RETURNED = "returned", pgettext_lazy("authentication", "Needs correction")
        PASSED = "passed", pgettext_lazy("authentication", "Passed")
        FAILED = "failed", pgettext_lazy("authentication", "Refused")
        CLOSED = "closed", pgettext_lazy("authentication", "Closed")

    class NameResult(models.TextChoices):
        """The name is judged apart from the qualification."""

        PENDING = "", pgettext_lazy("authentication name", "Not judged yet")
        PASSED = "passed", pgettext_lazy("authentication name", "Passed")
        FAILED = "failed", pgettext_lazy("authentication name", "Not passed")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="authentication_orders")
    number = models.CharField(max_length=20)
    renewal = models.BooleanField(default=False)
    state = StateField(choices=State.choices, default=State.DRAFT)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=40, blank=True)
    materials = models.JSONField(default=dict)
    invoice = models.JSONField(default=dict)
    complete = models.BooleanField(default=False)
    saved_at = models.DateTimeField(null=True)

    fee_fen = models.PositiveIntegerField()
    payee = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True)
    payment = models.OneToOneField(BankTransfer, on_delete=models.PROTECT, null=True)
    pay_by = models.DateTimeField(null=True)
    refills = models.PositiveSmallIntegerField(default=0)
    refill_by = models.DateTimeField(null=True)
    name_result = models.CharField(max_length=8, choices=NameResult.choices, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["AuthenticationOrder"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=ACTIVE), name="one_active_order_per_account"
            ),
            models.UniqueConstraint(fields=["world", "number"], name="one_order_per_number"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="authentication_newest")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_active(self) -> bool:
        """Return whether it still goes on."""
        return self.state in ACTIVE

    @transition(
        field=state,
        source=State.DRAFT,
        target=State.AWAITING_PAYMENT,
        label=_("submits the materials"),
        who=_("the administrator"),
    )
    def submit(self, *, pay_by: datetime, by: Actor) -> None:
        """Everything is filled in; the fee is due within a day."""
        self.pay_by = pay_by

    @transition(
        field=state,
        source=State.DRAFT,
        target=State.UNDER_REVIEW,
        label=_("submits the materials, free of charge"),
        who=_("the administrator"),
    )
    def submit_free(self, *, by: Actor) -> None:
        """Government pays no fee."""

    @transition(
        field=state,
        source=State.AWAITING_PAYMENT,
        target=State.UNDER_REVIEW,
        label=_("pays the fee"),
        who=_("whoever scans"),
    )
    def pay(self, *, payment: BankTransfer, by: Actor) -> None:
        """The fee is paid; it is not returned, whatever the verdict."""
        self.payment = payment

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.RETURNED,
        label=_("returns it for correction"),
        who=_("a reviewer"),
    )
    def give_back(self, *, refill_by: datetime, by: Actor) -> None:
        """Something must be corrected; the thirty days run from the first return."""
        self.refills += 1
        self.refill_by = self.refill_by or refill_by

    @transition(
        field=state,
        source=State.RETURNED,
        target=State.UNDER_REVIEW,
        label=_("submits the correction"),
        who=_("the administrator"),
    )
    def submit_again(self, *, by: Actor) -> None:
        """The corrected materials go to the desk, without another fee."""

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.PASSED,
        label=_("approves the qualification"),
        who=_("a reviewer"),
    )
    def approve(self, *, at: datetime, name_result: str, reason: str, by: Actor) -> None:
        """The qualification passed; the name may have or not, and `reason` says why not."""
        self.ended_at, self.name_result = at, name_result

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.FAILED,
        label=_("refuses the qualification"),
        who=_("a reviewer"),
    )
    def refuse(self, *, at: datetime, reason: str, by: Actor) -> None:
        """It failed for good; another attempt costs another fee."""
        self.ended_at = at

    @transition(
        field=state,
        source=State.RETURNED,
        target=State.FAILED,
        label=_("thirty days pass without a correction"),
        who=_("the clock"),
    )
    def give_up(self, *, at: datetime, by: Actor) -> None:
        """Nobody corrected it in time."""
        self.ended_at = at

    @transition(
        field=state,
        source=[State.DRAFT, State.AWAITING_PAYMENT],
        target=State.CLOSED,
        label=_("a day passes unpaid, or it is dropped"),
        who=_("the clock or the administrator"),
    )
    def close(self, *, at: datetime, by: Actor) -> None:
        """Nothing was paid, nothing is owed."""
        self.ended_at = at


class Document(models.Model):
    """A picture among an order's materials: re-encoded, private, replaced and never changed."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    order = models.ForeignKey(AuthenticationOrder, on_delete=models.CASCADE, related_name="documents")
    slot = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order", "slot", "-id"], name="document_newest")]

    def __str__(self) -> str:
        return self.name


class SubmittedRound(models.Model):
    """What the desk got in one round, so that the next one can show what changed. Never changed."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    order = models.ForeignKey(AuthenticationOrder, on_delete=models.CASCADE, related_name="rounds")
    review_id = models.BigIntegerField(unique=True)
    materials = models.JSONField()
    documents = models.JSONField(help_text="{slot: [document id, ...]}")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"round of {self.order_id}"


guards.set_once(AuthenticationOrder, "account_id", "number", "payment_id", "ended_at")
guards.set_once(Document, "order_id", "slot", "name", "sha256", "size", "uploaded_at", "removed_at")
guards.append_only(SubmittedRound)

kept_files.named_by(Document, "sha256")
