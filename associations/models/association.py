"""A story of an Official Account and a Mini Program: invited, answered, associated, parted (ASC-3)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World

WAITING: Final = ("awaiting_official_account", "invited")
HOLDING: Final = ("invited", "associated")  # a place of both accounts
OPEN: Final = ("awaiting_official_account", "invited", "associated")


class Association(Stateful):
    """From the Official Account's wish to the parting; another try is another row.

    `is_same_entity` was decided when the invitation was asked for: entities never change. From
    `invited_at` on it holds a place, and one addition of the month that this moment falls in.
    """

    class State(models.TextChoices):
        """How far it has come (console-rules 9.2)."""

        AWAITING_OFFICIAL_ACCOUNT = (
            "awaiting_official_account",
            pgettext_lazy("association", "Waiting for the Official Account's administrator"),
        )
        INVITED = "invited", pgettext_lazy("association", "Waiting for the Mini Program's administrator")
        ASSOCIATED = "associated", pgettext_lazy("association", "Associated")
        REFUSED = "refused", pgettext_lazy("association", "Refused")
        EXPIRED = "expired", pgettext_lazy("association", "Ran out")
        WITHDRAWN = "withdrawn", pgettext_lazy("association", "Withdrawn")
        DISASSOCIATED = "disassociated", pgettext_lazy("association", "Disassociated")

    class Side(models.TextChoices):
        """Which of the two accounts."""

        OFFICIAL_ACCOUNT = "official_account", pgettext_lazy("association", "the Official Account")
        MINI_PROGRAM = "mini_program", pgettext_lazy("association", "the Mini Program")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    official_account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    mini_program = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    is_same_entity = models.BooleanField()
    show_on_profile = models.BooleanField(default=False)
    notify_followers = models.BooleanField(default=False)
    offered_to_scanners = models.BooleanField(
        default=False, help_text="Shown to whoever scans a code of the Mini Program; of one at most."
    )
    state = StateField(choices=State.choices, default=State.AWAITING_OFFICIAL_ACCOUNT)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="When the waiting that goes on, or went on last, is over.")
    invited_at = models.DateTimeField(null=True)
    associated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=20, choices=Side.choices, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was refused or ended, as typed.")

    objects = StatefulQuerySet["Association"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "association")
        verbose_name_plural = pgettext_lazy("desk", "associations")
        constraints = [
            models.UniqueConstraint(
                fields=["official_account", "mini_program"],
                condition=Q(state__in=OPEN),
                name="one_open_association_per_pair",
            ),
            models.CheckConstraint(
                condition=~Q(official_account=F("mini_program")), name="association_joins_two"
            ),
        ]
        indexes = [
            models.Index(fields=["official_account", "state", "-id"], name="association_official_account"),
            models.Index(fields=["mini_program", "state", "-id"], name="association_mini_program"),
        ]

    def __str__(self) -> str:
        return f"{self.official_account_id} and {self.mini_program_id}"

    @property
    def account_id(self) -> int:
        """Return in whose operation log it is: the Official Account's, which began it."""
        return self.official_account_id

    def is_waiting(self, now: datetime) -> bool:
        """Return whether somebody may still answer at `now` (world time): at `expires_at` it is over."""
        return self.state in WAITING and now < self.expires_at

    def side_of(self, account_id: int) -> Association.Side:
        """Return which of the two an account is. ValueError for a third."""
        if account_id == self.official_account_id:
            return self.Side.OFFICIAL_ACCOUNT
        if account_id == self.mini_program_id:
            return self.Side.MINI_PROGRAM
        raise ValueError("an account of somebody else's")

    @transition(
        field=state,
        source=State.AWAITING_OFFICIAL_ACCOUNT,
        target=State.INVITED,
        label=_("confirms the invitation"),
        who=_("the Official Account's administrator"),
    )
    def invite(self, *, at: datetime, until: datetime, reason: str, by: Actor) -> None:
        """It waits for the Mini Program's administrator; `reason` names the Mini Program."""
        self.invited_at, self.expires_at = at, until

    @transition(
        field=state,
        source=State.INVITED,
        target=State.ASSOCIATED,
        label=_("accepts the invitation"),
        who=_("the Mini Program's administrator"),
    )
    def accept(self, *, at: datetime, reason: str, by: Actor) -> None:
        """The Mini Program can be used in menus, articles and template messages."""
        self.associated_at = at

    @transition(
        field=state,
        source=State.INVITED,
        target=State.REFUSED,
        label=_("refuses the invitation"),
        who=_("the Mini Program's administrator"),
    )
    def refuse(self, *, at: datetime, reason: str, by: Actor) -> None:
        """The place and the addition are free again."""
        self.ended_at, self.ended_by = at, self.Side.MINI_PROGRAM

    @transition(
        field=state,
        source=[State.AWAITING_OFFICIAL_ACCOUNT, State.INVITED],
        target=State.EXPIRED,
        label=_("nobody answers in time"),
        who=_("the clock"),
    )
    def expire(self, *, at: datetime, reason: str, by: Actor) -> None:
        """The scan was not made within five minutes, or the invitation not answered within a day."""
        self.ended_at = at

    @transition(
        field=state,
        source=[State.AWAITING_OFFICIAL_ACCOUNT, State.INVITED],
        target=State.WITHDRAWN,
        label=_("takes the invitation back"),
        who=_("the Official Account"),
    )
    def withdraw(self, *, at: datetime, reason: str, by: Actor) -> None:
        """The Official Account does not want it any more."""
        self.ended_at, self.ended_by = at, self.Side.OFFICIAL_ACCOUNT

    @transition(
        field=state,
        source=State.ASSOCIATED,
        target=State.DISASSOCIATED,
        label=_("ends the association"),
        who=_("the administrator of either account"),
    )
    def disassociate(self, *, at: datetime, side: Side, reason: str, by: Actor) -> None:
        """What used the Mini Program opens it no longer; the place is free, the addition stays used."""
        self.ended_at, self.ended_by = at, side


guards.set_once(
    Association,
    "official_account_id",
    "mini_program_id",
    "is_same_entity",
    "asked_at",
    "invited_at",
    "associated_at",
    "ended_at",
    "ended_by",
    "reason",
)
