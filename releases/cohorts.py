"""Which version a player gets: stable cohorts of a phased release (REL-9, REL-10)."""

from __future__ import annotations

import hashlib
from typing import Final

from accounts.models import Account
from releases.models import Release, Service, Version

SHARES: Final = 10_000


def place_of(account: Account, person_id: int) -> int:
    """Return a player's place among 10,000, the same for this game for ever; the world's seed decides."""
    digest = hashlib.sha256(f"{account.world.seed}/cohort/{account.appid}/{person_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % SHARES


def is_in(account: Account, person_id: int, percent: int) -> bool:
    """Return whether a player is among the first `percent`; who is in a smaller share is in a larger one."""
    return place_of(account, person_id) < percent * SHARES // 100


def served(account: Account, person_id: int) -> Version | None:
    """Return the version that a player gets now, or None: nothing released, or the service suspended."""
    service = Service.objects.filter(account=account).first()
    if service is None or service.state == Service.State.SUSPENDED:
        return None
    online = Release.objects.filter(account=account, state__in=[Release.State.PHASED, Release.State.FULL])
    by_state = {release.state: release for release in online.select_related("submission__version")}
    phased, full = by_state.get(Release.State.PHASED), by_state.get(Release.State.FULL)
    if phased and is_in(account, person_id, phased.percent):
        return phased.submission.version
    return full.submission.version if full else None
