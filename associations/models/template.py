"""Message templates of an Official Account, and what was sent with them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards
from portal.kernel.models import World
from portal.outside.models import Person


class MessageTemplate(models.Model):
    """A text with places, written {{key.DATA}}, that each message fills."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    template_id = models.CharField(max_length=43, unique=True, help_text="As the server API names it.")
    title = models.CharField(max_length=40)
    content = models.CharField(max_length=600)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "-id"], name="template_newest", condition=Q(removed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.title


class TemplateMessage(models.Model):
    """One message to one follower, as it was sent. It is on the phone unless `state` is failed.

    `data`: what stands in the template's places, by key. `code`: what the platform says of the
    delivery, as it pushes it to the server ("success", "failed:user block").
    """

    class State(models.TextChoices):
        """Whether it reached the phone."""

        SENT = "sent", pgettext_lazy("template message", "Sent")
        FAILED = "failed", pgettext_lazy("template message", "Failed")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    template = models.ForeignKey(MessageTemplate, on_delete=models.PROTECT, related_name="messages")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField()
    url = models.CharField(max_length=1024, blank=True)
    appid = models.CharField(max_length=18, blank=True)
    pagepath = models.CharField(max_length=128, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SENT)
    code = models.CharField(max_length=40)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="template_message_newest"),
            models.Index(fields=["person", "-id"], name="template_message_person"),
            models.Index(
                fields=["world", "person"],
                name="template_message_unread",
                condition=Q(state="sent", read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} to {self.person_id}"


guards.set_once(MessageTemplate, "account_id", "template_id", "title", "content", "added_at", "removed_at")
guards.set_once(
    TemplateMessage,
    "account_id",
    "template_id",
    "person_id",
    "url",
    "appid",
    "pagepath",
    "state",
    "code",
    "sent_at",
    "read_at",
)
