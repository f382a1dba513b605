"""From the pre_auth_code to the tokens that act for an account (wechat-api 1.4)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from platforms import actions
from platforms.api.callers import AUTHORIZER, COMPONENT, platform_of
from platforms.models import Authorization
from portal.kernel.wire import ONLY_POST, Call, Text, Token, endpoint

ERRCODES: Final = (41018, 41021, 61004, 61011, 61014)


@endpoint(
    "/cgi-bin/component/api_create_preauthcode",
    _("Pre-authorization code"),
    verbs=ONLY_POST,
    token=Token.PLATFORM,
    fields=(COMPONENT,),
    bare=True,
    errcodes=ERRCODES,
)
def create_preauthcode(call: Call) -> dict[str, Any]:
    """Give out the code with which an administrator is sent to the authorization page, within ten minutes."""
    given = actions.preauthorize(platform_of(call).pk, by=call.by)
    return {"pre_auth_code": given.code, "expires_in": given.expires_in}


@endpoint(
    "/cgi-bin/component/api_query_auth",
    _("Tokens for an authorization code"),
    verbs=ONLY_POST,
    token=Token.PLATFORM,
    fields=(COMPONENT, Text("authorization_code", missing=61009, bad=61009)),
    bare=True,
    errcodes=(*ERRCODES, 61003, 61009, 61010),
)
def query_auth(call: Call) -> dict[str, Any]:
    """Exchange an authorization code, once, for the account's tokens."""
    got = actions.query(platform_of(call).pk, code=call["authorization_code"], by=call.by)
    return {
        "authorization_info": {
            "authorizer_appid": got.authorization.account.appid,
            "authorizer_access_token": got.token.token,
            "expires_in": got.token.expires_in,
            "authorizer_refresh_token": got.refresh_token,
            "func_info": func_info(got.authorization),
        }
    }


@endpoint(
    "/cgi-bin/component/api_authorizer_token",
    _("Renewed token of an account"),
    verbs=ONLY_POST,
    token=Token.PLATFORM,
    fields=(COMPONENT, AUTHORIZER, Text("authorizer_refresh_token", missing=61023, bad=61023)),
    bare=True,
    errcodes=(*ERRCODES, 41002, 61003, 61023),
)
def authorizer_token(call: Call) -> dict[str, Any]:
    """Give out a new token of an account; the one before works for five minutes more."""
    got = actions.refresh(
        platform_of(call).pk,
        appid=call["authorizer_appid"],
        refresh_token=call["authorizer_refresh_token"],
        by=call.by,
    )
    return {
        "authorizer_access_token": got.token.token,
        "expires_in": got.token.expires_in,
        "authorizer_refresh_token": got.refresh_token,
    }


def func_info(authorization: Authorization) -> list[dict[str, Any]]:
    """Return the granted sets as the platform writes them."""
    return [{"funcscope_category": {"id": number}} for number in authorization.sets]
