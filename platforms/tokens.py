"""What the tokens of a third-party platform stand for (API-1; wechat-api 1.4, appendix C.2)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from accounts import allowlists
from platforms.models import Authorization, AuthorizerToken, Platform, PlatformToken
from portal.kernel.compiled import Compiled
from portal.kernel.wire import ANY_SET, Caller, Wrong, finds, look_up, require_living

PLATFORM: Final = "73_"
AUTHORIZER: Final = "74_"
PURPOSE: Final = "platforms.token"
NOT_AUTHORIZED: Final = 61003

_PLATFORM: Final = Compiled(
    lambda fingerprint: PlatformToken.objects.filter(fingerprint=fingerprint).select_related(
        "platform__world"
    )
)
_AUTHORIZER: Final = Compiled(
    lambda fingerprint: AuthorizerToken.objects.filter(fingerprint=fingerprint).select_related(
        "authorization__platform",
        "authorization__account__world",
        "authorization__account__entity",
        "authorization__account__development",
    )
)


@finds(PLATFORM)
def platform_of(token: str) -> Caller:
    """Return the platform that `token` was given to. Raises Wrong: 40001, 42001."""
    found = look_up(token, _PLATFORM, purpose=PURPOSE)
    require_living(found, found.platform.world.now())
    return caller_for(found.platform)


@finds(AUTHORIZER)
def authorizer_of(token: str) -> Caller:
    """Return the account that a platform acts for with `token`.

    Raises Wrong: 40001, 42001, 61003 once the authorization is cancelled, 40013 once the account is closed.
    """
    found = look_up(token, _AUTHORIZER, purpose=PURPOSE)
    authorization = found.authorization
    account, platform = authorization.account, authorization.platform
    if account.closed_at is not None:
        raise Wrong(40013, _("This account is closed."))
    if authorization.state != Authorization.State.AUTHORIZED:
        raise not_authorized(platform, account.appid or "")
    require_living(found, account.world.now())
    return Caller(
        world=account.world,
        appid=account.appid or "",
        by=platform.actor,
        account=account,
        platform=platform,
        sets=frozenset(authorization.sets) | ANY_SET,
        admits=lambda address: _let_in(platform, address),
    )


def caller_for(platform: Platform) -> Caller:
    """Return a platform as the caller of what it does for itself."""
    return Caller(
        world=platform.world,
        appid=platform.appid,
        by=platform.actor,
        platform=platform,
        admits=lambda address: _let_in(platform, address),
    )


def not_authorized(platform: Platform, appid: str) -> Wrong:
    """Return the refusal of a platform that no authorization of this account stands behind (61003)."""
    return Wrong(
        NOT_AUTHORIZED,
        _("The account %(appid)s has not authorized the third-party platform %(name)s, or does no more.")
        % {"appid": appid, "name": platform.name},
    )


def _let_in(platform: Platform, address: str) -> bool:
    """Return whether a platform may call from `address`. Raises Wrong (61004), a platform's own number."""
    if platform.allowlist and not allowlists.holds(platform.allowlist, address):
        raise Wrong(
            61004,
            _("%(ip)s is not among the addresses that the third-party platform %(name)s calls from.")
            % {"ip": address, "name": platform.name},
        )
    return True
