"""Experience members, bound and unbound by a server (API-2; wechat-api, section 3)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions, places
from accounts.models import Account, Member
from portal.kernel import sealed
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import ONLY_POST, POST, Call, Text, Wrong, endpoint

NOBODY: Final = 85001
SETS: Final = frozenset({18})
_PURPOSE: Final = "accounts.userstr"


@endpoint(
    "/wxa/bind_tester",
    _("Bind an experience member"),
    verbs=ONLY_POST,
    fields=(Text("wechatid", missing=NOBODY, bad=NOBODY, example="linyue"),),
    types=MINI_PROGRAMS,
    sets=SETS,
    refusals={
        "malformed_wechat_id": NOBODY,
        "no_such_wechat_id": NOBODY,
        "experience_members": 85002,
        "experiences_per_person": 85003,
        "already_member": 85004,
        "administrator": 85004,
    },
    errcodes=(85001, 85002, 85003, 85004),
)
def bind(call: Call) -> dict[str, Any]:
    """Make a person an experience member, by their WeChat ID; `userstr` names them from then on."""
    member = actions.add_experience_member(call.account.pk, wechat_id=call["wechatid"], by=call.by)
    return {"userstr": userstr(member)}


@endpoint(
    "/wxa/unbind_tester",
    _("Unbind an experience member"),
    verbs=ONLY_POST,
    fields=(
        Text("wechatid", required=False, bad=NOBODY, example="linyue"),
        Text("userstr", required=False, bad=89034),
    ),
    types=MINI_PROGRAMS,
    sets=SETS,
    errcodes=(40097, 85001, 89034),
)
def unbind(call: Call) -> None:
    """Take the experience version away from a person: named by `userstr`, or else by `wechatid`."""
    member = _member(call)
    actions.remove_experience_member(call.account.pk, member.pk, by=call.by)


@endpoint(
    "/wxa/memberauth",
    _("Experience members"),
    verbs=POST,
    fields=(Text("action", choices=("get_experiencer",), example="get_experiencer"),),
    types=MINI_PROGRAMS,
    sets=SETS,
    errcodes=(40097,),
)
def members(call: Call) -> dict[str, Any]:
    """List the experience members, by the `userstr` of each."""
    return {"members": [{"userstr": userstr(member)} for member in _bound(call.account)]}


def userstr(member: Member) -> str:
    """Return what a member is called towards servers: the same for this account and person for ever."""
    return sealed.fingerprint(f"{member.account_id}/{member.person_id}", purpose=_PURPOSE)[:32]


def _bound(account: Account) -> list[Member]:
    bound = places.active(account, places.EXPERIENCE)
    return list(bound.select_related("person").order_by("pk")[: places.MOST])


def _member(call: Call) -> Member:
    """Return whom a call names among the experience members. Raises Wrong."""
    wanted, wechat_id = call["userstr"], call["wechatid"]
    if not wanted and not wechat_id:
        raise Wrong(40097, gettext("Send wechatid or userstr."), field="wechatid")
    bound = _bound(call.account)
    if wanted:
        found = [member for member in bound if userstr(member) == wanted]
        if not found:
            raise Wrong(89034, gettext("No experience member of this account is %(userstr)s.") % {
                "userstr": wanted}, field="userstr")  # fmt: skip
        return found[0]
    try:
        plain = places.read_wechat_id(wechat_id)
    except ValueError as refusal:
        raise Wrong(NOBODY, str(refusal), field="wechatid") from None
    found = [member for member in bound if member.person.wechat_id == plain]
    if not found:
        raise Wrong(
            NOBODY,
            gettext("%(wechat_id)s is no experience member of this account.") % {"wechat_id": wechat_id},
            field="wechatid",
        )
    return found[0]
