"""What the server API keeps of its calls: tokens, refused calls, and the faults that a world asks for."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import pgettext_lazy

from portal.kernel import clock
from portal.kernel.models.world import World


class RefusedCall(models.Model):
    """A call that the server API refused, with what explains it (API-4). No secret is in it.

    `world` and `appid` are empty while nobody knows whose call it was. The newest of a world are kept.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE, null=True)
    rid = models.CharField(max_length=26, unique=True)
    appid = models.CharField(max_length=18, blank=True)
    path = models.CharField(max_length=120)
    method = models.CharField(max_length=10)
    query = models.CharField(max_length=2000, blank=True, help_text="Secrets and tokens masked.")
    body = models.TextField(blank=True, help_text="As it came, cut off, secrets masked.")
    address = models.CharField(max_length=45, blank=True)
    errcode = models.BigIntegerField()
    errmsg = models.CharField(max_length=300)
    sentence = models.CharField(max_length=600, blank=True, help_text="The rule, in a sentence.")
    field = models.CharField(max_length=60, blank=True)
    explained = models.JSONField(default=dict, help_text="What was to be signed, digests, hints.")
    at = models.DateTimeField(help_text="On the world's clock.")
    came_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        indexes = [models.Index(fields=["world", "appid", "-id"], name="refused_call_newest")]

    def __str__(self) -> str:
        return f"{self.path} {self.errcode}"


class TokenRow(models.Model):
    """What every access token has that a stage gives out, kept as a fingerprint. Times are the world's."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    fingerprint = models.CharField(max_length=64, unique=True)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, help_text="Since when it is not the latest.")
    dies_at = models.DateTimeField(null=True, help_text="When a replaced one stops working.")

    class Meta:
        abstract = True


class WireFault(models.Model):
    """How the server API is to fail in a world, for one path or ('') for all (SIM-8)."""

    class Kind(models.TextChoices):
        """What happens to a call."""

        BUSY = "busy", pgettext_lazy("fault", "Busy (-1)")
        QUOTA = "quota", pgettext_lazy("fault", "Daily quota reached (45009)")
        TOKEN = "token", pgettext_lazy("fault", "Token no longer valid (40001)")
        LOST = "lost", pgettext_lazy("fault", "Done, but the reply is lost")
        DELAY = "delay", pgettext_lazy("fault", "Late")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    path = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    percent = models.PositiveSmallIntegerField(default=100, validators=[MaxValueValidator(100)])
    left = models.PositiveIntegerField(null=True, help_text="How many calls it still meets; empty: all.")
    delay_ms = models.PositiveIntegerField(default=0)
    drawn = models.PositiveBigIntegerField(
        default=0, help_text="How many calls it was asked about: what the seed's next draw hangs on."
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "path", "kind"], name="one_fault_per_path")]

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"
