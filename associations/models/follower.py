"""People who follow an Official Account."""

from __future__ import annotations

from django.db import models

from accounts.models import Account
from portal.kernel.models import World
from portal.outside.models import Person


class Follower(models.Model):
    """A person follows an Official Account, until the row is gone.

    `takes_messages`: template messages reach this phone; who turned them off still follows.
    `acted_at`: when the person last did something that the account may answer: followed, wrote, tapped
    the menu. `answers`: how many customer-service messages it has sent since.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    takes_messages = models.BooleanField(default=True)
    followed_at = models.DateTimeField()
    acted_at = models.DateTimeField()
    answers = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "person"], name="one_follower_per_person")]
        indexes = [
            models.Index(fields=["account", "-id"], name="follower_newest"),
            models.Index(fields=["person", "-id"], name="follower_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.account_id}"
