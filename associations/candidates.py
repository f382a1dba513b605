"""Whom an Official Account may invite: found by AppID, and everything that may stand in the way (ASC-2)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from accounts.models import Account
from associations import pairs, refusals
from associations.models import Association
from associations.models.association import OPEN
from associations.pairs import Pair
from associations.refusals import refused
from associations.words import INVITE, called
from portal.kernel import confirmations, tallies, text
from portal.kernel.actors import Actor
from portal.kernel.limits import Limit, Usage
from portal.kernel.terms import AccountType, Capability

APPID: Final = re.compile(r"wx[0-9a-f]{16}")
FIELD: Final = "appid"
_LONGEST_TYPED: Final = 100
_SHOWN: Final = 40


@dataclass(frozen=True)
class Candidate:
    """A Mini Program that can be invited now, and what is used of the limits that it would count for."""

    mini_program: Account
    is_same_entity: bool
    usages: tuple[Usage, ...]


def preview(official_account: Account, typed: str, *, by: Actor) -> Candidate:
    """Return the Mini Program with the AppID that was typed, as it may be invited now. Nothing is changed.

    Refused for every reason that asking for the invitation would be.
    """
    official_account.require(Capability.ASSOCIATE_MINI_PROGRAMS, by=by)
    pair = Pair(official_account, find(official_account, typed))
    require_free(pair, open_of(pair), by=by)
    pairs.require_room(pair, at=pair.world.now())
    return Candidate(
        pair.mini_program,
        pair.is_same_entity,
        (
            pairs.places(official_account, same_entity=pair.is_same_entity),
            tallies.usage(Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT, official_account),
        ),
    )


def find(official_account: Account, typed: str) -> Account:
    """Return the Mini Program of this world with the AppID that was typed. Refused for any other.

    Full-width letters are plain ones, and case does not count: AppIDs are written small.
    """
    try:
        cleaned = text.clean(typed, max_length=_LONGEST_TYPED)
    except ValueError:
        raise refused(refusals.UNKNOWN, field=FIELD, appid=text.showable(typed[:_SHOWN])) from None
    appid = unicodedata.normalize("NFKC", cleaned).lower()
    if not APPID.fullmatch(appid):
        raise refused(refusals.UNKNOWN, field=FIELD, appid=cleaned[:_SHOWN])
    if appid == official_account.appid:
        raise refused(refusals.OWN, field=FIELD)
    theirs = Account.objects.select_related("world", "entity")
    found = theirs.filter(world=official_account.world_id, appid=appid).first()
    if found is None:
        raise refused(refusals.UNKNOWN, field=FIELD, appid=appid)
    return found


def require_associable(mini_program: Account) -> None:
    """Raise Refused unless this account is a Mini Program that Official Accounts may be associated with."""
    name = called(mini_program)
    if mini_program.account_type != AccountType.MINI_PROGRAM:
        raise refused(refusals.NOT_A_MINI_PROGRAM, field=FIELD, name=name)
    if mini_program.closes_at is not None:
        raise refused(refusals.CLOSED, field=FIELD, name=name)
    if mini_program.released_at is None:
        raise refused(refusals.UNRELEASED, field=FIELD, name=name)
    if mini_program.suspended_at is not None:
        raise refused(refusals.SUSPENDED, field=FIELD, name=name)


def open_of(pair: Pair) -> Association | None:
    """Return the association of the two that goes on: waiting, or associated."""
    return Association.objects.filter(
        official_account=pair.official_account, mini_program=pair.mini_program, state__in=OPEN
    ).first()


def require_free(pair: Pair, before: Association | None, *, by: Actor) -> None:
    """Raise Refused when the Mini Program cannot be invited, or is already (89015, 89010, 89035).

    `before`: what `open_of` returned. A wish of one's own that waits for the scan may be repeated.
    """
    require_associable(pair.mini_program)
    if before is None:
        return
    name, now = called(pair.mini_program), pair.world.now()
    if before.state == Association.State.ASSOCIATED:
        raise refused(refusals.ASSOCIATED, field=FIELD, name=name)
    if not before.is_waiting(now):
        return
    if before.state == Association.State.INVITED:
        raise refused(refusals.INVITED, field=FIELD, name=name)
    asked = confirmations.latest(INVITE, before.pk)
    mine = asked is not None and (asked.asked_by_kind, asked.asked_by_id) == (by.kind, by.id)
    if asked is not None and asked.is_waiting(now) and not mine:
        raise refused(refusals.SCAN_WAITS, field=FIELD, name=name)
