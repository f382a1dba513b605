"""Documents and pictures that go with a submission; private, replaced and never changed (REL-3, REL-4)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards, kept_files
from portal.kernel.models import World


class Upload(models.Model):
    """A picture, re-encoded; `removed_at` when another took its place or it was taken away."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Qualification(Upload):
    """A qualification document of the account, for every submission from now on; `fields` as typed."""

    slot = models.CharField(max_length=32)
    fields = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["account", "slot", "-id"], name="qualification_newest")]


class Preview(Upload):
    """A preview picture, at most ten with a submission."""

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="preview_newest")]


class Attachment(Upload):
    """What a server sent with a submission beside previews: pictures of its feedback, and videos."""

    class Kind(models.TextChoices):
        """What it is for."""

        FEEDBACK = "feedback", pgettext_lazy("attachment", "Picture of the feedback")
        VIDEO = "video", pgettext_lazy("attachment", "Video of the version")

    submission = models.ForeignKey(
        "releases.Submission", on_delete=models.CASCADE, related_name="attachments"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)

    @property
    def part(self) -> str:
        """Return the name by which the reviewers' desk answers it."""
        return f"attachment/{self.pk}"


guards.set_once(Attachment, "account_id", "submission_id", "kind", "sha256", "uploaded_at", "removed_at")
guards.set_once(Qualification, "account_id", "slot", "name", "sha256", "size", "uploaded_at", "removed_at")
guards.set_once(Preview, "account_id", "name", "sha256", "size", "uploaded_at", "removed_at")

kept_files.named_by(Attachment, "sha256")
kept_files.named_by(Qualification, "sha256")
kept_files.named_by(Preview, "sha256")
