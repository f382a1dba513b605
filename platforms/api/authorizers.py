"""What a third-party platform may know of the accounts that authorized it (wechat-api 1.4)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.categories import class_of, first_label
from accounts.domains import complete
from accounts.models import Account, Category
from platforms import actions
from platforms.actions.options import option_of
from platforms.actions.tokens import refresh_token_of
from platforms.api.authorizations import ERRCODES, func_info
from platforms.api.callers import AUTHORIZER, COMPONENT, account_of, authorization_of, living, platform_of
from portal.kernel.terms import AccountState, AccountType
from portal.kernel.wire import POST, Call, Text, Token, Whole, endpoint

MINI_GAME: Final = 4
SERVICE_TYPES: Final = {AccountType.SUBSCRIPTION: 0, AccountType.SERVICE: 2, AccountType.MINI_PROGRAM: 0}
NORMAL, FROZEN = 1, 19
OPTION: Final = Text("option_name", most=64)


@endpoint(
    "/cgi-bin/component/api_get_authorizer_info",
    _("An account that authorized the platform"),
    verbs=POST,
    token=Token.PLATFORM,
    fields=(COMPONENT, AUTHORIZER),
    bare=True,
    errcodes=(*ERRCODES, 41002, 61003),
)
def get_authorizer_info(call: Call) -> dict[str, Any]:
    """Return what an account is, and what it granted to the platform."""
    authorization = authorization_of(platform_of(call), call["authorizer_appid"])
    return {
        "authorizer_info": _info(call, authorization.account),
        "authorization_info": {
            "authorizer_appid": authorization.account.appid,
            "authorizer_refresh_token": refresh_token_of(authorization),
            "func_info": func_info(authorization),
        },
    }


@endpoint(
    "/cgi-bin/component/api_get_authorizer_list",
    _("Accounts that authorized the platform"),
    verbs=POST,
    token=Token.PLATFORM,
    fields=(COMPONENT, Whole("offset"), Whole("count", most=500, bad=40170)),
    bare=True,
    errcodes=(*ERRCODES, 40097, 40170),
)
def get_authorizer_list(call: Call) -> dict[str, Any]:
    """Return the accounts that authorized the platform, the longest since first, at most 500 at once."""
    found = living(platform_of(call))
    page = found.select_related("account").order_by("id")[call["offset"] : call["offset"] + call["count"]]
    return {
        "total_count": found.count(),
        "list": [
            {
                "authorizer_appid": each.account.appid,
                "refresh_token": refresh_token_of(each),
                "auth_time": int(each.authorized_at.timestamp()),
            }
            for each in page
        ],
    }


@endpoint(
    "/cgi-bin/component/get_authorizer_option",
    _("An option of an account"),
    verbs=POST,
    token=Token.PLATFORM,
    fields=(COMPONENT, AUTHORIZER, OPTION),
    bare=True,
    errcodes=(*ERRCODES, 40097, 41002, 61003),
)
@endpoint(
    "/cgi-bin/component/api_get_authorizer_option",
    _("An option of an account"),
    verbs=POST,
    token=Token.PLATFORM,
    fields=(COMPONENT, AUTHORIZER, OPTION),
    bare=True,
    errcodes=(*ERRCODES, 40097, 41002, 61003),
)
def get_authorizer_option(call: Call) -> dict[str, Any]:
    """Return what an option is set to: location_report, voice_recognize, customer_service."""
    account = account_of(platform_of(call), call["authorizer_appid"])
    return {
        "authorizer_appid": account.appid,
        "option_name": call["option_name"],
        "option_value": option_of(account, call["option_name"]),
    }


@endpoint(
    "/cgi-bin/component/set_authorizer_option",
    _("Set an option of an account"),
    verbs=POST,
    token=Token.PLATFORM,
    fields=(COMPONENT, AUTHORIZER, OPTION, Text("option_value", most=64)),
    errcodes=(*ERRCODES, 40097, 41002, 61003),
)
@endpoint(
    "/cgi-bin/component/api_set_authorizer_option",
    _("Set an option of an account"),
    verbs=POST,
    token=Token.PLATFORM,
    fields=(COMPONENT, AUTHORIZER, OPTION, Text("option_value", most=64)),
    errcodes=(*ERRCODES, 40097, 41002, 61003),
)
def set_authorizer_option(call: Call) -> None:
    """Set an option of an account: location_report to 0, 1 or 2, the others to 0 or 1."""
    account = account_of(platform_of(call), call["authorizer_appid"])
    actions.set_option(account.pk, name=call["option_name"], value=call["option_value"], by=call.by)


def _info(call: Call, account: Account) -> dict[str, Any]:
    info = {
        "nick_name": account.name,
        "head_img": _photo(call, account),
        "service_type_info": {"id": MINI_GAME if account.is_game else SERVICE_TYPES[account.type]},
        "verify_type_info": {"id": 0 if account.state == AccountState.AUTHENTICATED else -1},
        "user_name": account.original_id,
        "alias": "",
        "qrcode_url": "",
        "business_info": {
            "open_pay": int(bool(account.merchant_number)),
            "open_shake": 0,
            "open_scan": 0,
            "open_card": 0,
            "open_store": 0,
        },
        "idc": 1,
        "principal_name": account.entity.name if account.entity else "",
        "signature": account.introduction,
        "register_type": 0,
        "account_status": FROZEN if account.closes_at else NORMAL,
        "basic_config": {"is_phone_configured": True, "is_email_configured": True},
    }
    return info if account.type.is_official else {**info, "MiniProgramInfo": _mini_program(account)}


def _second_label(first: str, second: str) -> str:
    found = class_of(first, second)
    return str(found.label) if found else second


def _photo(call: Call, account: Account) -> str:
    """Return the address of the account's photo, '' while it has none."""
    if not account.photo:
        return ""
    return call.request.build_absolute_uri(reverse("information:photo", args=[account.pk, account.photo]))


def _mini_program(account: Account) -> dict[str, Any]:
    settings = getattr(account, "development", None)
    domains = complete(settings.domains if settings else {})
    return {
        "network": {
            "RequestDomain": [f"https://{host}" for host in domains["request"]],
            "WsRequestDomain": [f"wss://{host}" for host in domains["socket"]],
            "UploadDomain": [f"https://{host}" for host in domains["upload"]],
            "DownloadDomain": [f"https://{host}" for host in domains["download"]],
        },
        "categories": [
            {"first": first_label(each.first), "second": _second_label(each.first, each.second)}
            for each in account.categories.filter(state=Category.State.IN_USE).order_by("id")
        ],
        "visit_status": 0 if account.suspended_at else 1,
    }
