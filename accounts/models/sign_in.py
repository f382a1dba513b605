"""A browser's way into the console: password, scan, and the session that follows (DEV-3)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.account import Account
from portal.kernel import clock, guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from portal.kernel.terms import Role
from portal.outside.models import Person


class SignIn(Stateful):
    """One browser that gave the right password, or one that somebody acts with on purpose."""

    class State(models.TextChoices):
        """How far it has come."""

        AWAITING_SCAN = "awaiting_scan", pgettext_lazy("sign-in", "Waiting for the scan")
        AWAITING_ADMINISTRATOR = (
            "awaiting_administrator",
            pgettext_lazy("sign-in", "Waiting for the administrator"),
        )
        ALLOWED = "allowed", pgettext_lazy("sign-in", "Allowed")
        ACTIVE = "active", pgettext_lazy("sign-in", "Signed in")
        ENDED = "ended", pgettext_lazy("sign-in", "Ended")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    state = StateField(choices=State.choices, default=State.AWAITING_SCAN)
    browser = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=45, blank=True)
    session_key = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.real_now)

    objects = StatefulQuerySet["SignIn"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "sign-in")
        verbose_name_plural = pgettext_lazy("desk", "sign-ins")
        indexes = [
            models.Index(fields=["account", "-id"], name="sign_in_active", condition=Q(state="active")),
            models.Index(fields=["account", "person"], name="sign_in_person"),
            models.Index(
                fields=["account", "-id"], name="sign_in_entered", condition=Q(entered_at__isnull=False)
            ),
            models.Index(fields=["session_key"], name="sign_in_session", condition=~Q(session_key="")),
        ]

    def __str__(self) -> str:
        return f"sign-in {self.pk} of {self.account_id}"

    @transition(
        field=state,
        source=State.AWAITING_SCAN,
        target=State.ALLOWED,
        label=_("scans to log in"),
        who=_("the administrator, or a member who may log in"),
    )
    def allow(self, *, person: Person, role: str, by: Actor) -> None:
        """Somebody who may log in has scanned."""
        self.person, self.role = person, role

    @transition(
        field=state,
        source=State.AWAITING_SCAN,
        target=State.AWAITING_ADMINISTRATOR,
        label=_("scans, and asks the administrator"),
        who=_("somebody who may not log in"),
    )
    def ask_administrator(self, *, person: Person, by: Actor) -> None:
        """A stranger has scanned: the administrator's phone asks whether to let them in."""
        self.person, self.role = person, Role.GUEST

    @transition(
        field=state,
        source=State.AWAITING_ADMINISTRATOR,
        target=State.ALLOWED,
        label=_("lets the guest in, once"),
        who=_("the administrator"),
    )
    def let_in(self, *, by: Actor) -> None:
        """The administrator has let the stranger in, to look and nothing more."""

    @transition(
        field=state,
        source=State.ALLOWED,
        target=State.ACTIVE,
        label=_("enters the console"),
        who=_("the browser that waited"),
    )
    def enter(self, *, at: datetime, session_key: str, by: Actor) -> None:
        """The waiting browser has gone in, under a new session."""
        self.entered_at, self.session_key = at, session_key

    @transition(
        field=state,
        source=[State.AWAITING_SCAN, State.AWAITING_ADMINISTRATOR, State.ALLOWED, State.ACTIVE],
        target=State.ENDED,
        label=_("ends"),
        who=_("the person, the administrator or the platform"),
    )
    def end(self, *, at: datetime, reason: str, by: Actor) -> None:
        """Logged out, ended from the security page, or never entered."""
        self.ended_at = at


guards.set_once(SignIn, "account_id", "asked_at", "entered_at", "ended_at")
