"""The game coin: authorized, named, debugged, put online (PAY-4; console-rules 8.2 D)."""

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


class Environment(models.IntegerChoices):
    """Where coins count, as games say it: `env`."""

    LIVE = 0, pgettext_lazy("environment", "Live")
    SANDBOX = 1, pgettext_lazy("environment", "Sandbox")


class GameCoin(Stateful):
    """An account's one game coin, from the administrator's authorization on."""

    class State(models.TextChoices):
        """How far it has come."""

        AUTHORIZED = "authorized", pgettext_lazy("game coin", "Authorized")
        CONFIGURED = "configured", pgettext_lazy("game coin", "Named")
        UNDER_REVIEW = "under_review", pgettext_lazy("game coin", "Under review")
        ONLINE = "online", pgettext_lazy("game coin", "Online")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="game_coin")
    offer_id = models.CharField(max_length=10, unique=True)
    state = StateField(choices=State.choices, default=State.AUTHORIZED)
    name = models.CharField(max_length=10, blank=True)
    rate = models.PositiveSmallIntegerField(null=True, help_text="Coins for one yuan: 1, 10 or 100.")
    sandbox_key = models.CharField(max_length=300, help_text="Sealed, purpose payments.key.")
    live_key = models.CharField(max_length=300, help_text="Sealed, purpose payments.key.")
    authorized_at = models.DateTimeField()
    authorized_by = models.CharField(max_length=40)
    online_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["GameCoin"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "game coin")
        verbose_name_plural = pgettext_lazy("desk", "game coins")
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__isnull=True) | Q(rate__in=[1, 10, 100]), name="coin_rate"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.offer_id

    @property
    def is_locked(self) -> bool:
        """Return whether name and rate are fixed: while they are reviewed, and once online."""
        return self.state in {self.State.UNDER_REVIEW, self.State.ONLINE}

    @transition(
        field=state,
        source=[State.AUTHORIZED, State.CONFIGURED],
        target=State.CONFIGURED,
        label=_("sets name and exchange rate"),
        who=_("the administrator or an operator"),
    )
    def configure(self, *, name: str, rate: int, by: Actor) -> None:
        """They may change until the coin goes online."""
        self.name, self.rate = name, rate

    @transition(
        field=state,
        source=State.CONFIGURED,
        target=State.UNDER_REVIEW,
        label=_("applies to go online, after the joint debug"),
        who=_("the administrator or an operator"),
    )
    def apply(self, *, by: Actor) -> None:
        """A reviewer decides."""

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.CONFIGURED,
        label=_("the application is rejected or withdrawn"),
        who=_("a reviewer, or the applicant"),
    )
    def step_back(self, *, by: Actor) -> None:
        """Name and rate may change again."""

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.ONLINE,
        label=_("the application is approved"),
        who=_("a reviewer"),
    )
    def go_online(self, *, at: datetime, by: Actor) -> None:
        """Players can buy it; its rate never changes again."""
        self.online_at = at


class Partition(models.Model):
    """A zone of the game with balances of its own; `zone_id` is what the game calls it."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    coin = models.ForeignKey(GameCoin, on_delete=models.CASCADE, related_name="partitions")
    zone_id = models.CharField(max_length=32)
    name = models.CharField(max_length=30)
    is_open = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coin", "zone_id"], name="one_partition_per_zone_id")]

    def __str__(self) -> str:
        return self.name


class Tester(models.Model):
    """Somebody who may spend sandbox coins, bound by WeChat ID."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    coin = models.ForeignKey(GameCoin, on_delete=models.CASCADE, related_name="testers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coin", "person"], name="one_tester_per_person")]

    def __str__(self) -> str:
        return f"tester {self.person_id}"


class CoinApplication(Stateful):
    """One application to put the coin online."""

    class State(models.TextChoices):
        """What became of it."""

        UNDER_REVIEW = "under_review", pgettext_lazy("coin application", "Under review")
        APPROVED = "approved", pgettext_lazy("coin application", "Approved")
        REJECTED = "rejected", pgettext_lazy("coin application", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("coin application", "Withdrawn")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    coin = models.ForeignKey(GameCoin, on_delete=models.CASCADE, related_name="applications")
    state = StateField(choices=State.choices, default=State.UNDER_REVIEW)
    statement = models.CharField(max_length=500, help_text="What the coin is for, and where it is sold.")
    submitted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)

    objects = StatefulQuerySet["CoinApplication"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coin"], condition=Q(state="under_review"), name="one_coin_application_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["coin", "-id"], name="coin_application_newest")]

    def __str__(self) -> str:
        return f"application for coin {self.coin_id}"

    @property
    def account_id(self) -> int:
        """Return whose operation log it belongs to."""
        return self.coin.account_id

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.APPROVED,
        label=_("approves it"),
        who=_("a reviewer"),
    )
    def approve(self, *, at: datetime, by: Actor) -> None:
        """The coin goes online."""
        self.ended_at = at

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.REJECTED,
        label=_("rejects it"),
        who=_("a reviewer"),
    )
    def reject(self, *, reason: str, at: datetime, by: Actor) -> None:
        """Another application may follow."""
        self.reason, self.ended_at = reason, at

    @transition(
        field=state,
        source=State.UNDER_REVIEW,
        target=State.WITHDRAWN,
        label=_("withdraws it"),
        who=_("the applicant"),
    )
    def withdraw(self, *, at: datetime, by: Actor) -> None:
        """Nobody waits for it any more."""
        self.ended_at = at


class GameCall(models.Model):
    """A call that a game's server makes for a player, and its answer: the log of the joint debug.

    Only what is made in the sandbox, or by hand from a page, is kept here.
    """

    class Name(models.TextChoices):
        """The platform's calls."""

        BALANCE = "getbalance", _("Balance query")
        PAY = "pay", _("Payment")
        CANCEL = "cancelpay", _("Cancelled payment")
        PRESENT = "present", _("Gift")

    class Source(models.TextChoices):
        """Where it came from."""

        PAGE = "page", pgettext_lazy("game call", "From the page")
        SERVER = "server", pgettext_lazy("game call", "From the game's server")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    coin = models.ForeignKey(GameCoin, on_delete=models.CASCADE, related_name="calls")
    environment = models.PositiveSmallIntegerField(choices=Environment.choices)
    name = models.CharField(max_length=12, choices=Name.choices)
    source = models.CharField(max_length=8, choices=Source.choices)
    openid = models.CharField(max_length=28, blank=True)
    request = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    errcode = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["coin", "-id"], name="game_call_newest"),
            models.Index(
                fields=["coin", "name"],
                name="game_call_passed",
                condition=Q(environment=1, errcode=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.errcode}"


guards.set_once(GameCoin, "account_id", "offer_id", "authorized_at", "online_at")
guards.set_once(Partition, "coin_id", "zone_id")
guards.append_only(GameCall)
