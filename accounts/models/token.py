"""The access tokens of an account's own server (API-1; wechat-api 1.1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models.account import Account
from portal.kernel.models import TokenRow


class AccessToken(TokenRow):
    """A token given out to whoever held the AppSecret.

    A stable one is kept sealed besides, since it is given out again while it lives. The row goes a day
    after it expired.
    """

    class Kind(models.TextChoices):
        """Which call gave it out: the two know nothing of each other."""

        ORDINARY = "ordinary", pgettext_lazy("access token", "Ordinary")
        STABLE = "stable", pgettext_lazy("access token", "Stable")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="access_tokens")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    sealed = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "kind", "-id"], name="access_token_newest")]

    def __str__(self) -> str:
        return f"{self.kind} token of {self.account_id}"
