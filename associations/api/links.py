"""Association by server API, from the Official Account's side (API-2; wechat-api 7.1)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from associations import actions, refusals, words
from associations.models import Association
from associations.models.association import OPEN
from portal.kernel import confirmations
from portal.kernel.policy import OFFICIAL_ACCOUNTS
from portal.kernel.terms import Fact
from portal.kernel.wire import ONLY_POST, POST, Call, Text, Truth, Wrong, endpoint

State = Association.State

SETS: Final = frozenset({33})
# How the platform numbers where an association stands; what is not named here is not listed.
STATUSES: Final = {
    State.ASSOCIATED: 1,
    State.INVITED: 2,
    State.REFUSED: 3,
    State.AWAITING_OFFICIAL_ACCOUNT: 12,
}
NOT_LINKED: Final = 85005
UNLINK_SENT: Final = 89018
LINK_SENT: Final = 89010
ASKS: Final = {
    refusals.OWN: 40013,
    refusals.NOT_A_MINI_PROGRAM: 40013,
    refusals.UNRELEASED: 89245,
}
APPID: Final = Text("appid", missing=41002, bad=40013, most=64)


@endpoint(
    "/cgi-bin/wxopen/wxamplinkget",
    _("Mini Programs of the Official Account"),
    verbs=POST,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
)
def associated(call: Call) -> dict[str, Any]:
    """Return the Mini Programs that are associated, invited, or refused the last invitation."""
    rows = (
        Association.objects.filter(official_account=call.account, state__in=STATUSES)
        .select_related("mini_program__world")
        .order_by("-pk")
    )
    newest: dict[int, Association] = {}
    for row in rows:
        newest.setdefault(row.mini_program_id, row)
    origin = f"{call.request.scheme}://{call.request.get_host()}"
    return {"wxopens": {"items": [_item(row, origin) for row in newest.values()]}}


@endpoint(
    "/cgi-bin/wxopen/wxamplink",
    _("Associate a Mini Program"),
    verbs=ONLY_POST,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    fields=(APPID, Truth("notify_users", required=False), Truth("show_profile", required=False)),
    refusals=ASKS,
    errcodes=(40013, 89009, 89010, 89013, 89015, 89016, 89017, 89030, 89035, 89245),
)
def associate(call: Call) -> None:
    """Ask for an association: the Official Account's administrator confirms, then the Mini Program's."""
    waiting = _open(call.account, call["appid"])
    if (
        waiting is not None
        and waiting.state == State.AWAITING_OFFICIAL_ACCOUNT
        and waiting.is_waiting(call.now())
    ):
        raise Wrong(LINK_SENT, gettext("It waits for the scan of the Official Account's administrator."))
    actions.ask_to_invite(
        call.account.pk,
        appid=call["appid"],
        show_on_profile=bool(call["show_profile"]),
        notify_followers=bool(call["notify_users"]),
        by=call.by,
    )


@endpoint(
    "/cgi-bin/wxopen/wxampunlink",
    _("Disassociate a Mini Program"),
    verbs=ONLY_POST,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    fields=(APPID,),
    errcodes=(40013, 85005, 89018),
)
def disassociate(call: Call) -> None:
    """Ask to end an association: the Official Account's administrator confirms."""
    found = _open(call.account, call["appid"])
    if found is None or found.state != State.ASSOCIATED:
        raise Wrong(NOT_LINKED, gettext("This Mini Program is not associated with the Official Account."))
    asked = confirmations.latest(words.PART_HERE, found.pk)
    if asked is not None and asked.is_waiting(call.now()):
        raise Wrong(UNLINK_SENT, gettext("It waits for the scan of the Official Account's administrator."))
    actions.ask_to_disassociate(call.account.pk, found.pk, by=call.by)


def _open(official_account: Account, appid: str) -> Association | None:
    return Association.objects.filter(
        official_account=official_account, mini_program__appid=appid.strip().lower(), state__in=OPEN
    ).first()


def _item(row: Association, origin: str) -> dict[str, Any]:
    """Return one row as the platform tells it; two spellings of the functions' key are about (0.2)."""
    there = row.mini_program
    functions = [
        {
            "status": int(there.authenticated_at is not None),
            "id": 1,
            "name": gettext("WeChat authentication"),
        },
        {"status": int(Fact.WECHAT_PAY in there.facts), "id": 2, "name": gettext("WeChat Pay")},
    ]
    photo = reverse("information:photo", args=[there.pk, there.photo]) if there.photo else ""
    return {
        "status": STATUSES[State(row.state)],
        "username": there.original_id,
        "appid": there.appid,
        "source": "SOURCE_NORMAL",
        "nickname": there.name,
        "selected": int(row.show_on_profile),
        "nearby_display_status": 0,
        "released": int(there.released_at is not None),
        "headimg_url": f"{origin}{photo}" if photo else "",
        "func_infos": functions,
        "func_info": functions,
        "email": "",  # how it logs in is its own
    }
