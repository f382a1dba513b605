"""What a developer sets before the first upload (DEV-2; console-rules 6)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models.account import Account
from portal.kernel.models import World


class DevelopmentSettings(models.Model):
    """Secrets, allowlists, server domains and message push of an account, used by the server API.

    The AppSecret is kept as a fingerprint, the upload key as its public half, and what must be read
    again (push Token and EncodingAESKey) sealed: see portal.kernel.sealed.
    """

    class Mode(models.TextChoices):
        """How pushed messages travel."""

        PLAIN = "plain", pgettext_lazy("message push", "Plain")
        COMPATIBLE = "compatible", pgettext_lazy("message push", "Compatible")
        SAFE = "safe", pgettext_lazy("message push", "Safe")

    class Format(models.TextChoices):
        """What pushed messages are written in."""

        JSON = "json", "JSON"
        XML = "xml", "XML"

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="development")
    secret_hash = models.CharField(max_length=64, blank=True)
    secret_set_at = models.DateTimeField(null=True)
    api_allowlist = models.JSONField(default=list, help_text="Addresses and networks, as text.")
    upload_key = models.TextField(blank=True, help_text="The public half, in PEM.")
    upload_key_set_at = models.DateTimeField(null=True)
    upload_allowlist = models.JSONField(default=list)
    upload_allowlist_on = models.BooleanField(default=True)
    domains = models.JSONField(default=dict, help_text="{request, socket, upload, download: [host, ...]}")
    business_domains = models.JSONField(default=list, help_text="Hosts of web pages that it may open.")
    push_url = models.CharField(max_length=500, blank=True)
    push_token = models.CharField(max_length=400, blank=True, help_text="Sealed.")
    push_key = models.CharField(max_length=400, blank=True, help_text="Sealed.")
    push_mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.PLAIN)
    push_format = models.CharField(max_length=4, choices=Format.choices, default=Format.JSON)
    push_set_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"development settings of {self.account_id}"
