"""A developed version: one uploaded package, opened and checked (REL-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from platforms.models import Platform
from portal.kernel import guards, kept_files
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from portal.kernel.terms import Role
from portal.outside.models import Person


class Version(Stateful):
    """One upload. Each member, and each third-party platform, has one latest developed version.

    What it held is never changed. A member uploads a package, a platform commits a template: one of
    `developer` and `platform` is there.

    `was_there` is no column: whether the upload that returned this row was there already.
    """

    was_there = False

    class State(models.TextChoices):
        """Whether it still stands among the developed versions."""

        DEVELOPED = "developed", pgettext_lazy("version", "Developed")
        REPLACED = "replaced", pgettext_lazy("version", "Replaced")
        DELETED = "deleted", pgettext_lazy("version", "Deleted")

    class Way(models.TextChoices):
        """How it came in."""

        CONSOLE = "console", pgettext_lazy("version", "Console")
        COMMAND_LINE = "command_line", pgettext_lazy("version", "Command line")
        SERVER = "server", pgettext_lazy("version", "Server API")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="versions")
    developer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, null=True, related_name="versions")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    way = models.CharField(max_length=12, choices=Way.choices)
    number = models.CharField(max_length=64)
    description = models.CharField(max_length=200, blank=True)
    state = StateField(choices=State.choices, default=State.DEVELOPED)
    sha256 = models.CharField(max_length=64, help_text="Of the kept archive: the same files, the same.")
    archive_size = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text="Of all files, in bytes.")
    main_size = models.PositiveIntegerField()
    contents = models.JSONField(help_text="{files, subpackages, game, project, findings}")
    uploaded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Version"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "version")
        verbose_name_plural = pgettext_lazy("desk", "versions")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "developer"],
                condition=Q(state="developed"),
                name="one_developed_version_per_member",
            ),
            models.UniqueConstraint(
                fields=["account", "platform"],
                condition=Q(state="developed"),
                name="one_developed_version_per_platform",
            ),
            models.CheckConstraint(
                condition=Q(developer__isnull=True) ^ Q(platform__isnull=True), name="one_uploader"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "state", "-id"], name="version_newest"),
            models.Index(fields=["world", "sha256"], name="version_archive"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def uploader(self) -> Person | Platform:
        """Return who uploaded it: a member, or a third-party platform; each has a name."""
        found = self.developer or self.platform
        if found is None:
            raise LookupError("a version has an uploader")
        return found

    @transition(
        field=state,
        source=State.DEVELOPED,
        target=State.REPLACED,
        label=_("a later upload of the same member takes its place"),
        who=_("the developer"),
    )
    def replace(self, *, at: datetime, by: Actor) -> None:
        """Only the latest upload of each member is kept in the list."""
        self.settled_at = at

    @transition(
        field=state,
        source=State.DEVELOPED,
        target=State.DELETED,
        label=_("deletes it"),
        who=_("the administrator, or whom the policy grants it"),
    )
    def delete_version(self, *, at: datetime, by: Actor) -> None:
        """It leaves the list; what is under review or online of it stays."""
        self.settled_at = at


guards.set_once(
    Version,
    "account_id",
    "developer_id",
    "platform_id",
    "number",
    "sha256",
    "size",
    "archive_size",
    "uploaded_at",
    "settled_at",
)

kept_files.named_by(Version, "sha256")
