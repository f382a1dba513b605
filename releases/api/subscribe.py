"""Subscribe messages: the library, the account's templates, and sending one (API-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import categories as tree
from accounts.models import Category
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import GET, ONLY_POST, Call, Fields, Items, Text, Whole, Wrong, endpoint
from releases import subscribe_library
from releases.actions import subscribing
from releases.models import SubscribeMessage
from releases.subscribe_library import Keyword

SETS: Final = frozenset({18})
TID: Final = 200014
START, LIMIT, IDS_MISSING, IDS = 200016, 200017, 200018, 200019
KIDS: Final = 200020
SCENE: Final = 200021
MOST_AT_ONCE: Final = 30
LANGUAGES: Final = ("zh_CN", "en_US", "zh_HK", "zh_TW")


# --- the library ----------------------------------------------------------------------------


@endpoint(
    "/wxaapi/newtmpl/getcategory",
    _("Categories for subscribe messages"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=SETS,
)
def categories(call: Call) -> dict[str, Any]:
    """Return the account's categories in use: the library has titles for those of games."""
    return {
        "data": [
            {"id": tree.number(each.first, each.second), "name": tree.label(each.first, each.second)}
            for each in _categories(call)
        ]
    }


@endpoint(
    "/wxaapi/newtmpl/getpubtemplatetitles",
    _("Titles in the library of subscribe messages"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=SETS,
    fields=(
        Text("ids", missing=IDS_MISSING, bad=IDS, example="101"),
        Whole("start", missing=START, bad=START, example="0"),
        Whole("limit", missing=LIMIT, bad=LIMIT, least=1, most=MOST_AT_ONCE, example="30"),
    ),
    errcodes=(START, LIMIT, IDS_MISSING, IDS),
)
def titles(call: Call) -> dict[str, Any]:
    """Return titles for categories of the account (`ids`, separated by commas); type 2 is one-time."""
    own = {str(tree.number(each.first, each.second)): each for each in _categories(call)}
    wanted = [each.strip() for each in call["ids"].split(",")]
    if not set(wanted) <= set(own):
        raise Wrong(IDS, gettext("Name categories of this account; getcategory lists them."), field="ids")
    games = [each for each in wanted if own[each].first == subscribe_library.FIRST_CATEGORY]
    found = [
        {
            "tid": each.tid,
            "title": str(each.title),
            "type": subscribe_library.ONE_TIME,
            "categoryId": games[0],
        }
        for each in subscribe_library.TITLES
        if games
    ]
    return {"count": len(found), "data": found[call["start"] : call["start"] + call["limit"]]}


@endpoint(
    "/wxaapi/newtmpl/getpubtemplatekeywords",
    _("Keywords of a title"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=SETS,
    fields=(Whole("tid", missing=TID, bad=TID, example="1101"),),
    errcodes=(TID,),
)
def keywords(call: Call) -> dict[str, Any]:
    """Return the keywords of a title: messages name them by rule and number, like thing1."""
    title = subscribe_library.title_of(call["tid"])
    if title is None:
        raise Wrong(TID, gettext("The library has no title of this number."), field="tid")
    rows = [_keyword(each) for each in title.keywords]
    return {"count": len(rows), "data": rows}


# --- the account's templates ----------------------------------------------------------------


@endpoint(
    "/wxaapi/newtmpl/addtemplate",
    _("Add a subscribe message"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=SETS,
    fields=(
        Whole("tid", missing=TID, bad=TID, example="1101"),
        Items("kidList", missing=KIDS, bad=KIDS, example="[1, 2]"),
        Text("sceneDesc", required=False, bad=SCENE),
    ),
    errcodes=(200012, TID, KIDS, SCENE),
)
def add(call: Call) -> dict[str, Any]:
    """Take a title with two to five of its keywords, in your order; 25 templates at most."""
    one = Whole("kidList", bad=KIDS)
    template = subscribing.add_template(
        call.account.pk,
        tid=call["tid"],
        kids=[one.read(each) for each in call["kidList"]],
        scene=call["sceneDesc"] or "",
        by=call.by,
    )
    return {"priTmplId": template.pri_tmpl_id}


@endpoint(
    "/wxaapi/newtmpl/gettemplate",
    _("Subscribe messages of the account"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=SETS,
)
def templates(call: Call) -> dict[str, Any]:
    """Return the account's templates, each with an example of what it says."""
    return {
        "data": [
            {
                "priTmplId": each.pri_tmpl_id,
                "title": each.title,
                "content": each.content,
                "example": each.example,
                "type": subscribe_library.ONE_TIME,
            }
            for each in subscribing.standing(call.account)
        ]
    }


@endpoint(
    "/wxaapi/newtmpl/deltemplate",
    _("Delete a subscribe message"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=SETS,
    fields=(Text("priTmplId", missing=TID, bad=TID),),
    errcodes=(TID,),
)
def delete(call: Call) -> None:
    """Take a template away; what was sent with it stays on the phones."""
    subscribing.remove_template(call.account.pk, call["priTmplId"], by=call.by)


# --- sending --------------------------------------------------------------------------------


@endpoint(
    "/cgi-bin/message/subscribe/send",
    _("Send a subscribe message"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=SETS,
    fields=(
        Text("touser", missing=40003, bad=40003),
        Text("template_id", missing=40037, bad=40037),
        Text("page", required=False, bad=41030),
        Fields("data", missing=47003, bad=47003, example='{"thing1": {"value": "Lantern festival"}}'),
        Text("miniprogram_state", required=False, choices=tuple(SubscribeMessage.Version.values)),
        Text("lang", required=False, choices=LANGUAGES),
    ),
    errcodes=(40003, 40037, 40097, 41030, 43101, 47003),
)
def send(call: Call) -> dict[str, Any]:
    """Send a player one message: one for each time they allowed the template in the game.

    It opens the version of `miniprogram_state` at `page`, a page of the released version. `lang` is
    read, and the message stays in the words it was sent in.
    """
    data: Mapping[str, Any] = call["data"]
    message = subscribing.send(
        call.account.pk,
        openid=call["touser"],
        template_id=call["template_id"],
        data={key: _value(entry) for key, entry in data.items()},
        page=(call["page"] or "").removeprefix("/"),
        version=call["miniprogram_state"] or SubscribeMessage.Version.FORMAL,
        by=call.by,
    )
    return {"msgid": message.pk}


def _categories(call: Call) -> QuerySet[Category]:
    return Category.objects.filter(account=call.account, state=Category.State.IN_USE).order_by("pk")


def _keyword(each: Keyword) -> dict[str, Any]:
    return {"kid": each.kid, "name": str(each.name), "example": str(each.example), "rule": each.rule}


def _value(entry: Any) -> Any:
    """Return what a keyword says: `{"value": ..}`; a number is its digits."""
    value = entry.get("value") if isinstance(entry, dict) else entry
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
