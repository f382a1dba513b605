"""Subscribe messages of a Mini Program: its templates, who allowed one, and what was sent (API-2)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from portal.kernel import guards
from portal.kernel.models import World
from portal.outside.models import Person


class SubscribeTemplate(models.Model):
    """A title of the library with chosen `keywords`: [{"key", "name", "example"}], in their order."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    pri_tmpl_id = models.CharField(max_length=43, unique=True, help_text="As the server API names it.")
    tid = models.PositiveIntegerField(help_text="Of the title in the library.")
    title = models.CharField(max_length=40)
    keywords = models.JSONField()
    scene = models.CharField(max_length=15, blank=True, help_text="What for, as the server said.")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "id"],
                name="subscribe_template_standing",
                condition=Q(removed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def content(self) -> str:
        """Return its text with a place for each keyword, a line each."""
        return "".join(f"{each['name']}:{{{{{each['key']}.DATA}}}}\n" for each in self.keywords)

    @property
    def example(self) -> str:
        """Return its text with an example in each place."""
        return "".join(f"{each['name']}:{each['example']}\n" for each in self.keywords)


class Subscription(models.Model):
    """How many messages of a template a player still allows: one for each time they said yes."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    template = models.ForeignKey(SubscribeTemplate, on_delete=models.CASCADE, related_name="subscriptions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    left = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "person"], name="one_subscription_per_player")
        ]

    def __str__(self) -> str:
        return f"{self.left} of {self.template_id} by {self.person_id}"


class SubscribeMessage(models.Model):
    """One message to one player, on their phone. `data`: what each keyword says, by key."""

    class Version(models.TextChoices):
        """Which version it opens, as servers call them (`miniprogram_state`)."""

        FORMAL = "formal", pgettext_lazy("subscribe message", "released version")
        TRIAL = "trial", pgettext_lazy("subscribe message", "trial version")
        DEVELOPER = "developer", pgettext_lazy("subscribe message", "development version")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    template = models.ForeignKey(SubscribeTemplate, on_delete=models.PROTECT, related_name="messages")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField()
    page = models.CharField(max_length=1024, blank=True)
    version = models.CharField(max_length=9, choices=Version.choices, default=Version.FORMAL)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="subscribe_message_newest"),
            models.Index(
                fields=["world", "person"],
                name="subscribe_message_unread",
                condition=Q(read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} to {self.person_id}"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Return what it says: each keyword's name and value."""
        return [(each["name"], self.data[each["key"]]) for each in self.template.keywords]


guards.set_once(
    SubscribeTemplate, "account_id", "pri_tmpl_id", "tid", "title", "scene", "added_at", "removed_at"
)
guards.set_once(Subscription, "account_id", "template_id", "person_id")
guards.set_once(
    SubscribeMessage, "account_id", "template_id", "person_id", "page", "version", "sent_at", "read_at"
)
