"""A third-party platform's ticket and its own token (wechat-api 1.4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import actions as accounts_actions
from platforms import actions
from platforms.api.callers import COMPONENT, account_of, by_secret
from portal.kernel.wire import ONLY_POST, Call, Text, Token, endpoint


@endpoint(
    "/cgi-bin/component/api_start_push_ticket",
    _("Start of the push of tickets"),
    verbs=ONLY_POST,
    token=Token.NONE,
    fields=(COMPONENT, Text("component_secret", missing=41004, bad=40125, most=128)),
    errcodes=(40125, 41004, 41018, 48001, 61004, 61011),
    refusals={"no_receiver": 48001},
)
def start_push_ticket(call: Call) -> None:
    """Push a component_verify_ticket now, and every ten minutes from now on."""
    platform = by_secret(call, secret=call["component_secret"])
    actions.start_pushing(platform.pk, by=platform.actor)


@endpoint(
    "/cgi-bin/component/api_component_token",
    _("Third-party platform's token"),
    verbs=ONLY_POST,
    token=Token.NONE,
    fields=(
        COMPONENT,
        Text("component_appsecret", missing=41004, bad=40125, most=128),
        Text("component_verify_ticket", missing=61006, bad=61006),
    ),
    bare=True,
    errcodes=(40125, 41004, 41018, 61004, 61005, 61006, 61011),
)
def component_token(call: Call) -> dict[str, Any]:
    """Give out the platform's own token for two hours; the one before works for five minutes more."""
    platform = by_secret(call, secret=call["component_appsecret"])
    given = actions.give_token(platform.pk, ticket=call["component_verify_ticket"], by=platform.actor)
    return {"component_access_token": given.token, "expires_in": given.expires_in}


@endpoint(
    "/cgi-bin/component/clear_quota/v2",
    _("Clear an account's quota, by a third-party platform's AppSecret"),
    verbs=ONLY_POST,
    token=Token.NONE,
    fields=(
        COMPONENT,
        Text("appid", missing=41002, bad=40013, most=64),
        Text("appsecret", missing=41004, bad=40125, most=128),
    ),
    errcodes=(40125, 41002, 41004, 41018, 48006, 61003, 61004, 61011),
)
def clear_quota(call: Call) -> None:
    """Begin today's counts of an account anew, ten times a month; the platform's own are not counted."""
    platform = by_secret(call, secret=call["appsecret"])
    if call["appid"] == platform.appid:
        return
    account = account_of(platform, call["appid"])
    accounts_actions.clear_quota(account.pk, by=platform.actor)
