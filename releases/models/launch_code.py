"""Codes and links that a game's server had made, and what each opens (API-2)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards
from portal.kernel.models import World


class LaunchCode(models.Model):
    """What a Mini Program code, a QR code, a URL Scheme or a URL Link opens: a version, at a path.

    `path` may carry a query. Times are the world's; a code never expires, a link within thirty days.
    """

    class Kind(models.TextChoices):
        """What was made: two codes that are counted, one that is not, two links."""

        CODE = "code", pgettext_lazy("launch code", "Mini Program code")
        UNLIMITED = "unlimited", pgettext_lazy("launch code", "Mini Program code, unlimited")
        QR = "qr", pgettext_lazy("launch code", "QR code")
        SCHEME = "scheme", "URL Scheme"
        LINK = "link", "URL Link"

    class Version(models.TextChoices):
        """Which version it opens, as servers call them (`env_version`)."""

        RELEASE = "release", pgettext_lazy("launch code", "released version")
        TRIAL = "trial", pgettext_lazy("launch code", "trial version")
        DEVELOP = "develop", pgettext_lazy("launch code", "development version")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="launch_codes")
    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.CharField(max_length=8, choices=Version.choices, default=Version.RELEASE)
    path = models.CharField(max_length=2200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of a code: the same asked again.")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint"], condition=~Q(fingerprint=""), name="one_code_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"


guards.append_only(LaunchCode)
