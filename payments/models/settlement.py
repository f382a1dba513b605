"""Settlement and withdrawal: what the developer is owed, and how it gets there (PAY-7)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from payments.models.opening import DepositAccount
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from portal.outside.models import BankTransfer


class Settlement(models.Model):
    """One month of an account, settled: what was taken, what the platform keeps, what is owed.

    Append-only. `payable_fen` may be negative, when more was refunded of earlier months than taken.
    A month without an order and without a refund has none.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="settlements")
    month = models.DateField(help_text="Its first day, in Asia/Shanghai.")
    order_count = models.PositiveIntegerField()
    gross_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField()
    earlier_fen = models.BigIntegerField(help_text="Refunded of orders that earlier months settled.")
    share_fen = models.BigIntegerField(help_text="The platform's share of this month's own orders.")
    given_back_fen = models.BigIntegerField(help_text="Share given back for refunds of earlier months.")
    fee_fen = models.BigIntegerField(help_text="What the platform keeps: its share, less what it gives back.")
    payable_fen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "month"], name="one_settlement_per_month"),
            models.CheckConstraint(
                condition=Q(payable_fen=F("gross_fen") - F("refunded_fen") - F("fee_fen")),
                name="a_settlement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(fee_fen=F("share_fen") - F("given_back_fen"))
                & Q(gross_fen__gte=F("refunded_fen") - F("earlier_fen")),
                name="a_share_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def base_fen(self) -> int:
        """Return what the share was taken of: the month's orders less their refunds in the same month."""
        return self.gross_fen - (self.refunded_fen - self.earlier_fen)


class Funds(models.Model):
    """What an account may withdraw: settled, and what of it is gone or on its way."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="funds")
    settled_fen = models.BigIntegerField(default=0)
    withdrawn_fen = models.BigIntegerField(default=0, help_text="Paid out, or on its way.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(withdrawn_fen__gte=0), name="withdrawn_not_negative")
        ]

    def __str__(self) -> str:
        return f"funds of {self.account_id}"

    @property
    def available_fen(self) -> int:
        """Return what may be withdrawn now, never negative."""
        return max(0, self.settled_fen - self.withdrawn_fen)


class Withdrawal(Stateful):
    """A payment of settled money to the deposit account, by the bank."""

    class State(models.TextChoices):
        """What became of it."""

        ON_ITS_WAY = "on_its_way", pgettext_lazy("withdrawal", "At the bank")
        PAID = "paid", pgettext_lazy("withdrawal", "Paid out")
        FAILED = "failed", pgettext_lazy("withdrawal", "Failed")

    class Reason(models.TextChoices):
        """Why the bank gave it back."""

        CLOSED = "closed", _("The deposit account is closed at the bank.")
        UNKNOWN = "unknown", _("The bank does not know the deposit account any more.")
        SHORT = "short", _("The platform's account at the bank held less than that.")
        REFUSED = "refused", _("The bank refused the payment.")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="payouts")
    number = models.CharField(max_length=32)
    out_no = models.CharField(max_length=32, blank=True, help_text="The number of the account's own server.")
    amount_fen = models.BigIntegerField()
    deposit_account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT)
    state = StateField(choices=State.choices, default=State.ON_ITS_WAY)
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    transfer = models.OneToOneField(BankTransfer, on_delete=models.PROTECT, null=True)
    reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)

    objects = StatefulQuerySet["Withdrawal"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="one_withdrawal_per_number"),
            models.UniqueConstraint(
                fields=["account", "out_no"], name="one_withdrawal_per_out_no", condition=~Q(out_no="")
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="a_withdrawal_moves_money"),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="withdrawal_newest"),
            models.Index(fields=["account"], name="withdrawal_open", condition=Q(state="on_its_way")),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(
        field=state,
        source=State.ON_ITS_WAY,
        target=State.PAID,
        label=_("the bank pays it out"),
        who=_("the bank"),
    )
    def pay_out(self, *, transfer: BankTransfer, at: datetime, by: Actor) -> None:
        """The money is on the deposit account."""
        self.transfer, self.settled_at = transfer, at

    @transition(
        field=state,
        source=State.ON_ITS_WAY,
        target=State.FAILED,
        label=_("the bank gives it back"),
        who=_("the bank"),
    )
    def fail(self, *, why: str, at: datetime, by: Actor) -> None:
        """The amount can be withdrawn again."""
        self.reason, self.settled_at = why, at


guards.append_only(Settlement)
guards.set_once(
    Withdrawal, "account_id", "number", "out_no", "amount_fen", "deposit_account_id", "transfer_id"
)
