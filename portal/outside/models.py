"""People, letters, SMS, bank accounts and transfers, and the e-mails in use elsewhere."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.kernel import guards
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World


class Person(models.Model):
    """The owner of a simulated phone: administrators, members and players are all people."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    wechat_id = models.CharField(max_length=40)
    id_number = models.CharField(max_length=18)
    phone = models.CharField(max_length=11)
    real_name_certified = models.BooleanField(default=True)
    bank_card = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "wechat_id"], name="one_person_per_wechat_id"),
            models.UniqueConstraint(fields=["world", "phone"], name="one_person_per_phone"),
        ]
        indexes = [models.Index(fields=["world", "name"], name="person_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """Return what stands in for a portrait: "LY" for Lin Yue, the first character of a Chinese name."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    def as_actor(self) -> Actor:
        """Return this person as whoever acts."""
        return Actor(ActorKind.PERSON, self.pk, self.name)


class Letter(models.Model):
    """An e-mail in the world's mailbox: delivered by being written."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    links = models.JSONField(default=list)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("desk", "letter")
        verbose_name_plural = pgettext_lazy("desk", "letters")
        indexes = [
            models.Index(fields=["world", "-id"], name="letter_newest"),
            models.Index(fields=["world", "to", "-id"], name="letter_to"),
            models.Index(fields=["world"], name="letter_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.subject


class Sms(models.Model):
    """A text message on somebody's phone."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    to = models.CharField(max_length=11)
    text = models.CharField(max_length=300)
    code = models.CharField(max_length=6, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["world", "to", "-id"], name="sms_to"),
            models.Index(fields=["world", "to"], name="sms_unread", condition=Q(read_at__isnull=True)),
        ]
        verbose_name_plural = "SMS"

    def __str__(self) -> str:
        return self.text


class ChatMessage(models.Model):
    """What the platform's assistant writes to somebody's WeChat: on the phone, beside the SMS."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    sender = models.CharField(max_length=60)
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="chat_newest"),
            models.Index(fields=["world", "person"], name="chat_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.text


class DirectoryEntry(models.Model):
    """An e-mail that already belongs to some account elsewhere in the platform family (REG-3)."""

    class Where(models.TextChoices):
        """Which kind of account holds it."""

        OFFICIAL_ACCOUNT = "official_account", _("Official Account Platform")
        OPEN_PLATFORM = "open_platform", _("Open Platform (developer account)")
        ENTERPRISE = "enterprise", _("enterprise account")
        PERSONAL = "personal", _("personal WeChat account")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    email = models.CharField(max_length=254)
    email_key = models.CharField(max_length=254)
    where = models.CharField(max_length=20, choices=Where.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "email_key"], name="one_entry_per_email")]

    def __str__(self) -> str:
        return self.email


CLOSED: Final = "9404"  # how the number of an account ends that is closed to what is paid out to it


class BankAccount(models.Model):
    """An account at the simulated bank. Money on a `purpose` account is reported to its stage."""

    class Kind(models.TextChoices):
        """Whose account it is."""

        CORPORATE = "corporate", _("Corporate account")
        PERSONAL = "personal", _("Personal account")
        PLATFORM = "platform", _("Platform's collecting account")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    number = models.CharField(max_length=30)
    holder = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    purpose = models.CharField(max_length=64, blank=True)
    subject_id = models.BigIntegerField(null=True)
    opening_fen = models.BigIntegerField(default=0)
    balance_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "number"], name="one_account_per_number"),
            models.CheckConstraint(condition=Q(balance_fen__gte=0), name="no_overdraft"),
        ]
        indexes = [models.Index(fields=["world", "kind", "holder"], name="bank_account_holder")]

    def __str__(self) -> str:
        return f"{self.holder} {self.number}"

    @property
    def is_closed(self) -> bool:
        """Return whether the bank refuses what the platform pays out to it: a magic value (SIM-5)."""
        return self.number.endswith(CLOSED)


class BankTransfer(Stateful):
    """Money moved from one account to another, whole fen, once.

    What arrives on a purpose account is matched or parked by its stage, and returned later.
    """

    class State(models.TextChoices):
        """What became of the money."""

        POSTED = "posted", pgettext_lazy("bank transfer", "Booked")
        MATCHED = "matched", pgettext_lazy("bank transfer", "Matched")
        PARKED = "parked", pgettext_lazy("bank transfer", "Parked")
        REFUNDED = "refunded", pgettext_lazy("bank transfer", "Refunded")

    class Reason(models.TextChoices):
        """Why money was parked (VER-3)."""

        WRONG_AMOUNT = "wrong_amount", _("The amount differs from what was asked for.")
        WRONG_PAYER = "wrong_payer", _("The payer is not the registered entity.")
        PERSONAL_ACCOUNT = "personal_account", _("It came from a personal account.")
        TOO_LATE = "too_late", _("It arrived after the deadline.")
        ALREADY_PAID = "already_paid", _("The transfer was already validated.")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    from_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="sent")
    to_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="received")
    amount_fen = models.BigIntegerField()
    remark = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    state = StateField(choices=State.choices, default=State.POSTED)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    refund_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="refund")

    objects = StatefulQuerySet["BankTransfer"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "bank transfer")
        verbose_name_plural = pgettext_lazy("desk", "bank transfers")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="transfer_is_positive"),
            models.CheckConstraint(condition=~Q(from_account=F("to_account")), name="transfer_moves_money"),
        ]
        indexes = [
            models.Index(fields=["world", "-id"], name="bank_transfer_newest"),
            models.Index(fields=["from_account", "-id"], name="bank_transfer_from"),
            models.Index(fields=["to_account", "-id"], name="bank_transfer_to"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_fen} fen to {self.to_account_id}"

    @transition(
        field=state,
        source=State.POSTED,
        target=State.MATCHED,
        label=_("everything matches"),
        who=_("the platform"),
    )
    def match(self, *, by: Actor) -> None:
        """The money is what was asked for."""

    @transition(
        field=state,
        source=State.POSTED,
        target=State.PARKED,
        label=_("something differs"),
        who=_("the platform"),
    )
    def park(self, *, reason: str, by: Actor) -> None:
        """The money is not what was asked for; it waits to be returned."""
        self.reason = reason

    @transition(
        field=state,
        source=[State.MATCHED, State.PARKED],
        target=State.REFUNDED,
        label=_("is returned in full"),
        who=_("the platform"),
    )
    def mark_refunded(self, *, by: Actor) -> None:
        """The money went back the way it came."""


guards.set_once(BankTransfer, "from_account_id", "to_account_id", "amount_fen", "at", "refund_of_id")
guards.set_once(BankAccount, "number", "opening_fen", "kind")
