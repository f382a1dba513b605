"""Whether players are served at all, and which version the experience members try."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from releases.models.version import Version


class Service(Stateful):
    """One row an account: made with its first upload."""

    class State(models.TextChoices):
        """Whether the released version opens."""

        RUNNING = "running", pgettext_lazy("service", "In service")
        SUSPENDED = "suspended", pgettext_lazy("service", "Suspended")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="service")
    state = StateField(choices=State.choices, default=State.RUNNING)
    trial = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="tried_by")
    trial_path = models.CharField(max_length=128, blank=True)
    trial_code = models.CharField(max_length=32, unique=True, null=True, help_text="In the trial's QR code.")
    base_library = models.CharField(max_length=16, blank=True, help_text="The oldest it opens with.")
    sandbox_asked_at = models.DateTimeField(
        null=True, help_text="A reviewer needed a sandbox account: from then on the portal is shown."
    )

    objects = StatefulQuerySet["Service"].as_manager()

    def __str__(self) -> str:
        return f"service of {self.account_id}"

    @transition(
        field=state,
        source=State.RUNNING,
        target=State.SUSPENDED,
        label=_("suspends the service"),
        who=_("the administrator or an operator"),
    )
    def suspend(self, *, reason: str, by: Actor) -> None:
        """Players see that it is suspended; what they have stays."""

    @transition(
        field=state,
        source=State.SUSPENDED,
        target=State.RUNNING,
        label=_("resumes the service"),
        who=_("the administrator or an operator"),
    )
    def resume(self, *, by: Actor) -> None:
        """Players get the released version again."""


guards.set_once(Service, "account_id", "sandbox_asked_at")
