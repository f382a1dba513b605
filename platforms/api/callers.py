"""Who calls, and whom for: the platform that an AppID and its secret name, the account that authorized it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Account
from platforms import secrets
from platforms.models import Authorization, Platform
from platforms.tokens import caller_for, not_authorized
from portal.kernel.fsm import StatefulQuerySet
from portal.kernel.wire import Call, Text, Wrong, admit

COMPONENT: Final = Text("component_appid", missing=41018, bad=61011, most=64)
AUTHORIZER: Final = Text("authorizer_appid", missing=41002, bad=40013, most=64)


def by_secret(call: Call, *, secret: str) -> Platform:
    """Return the platform that component_appid names, proved by its secret.

    Raises Wrong: 61011, 40125, 61004.
    """
    platform = Platform.objects.select_related("world").filter(appid=call["component_appid"]).first()
    if platform is None:
        raise Wrong(
            61011, _("No third-party platform of this portal has this AppID."), field="component_appid"
        )
    call.concerns(platform.world, platform.appid)
    if not secrets.secret_is(platform, secret):
        raise Wrong(40125, _("This is not the AppSecret of %(appid)s.") % {"appid": platform.appid})
    admit(call, caller_for(platform))
    return platform


def platform_of(call: Call) -> Platform:
    """Return the platform whose token the call came with. Raises Wrong (61011) if it names another."""
    platform: Platform | None = call.caller.platform if call.caller else None
    if platform is None:
        raise LookupError("the endpoint takes no platform's token")
    if call["component_appid"] != platform.appid:
        raise Wrong(61011, _("The token is of another third-party platform."), field="component_appid")
    return platform


def authorization_of(platform: Platform, appid: str) -> Authorization:
    """Return the authorization that the account of `appid` gave a platform. Raises Wrong (61003).

    An AppID that is nobody's gets the same answer: what other worlds have is not told.
    """
    found = (
        living(platform)
        .select_related("account__world", "account__entity", "account__development")
        .filter(account__appid=appid)
        .first()
    )
    if found is None:
        raise not_authorized(platform, appid)
    return found


def living(platform: Platform) -> StatefulQuerySet[Authorization]:
    """Return the authorizations by which a platform may act now."""
    return Authorization.objects.filter(
        platform=platform, state=Authorization.State.AUTHORIZED, account__closed_at__isnull=True
    )


def account_of(platform: Platform, appid: str) -> Account:
    """Return the account of `appid`, if it authorized the platform. Raises Wrong (61003)."""
    return authorization_of(platform, appid).account
