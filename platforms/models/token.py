"""The tokens of a third-party platform: for itself, and for accounts (wechat-api 1.4)."""

from __future__ import annotations

from django.db import models

from platforms.models.authorization import Authorization
from platforms.models.platform import Platform
from portal.kernel.models import World


class PlatformToken(models.Model):
    """A component_access_token, kept as a fingerprint. Times are the world's."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="tokens")
    fingerprint = models.CharField(max_length=64, unique=True)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, help_text="Since when it is not the latest.")
    dies_at = models.DateTimeField(null=True, help_text="When a replaced one stops working.")

    class Meta:
        indexes = [models.Index(fields=["platform", "-id"], name="platform_token_newest")]

    def __str__(self) -> str:
        return f"token of {self.platform_id}"


class AuthorizerToken(models.Model):
    """An authorizer_access_token, kept as a fingerprint: it dies with its authorization besides."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    authorization = models.ForeignKey(Authorization, on_delete=models.CASCADE, related_name="tokens")
    fingerprint = models.CharField(max_length=64, unique=True)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, help_text="Since when it is not the latest.")
    dies_at = models.DateTimeField(null=True, help_text="When a replaced one stops working.")

    class Meta:
        indexes = [models.Index(fields=["authorization", "-id"], name="authorizer_token_newest")]

    def __str__(self) -> str:
        return f"token of authorization {self.authorization_id}"
