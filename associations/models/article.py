"""Graphic messages of an Official Account, and the pictures in them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards, kept_files
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World


class Illustration(models.Model):
    """A picture that an Official Account shows: kept once for each content, never changed."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "sha256"], name="one_illustration_per_content")
        ]
        indexes = [models.Index(fields=["account", "-id"], name="illustration_newest")]

    def __str__(self) -> str:
        return self.name


class Article(Stateful):
    """One graphic message. `body`: blocks as `associations.blocks` reads them.

    {kind: "text", text}, {kind: "picture", picture}, and a Mini Program as {kind: "card", appid,
    path, title, picture}, {kind: "image", appid, path, picture} or {kind: "link", appid, path, text};
    `picture` is an Illustration's id.
    """

    class State(models.TextChoices):
        """Whether followers can read it."""

        DRAFT = "draft", pgettext_lazy("article", "Draft")
        PUBLISHED = "published", pgettext_lazy("article", "Published")
        DELETED = "deleted", pgettext_lazy("article", "Deleted")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=64)
    author = models.CharField(max_length=16, blank=True)
    digest = models.CharField(max_length=120, blank=True)
    cover = models.ForeignKey(Illustration, on_delete=models.PROTECT, null=True, related_name="+")
    body = models.JSONField(default=list)
    state = StateField(choices=State.choices, default=State.DRAFT)
    written_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Article"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "article")
        verbose_name_plural = pgettext_lazy("desk", "articles")
        indexes = [models.Index(fields=["account", "state", "-id"], name="article_newest")]

    def __str__(self) -> str:
        return self.title

    @transition(
        field=state,
        source=State.DRAFT,
        target=State.PUBLISHED,
        label=_("publishes the article"),
        who=_("the administrator or an operator"),
    )
    def publish(self, *, at: datetime, reason: str, by: Actor) -> None:
        """Followers read it; it is not edited any more. `reason` is its title."""
        self.published_at = at

    @transition(
        field=state,
        source=[State.DRAFT, State.PUBLISHED],
        target=State.DELETED,
        label=_("deletes the article"),
        who=_("the administrator or an operator"),
    )
    def delete_article(self, *, at: datetime, reason: str, by: Actor) -> None:
        """Whoever has its address reads that it is gone. `reason` is its title."""
        self.deleted_at = at


guards.set_once(Illustration, "account_id", "sha256", "uploaded_at")
guards.set_once(Article, "account_id", "written_at", "published_at", "deleted_at")

kept_files.named_by(Illustration, "sha256")
