"""Who acts. Three identities, never mixed: a log-in, a person with a phone, the platform itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    """The three identities, as the audit stores them."""

    LOGIN = "login", _("Log-in")
    PERSON = "person", _("Person")
    PLATFORM = "platform", _("Platform")


@dataclass(frozen=True, slots=True)
class Actor:
    """One identity, small enough to be written on every audit row.

    `role` is what a person is to the account they act for, when a console session says so.
    """

    kind: ActorKind
    id: int | None
    name: str
    role: str = ""

    def __str__(self) -> str:
        """Return the name a reader knows the actor by, in the reader's language."""
        return str(PLATFORM_NAMES.get(self.name, self.name)) if self.is_platform else self.name

    @property
    def is_platform(self) -> bool:
        """Return whether nobody in particular acted: the timer, the bank, the simulator."""
        return self.kind == ActorKind.PLATFORM


TIMER = Actor(ActorKind.PLATFORM, None, "timer")
BANK = Actor(ActorKind.PLATFORM, None, "bank")
VISITOR = Actor(ActorKind.PLATFORM, None, "visitor")
SIMULATOR = Actor(ActorKind.PLATFORM, None, "simulator")
POLICY = Actor(ActorKind.PLATFORM, None, "policy")
CONTROL = Actor(ActorKind.PLATFORM, None, "control")
SERVER = Actor(ActorKind.PLATFORM, None, "server")

PLATFORM_NAMES = {
    "timer": _("the clock"),
    "bank": _("the bank"),
    "visitor": _("a visitor"),
    "simulator": _("the simulator"),
    "policy": _("the review policy"),
    "control": _("the control API"),
    "server": _("the account's server"),
}
