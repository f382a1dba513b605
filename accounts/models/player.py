"""Who a person is to one Mini Program: the openid that its servers know them by."""

from __future__ import annotations

import secrets

from django.db import models

from accounts.models.account import Account
from portal.kernel import guards
from portal.kernel.models import World
from portal.outside.models import Person


def new_openid() -> str:
    """Return an openid in the platform's shape: 28 characters, the first an "o"."""
    return f"o{secrets.token_urlsafe(21)[:27]}"


class PlayerQuerySet(models.QuerySet["Player"]):
    """Queries about players."""

    def of(self, account: Account, person_id: int) -> Player:
        """Return the person as this account knows them, from now on if it does not yet."""
        player, _created = self.get_or_create(
            account=account, person_id=person_id, defaults={"world_id": account.world_id}
        )
        return player


class Player(models.Model):
    """A person in one Mini Program. The same person has another openid in each."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    openid = models.CharField(max_length=28, unique=True, default=new_openid)
    session_key = models.CharField(max_length=200, blank=True, help_text="Sealed, purpose accounts.session.")
    session_set_at = models.DateTimeField(null=True)

    objects = PlayerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "person"], name="one_openid_per_person")]

    def __str__(self) -> str:
        return self.openid


guards.set_once(Player, "account_id", "person_id", "openid")
