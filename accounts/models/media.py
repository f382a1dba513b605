"""Temporary material that a server uploaded, kept for three days (API-2; wechat-api 1.2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models.account import Account
from portal.kernel import kept_files
from portal.kernel.models import World


class Media(models.Model):
    """One uploaded file, known by its media_id; pictures have a size in pixels. Times are the world's.

    The row goes some time after its three days, so nothing may point to it.
    """

    class Kind(models.TextChoices):
        """What it is, as the platform calls it."""

        IMAGE = "image", pgettext_lazy("media", "Image")
        VOICE = "voice", pgettext_lazy("media", "Voice")
        VIDEO = "video", pgettext_lazy("media", "Video")
        THUMB = "thumb", pgettext_lazy("media", "Thumbnail")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="media")
    media_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "expires_at"], name="media_expiry")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


kept_files.named_by(Media, "sha256")
