"""WeChat Pay: an account's application to become a merchant (console-rules 8.2 A)."""

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

OPEN = ("editing", "under_review", "awaiting_contact", "awaiting_bank")


class MerchantApplication(Stateful):
    """One application: filled in, reviewed, confirmed by its contact, and its bank account checked."""

    class State(models.TextChoices):
        """How far it has come."""

        EDITING = "editing", pgettext_lazy("WeChat Pay", "Being filled in")
        UNDER_REVIEW = "under_review", pgettext_lazy("WeChat Pay", "Under review")
        AWAITING_CONTACT = "awaiting_contact", pgettext_lazy("WeChat Pay", "Waiting for the contact")
        AWAITING_BANK = "awaiting_bank", pgettext_lazy("WeChat Pay", "Waiting for the bank")
        PASSED = "passed", pgettext_lazy("WeChat Pay", "Passed")
        REJECTED = "rejected", pgettext_lazy("WeChat Pay", "Rejected")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="merchant_applications")
    state = StateField(choices=State.choices, default=State.EDITING)
    data = models.JSONField(default=dict, help_text="The merchant data, as payments/merchants.py names it.")
    complete = models.BooleanField(default=False)
    reason = models.CharField(max_length=1000, blank=True)
    merchant_number = models.CharField(max_length=10, blank=True)
    opened_at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["MerchantApplication"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "WeChat Pay application")
        verbose_name_plural = pgettext_lazy("desk", "WeChat Pay applications")
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=OPEN), name="one_open_merchant_application"
            ),
            models.UniqueConstraint(
                fields=["world", "merchant_number"],
                condition=~Q(merchant_number=""),
                name="one_merchant_per_number",
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="merchant_application_newest")]

    def __str__(self) -> str:
        return f"WeChat Pay of {self.account_id}"

    @transition(
        field=state,
        source=State.EDITING,
        target=State.UNDER_REVIEW,
        label=_("submits the merchant data"),
        who=_("the administrator or an operator"),
    )
    def submit(self, *, at: datetime, by: Actor) -> None:
        """Everything is filled in; a reviewer looks at it."""
        self.submitted_at, self.reason = at, ""

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.EDITING,
        label=_("returns it for correction"),
        who=_("a reviewer"),
    )
    def give_back(self, *, reason: str, by: Actor) -> None:
        """Something must be corrected first."""
        self.reason = reason

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.AWAITING_CONTACT,
        label=_("approves the merchant data"),
        who=_("a reviewer"),
    )
    def approve(self, *, by: Actor) -> None:
        """The contact has to confirm with their own WeChat."""

    @transition(
        field=state,
        source=State.AWAITING_CONTACT,
        target=State.AWAITING_BANK,
        label=_("confirms with their WeChat"),
        who=_("the contact"),
    )
    def confirm_contact(self, *, by: Actor) -> None:
        """The bank checks who holds the settlement account."""

    @transition(
        field=state,
        source=State.AWAITING_BANK,
        target=State.PASSED,
        label=_("the bank confirms the settlement account"),
        who=_("the bank"),
    )
    def pass_(self, *, merchant_number: str, at: datetime, by: Actor) -> None:
        """The merchant number is given and linked to the AppID."""
        self.merchant_number, self.ended_at = merchant_number, at

    @transition(
        field=state,
        source=State.AWAITING_BANK,
        target=State.EDITING,
        label=_("the bank does not know the settlement account"),
        who=_("the bank"),
    )
    def fail_bank(self, *, reason: str, by: Actor) -> None:
        """Another account has to be named; the review starts anew."""
        self.reason = reason

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.REJECTED,
        label=_("rejects it"),
        who=_("a reviewer"),
    )
    def reject(self, *, reason: str, at: datetime, by: Actor) -> None:
        """This application has ended; a new one may follow."""
        self.reason, self.ended_at = reason, at


class MerchantDocument(models.Model):
    """A picture handed in with an application: licence, legal person's ID; private, never changed."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    application = models.ForeignKey(MerchantApplication, on_delete=models.CASCADE, related_name="documents")
    slot = models.CharField(max_length=32)
    replaced = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "slot"], condition=Q(replaced=False), name="one_document_per_slot"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def uploaded_at(self) -> datetime:
        """Return when it was handed in, under the name by which the desk lists documents."""
        return self.at


guards.set_once(MerchantApplication, "account_id", "merchant_number", "ended_at")
guards.set_once(MerchantDocument, "application_id", "slot", "sha256")
kept_files.named_by(MerchantDocument, "sha256")
