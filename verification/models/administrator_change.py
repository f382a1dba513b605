"""One administrator hands over to another (console-rules 5.6)."""

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
from portal.outside.models import Person


class AdministratorChange(Stateful):
    """A change of administrator: the old one agrees, the new one proves who they are.

    The columns are wider than what is right, so that what was typed wrong is kept as it was typed.
    """

    class State(models.TextChoices):
        """How far it has come."""

        ASKED = "asked", pgettext_lazy("administrator change", "Waiting for the administrator's scan")
        AGREED = "agreed", pgettext_lazy("administrator change", "Waiting for the new administrator")
        DONE = "done", pgettext_lazy("administrator change", "Done")
        DROPPED = "dropped", pgettext_lazy("administrator change", "Dropped")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="administrator_changes")
    state = StateField(choices=State.choices, default=State.ASKED)
    name = models.CharField(max_length=80, blank=True)
    id_number = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    verified_phone = models.CharField(max_length=11, blank=True)
    scanned_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    scanned_name = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["AdministratorChange"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["asked", "agreed"]),
                name="one_administrator_change_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"administrator change of {self.account_id}"

    @transition(
        field=state,
        source=State.ASKED,
        target=State.AGREED,
        label=_("agrees to hand over"),
        who=_("the administrator"),
    )
    def agree(self, *, at: datetime, by: Actor) -> None:
        """The one who is administrator now has scanned."""
        self.agreed_at = at

    @transition(
        field=state,
        source=State.AGREED,
        target=State.DONE,
        label=_("takes over"),
        who=_("the new administrator"),
    )
    def finish(self, *, at: datetime, reason: str, by: Actor) -> None:
        """Somebody else is the administrator from now on; `reason` says who after whom."""
        self.settled_at = at

    @transition(
        field=state,
        source=[State.ASKED, State.AGREED],
        target=State.DROPPED,
        label=_("is dropped"),
        who=_("the administrator, a later attempt, or the clock"),
    )
    def drop(self, *, at: datetime, by: Actor) -> None:
        """Everything stays as it was."""
        self.settled_at = at


guards.set_once(AdministratorChange, "account_id", "asked_at", "agreed_at", "settled_at")
