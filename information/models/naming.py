"""A name on its way to an account: checked, scanned, and where it is protected, reviewed (INF-2)."""

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


class Naming(Stateful):
    """One attempt to give an account a name."""

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft", pgettext_lazy("naming", "Waiting for the scan")
        UNDER_REVIEW = "under_review", pgettext_lazy("naming", "Under review")
        ADOPTED = "adopted", pgettext_lazy("naming", "In use")
        REFUSED = "refused", pgettext_lazy("naming", "Not passed")
        DROPPED = "dropped", pgettext_lazy("naming", "Dropped")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="namings")
    name = models.CharField(max_length=30)
    name_key = models.CharField(max_length=60)
    needs_proof = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, help_text="What the applicant tells the reviewer.")
    state = StateField(choices=State.choices, default=State.DRAFT)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Naming"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "name")
        verbose_name_plural = pgettext_lazy("desk", "names")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["draft", "under_review"]),
                name="one_naming_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["world", "name_key"],
                condition=Q(state="under_review"),
                name="one_review_per_name",
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="naming_newest")]

    def __str__(self) -> str:
        return self.name

    @transition(
        field=state,
        source=State.DRAFT,
        target=State.UNDER_REVIEW,
        label=_("the administrator scans; the name needs a review"),
        who=_("the administrator"),
    )
    def submit(self, *, by: Actor) -> None:
        """A protected word is in it: a reviewer looks at the proof."""

    @transition(
        field=state,
        source=[State.DRAFT, State.UNDER_REVIEW],
        target=State.ADOPTED,
        label=_("the name comes into use"),
        who=_("the administrator, or a reviewer"),
    )
    def adopt(self, *, at: datetime, by: Actor) -> None:
        """The account bears it from now on."""
        self.settled_at = at

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.REFUSED,
        label=_("the name does not pass"),
        who=_("a reviewer, or the platform when it was taken meanwhile"),
    )
    def refuse(self, *, at: datetime, reason: str, by: Actor) -> None:
        """The account keeps the name it has."""
        self.settled_at = at

    @transition(
        field=state,
        source=[State.DRAFT, State.UNDER_REVIEW],
        target=State.DROPPED,
        label=_("is taken back"),
        who=_("the administrator, or a later attempt"),
    )
    def drop(self, *, at: datetime, by: Actor) -> None:
        """Nobody waits for it any more."""
        self.settled_at = at


class Proof(models.Model):
    """A picture that proves a right to a protected name or a special category; private, never changed."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    naming = models.ForeignKey(Naming, on_delete=models.CASCADE, null=True, related_name="proofs")
    category = models.ForeignKey(
        "accounts.Category", on_delete=models.CASCADE, null=True, related_name="proofs"
    )
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


guards.set_once(Naming, "account_id", "name", "name_key", "asked_at", "settled_at")
guards.set_once(Proof, "account_id", "name", "sha256", "size", "uploaded_at", "removed_at")

kept_files.named_by(Proof, "sha256")
