"""Method I: the one payment that proves a company (console-rules 2)."""

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
from portal.outside.models import BankAccount, BankTransfer


class WireTransfer(Stateful):
    """What the company is asked to pay, to whom and until when; seen only after submission (VER-1)."""

    class State(models.TextChoices):
        """How far the payment has come."""

        WAITING = "waiting", pgettext_lazy("wire transfer", "Awaiting transfer")
        VALIDATED = "validated", pgettext_lazy("wire transfer", "Validated")
        RETURNED = "returned", pgettext_lazy("wire transfer", "Money returned")
        EXPIRED = "expired", pgettext_lazy("wire transfer", "Expired")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE)
    payer_name = models.CharField(max_length=120)
    payee = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True)
    amount_fen = models.PositiveSmallIntegerField()
    remark = models.CharField(max_length=20)
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = StateField(choices=State.choices, default=State.WAITING)
    receipt = models.OneToOneField(BankTransfer, on_delete=models.PROTECT, null=True)

    objects = StatefulQuerySet["WireTransfer"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "wire transfer")
        verbose_name_plural = pgettext_lazy("desk", "wire transfers")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gte=1, amount_fen__lte=99), name="wire_amount_is_small"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "expired"], receipt__isnull=True)
                | Q(state__in=["validated", "returned"], receipt__isnull=False),
                name="wire_validated_by_receipt",
            ),
        ]

    def __str__(self) -> str:
        return self.remark

    @transition(
        field=state,
        source=State.WAITING,
        target=State.VALIDATED,
        label=_("the exact amount arrives"),
        who=_("the company, at its bank"),
    )
    def validate(self, *, receipt: BankTransfer, at: datetime, by: Actor) -> None:
        """Amount, payer and time all match."""
        self.receipt = receipt

    @transition(
        field=state,
        source=State.VALIDATED,
        target=State.RETURNED,
        label=_("ten working days pass"),
        who=_("the clock"),
    )
    def return_money(self, *, by: Actor) -> None:
        """The full amount goes back to the company."""

    @transition(
        field=state,
        source=State.WAITING,
        target=State.EXPIRED,
        label=_("ten days pass unpaid"),
        who=_("the clock"),
    )
    def expire(self, *, by: Actor) -> None:
        """Nobody paid in time; the registration ends with it."""


guards.set_once(
    WireTransfer,
    "account_id",
    "payer_name",
    "payee_id",
    "amount_fen",
    "remark",
    "submitted_at",
    "due_at",
    "receipt_id",
)
