"""Basic information: what an account is, its introduction, whether it is found (wechat-api 4.1, 4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from information import actions, ladder
from portal.kernel import tallies
from portal.kernel.limits import RENEWAL_OPENS, Limit, Usage
from portal.kernel.policy import MINI_PROGRAMS, VERIFIED
from portal.kernel.terms import AccountState, AccountType, EntityType
from portal.kernel.wire import GET, ONLY_POST, POST, Call, Text, Whole, endpoint

SETS: Final = frozenset({3, 30})
CHINA: Final = 1017
ACCOUNT_TYPES: Final[Mapping[str, int]] = {
    AccountType.SUBSCRIPTION: 1,
    AccountType.SERVICE: 2,
    AccountType.MINI_PROGRAM: 3,
}
PRINCIPALS: Final[Mapping[str, int]] = {
    EntityType.INDIVIDUAL: 0,
    EntityType.ENTERPRISE: 1,
    EntityType.INDIVIDUAL_BUSINESS: 1,
    EntityType.MEDIA: 2,
    EntityType.GOVERNMENT: 3,
    EntityType.OTHER_ORGANIZATION: 4,
}
CUSTOMERS: Final[Mapping[str, int]] = {
    EntityType.INDIVIDUAL: 0,
    EntityType.ENTERPRISE: 1,
    EntityType.INDIVIDUAL_BUSINESS: 12,
    EntityType.MEDIA: 9,
    EntityType.GOVERNMENT: 3,
    EntityType.OTHER_ORGANIZATION: 4,
}
PROVED, IN_PROGRESS, FAILED = 1, 2, 3  # a real name


@endpoint(
    "/cgi-bin/account/getaccountbasicinfo",
    _("Basic information"),
    verbs=POST,
    sets=SETS,
)
def basic_information(call: Call) -> dict[str, Any]:
    """Return what the account is, who owns it, and what is used of its changes.

    Introduction and photo change five times a month, the name twice before the first release.
    """
    account = call.account
    introduction, photo = tallies.usages(account, Limit.INTRODUCTION_CHANGES, Limit.PHOTO_CHANGES)
    return {
        "appid": account.appid,
        "account_type": ACCOUNT_TYPES[account.account_type],
        "principal_type": PRINCIPALS[account.entity_type],
        "principal_name": account.entity.name,
        "credential": "" if account.entity_type == EntityType.INDIVIDUAL else account.entity.number,
        "realname_status": _real_name(account),
        "wx_verify_info": _authentication(account, call.now()),
        "signature_info": {"signature": account.introduction, **_changes(introduction)},
        "head_image_info": {"head_image_url": photo_address(call), **_changes(photo)},
        "nickname_info": {"nickname": account.name, **_changes(ladder.changes(account))},
        "nickname": account.name,
        "registered_country": CHINA,
        "customer_type": CUSTOMERS[account.entity_type],
    }


@endpoint(
    "/cgi-bin/account/modifysignature",
    _("Change the introduction"),
    verbs=ONLY_POST,
    fields=(Text("signature", example="Run through the lantern festival."),),
    sets=SETS,
    refusals={"introduction_changes": 53200},
    errcodes=(40097, 53200, 53201),
)
def change_introduction(call: Call) -> None:
    """Let the account introduce itself so: 4 to 120 characters, no contact data."""
    actions.change_introduction(call.account.pk, call["signature"], by=call.by)


@endpoint(
    "/wxa/changewxasearchstatus",
    _("Change whether it is found"),
    verbs=ONLY_POST,
    fields=(Whole("status", most=1, missing=85084, bad=85084, example="0"),),
    types=MINI_PROGRAMS,
    sets=SETS,
    errcodes=(85084,),
)
def change_search(call: Call) -> None:
    """Let nobody find the Mini Program by searching (1), or everybody (0)."""
    actions.hide_from_search(call.account.pk, bool(call["status"]), by=call.by)


@endpoint(
    "/wxa/getwxasearchstatus",
    _("Whether it is found"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=SETS,
)
def search(call: Call) -> dict[str, Any]:
    """Return 0 while people find the Mini Program by searching, 1 while nobody does."""
    return {"status": int(call.account.is_hidden)}


def photo_address(call: Call) -> str:
    """Return the address of the account's photo, '' while it has none; a browser in this world opens it."""
    account = call.account
    if not account.photo:
        return ""
    return f"{account.world.origin}{reverse('information:photo', args=[account.pk, account.photo])}"


def _changes(usage: Usage) -> dict[str, int]:
    return {"modify_used_count": usage.used, "modify_quota": usage.at_most}


def _real_name(account: Account) -> int:
    if account.state in VERIFIED or account.state == AccountState.LAPSED:
        return PROVED
    return FAILED if account.state == AccountState.EXPIRED else IN_PROGRESS


def _authentication(account: Account, now: datetime) -> dict[str, Any]:
    """Return WeChat authentication as the platform tells it; times in seconds, 0 without one."""
    until = account.authenticated_until if account.state == AccountState.AUTHENTICATED else None
    begins = until - RENEWAL_OPENS if until else None
    return {
        "qualification_verify": until is not None,
        "naming_verify": until is not None,
        "annual_review": begins is not None and now >= begins,
        "annual_review_begin_time": int(begins.timestamp()) if begins else 0,
        "annual_review_end_time": int(until.timestamp()) if until else 0,
    }
