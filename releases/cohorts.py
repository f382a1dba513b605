"""Which version a player gets: stable cohorts of a phased release (REL-9, REL-10)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from accounts.models import Account
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.terms import Permission
from releases.models import Release, Service, Version

SHARES: Final = 10_000
_ONLINE: Final = (Release.State.PHASED, Release.State.FULL)


@dataclass(frozen=True)
class Draw:
    """What one player gets, and what decided it; `place` is among `SHARES`, the first ones get it first.

    `is_chosen`: the phased release reaches this person whatever the place, as a developer or a tester.
    """

    place: int
    phased: Release | None
    full: Release | None
    suspended: bool
    is_chosen: bool = False

    @property
    def is_in(self) -> bool:
        """Return whether a phased release runs and reaches this player."""
        return self.phased is not None and (self.is_chosen or self.place < reach(self.phased.percent))

    @property
    def release(self) -> Release | None:
        """Return the release on this player's side, served or not."""
        return self.phased if self.is_in else self.full

    @property
    def version(self) -> Version | None:
        """Return what is served, or None: nothing released, or the service suspended."""
        return None if self.suspended or self.release is None else self.release.submission.version


def place_of(account: Account, person_id: int) -> int:
    """Return a player's place among 10,000, the same for this game for ever; the world's seed decides."""
    digest = hashlib.sha256(f"{account.world.seed}/cohort/{account.appid}/{person_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % SHARES


def reach(percent: int) -> int:
    """Return how many of the places a share of `percent` has."""
    return percent * SHARES // 100


def is_in(account: Account, person_id: int, percent: int) -> bool:
    """Return whether a player is among the first `percent`; who is in a smaller share is in a larger one."""
    return place_of(account, person_id) < reach(percent)


def draw(account: Account, person_id: int) -> Draw:
    """Return what a player gets now, and why."""
    return draws(account, [person_id])[0]


def draws(account: Account, people: list[int]) -> list[Draw]:
    """Return what each of `people` (ids) gets now, in their order. Two queries."""
    service = Service.objects.filter(account=account).first()
    suspended = service is not None and service.state == Service.State.SUSPENDED
    online = Release.objects.filter(account=account, state__in=_ONLINE).select_related("submission__version")
    by_state = {release.state: release for release in online}
    phased, full = by_state.get(Release.State.PHASED), by_state.get(Release.State.FULL)
    return [
        Draw(place_of(account, person), phased, full, suspended, _is_chosen(account, person, phased))
        for person in people
    ]


def _is_chosen(account: Account, person_id: int, phased: Release | None) -> bool:
    """Return whether a phased release goes to a person by what they are to the account."""
    if phased is None or not (phased.to_developers or phased.to_testers):
        return False
    _role, held = account.role_of(Actor(ActorKind.PERSON, person_id, ""))
    return (phased.to_developers and Permission.DEVELOPER in held) or (
        phased.to_testers and Permission.EXPERIENCE in held
    )


def served(account: Account, person_id: int) -> Version | None:
    """Return the version that a player gets now, or None: nothing released, or the service suspended."""
    return draw(account, person_id).version
