"""What third-party platforms are pushed: tickets, authorizations, and what happens in their accounts.

Always XML in safe mode, locked with the platform's own AppID (wechat-api 1.4, 8.2, 8.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from accounts.message_push import PushSettings
from accounts.models import Account, DevelopmentSettings
from platforms import settings
from platforms.models import Authorization, Platform
from portal.kernel.fsm import StatefulQuerySet
from pushes import receivers
from pushes.actions import put_to
from pushes.families import Family
from pushes.models import Push
from pushes.receivers import Receiver

EVENTS: Final = "platform"  # its id is the platform's
MESSAGES: Final = "authorized"  # its id is the authorization's, by which the platform hears of the account


def tell(
    platform: Platform, info_type: str, fields: Mapping[str, Any], *, family: Family = Family.EVENT
) -> None:
    """Push an authorization event; belongs inside the action that causes it. Nothing while none is set."""
    message = {
        "AppId": platform.appid,
        "CreateTime": int(platform.world.now().timestamp()),
        "InfoType": info_type,
        **fields,
    }
    put_to(EVENTS, platform.pk, message, world=platform.world, event=info_type, family=family)


def tell_ticket(platform: Platform, ticket: str) -> None:
    """Push a ticket."""
    tell(platform, "component_verify_ticket", {"ComponentVerifyTicket": ticket}, family=Family.TICKET)


def tell_authorized(
    authorization: Authorization, *, is_new: bool, code: str, expires_at: datetime, pre_auth_code: str
) -> None:
    """Push that an account has authorized the platform, or granted it other sets."""
    tell(
        authorization.platform,
        "authorized" if is_new else "updateauthorized",
        {
            "AuthorizerAppid": authorization.account.appid,
            "AuthorizationCode": code,
            "AuthorizationCodeExpiredTime": int(expires_at.timestamp()),
            "PreAuthCode": pre_auth_code,
        },
    )


def tell_unauthorized(authorization: Authorization) -> None:
    """Push that an account has cancelled its authorization."""
    tell(authorization.platform, "unauthorized", {"AuthorizerAppid": authorization.account.appid})


def pushes_to(platform: Platform) -> StatefulQuerySet[Push]:
    """Return all that was pushed to a platform, of its own and of its accounts."""
    mine = Authorization.objects.filter(platform=platform).values("pk")
    return Push.objects.filter(
        Q(receiver_kind=EVENTS, receiver_id=platform.pk) | Q(receiver_kind=MESSAGES, receiver_id__in=mine)
    )


def _events(platform_id: int) -> Receiver | None:
    platform = Platform.objects.get(pk=platform_id)
    return _receiver(platform, settings.of(platform).event_url, to="AppId")


def _messages(authorization_id: int) -> Receiver | None:
    found = Authorization.objects.select_related("platform", "account").get(pk=authorization_id)
    if found.state != Authorization.State.AUTHORIZED:
        return None
    url = settings.message_url(found.platform, found.account.appid or "")
    return _receiver(found.platform, url, to="ToUserName")


def _receiver(platform: Platform, url: str, *, to: str) -> Receiver | None:
    kept = settings.of(platform)
    if not kept.event_url:
        return None
    push = PushSettings(
        url, kept.token, kept.key, DevelopmentSettings.Mode.SAFE, DevelopmentSettings.Format.XML
    )
    return Receiver(push, platform.appid, to)


@receivers.besides
def _of_account(account: Account) -> Iterator[tuple[str, int]]:
    """Return who hears of what happens in an account besides its own server."""
    going_on = Authorization.objects.filter(
        account=account, state=Authorization.State.AUTHORIZED, platform__push_set_at__isnull=False
    )
    for pk in going_on.order_by("id").values_list("pk", flat=True):
        yield MESSAGES, pk


receivers.register(EVENTS, _events)
receivers.register(MESSAGES, _messages)
