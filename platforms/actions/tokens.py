"""The tokens of third-party platforms are given out (API-1; wechat-api 1.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actions.tokens import FORGOTTEN_AFTER, GivenToken
from platforms import secrets, tokens
from platforms.models import (
    Authorization,
    AuthorizationCode,
    AuthorizerToken,
    Platform,
    PlatformToken,
    VerifyTicket,
)
from portal.kernel import limits, sealed
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.wire import new_token

SECONDS: Final = timedelta(seconds=1)


@dataclass(frozen=True)
class Granted:
    """What a platform gets for an authorization: the token that acts for the account, and what renews it."""

    authorization: Authorization
    token: GivenToken = field(repr=False)
    refresh_token: str = field(repr=False)


@action
def give_token(platform_id: int, *, ticket: str, by: Actor) -> GivenToken:
    """Give out the platform's own token; the one before works for five minutes more.

    Raises Refused, with the platform's numbers: 61005 for a ticket that ran out, 61006 for none of its own.
    """
    platform = Platform.objects.lock(platform_id)
    now = platform.world.now()
    found = VerifyTicket.objects.filter(
        platform=platform, fingerprint=sealed.fingerprint(ticket, purpose=secrets.TICKET)
    ).first()
    if found is None:
        raise Refused(
            _("This is no ticket of this platform. The newest one that was pushed is good."),
            code="61006",
            field="component_verify_ticket",
        )
    if now >= found.expires_at:
        raise Refused(
            _("This ticket ran out: it was good for twelve hours of the world's time."),
            code="61005",
            field="component_verify_ticket",
        )
    return _given(PlatformToken.objects.filter(platform=platform), tokens.PLATFORM, now, platform=platform)


@action
def query(platform_id: int, *, code: str, by: Actor) -> Granted:
    """Exchange an authorization code, once, for the tokens of the account.

    Raises Refused, with the platform's numbers: 61009 for a code of none or one used, 61010 for one that
    ran out, 61003 when the authorization was cancelled meanwhile.
    """
    fingerprint = sealed.fingerprint(code, purpose=secrets.AUTH_CODE)
    mine = AuthorizationCode.objects.filter(
        fingerprint=fingerprint, authorization__platform_id=platform_id
    ).first()
    if mine is None:
        raise Refused(
            _("No account gave this authorization code to this platform."),
            code="61009",
            field="authorization_code",
        )
    authorization = Authorization.objects.lock(mine.authorization_id)
    mine.refresh_from_db()
    now = authorization.world.now()
    if mine.used_at is not None:
        raise Refused(
            _("This authorization code was exchanged already: it is good once."),
            code="61009",
            field="authorization_code",
        )
    if now >= mine.expires_at:
        raise Refused(
            _("This authorization code ran out. Ask the account to authorize again."),
            code="61010",
            field="authorization_code",
        )
    _require_authorized(authorization)
    mine.used_at = now
    mine.save(update_fields=["used_at"])
    return _granted(authorization, now)


@action
def refresh(platform_id: int, *, appid: str, refresh_token: str, by: Actor) -> Granted:
    """Give out a new token of an account; the one before works for five minutes more.

    Raises Refused, with the platform's numbers: 61003, 61023 for a refresh token that is not the latest.
    """
    found = Authorization.objects.filter(
        platform_id=platform_id,
        account__appid=appid,
        account__closed_at__isnull=True,
        state=Authorization.State.AUTHORIZED,
    ).first()
    if found is None:
        raise _not_authorized()
    authorization = Authorization.objects.lock(found.pk)
    _require_authorized(authorization)
    if refresh_token_of(authorization) != refresh_token:
        raise Refused(
            _("This is not the refresh token that the account's latest authorization gave."),
            code="61023",
            field="authorizer_refresh_token",
        )
    return _granted(authorization, authorization.world.now())


def refresh_token_of(authorization: Authorization) -> str:
    """Return the refresh token, '' when it was sealed under another key of the installation."""
    try:
        return sealed.unseal(authorization.refresh_token, purpose=secrets.REFRESH_TOKEN)
    except ValueError:
        return ""


def _granted(authorization: Authorization, now: datetime) -> Granted:
    given = _given(
        AuthorizerToken.objects.filter(authorization=authorization),
        tokens.AUTHORIZER,
        now,
        authorization=authorization,
    )
    return Granted(authorization, given, refresh_token_of(authorization))


def _given(earlier: QuerySet[Any], beginning: str, now: datetime, **owner: Any) -> GivenToken:
    """Write down a new token of `owner`, and let the one before live for five minutes more."""
    earlier.filter(expires_at__lt=now - FORGOTTEN_AFTER).delete()
    earlier.filter(replaced_at__isnull=True).update(
        replaced_at=now, dies_at=now + limits.ACCESS_TOKEN_OVERLAP
    )
    token = new_token(beginning)
    earlier.model.objects.create(
        world=next(iter(owner.values())).world,
        fingerprint=sealed.fingerprint(token, purpose=tokens.PURPOSE),
        given_at=now,
        expires_at=now + limits.ACCESS_TOKEN,
        **owner,
    )
    return GivenToken(token, limits.ACCESS_TOKEN // SECONDS)


def _require_authorized(authorization: Authorization) -> None:
    if authorization.state != Authorization.State.AUTHORIZED:
        raise _not_authorized()


def _not_authorized() -> Refused:
    return Refused(
        _("This account has not authorized the third-party platform, or does no more."),
        code=str(tokens.NOT_AUTHORIZED),
        field="authorizer_appid",
    )
