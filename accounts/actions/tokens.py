"""Access tokens given out to an account's own server (API-1; wechat-api 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from accounts.models import AccessToken, Account
from accounts.tokens import BEGINNINGS, PURPOSE
from portal.kernel import limits, sealed
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.tallies import spend
from portal.kernel.wire import new_token, quotas

FORGOTTEN_AFTER: Final = timedelta(days=1)  # of expiry

Kind = AccessToken.Kind


@dataclass(frozen=True)
class GivenToken:
    """A token as its owner is told of it: `expires_in` are seconds."""

    token: str
    expires_in: int


@action
def give_token(account_id: int, *, by: Actor) -> GivenToken:
    """Give out a new ordinary token; the one before works for five minutes more."""
    account = Account.objects.lock(account_id)
    now = account.world.now()
    _living(account, Kind.ORDINARY, now).filter(replaced_at__isnull=True).update(
        replaced_at=now, dies_at=now + limits.ACCESS_TOKEN_OVERLAP
    )
    return _given(account, Kind.ORDINARY, now)


@action
def give_stable_token(account_id: int, *, force: bool, by: Actor) -> GivenToken:
    """Give out the stable token: the same while it lives, a new one in its last five minutes.

    With `force` a new one at once, and the old one is dead at once; more than 20 times a day or within
    thirty seconds of the last the old one is given again.
    """
    account = Account.objects.lock(account_id)
    now = account.world.now()
    latest = _living(account, Kind.STABLE, now).filter(replaced_at__isnull=True).order_by("-id").first()
    if latest is None:
        return _given(account, Kind.STABLE, now)
    if force and now - latest.given_at >= limits.FORCED_TOKENS_APART and _may_force(account):
        _replace(latest, now, dies_at=now)
        return _given(account, Kind.STABLE, now)
    if latest.expires_at - now <= limits.ACCESS_TOKEN_OVERLAP:
        _replace(latest, now, dies_at=latest.expires_at)
        return _given(account, Kind.STABLE, now)
    kept = sealed.unseal(latest.sealed, purpose=PURPOSE)
    return GivenToken(kept, int((latest.expires_at - now).total_seconds()))


@action
def clear_quota(account_id: int, *, by: Actor) -> None:
    """Begin today's counts of every endpoint anew. Raises Refused (48006) when ten of this month are used."""
    account = Account.objects.lock(account_id)
    spend(Limit.CLEARED_QUOTAS, account)
    quotas.clear(account.world, account.pk)


def _living(account: Account, kind: Kind, now: datetime) -> QuerySet[AccessToken]:
    return AccessToken.objects.filter(account=account, kind=kind, expires_at__gt=now)


def _may_force(account: Account) -> bool:
    try:
        spend(Limit.FORCED_TOKENS, account)
    except Refused:
        return False
    return True


def _replace(latest: AccessToken, now: datetime, *, dies_at: datetime) -> None:
    latest.replaced_at, latest.dies_at = now, dies_at
    latest.save(update_fields=["replaced_at", "dies_at"])


def _given(account: Account, kind: Kind, now: datetime) -> GivenToken:
    token = new_token(BEGINNINGS[kind])
    AccessToken.objects.filter(account=account, expires_at__lt=now - FORGOTTEN_AFTER).delete()
    AccessToken.objects.create(
        world=account.world,
        account=account,
        kind=kind,
        fingerprint=sealed.fingerprint(token, purpose=PURPOSE),
        sealed=sealed.seal(token, purpose=PURPOSE) if kind == Kind.STABLE else "",
        given_at=now,
        expires_at=now + limits.ACCESS_TOKEN,
    )
    return GivenToken(token, int(limits.ACCESS_TOKEN.total_seconds()))
