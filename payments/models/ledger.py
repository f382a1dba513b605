"""The ledger: what each player holds, and every movement that made it so (PAY-6; ADR 18).

`payments/ledger.py` alone makes movements; the database refuses what is no movement.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Player
from payments.models.coin import Environment, Partition
from portal.kernel import guards
from portal.kernel.models import World


class Wallet(models.Model):
    """What one player holds in one partition and environment: coins bought and coins given, apart."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    player = models.ForeignKey(Player, on_delete=models.CASCADE)
    partition = models.ForeignKey(Partition, on_delete=models.CASCADE)
    environment = models.PositiveSmallIntegerField(choices=Environment.choices)
    paid = models.BigIntegerField(default=0)
    gift = models.BigIntegerField(default=0)
    bought = models.BigIntegerField(
        default=0, help_text="All coins bought, less what was refunded (sum_save)."
    )
    given = models.BigIntegerField(default=0, help_text="All coins ever given (sum_present).")
    spent = models.BigIntegerField(
        default=0, help_text="All coins spent, less what was cancelled (sum_cost)."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["player", "partition", "environment"], name="one_wallet_per_player"
            ),
            models.CheckConstraint(condition=Q(paid__gte=0), name="paid_coins_not_negative"),
            models.CheckConstraint(condition=Q(gift__gte=0), name="gift_coins_not_negative"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="spent_coins_not_negative"),
            models.CheckConstraint(
                condition=Q(paid=F("bought") + F("given") - F("spent") - F("gift")), name="a_wallet_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"wallet {self.pk}"


class Entry(models.Model):
    """One movement between a wallet and the other side of the books; append-only.

    `paid` and `gift` are what the wallet gained (negative: lost); the book named by the kind lost
    exactly that, so that every row sums to nothing. `paid_after` and `gift_after` are the balances
    it left. `bill_no` is the caller's own number: one effect each, for ever.
    """

    class Kind(models.TextChoices):
        """What moved coins, and so which book stands on the other side."""

        RECHARGE = "recharge", _("Coins bought")  # from the book of coins sold
        PRESENT = "present", _("Coins given")  # from the book of gifts
        PAY = "pay", _("Coins spent")  # to the book of what the game earned
        CANCEL = "cancel", _("Payment cancelled")  # back from it
        REFUND = "refund", _("Purchase refunded")  # back to the book of coins sold

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    # Two of the indexes below begin with it.
    wallet = models.ForeignKey(Wallet, on_delete=models.CASCADE, related_name="entries", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    bill_no = models.CharField(max_length=63)
    of_bill = models.CharField(max_length=63, blank=True, help_text="The payment that a cancellation is of.")
    paid = models.BigIntegerField()
    gift = models.BigIntegerField()
    paid_after = models.BigIntegerField()
    gift_after = models.BigIntegerField()
    item = models.CharField(max_length=255, blank=True)
    remark = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wallet", "bill_no"], name="one_effect_per_bill"),
            models.CheckConstraint(condition=~Q(paid=0) | ~Q(gift=0), name="an_entry_moves_coins"),
            models.CheckConstraint(condition=Q(paid_after__gte=0, gift_after__gte=0), name="never_in_debt"),
            models.CheckConstraint(
                condition=Q(paid_after__gte=F("paid"), gift_after__gte=F("gift")),
                name="coins_came_from_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(kind="recharge", paid__gt=0, gift=0, of_bill="")
                | Q(kind="refund", paid__lt=0, gift=0, of_bill="")
                | Q(kind="present", paid=0, gift__gt=0, of_bill="")
                | Q(kind="cancel", paid__gte=0, gift__gte=0) & ~Q(of_bill="")
                | Q(kind="pay", paid__lte=0, gift__lte=0, of_bill="")
                & (Q(paid=0) | Q(gift_after=0)),  # given coins go first
                name="an_entry_is_of_its_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["wallet", "-id"], name="ledger_entry_newest"),
            models.Index(fields=["wallet", "of_bill"], name="ledger_entry_of_bill", condition=~Q(of_bill="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.bill_no}"


guards.append_only(Entry)
guards.set_once(Wallet, "account_id", "player_id", "partition_id")
