"""Payment orders: a player buys coins at a price grade (PAY-5, PAY-6; console-rules 8.2 E)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Player
from payments.models.coin import Environment, Partition
from payments.models.settlement import Settlement
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from portal.outside.models import BankTransfer


class PaymentOrder(Stateful):
    """One purchase, from the cash desk to the delivered coins."""

    class State(models.TextChoices):
        """How far it has come."""

        NOT_PAID = "not_paid", pgettext_lazy("payment order", "Not paid")
        PAID = "paid", pgettext_lazy("payment order", "Paid, awaiting delivery")
        DELIVERED = "delivered", pgettext_lazy("payment order", "Delivered")
        REFUNDED = "refunded", pgettext_lazy("payment order", "Refunded")
        CLOSED = "closed", pgettext_lazy("payment order", "Closed")
        FAILED = "failed", pgettext_lazy("payment order", "Payment failed")

    class Ended(models.TextChoices):
        """Why nothing was paid."""

        LEFT = "left", _("The player left the cash desk.")
        BANK = "bank", _("The bank refused the payment.")
        MINOR = "minor", _("The player is a minor: the platform's health system refused the payment.")
        TIMEOUT = "timeout", _("Nobody paid within the time.")
        SHUT = "shut", _("The coin or its partition was not for sale any more.")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="payment_orders")
    player = models.ForeignKey(Player, on_delete=models.CASCADE)
    partition = models.ForeignKey(Partition, on_delete=models.CASCADE)
    environment = models.PositiveSmallIntegerField(choices=Environment.choices)
    number = models.CharField(max_length=28, help_text="The platform's own order number.")
    out_trade_no = models.CharField(max_length=32, help_text="The game's number, or one made for it.")
    amount_fen = models.PositiveIntegerField()
    coins = models.PositiveBigIntegerField()
    state = StateField(choices=State.choices, default=State.NOT_PAID)
    ended = models.CharField(max_length=8, choices=Ended.choices, blank=True)

    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    transaction_number = models.CharField(max_length=28, blank=True, help_text="WeChat Pay's number.")
    payment = models.OneToOneField(BankTransfer, on_delete=models.PROTECT, null=True)
    refunded_fen = models.PositiveIntegerField(default=0)
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, null=True, related_name="orders")

    in_operation_log = False  # players make orders

    objects = StatefulQuerySet["PaymentOrder"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "payment order")
        verbose_name_plural = pgettext_lazy("desk", "payment orders")
        constraints = [
            models.UniqueConstraint(fields=["number"], name="one_payment_order_per_number"),
            models.UniqueConstraint(fields=["account", "out_trade_no"], name="one_order_per_out_trade_no"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0, coins__gt=0), name="an_order_sells_coins"),
            models.CheckConstraint(
                condition=Q(refunded_fen__lte=F("amount_fen")), name="refunds_within_the_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "placed_at", "id"], name="order_placed"),
            models.Index(fields=["account", "player", "placed_at", "id"], name="order_player"),
            models.Index(fields=["account", "transaction_number"], name="order_transaction"),
            models.Index(fields=["account", "partition", "placed_at", "id"], name="order_partition"),
            models.Index(fields=["account", "environment", "placed_at", "id"], name="order_environment"),
            # Environments and states are few: what leaves one open is read as that many short lists.
            models.Index(fields=["account", "environment", "state", "placed_at", "id"], name="order_state"),
            models.Index(
                fields=["account", "partition", "environment", "state", "placed_at", "id"],
                name="order_partition_state",
            ),
            models.Index(
                fields=["account", "paid_at"],
                name="order_to_settle",
                condition=Q(settlement__isnull=True, environment=0, delivered_at__isnull=False),
            ),
            models.Index(
                fields=["account", "paid_at", "id"],
                name="order_paid",
                condition=Q(environment=0, paid_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_numbered_by_game(self) -> bool:
        """Return whether `out_trade_no` is the game's own: one made for it begins with "_"."""
        return not self.out_trade_no.startswith("_")

    @transition(
        field=state,
        source=State.NOT_PAID,
        target=State.PAID,
        label=_("pays at the cash desk"),
        who=_("the player"),
    )
    def pay(self, *, at: datetime, transaction_number: str, by: Actor) -> None:
        """The money has left the player's card; the coins are on their way."""
        self.paid_at, self.transaction_number = at, transaction_number

    @transition(
        field=state,
        source=State.PAID,
        target=State.DELIVERED,
        label=_("the coins are in the wallet"),
        who=_("the platform"),
    )
    def deliver(self, *, at: datetime, by: Actor) -> None:
        """The ledger has the recharge."""
        self.delivered_at = at

    @transition(
        field=state,
        source=State.NOT_PAID,
        target=State.CLOSED,
        label=_("leaves the cash desk, or lets the time pass"),
        who=_("the player, or the clock"),
    )
    def close(self, *, why: str, at: datetime, by: Actor) -> None:
        """Nothing was paid."""
        self.ended, self.ended_at = why, at

    @transition(
        field=state,
        source=State.NOT_PAID,
        target=State.FAILED,
        label=_("the payment is refused"),
        who=_("the bank, or the platform"),
    )
    def fail(self, *, why: str, at: datetime, by: Actor) -> None:
        """Nothing was paid; the next purchase is another order."""
        self.ended, self.ended_at = why, at

    @transition(
        field=state,
        source=State.DELIVERED,
        target=State.REFUNDED,
        label=_("the whole amount is refunded"),
        who=_("the administrator"),
    )
    def refund(self, *, at: datetime, by: Actor) -> None:
        """The money is back on the card, the coins are out of the wallet."""
        self.ended_at = at


class Refund(models.Model):
    """Money back to a player for coins not spent: a part of an order, or all of it."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    order = models.ForeignKey(PaymentOrder, on_delete=models.CASCADE, related_name="refunds")
    number = models.CharField(max_length=32)
    amount_fen = models.PositiveIntegerField()
    coins = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200)
    by_name = models.CharField(max_length=40)
    transfer = models.OneToOneField(
        BankTransfer, on_delete=models.PROTECT, null=True, related_name="payment_refund"
    )
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, null=True, related_name="refunds")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="one_refund_per_number"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0, coins__gt=0), name="a_refund_moves_money"),
        ]
        indexes = [
            models.Index(fields=["account", "at"], name="payment_refund_at"),
            models.Index(
                fields=["account", "at"],
                name="payment_refund_to_settle",
                condition=Q(settlement__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DayIncome(models.Model):
    """What an account took on one day in Shanghai, by environment, partition and grade: for charts.

    Kept in step with the orders by each payment and refund, so that a chart never adds up orders.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    day = models.DateField()
    environment = models.PositiveSmallIntegerField(choices=Environment.choices)
    partition = models.ForeignKey(Partition, on_delete=models.CASCADE)
    grade_fen = models.PositiveIntegerField()
    orders = models.PositiveIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "environment", "day", "partition", "grade_fen"], name="one_income_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.paid_fen}"


guards.set_once(
    PaymentOrder,
    "account_id",
    "player_id",
    "partition_id",
    "number",
    "out_trade_no",
    "amount_fen",
    "coins",
    "placed_at",
    "paid_at",
    "delivered_at",
    "payment_id",
    "settlement_id",
)
guards.set_once(Refund, "order_id", "number", "amount_fen", "coins", "at", "transfer_id", "settlement_id")
