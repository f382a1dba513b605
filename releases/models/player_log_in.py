"""Who logged in to a game: what `wx.login` gave its player, and whether the game's server took it."""

from __future__ import annotations

from django.db import models

from accounts.models import Account
from portal.kernel.models import World
from portal.outside.models import Person


class PlayerLogIn(models.Model):
    """The newest log-in of one player in one game; a later one takes its place.

    `code` is the fingerprint (purpose `releases.log_in`) of what the game got. The server of the game
    exchanges the code, once and within five minutes of `given_at` (world time), for who the player is.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    code = models.CharField(max_length=64, unique=True)
    given_at = models.DateTimeField()
    exchanged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "person"], name="one_log_in_per_player")]

    def __str__(self) -> str:
        return f"log-in of {self.person_id} in {self.account_id}"
