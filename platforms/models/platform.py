"""A third-party platform of a world, and the tickets that it is pushed (wechat-api 1.4)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.kernel import guards
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.fsm import StatefulQuerySet
from portal.kernel.models import World


class Platform(models.Model):
    """A service provider that develops for other accounts, with an AppID and a secret of its own.

    The secret is kept as a fingerprint, Token and EncodingAESKey sealed (`portal.kernel.sealed`). What is
    pushed to it is always XML in safe mode: authorizations to `event_url`, what happens in the accounts
    to `message_url`, in which $APPID$ stands for the account.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    appid = models.CharField(max_length=18, unique=True)
    original_id = models.CharField(max_length=15, unique=True)
    name = models.CharField(max_length=30)
    secret_hash = models.CharField(max_length=64)
    secret_set_at = models.DateTimeField()
    redirect_domain = models.CharField(max_length=253, blank=True, help_text="Host, without a port.")
    allowlist = models.JSONField(default=list, help_text="Addresses and networks that may call; empty: all.")
    event_url = models.CharField(max_length=500, blank=True)
    message_url = models.CharField(max_length=500, blank=True)
    push_token = models.CharField(max_length=400, blank=True, help_text="Sealed.")
    push_key = models.CharField(max_length=400, blank=True, help_text="Sealed.")
    push_set_at = models.DateTimeField(null=True)
    pushes_tickets = models.BooleanField(default=False, help_text="A ticket every ten minutes.")
    made_at = models.DateTimeField()

    objects = StatefulQuerySet["Platform"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "third-party platform")
        verbose_name_plural = pgettext_lazy("desk", "third-party platforms")
        constraints = [models.UniqueConstraint(fields=["world", "name"], name="one_platform_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """Return the platform as who acts."""
        return Actor(ActorKind.PLATFORM, None, self.name)


class VerifyTicket(models.Model):
    """A component_verify_ticket: with it and the secret a platform gets its token, for twelve hours.

    It is sealed, since it is pushed after its action, and shown to whoever plays without a receiver.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="tickets")
    fingerprint = models.CharField(max_length=64, unique=True)
    sealed = models.CharField(max_length=300)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["platform", "-id"], name="verify_ticket_newest")]

    def __str__(self) -> str:
        return f"ticket of {self.platform_id}"


guards.set_once(Platform, "appid", "original_id", "made_at")
