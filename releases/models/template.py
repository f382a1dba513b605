"""The template library of a third-party platform: its Mini Program, drafts, templates (wechat-api 2.1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from platforms.models import Platform
from portal.kernel import guards
from portal.kernel.models import World
from releases.models.version import Version


class DevelopmentProgram(models.Model):
    """A Mini Program in which a platform develops: each version uploaded to it becomes a draft."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="programs")
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="development_program")
    bound_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"development Mini Program {self.account_id} of {self.platform_id}"


class CodeDraft(models.Model):
    """A version in a platform's draft box, as it was uploaded."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="drafts")
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="draft")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["platform", "-id"], name="code_draft_newest")]

    def __str__(self) -> str:
        return f"draft {self.pk} of {self.platform_id}"


class CodeTemplate(models.Model):
    """A draft taken into the library, to be committed to any account; gone since `deleted_at`."""

    class Kind(models.IntegerChoices):
        """What ext_json may say: everything, or `extAppid`, `ext` and `window` alone."""

        NORMAL = 0, pgettext_lazy("code template", "Normal template")
        STANDARD = 1, pgettext_lazy("code template", "Standard template")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="templates")
    draft = models.ForeignKey(CodeDraft, on_delete=models.PROTECT, related_name="templates")
    kind = models.PositiveSmallIntegerField(choices=Kind.choices, default=Kind.NORMAL)
    added_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["platform", "deleted_at", "id"], name="code_template_standing")]

    def __str__(self) -> str:
        return f"template {self.pk} of {self.platform_id}"


guards.append_only(CodeDraft)
guards.set_once(CodeTemplate, "platform_id", "draft_id", "kind", "added_at", "deleted_at")
