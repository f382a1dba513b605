"""The Official Account that a Mini Program offers after a scan: chosen and listed (wechat-api 4.2)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from associations import links
from associations.actions.shown import offer_to_scanners
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import GET, ONLY_POST, Call, Text, Truth, Whole, Wrong, endpoint

SETS: Final = frozenset({18})
MOST: Final = 20  # on one page of the list


@endpoint(
    "/wxa/getshowwxaitem",
    _("Official Account shown after a scan"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=SETS,
)
def shown(call: Call) -> dict[str, Any]:
    """Return the Official Account that is offered to whoever scans a code; `can_open` 0 if none can be."""
    rows = links.associations_of(call.account.pk)
    offered = next((row.official_account for row in rows if row.offered_to_scanners), None)
    told = _told(call, offered) if offered else {"appid": "", "nickname": "", "headimg": ""}
    return {"can_open": int(bool(rows)), "is_open": int(offered is not None), **told}


@endpoint(
    "/wxa/updateshowwxaitem",
    _("Choose the Official Account shown after a scan"),
    verbs=ONLY_POST,
    fields=(Truth("wxa_subscribe_biz_flag", example="1"), Text("appid", required=False, bad=40013, most=64)),
    types=MINI_PROGRAMS,
    sets=SETS,
    errcodes=(40013, 40097, 85005),
)
def choose(call: Call) -> None:
    """Offer an associated Official Account to whoever scans a code of the game (1), or none any more (0)."""
    wanted = call["appid"] if call["wxa_subscribe_biz_flag"] else ""
    if call["wxa_subscribe_biz_flag"] and not wanted:
        raise Wrong(40013, gettext("Send the appid of an associated Official Account."), field="appid")
    offer_to_scanners(call.account.pk, wanted, by=call.by)


@endpoint(
    "/wxa/getwxamplinkforshow",
    _("Official Accounts that can be shown after a scan"),
    verbs=GET,
    fields=(
        Whole("page", required=False, example="0"),
        Whole("num", required=False, most=MOST, example="20"),
    ),
    types=MINI_PROGRAMS,
    sets=SETS,
    errcodes=(40097,),
)
def choices(call: Call) -> dict[str, Any]:
    """Return the associated Official Accounts, `num` on each `page`, the first of which is 0."""
    rows = links.associations_of(call.account.pk)
    size = call["num"] if call["num"] is not None else MOST
    begin = (call["page"] or 0) * size
    return {
        "total_num": len(rows),
        "biz_info_list": [_told(call, row.official_account) for row in rows[begin : begin + size]],
    }


def _told(call: Call, account: Account) -> dict[str, Any]:
    photo = ""
    if account.photo:
        address = reverse("information:photo", args=[account.pk, account.photo])
        photo = f"{call.account.world.origin}{address}"
    return {"appid": account.appid, "nickname": account.name, "headimg": photo}
