"""What an Official Account and a follower write to each other."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards, kept_files
from portal.kernel.models import World
from portal.outside.models import Person


class CustomerMessage(models.Model):
    """One message of a conversation, as it was written: it stays, whoever leaves.

    `content` by `kind`: text {content}, image {}, news {title, description, url}, miniprogrampage
    {title, appid, pagepath}. `sha256` names the picture of an image or of a miniprogrampage, else ''.
    """

    class Direction(models.TextChoices):
        """Who wrote it."""

        FROM_FOLLOWER = "from_follower", pgettext_lazy("customer message", "From a follower")
        TO_FOLLOWER = "to_follower", pgettext_lazy("customer message", "To a follower")

    class Kind(models.TextChoices):
        """What it is, as the platform calls it."""

        TEXT = "text", pgettext_lazy("customer message", "Text")
        IMAGE = "image", pgettext_lazy("customer message", "Picture")
        NEWS = "news", pgettext_lazy("customer message", "Link")
        MINI_PROGRAM = "miniprogrampage", pgettext_lazy("customer message", "Mini Program card")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    direction = models.CharField(max_length=16, choices=Direction.choices)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64, blank=True)
    content_type = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(direction="to_follower") | Q(kind="text"), name="followers_write_text"
            )
        ]
        indexes = [models.Index(fields=["account", "person", "-id"], name="customer_message_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.direction} {self.person_id}"


guards.append_only(CustomerMessage)

kept_files.named_by(CustomerMessage, "sha256")
