"""Followers of an Official Account, as its own server knows them: by openid (API-2)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Player
from associations.models import Follower
from portal.kernel.policy import OFFICIAL_ACCOUNTS
from portal.kernel.wire import GET, Call, Text, Wrong, endpoint

MOST_AT_ONCE: Final = 10_000


def follower_of(account: Account, openid: str) -> Follower | None:
    """Return who follows the account under this openid, or None."""
    player = Player.objects.filter(account=account, openid=openid).first()
    if player is None:
        return None
    related = Follower.objects.select_related("person")
    return related.filter(account=account, person_id=player.person_id).first()


@endpoint(
    "/cgi-bin/user/get",
    _("Followers' openids"),
    verbs=GET,
    types=OFFICIAL_ACCOUNTS,
    sets=frozenset({2}),
    fields=(Text("next_openid", required=False),),
    bare=True,
    errcodes=(40003,),
)
def followers(call: Call) -> dict[str, Any]:
    """Return the openids of up to 10,000 followers, those behind `next_openid`."""
    rows = Follower.objects.filter(account=call.account).order_by("pk")
    total = rows.count()
    if call["next_openid"]:
        last = follower_of(call.account, call["next_openid"])
        if last is None:
            raise Wrong(40003, gettext("Nobody follows under this openid."), field="next_openid")
        rows = rows.filter(pk__gt=last.pk)
    openids = _openids(call.account, list(rows.values_list("person_id", flat=True)[:MOST_AT_ONCE]))
    told: dict[str, Any] = {"total": total, "count": len(openids)}
    if openids:
        told["data"] = {"openid": openids}
    return {**told, "next_openid": openids[-1] if openids else ""}


def _openids(account: Account, person_ids: list[int]) -> list[str]:
    """Return the openids of persons, in their order; who has none yet gets one."""
    players = Player.objects.filter(account=account, person_id__in=person_ids)
    known = dict(players.values_list("person_id", "openid"))
    return [known[each] if each in known else Player.objects.of(account, each).openid for each in person_ids]


@endpoint(
    "/cgi-bin/user/info",
    _("A follower"),
    verbs=GET,
    types=OFFICIAL_ACCOUNTS,
    sets=frozenset({2}),
    fields=(Text("openid", missing=40003, bad=40003), Text("lang", required=False, example="zh_CN")),
    bare=True,
    errcodes=(40003,),
)
def follower(call: Call) -> dict[str, Any]:
    """Return whether somebody follows, and since when; names and pictures are not told any more."""
    if not Player.objects.filter(account=call.account, openid=call["openid"]).exists():
        raise Wrong(40003, gettext("Nobody is known here under this openid."), field="openid")
    found = follower_of(call.account, call["openid"])
    if found is None:
        return {"subscribe": 0, "openid": call["openid"]}
    return {
        "subscribe": 1,
        "openid": call["openid"],
        "language": call["lang"] or "zh_CN",
        "subscribe_time": int(found.followed_at.timestamp()),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": "",
    }
