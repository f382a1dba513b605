"""Who works on an account besides its administrator (DEV-1; console-rules 5)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.account import Account
from portal.kernel import guards, policy
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from portal.kernel.terms import Permission, Role
from portal.outside.models import Person

MEMBER_ROLES = [(role.value, role.label) for role in (*policy.PROJECT_ROLES, Role.EXPERIENCE_MEMBER)]


class Member(Stateful):
    """A person bound to an account, from the administrator's scan to the removal; one row each time."""

    class State(models.TextChoices):
        """Whether the person still belongs to it."""

        ACTIVE = "active", pgettext_lazy("member", "Member")
        REMOVED = "removed", pgettext_lazy("member", "Removed")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=MEMBER_ROLES)
    granted = models.JSONField(default=list, help_text="Permissions granted beyond the role's own.")
    state = StateField(choices=State.choices, default=State.ACTIVE)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Member"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "member")
        verbose_name_plural = pgettext_lazy("desk", "members")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"], condition=Q(state="active"), name="one_membership_per_person"
            )
        ]
        indexes = [
            models.Index(fields=["account", "state", "role", "-id"], name="member_group"),
            models.Index(fields=["person", "state", "role"], name="member_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.account_id}"

    @property
    def held(self) -> frozenset[Permission]:
        """Return what this member may: the role's permissions and those granted."""
        return policy.permissions(Role(self.role), self.granted)

    @property
    def granted_labels(self) -> list[str]:
        """Return what was granted beyond the role's own, as a page calls it."""
        return [str(permission.label) for permission in Permission if permission in self.granted]

    @property
    def is_project_member(self) -> bool:
        """Return whether it counts among the project members; experience members count apart."""
        return self.role != Role.EXPERIENCE_MEMBER

    @transition(
        field=state,
        source=State.ACTIVE,
        target=State.ACTIVE,
        label=_("gets another role or other permissions"),
        who=_("the administrator"),
    )
    def change(self, *, role: str, granted: list[str], reason: str, by: Actor) -> None:
        """What the member may has changed; `reason` says to what."""
        self.role, self.granted = role, granted

    @transition(
        field=state,
        source=State.ACTIVE,
        target=State.REMOVED,
        label=_("is removed"),
        who=_("the administrator, or a project member"),
    )
    def remove(self, *, at: datetime, reason: str, by: Actor) -> None:
        """The next request of this person is refused; `reason` names them."""
        self.removed_at = at


guards.set_once(Member, "account_id", "person_id", "added_at", "removed_at")
