"""Codes and links that open a game, made for its server (API-2)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Account
from portal.kernel import limits, tallies
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.terms import EntityType
from releases import details
from releases.models import LaunchCode, Release, Version

Kind = LaunchCode.Kind

COUNTED: Final = (Kind.CODE, Kind.QR)  # a hundred thousand of both together
NO_PAGE: Final = "41030"
UNRELEASED: Final = "85079"
NOT_FOR_INDIVIDUALS: Final = "40002"
LIFE: Final = "85401"


@action
def make_code(account_id: int, kind: str, *, path: str, version: str, by: Actor) -> LaunchCode:
    """Return the code that opens a version at `path`, for ever; asked for again it is the same one.

    Refused (45029) when a hundred thousand are made; unlimited ones are not counted.
    """
    account = Account.objects.lock(account_id)
    fingerprint = hashlib.sha256(f"{kind}/{version}/{path}".encode()).hexdigest()
    before = LaunchCode.objects.filter(account=account, fingerprint=fingerprint).first()
    if before is not None:
        return before
    if kind in COUNTED:
        tallies.spend(Limit.LAUNCH_CODES, account)
    return _made(account, kind, path=path, version=version, fingerprint=fingerprint)


@action
def make_link(
    account_id: int, kind: str, *, path: str, version: str, expires_at: datetime | None, by: Actor
) -> LaunchCode:
    """Return a new link to a version at `path`, thirty days long or until `expires_at` (world time).

    Refused for an individual's Mini Game (40002), before the first release (85079), and for less than a
    minute or more than thirty days (85401).
    """
    account = Account.objects.lock(account_id)
    if account.entity_type == EntityType.INDIVIDUAL:
        raise Refused(_("Not made: links are for organizations' Mini Games."), code=NOT_FOR_INDIVIDUALS)
    if account.released_at is None:
        raise Refused(_("Not made: this Mini Game is not released yet."), code=UNRELEASED)
    now = account.world.now()
    ends_at = expires_at or now + limits.LAUNCH_LINK_MOST
    if not now + limits.LAUNCH_LINK_LEAST <= ends_at <= now + limits.LAUNCH_LINK_MOST:
        raise Refused(
            _("Not made: a link lives from one minute to thirty days, by the world's clock."),
            code=LIFE,
            field="expire_time",
        )
    return _made(account, kind, path=path, version=version, expires_at=ends_at)


def require_page(account: Account, page: str, *, field: str) -> None:
    """Raise Refused (41030) when the released version has no such page; '' is where the game starts."""
    released = released_version(account)
    if released is None:
        raise Refused(_("This Mini Game is not released yet."), code=NO_PAGE, field=field)
    try:
        details.read_path(page, details.files_of(released))
    except ValueError as refusal:
        raise Refused(str(refusal), code=NO_PAGE, field=field) from None


def released_version(account: Account) -> Version | None:
    """Return the version released last, in full or in phases."""
    online = Release.objects.filter(account=account, state__in=[Release.State.PHASED, Release.State.FULL])
    newest = online.select_related("submission__version").order_by("-pk").first()
    return newest.submission.version if newest else None


def _made(
    account: Account,
    kind: str,
    *,
    path: str,
    version: str,
    fingerprint: str = "",
    expires_at: datetime | None = None,
) -> LaunchCode:
    return LaunchCode.objects.create(
        world=account.world,
        account=account,
        code=secrets.token_urlsafe(16),
        kind=kind,
        version=version,
        path=path,
        fingerprint=fingerprint,
        made_at=account.world.now(),
        expires_at=expires_at,
    )
