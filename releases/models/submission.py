"""A version on its way through the reviewers' desk: what was filled in, what became of it (REL-2, REL-6)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from platforms.models import Platform
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from releases.models.version import Version


class Submission(Stateful):
    """One round: from the first page of the wizard to the verdict. Drafts keep everything that was typed.

    `details`: {rules_at, pages: [{title, tags, path, category}], notes, remark, feedback, category,
    documents: {slot: {field: value}} typed before their pictures came, sandbox_by: {id, kind, name, at},
    server: {what only the server API says}}.
    `submitted`: what the desk got: {documents: [{id, slot, name, fields}], previews: [id], name,
    introduction}. `sandbox` is sealed, and erased at the verdict.
    """

    class State(models.TextChoices):
        """How far it has come (console-rules 7.5)."""

        DRAFT = "draft", pgettext_lazy("submission", "Being filled in")
        UNDER_REVIEW = "under_review", pgettext_lazy("submission", "Under review")
        APPROVED = "approved", pgettext_lazy("submission", "Approved")
        REJECTED = "rejected", pgettext_lazy("submission", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("submission", "Withdrawn")
        RELEASED = "released", pgettext_lazy("submission", "Released")
        DROPPED = "dropped", pgettext_lazy("submission", "Dropped")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="submissions")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="submissions")
    state = StateField(choices=State.choices, default=State.DRAFT)
    details = models.JSONField(default=dict)
    submitted = models.JSONField(default=dict)
    sandbox = models.TextField(blank=True, help_text="Sealed; erased at the verdict.")
    sandbox_asked = models.BooleanField(default=False, help_text="The portal for a sandbox account is shown.")
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=40, blank=True)
    platform = models.ForeignKey(
        Platform,
        on_delete=models.PROTECT,
        null=True,
        related_name="submissions",
        help_text="That submitted it by the server API.",
    )
    hastened_at = models.DateTimeField(null=True, help_text="When its review was speeded up, once.")
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Submission"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "submission")
        verbose_name_plural = pgettext_lazy("desk", "submissions")
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="draft"), name="one_draft_per_account"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="under_review"), name="one_review_per_account"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="approved"), name="one_approved_per_account"
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="submission_newest")]

    def __str__(self) -> str:
        return f"submission {self.pk} of {self.account_id}"

    @transition(
        field=state,
        source=State.DRAFT,
        target=State.UNDER_REVIEW,
        label=_("submits the version for verification"),
        who=_("the administrator, or whom the policy grants it"),
    )
    def submit(self, *, at: datetime, by: Actor) -> None:
        """Everything is there: the reviewers' desk has it."""
        self.submitted_at, self.submitted_by = at, by.name[:40]

    @transition(
        field=state,
        source=State.DRAFT,
        target=State.DROPPED,
        label=_("drops the draft"),
        who=_("the administrator, or another draft"),
    )
    def drop(self, *, at: datetime, by: Actor) -> None:
        """Nothing was submitted; its sandbox account goes with it."""
        self.ended_at, self.sandbox = at, ""

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.APPROVED,
        label=_("approves the version"),
        who=_("a reviewer"),
    )
    def approve(self, *, at: datetime, by: Actor) -> None:
        """It may be released, by hand."""
        self.decided_at, self.sandbox = at, ""

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.REJECTED,
        label=_("rejects the version"),
        who=_("a reviewer"),
    )
    def reject(self, *, at: datetime, reason: str, by: Actor) -> None:
        """It goes back with its reasons; another submission is another round."""
        self.decided_at, self.ended_at, self.sandbox = at, at, ""

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.WITHDRAWN,
        label=_("withdraws it from review"),
        who=_("the administrator, or whom the policy grants it"),
    )
    def withdraw(self, *, at: datetime, by: Actor) -> None:
        """Once a day, ten times a month."""
        self.ended_at, self.sandbox = at, ""

    @transition(
        field=state,
        source=State.APPROVED,
        target=State.RELEASED,
        label=_("releases it"),
        who=_("the administrator, by a click and a scan"),
    )
    def release(self, *, at: datetime, by: Actor) -> None:
        """Players get it, all of them or some."""
        self.ended_at = at

    @transition(
        field=state,
        source=State.APPROVED,
        target=State.WITHDRAWN,
        label=_("another version is submitted instead"),
        who=_("the administrator, or whom the policy grants it"),
    )
    def set_aside(self, *, at: datetime, by: Actor) -> None:
        """An approved version that nobody released gives way to the next one approved."""
        self.ended_at = at


guards.set_once(
    Submission,
    "account_id",
    "version_id",
    "platform_id",
    "opened_at",
    "submitted_at",
    "hastened_at",
    "decided_at",
    "ended_at",
)
