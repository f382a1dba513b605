"""What waits for a reviewer, what was decided and why, and who decides in a world (SIM-7)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.kernel import clock, guards, kept_files
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models.world import World


class ReviewQuerySet(StatefulQuerySet["Review"]):
    """Queries of the desk's queue."""

    def open(self) -> ReviewQuerySet:
        """Return what waits for a verdict."""
        return self.filter(state=Review.State.OPEN)


class Review(Stateful):
    """One submission at the reviewers' desk. A correction that comes back is a review of its own."""

    class State(models.TextChoices):
        """How it ended, or that it waits."""

        OPEN = "open", pgettext_lazy("review", "Waiting")
        APPROVED = "approved", pgettext_lazy("review", "Approved")
        REJECTED = "rejected", pgettext_lazy("review", "Rejected")
        RETURNED = "returned", pgettext_lazy("review", "Returned for correction")
        WITHDRAWN = "withdrawn", pgettext_lazy("review", "Withdrawn")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    title = models.CharField(max_length=200, help_text="Whose it is, for the queue.")
    round = models.PositiveSmallIntegerField(default=1)
    state = StateField(choices=State.choices, default=State.OPEN)
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    delayed_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    claimed_by_id = models.BigIntegerField(null=True)
    claimed_by = models.CharField(max_length=254, blank=True)
    claimed_until = models.DateTimeField(null=True, help_text="Real time: a claim blocks nobody for ever.")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "review")
        verbose_name_plural = pgettext_lazy("desk", "reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"], condition=Q(state="open"), name="one_open_review_per_subject"
            )
        ]
        indexes = [
            models.Index(fields=["world", "due_at", "id"], name="review_queue", condition=Q(state="open")),
            models.Index(fields=["due_at", "id"], name="review_all_queues", condition=Q(state="open")),
            models.Index(fields=["world", "-id"], name="review_newest"),
            models.Index(fields=["kind", "subject_id", "-id"], name="review_subject"),
            # One for each filter of the desk's queue, in one world and in all of them.
            models.Index(
                fields=["world", "kind", "due_at", "id"], name="review_kind_queue", condition=Q(state="open")
            ),
            models.Index(
                fields=["kind", "due_at", "id"], name="review_kind_all_queues", condition=Q(state="open")
            ),
            models.Index(
                fields=["claimed_by_id", "due_at", "id"],
                name="review_claimed",
                condition=Q(state="open", claimed_by_id__isnull=False),
            ),
            models.Index(
                fields=["world", "due_at", "id"],
                name="review_delayed",
                condition=Q(state="open", delayed_until__isnull=False),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="review_all_delayed",
                condition=Q(state="open", delayed_until__isnull=False),
            ),
            models.Index(
                fields=["world", "-id"], name="review_decided", condition=Q(decided_at__isnull=False)
            ),
            models.Index(fields=["-id"], name="review_all_decided", condition=Q(decided_at__isnull=False)),
            models.Index(
                fields=["world", "kind", "-id"],
                name="review_kind_decided",
                condition=Q(decided_at__isnull=False),
            ),
            models.Index(
                fields=["kind", "-id"],
                name="review_kind_all_decided",
                condition=Q(decided_at__isnull=False),
            ),
        ]
        permissions = [("decide_review", _("Can decide reviews in every world"))]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"

    def is_claimed_by_another(self, by: Actor) -> bool:
        """Return whether somebody else is at it right now, by the real clock."""
        return (
            self.claimed_until is not None
            and self.claimed_until > clock.real_now()
            and self.claimed_by_id != by.id
        )

    @transition(
        field=state, source=State.OPEN, target=State.APPROVED, label=_("approves"), who=_("a reviewer")
    )
    def approve(self, *, at: datetime, by: Actor) -> None:
        """Everything on the checklist passed."""
        self.decided_at = at

    @transition(
        field=state, source=State.OPEN, target=State.REJECTED, label=_("rejects"), who=_("a reviewer")
    )
    def reject(self, *, at: datetime, reason: str, by: Actor) -> None:
        """It ends here, for the reasons told."""
        self.decided_at = at

    @transition(
        field=state,
        source=State.OPEN,
        target=State.RETURNED,
        label=_("returns it for correction"),
        who=_("a reviewer"),
    )
    def return_for_correction(self, *, at: datetime, reason: str, by: Actor) -> None:
        """It may come again, corrected."""
        self.decided_at = at

    @transition(
        field=state,
        source=State.OPEN,
        target=State.WITHDRAWN,
        label=_("no longer waits"),
        who=_("the applicant or the clock"),
    )
    def withdraw(self, *, at: datetime, by: Actor) -> None:
        """Its subject lapsed or was taken back before anybody decided."""
        self.decided_at = at


class Verdict(models.Model):
    """What one reviewer decided about one review, with the reasons; never changed."""

    class Kind(models.TextChoices):
        """What can be decided."""

        APPROVE = "approve", pgettext_lazy("verdict", "Approve")
        REJECT = "reject", pgettext_lazy("verdict", "Reject")
        RETURN = "return", pgettext_lazy("verdict", "Return for correction")
        DELAY = "delay", pgettext_lazy("verdict", "Delay")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="verdicts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reasons = models.JSONField(default=list, help_text="[{code, field, text}]")
    facts = models.JSONField(default=dict, help_text="What the kind asks beside the verdict.")
    note = models.CharField(
        max_length=500, blank=True, help_text="For colleagues; the applicant never sees it."
    )
    source = models.CharField(max_length=12, default="human", help_text="human, auto, scripted or magic")
    by_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=254)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        indexes = [models.Index(fields=["review", "-id"], name="verdict_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.review_id}"

    @property
    def by(self) -> Actor:
        """Return who decided."""
        return Actor(ActorKind(self.by_kind), self.by_id, self.by_name)


class Screenshot(models.Model):
    """A picture beside a verdict, as its `facts["screenshots"]` name it: kept as long as the verdict."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    verdict = models.ForeignKey(Verdict, on_delete=models.CASCADE, related_name="screenshots")
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"screenshot of {self.verdict_id}"


class ReviewMessage(models.Model):
    """What reviewer and applicant wrote to each other while the review was open; never changed."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="messages")
    text = models.CharField(max_length=1000)
    from_applicant = models.BooleanField(default=False)
    by_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=254)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        indexes = [models.Index(fields=["review", "-id"], name="review_message_newest")]

    def __str__(self) -> str:
        return f"message about {self.review_id}"

    @property
    def by(self) -> Actor:
        """Return who wrote it."""
        return Actor(ActorKind(self.by_kind), self.by_id, self.by_name)


class ReviewPolicy(models.Model):
    """Who decides one kind of review in one world: people, time, or a script (SIM-7)."""

    class Mode(models.TextChoices):
        """The three ways."""

        HUMAN = "human", _("A reviewer decides")
        AUTO = "auto", _("Approved after a time")
        SCRIPTED = "scripted", _("Decided by a script, verdict after verdict")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.HUMAN)
    after = models.DurationField(null=True)
    verdicts = models.JSONField(default=list, help_text="[{verdict, reasons}], taken from the front")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "kind"], name="one_policy_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mode}"


guards.append_only(Verdict)
guards.append_only(ReviewMessage)
guards.append_only(Screenshot)
guards.set_once(Review, "kind", "subject_id", "account_id", "submitted_at", "decided_at")

kept_files.named_by(Screenshot, "sha256")
