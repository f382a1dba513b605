"""An Official Account and a Mini Program held together: their locks, their places, their additions.

Whoever changes anything of an association holds both accounts first, in ascending order of their
ids, whichever of them began: so nobody waits in a circle (R14), and what is counted under these locks
is exact (R10 to R13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import Account
from associations.models import Association
from associations.models.association import HOLDING
from portal.kernel import tallies
from portal.kernel.limits import LIMITS, Limit, Usage
from portal.kernel.models import World

_RELATED: Final = ("entity", "administrator__person")
PLACES: Final = {True: Limit.SAME_ENTITY_MINI_PROGRAMS, False: Limit.OTHER_ENTITY_MINI_PROGRAMS}


@dataclass(frozen=True)
class Pair:
    """Both accounts, with one world."""

    official_account: Account
    mini_program: Account

    @property
    def world(self) -> World:
        """Return the world of both."""
        return self.official_account.world

    @property
    def is_same_entity(self) -> bool:
        """Return whether one entity owns both; entities of accounts never change."""
        return self.official_account.entity_id == self.mini_program.entity_id


def lock(official_account_id: int, mini_program_id: int) -> Pair:
    """Hold the world, then both accounts in ascending order of their ids, until commit.

    Raises Account.DoesNotExist for a Mini Program of another world.
    """
    world_id = Account.objects.values_list("world_id", flat=True).get(pk=official_account_id)
    world = World.objects.share(world_id)
    rows = Account.objects.lock_all([official_account_id, mini_program_id])
    pair = Pair(rows[official_account_id], rows[mini_program_id])
    if pair.mini_program.world_id != world_id:
        raise Account.DoesNotExist
    pair.official_account.world = pair.mini_program.world = world
    return pair


def lock_of(association_id: int) -> Pair:
    """Hold both accounts of an association. Raises Association.DoesNotExist."""
    ids = Association.objects.values_list("official_account_id", "mini_program_id").get(pk=association_id)
    return lock(*ids)


def held(association_id: int) -> tuple[Pair, Association]:
    """Hold both accounts of an association; return them and it. Raises Association.DoesNotExist."""
    lock_of(association_id)
    return read(association_id)


def read(association_id: int) -> tuple[Pair, Association]:
    """Return an association whose accounts are held already, with everything that telling of it needs.

    Its own row needs no lock: nobody moves it without both accounts. One query.
    """
    related = [f"{side}__{name}" for side in ("official_account", "mini_program") for name in _RELATED]
    association = Association.objects.select_related("world", *related).get(pk=association_id)
    pair = Pair(association.official_account, association.mini_program)
    for account in (pair.official_account, pair.mini_program):
        account.world = account.administrator.person.world = association.world
    return pair, association


# --- places -------------------------------------------------------------------------------


def places(official_account: Account, *, same_entity: bool) -> Usage:
    """Return how many Mini Programs of the same entity, or of others, have a place here."""
    mine = Association.objects.filter(
        official_account=official_account, state__in=HOLDING, is_same_entity=same_entity
    )
    return _usage(PLACES[same_entity], mine.values("pk"))


def places_of(mini_program: Account) -> Usage:
    """Return how many Official Accounts have a place at a Mini Program."""
    theirs = Association.objects.filter(mini_program=mini_program, state__in=HOLDING)
    return _usage(Limit.OFFICIAL_ACCOUNTS_PER_MINI_PROGRAM, theirs.values("pk"))


def require_room(pair: Pair, *, at: datetime) -> None:
    """Raise Refused unless one more association of the two fits into all four limits (ASC-2).

    Exact only while the pair is locked.
    """
    places(pair.official_account, same_entity=pair.is_same_entity).require(field="appid")
    places_of(pair.mini_program).require(field="appid")
    for limit, account in _additions(pair):
        tallies.usage(limit, account, at=at).require(field="appid")


def spend(pair: Pair, *, at: datetime) -> None:
    """Use one addition of the month, on both sides; `require_room` was asked under the same locks."""
    for limit, account in _additions(pair):
        tallies.spend(limit, account, at=at, field="appid")


def give_back(pair: Pair, *, at: datetime) -> None:
    """Take back the additions that were used at that moment, in its own month."""
    for limit, account in _additions(pair):
        tallies.give_back(limit, account, at=at)


def _additions(pair: Pair) -> tuple[tuple[Limit, Account], ...]:
    return (
        (Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT, pair.official_account),
        (Limit.ADDITIONS_OF_MINI_PROGRAM, pair.mini_program),
    )


def _usage(limit: Limit, rows: QuerySet[Association, Any]) -> Usage:
    """Count no more than the ceiling, so that it costs the same however many rows there are."""
    return Usage(limit, rows[: LIMITS[limit].at_most].count())
