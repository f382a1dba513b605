"""The name of a Mini Program: checked, set, and what became of its review (wechat-api 4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import media
from information import ladder, names
from information.actions import naming
from information.api.basics import SETS
from information.models import Naming
from portal.kernel.pictures import Picture
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import ONLY_POST, Call, Text, Whole, Wrong, endpoint

State = Naming.State

PROOFS: Final = ("license", "id_card", *(f"naming_other_stuff_{number}" for number in range(1, 6)))
STATES: Final[Mapping[str, int]] = {
    State.UNDER_REVIEW: 1,
    State.REFUSED: 2,
    State.DROPPED: 2,
    State.ADOPTED: 3,
}
# What a step of the ladder is called where a name is set; a check has the step's own number.
WHEN_SET: Final[Mapping[str, int]] = {
    names.FORMAT: 91004,
    ladder.FORBIDDEN: 91004,
    ladder.TAKEN: 91007,
    ladder.RELATED: 91014,
    ladder.OFFICIAL_ACCOUNT: 91015,
    ladder.OFFICIAL_ACCOUNTS: 91016,
    ladder.RELATED_OFFICIAL_ACCOUNT: 91017,
    ladder.WECHAT_ID: 91006,
    ladder.UNDER_REVIEW: 91010,
    ladder.UNCHANGED: 91007,
    "name_changes": 91012,
}


@endpoint(
    "/cgi-bin/wxverify/checkwxverifynickname",
    _("Check a name"),
    verbs=ONLY_POST,
    fields=(Text("nick_name", bad=53010, example="Paper Lantern Dash"),),
    types=MINI_PROGRAMS,
    sets=SETS,
    refusals={ladder.UNCHANGED: 53013},
    errcodes=(53010, 53011, 53012, 53013, 53014, 53015, 53016, 53017, 53018, 53019, 91002, 91003, 91005),
)
def check(call: Call) -> dict[str, Any]:
    """Say whether the name may be had; `hit_condition` is true where it needs a proof."""
    checked = naming.check(call.account, call["nick_name"], by=call.by)
    return {
        "hit_condition": bool(checked.protected),
        "wording": checked.sentence if checked.protected else "",
    }


@endpoint(
    "/wxa/setnickname",
    _("Set the name"),
    verbs=ONLY_POST,
    fields=(
        Text("nick_name", bad=91004, example="Paper Lantern Dash"),
        *(Text(name, required=False, bad=40007) for name in PROOFS),
    ),
    types=MINI_PROGRAMS,
    sets=SETS,
    refusals=WHEN_SET,
    errcodes=(40007, 91002, 91003, 91004, 91005, 91006, 91007, 91009, 91010, 91012, *range(91014, 91018)),
)
def set_name(call: Call) -> dict[str, Any]:
    """Give the Mini Program this name, at once; with a protected word a reviewer looks at the proofs.

    Proofs are pictures by their media_id; then the answer has an `audit_id`. No scan is asked for.
    """
    proofs = [_picture(call, name) for name in PROOFS if call[name]]
    asked = naming.rename(call.account.pk, call["nick_name"], proofs=proofs, by=call.by)
    return {"wording": "", "audit_id": asked.pk} if asked.state == State.UNDER_REVIEW else {}


@endpoint(
    "/wxa/api_wxa_querynickname",
    _("Review of a name"),
    verbs=ONLY_POST,
    fields=(Whole("audit_id", missing=91011, bad=91011),),
    types=MINI_PROGRAMS,
    sets=SETS,
    errcodes=(91011,),
)
def review(call: Call) -> dict[str, Any]:
    """Say what became of a name: `audit_stat` 1 under review, 2 not passed, 3 in use. Times in seconds."""
    asked = Naming.objects.filter(account=call.account, pk=call["audit_id"]).first()
    if asked is None or asked.state == State.DRAFT:
        raise Wrong(91011, gettext("No name of this account has this audit_id."), field="audit_id")
    withdrawn = gettext("Withdrawn.") if asked.state == State.DROPPED else ""
    return {
        "nickname": asked.name,
        "audit_stat": STATES[asked.state],
        "fail_reason": naming.reasons_of(asked) or withdrawn,
        "create_time": int(asked.asked_at.timestamp()),
        "audit_time": int(asked.settled_at.timestamp()) if asked.settled_at else 0,
    }


def _picture(call: Call, name: str) -> Picture:
    return media.opened(call.account, call[name], field=name).picture(field=name)
