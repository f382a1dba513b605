"""The Mini Games that a phone finds: those released, and what its owner may try besides (REL-9, REL-10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.db.models import Exists, JSONField, OuterRef, Q, Subquery

from accounts.models import Account, Administrator, Member
from portal.kernel import policy
from portal.kernel.models import World
from portal.kernel.terms import Permission, Role
from portal.outside.models import Person
from releases.models import Release, Version

LONGEST: Final = 50  # games on one screen; the search finds the others


@dataclass(frozen=True)
class Game:
    """One game: whether players find it, its trial version and the development versions that open here."""

    account: Account
    is_released: bool
    trial: Version | None = None
    developed: list[Version] = field(default_factory=list)


def games(world: World, person: Person, *, called: str = "") -> list[Game]:
    """Return the games that `person` finds, by name; `called` is part of it. Two queries."""
    accounts = list(_accounts(world, person, called))
    held = {account.pk: _held(account) for account in accounts}
    developers = [pk for pk, permissions in held.items() if Permission.DEVELOPER in permissions]
    developed: dict[int, list[Version]] = {}
    if developers:
        standing = Version.objects.filter(account_id__in=developers, state=Version.State.DEVELOPED)
        for version in standing.select_related("developer", "platform").order_by("-pk"):
            developed.setdefault(version.account_id, []).append(version)
    return [
        Game(
            account,
            vars(account)["is_online"] and not account.is_hidden,
            _trial(account) if Permission.EXPERIENCE in held[account.pk] else None,
            developed.get(account.pk, []),
        )
        for account in accounts
    ]


def _accounts(world: World, person: Person, called: str) -> list[Account]:
    online = Release.objects.filter(
        account=OuterRef("pk"), state__in=[Release.State.PHASED, Release.State.FULL]
    )
    seat = Administrator.objects.filter(account=OuterRef("pk"), person=person)
    membership = Member.objects.filter(account=OuterRef("pk"), person=person, state=Member.State.ACTIVE)
    found = Account.objects.filter(world=world, closed_at__isnull=True).exclude(name="")
    if called:
        found = found.filter(name__icontains=called)
    return list(
        found.annotate(
            is_online=Exists(online),
            is_mine=Exists(seat),
            member_role=Subquery(membership.values("role")[:1]),
            member_granted=Subquery(membership.values("granted")[:1], output_field=JSONField()),
        )
        .filter(Q(is_online=True, is_hidden=False) | Q(is_mine=True) | Q(member_role__isnull=False))
        .select_related("service__trial")
        .order_by("name", "pk")[:LONGEST]
    )


def _held(account: Account) -> frozenset[Permission]:
    """Return what the phone's owner may here, from what the query found beside the account."""
    row = vars(account)
    if row["is_mine"]:
        return policy.permissions(Role.ADMINISTRATOR)
    if row["member_role"] is None:
        return frozenset()
    return policy.permissions(Role(row["member_role"]), row["member_granted"])


def _trial(account: Account) -> Version | None:
    return account.service.trial if hasattr(account, "service") else None
