"""Following an Official Account on one's own phone."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from associations import refusals, told
from associations.menus import Button
from associations.models import Follower
from associations.refusals import refused
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.policy import OFFICIAL_ACCOUNTS, VERIFIED
from portal.outside.models import Person

FOLLOWS: Final = audit.register("associations.followed", _("follows the Official Account"))
LEAVES: Final = audit.register("associations.unfollowed", _("does not follow the Official Account any more"))

SWITCHES: Final = audit.register("associations.messages_switched", _("turns template messages off or on"))


@action
def follow(account_id: int, *, by: Actor) -> Follower:
    """Let a person follow an Official Account of their world; who follows already goes on."""
    account, person = both(account_id, by)
    found = Follower.objects.filter(account=account, person=person).first()
    if found is not None:
        return found
    if (
        account.account_type not in OFFICIAL_ACCOUNTS
        or account.state not in VERIFIED
        or account.closes_at is not None
    ):
        raise refused(refusals.NOT_FOLLOWABLE)
    now = account.world.now()
    follower = Follower.objects.create(
        world=account.world, account=account, person=person, followed_at=now, acted_at=now
    )
    audit.act(follower, FOLLOWS, by=by, detail=person.name)
    told.followed(account, person)
    return follower


@action
def unfollow(account_id: int, *, by: Actor) -> None:
    """Let a person follow an Official Account no more; what was sent to them stays on the phone."""
    account, person = both(account_id, by)
    follower = Follower.objects.filter(account=account, person=person).first()
    if follower is not None:
        follower.account, follower.world = account, account.world
        audit.act(follower, LEAVES, by=by, detail=person.name)
        follower.delete()
        told.unfollowed(account, person)


@action
def tap(account_id: int, button: Button, *, by: Actor) -> None:
    """Let a follower tap a button of the published menu: the account's server is told."""
    account, person = both(account_id, by)
    follower = Follower.objects.filter(account=account, person=person).first()
    if follower is not None:
        may_be_answered(follower, account)
        told.tapped(account, person, button)


@action
def take_messages(account_id: int, *, takes: bool, by: Actor) -> Follower:
    """Let template messages of an Official Account reach this phone, or stay away from it.

    Raises Follower.DoesNotExist for somebody who does not follow it.
    """
    account, person = both(account_id, by)
    follower = Follower.objects.get(account=account, person=person)
    follower.takes_messages = takes
    follower.save(update_fields=["takes_messages"])
    follower.world = account.world
    audit.act(follower, SWITCHES, by=by, detail=person.name)
    return follower


def may_be_answered(follower: Follower, account: Account) -> None:
    """Let the account answer what a follower just did; belongs inside an action that holds the account."""
    follower.acted_at, follower.answers = account.world.now(), 0
    follower.save(update_fields=["acted_at", "answers"])


def both(account_id: int, by: Actor) -> tuple[Account, Person]:
    """Return the account, locked, and the person whose phone it is."""
    if by.kind != ActorKind.PERSON:
        raise ValueError("only a person follows")
    account = Account.objects.lock(account_id)
    return account, Person.objects.get(pk=by.id or 0, world=account.world_id)
