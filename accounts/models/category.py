"""What an account serves: its service categories, as the platform lists them (INF-1, INF-3)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.account import Account
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World


class Category(Stateful):
    """One service category of an account; special ones pass the reviewers' desk first."""

    class State(models.TextChoices):
        """How far it has come (console-rules 4.2)."""

        UNDER_REVIEW = "under_review", pgettext_lazy("category", "Under review")
        IN_USE = "in_use", pgettext_lazy("category", "In use")
        REFUSED = "refused", pgettext_lazy("category", "Not passed")
        REMOVED = "removed", pgettext_lazy("category", "Removed")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="categories")
    first = models.CharField(max_length=20)
    second = models.CharField(max_length=32)
    state = StateField(choices=State.choices, default=State.UNDER_REVIEW)
    chosen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Category"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "category")
        verbose_name_plural = pgettext_lazy("desk", "categories")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "second"],
                condition=Q(state__in=["under_review", "in_use"]),
                name="one_category_of_a_kind",
            )
        ]
        indexes = [models.Index(fields=["account", "state"], name="category_of_account")]

    def __str__(self) -> str:
        return f"{self.first} - {self.second}"

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.IN_USE,
        label=_("comes into use"),
        who=_("a reviewer, or at once where none is needed"),
    )
    def adopt(self, *, at: datetime, by: Actor) -> None:
        """The account serves in this category from now on."""
        self.settled_at = at

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.REFUSED,
        label=_("does not pass"),
        who=_("a reviewer"),
    )
    def refuse(self, *, at: datetime, reason: str, by: Actor) -> None:
        """A special category whose proof did not convince."""
        self.settled_at = at

    @transition(
        field=state,
        source=[State.UNDER_REVIEW, State.IN_USE],
        target=State.REMOVED,
        label=_("is taken off"),
        who=_("the administrator or an operator"),
    )
    def remove(self, *, at: datetime, by: Actor) -> None:
        """The account no longer serves in it, or no longer asks to."""
        self.settled_at = self.settled_at or at


guards.set_once(Category, "account_id", "first", "second", "chosen_at")
