"""Opening virtual payment: the agreement, and the account that settlements are paid to (PAY-2, PAY-3)."""

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


class PaymentAgreement(Stateful):
    """One version of the payment agreement before an account: read part by part, then signed."""

    class State(models.TextChoices):
        """Whether it binds."""

        UNSIGNED = "unsigned", pgettext_lazy("agreement", "Unsigned")
        SIGNED = "signed", pgettext_lazy("agreement", "Signed")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="payment_agreements")
    version = models.CharField(max_length=16)
    state = StateField(choices=State.choices, default=State.UNSIGNED)
    parts_read = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True, help_text="When its last part was read.")
    read_by = models.CharField(max_length=40, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=40, blank=True)

    objects = StatefulQuerySet["PaymentAgreement"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "version"], name="one_agreement_per_version")
        ]

    def __str__(self) -> str:
        return f"payment agreement {self.version} of {self.account_id}"

    @transition(
        field=state,
        source=State.UNSIGNED,
        target=State.SIGNED,
        label=_("signs by a scan, after reading to the end"),
        who=_("the administrator"),
        conditions=[lambda agreement: agreement.read_at is not None],
    )
    def sign(self, *, at: datetime, by: Actor) -> None:
        """The version that was read binds."""
        self.signed_at, self.signed_by = at, by.name[:40]


class DepositAccount(Stateful):
    """A bank account of the entity's own name that settlements are paid to; a change is another row."""

    class State(models.TextChoices):
        """Whether the bank has confirmed it."""

        VERIFYING = "verifying", pgettext_lazy("deposit account", "Being verified")
        VERIFIED = "verified", pgettext_lazy("deposit account", "Verified")
        FAILED = "failed", pgettext_lazy("deposit account", "Not verified")
        REPLACED = "replaced", pgettext_lazy("deposit account", "Replaced")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="deposit_accounts")
    holder = models.CharField(max_length=120)
    bank = models.CharField(max_length=60)
    branch = models.CharField(max_length=80)
    city = models.CharField(max_length=40)
    number = models.CharField(max_length=300, help_text="Sealed, purpose payments.deposit.")
    masked = models.CharField(max_length=30, help_text="The first six and the last four digits.")
    state = StateField(choices=State.choices, default=State.VERIFYING)
    reason = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, help_text="When the bank answered.")

    objects = StatefulQuerySet["DepositAccount"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="verifying"), name="one_deposit_account_in_check"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="verified"), name="one_deposit_account_in_use"
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="deposit_account_newest")]

    def __str__(self) -> str:
        return self.masked

    @transition(
        field=state,
        source=State.VERIFYING,
        target=State.VERIFIED,
        label=_("the bank confirms it"),
        who=_("the bank"),
    )
    def verify(self, *, at: datetime, by: Actor) -> None:
        """It is the entity's own; money goes there from now on."""
        self.settled_at = at

    @transition(
        field=state,
        source=State.VERIFYING,
        target=State.FAILED,
        label=_("the bank does not confirm it"),
        who=_("the bank"),
    )
    def fail(self, *, reason: str, at: datetime, by: Actor) -> None:
        """An earlier account stays in use."""
        self.reason, self.settled_at = reason, at

    @transition(
        field=state,
        source=State.VERIFIED,
        target=State.REPLACED,
        label=_("another one is verified"),
        who=_("the bank"),
    )
    def replace(self, *, by: Actor) -> None:
        """Money goes to the newer one."""


guards.set_once(PaymentAgreement, "account_id", "version", "read_at", "read_by", "signed_at", "signed_by")
guards.set_once(DepositAccount, "account_id", "holder", "bank", "branch", "city", "number", "settled_at")
