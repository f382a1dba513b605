"""The tokens of a third-party platform: for itself, and for accounts (wechat-api 1.4)."""

from __future__ import annotations

from django.db import models

from platforms.models.authorization import Authorization
from platforms.models.platform import Platform
from portal.kernel.models import TokenRow


class PlatformToken(TokenRow):
    """A component_access_token."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="tokens")

    class Meta:
        indexes = [models.Index(fields=["platform", "-id"], name="platform_token_newest")]

    def __str__(self) -> str:
        return f"token of {self.platform_id}"


class AuthorizerToken(TokenRow):
    """An authorizer_access_token: it dies with its authorization besides."""

    authorization = models.ForeignKey(Authorization, on_delete=models.CASCADE, related_name="tokens")

    class Meta:
        indexes = [models.Index(fields=["authorization", "-id"], name="authorizer_token_newest")]

    def __str__(self) -> str:
        return f"token of authorization {self.authorization_id}"
