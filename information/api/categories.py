"""Service categories: the tree, those of an account, added and given up (wechat-api 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import categories as tree
from accounts import media
from accounts.categories import Class, Level
from accounts.models import Category
from information import actions
from information.actions.categories import LONGEST_NOTE, MOST_PROOFS, Wanted, listed, reasons_of
from information.api.basics import SETS
from portal.kernel import tallies
from portal.kernel.limits import LIMITS, Limit
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.terms import EntityType
from portal.kernel.wire import GET, ONLY_POST, Call, Fields, Items, Text, Whole, Wrong, endpoint

State = Category.State

BAD: Final = 53303
STATES: Final[Mapping[str, int]] = {State.UNDER_REVIEW: 1, State.REFUSED: 2, State.IN_USE: 3}
BY_VERIFY_TYPE: Final = (
    EntityType.INDIVIDUAL,
    EntityType.ENTERPRISE,
    EntityType.GOVERNMENT,
    EntityType.MEDIA,
    EntityType.OTHER_ORGANIZATION,
)
FIRST: Final = Whole("first", missing=BAD, bad=BAD, example="100")
SECOND: Final = Whole("second", missing=BAD, bad=BAD, example="101")
CERTIFICATES: Final = Items("certicates", required=False, bad=BAD, most=MOST_PROOFS)  # so it is spelled
CERTIFICATE: Final = Fields(
    "certicates",
    bad=BAD,
    inner=(Text("key", required=False, bad=BAD), Text("value", missing=BAD, bad=40007)),
)
ONE: Final = Fields("categories", missing=BAD, bad=BAD, inner=(FIRST, SECOND, CERTIFICATES))
REFUSALS: Final[Mapping[str, int]] = {
    "category": BAD,
    "category_changes": 53300,
    "categories": 53301,
    "entity_type": 53302,
    "first_category": BAD,
    "chosen": 53304,
    "last_category": BAD,
    "note": BAD,
    "proof": 53311,
    "proofs": BAD,
}


@endpoint(
    "/cgi-bin/wxopen/getallcategories",
    _("Categories to choose from"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=SETS,
)
def all_categories(call: Call) -> dict[str, Any]:
    """Return the categories that this account's entity type may choose. The ids are Greenroom's own."""
    return _tree(call.account.entity_type)


@endpoint(
    "/cgi-bin/wxopen/getcategoriesbytype",
    _("Categories of an entity type"),
    verbs=ONLY_POST,
    fields=(Whole("verify_type", required=False, most=len(BY_VERIFY_TYPE) - 1, example="1"),),
    types=MINI_PROGRAMS,
    sets=SETS,
    errcodes=(40097,),
)
def categories_by_type(call: Call) -> dict[str, Any]:
    """Return the categories of an entity type: 0 individual, 1 enterprise, 2 government, 3 media, 4 other."""
    return _tree(BY_VERIFY_TYPE[call["verify_type"] or 0])


@endpoint(
    "/cgi-bin/wxopen/getcategory",
    _("Categories of the account"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=SETS,
)
def own_categories(call: Call) -> dict[str, Any]:
    """Return the account's categories: `audit_status` 1 under review, 2 not passed, 3 in use.

    `quota` of `limit` changes are left this month; it may have `category_limit` categories.
    """
    usage = tallies.usage(Limit.CATEGORY_CHANGES, call.account)
    return {
        "categories": [
            {
                "first": tree.number(each.first),
                "first_name": tree.first_label(each.first),
                "second": tree.number(each.first, each.second),
                "second_name": _label(each),
                "audit_status": STATES[each.state],
                "audit_reason": reasons_of(each),
            }
            for each in listed(call.account)
        ],
        "limit": usage.at_most,
        "quota": usage.left,
        "category_limit": LIMITS[Limit.CATEGORIES].at_most,
    }


@endpoint(
    "/cgi-bin/wxopen/addcategory",
    _("Add categories"),
    verbs=ONLY_POST,
    fields=(Items("categories", missing=BAD, bad=BAD, least=1, most=LIMITS[Limit.CATEGORIES].at_most),),
    types=MINI_PROGRAMS,
    sets=SETS,
    refusals=REFUSALS,
    errcodes=(40007, 53300, 53301, 53302, 53303, 53304, 53311),
)
def add(call: Call) -> None:
    """Add categories, all of them or none: {first, second, certicates: [{key, value}]}.

    One of a special class goes to a reviewer, with the pictures whose media_ids are the values; the
    keys are told to the reviewer. Each is one of the month's three changes.
    """
    wanted = [_wanted(call, ONE.taken({"categories": each})) for each in call["categories"]]
    actions.choose_categories(call.account.pk, wanted, by=call.by)


@endpoint(
    "/cgi-bin/wxopen/modifycategory",
    _("Change a category that did not pass"),
    verbs=ONLY_POST,
    fields=(FIRST, SECOND, CERTIFICATES),
    types=MINI_PROGRAMS,
    sets=SETS,
    refusals=REFUSALS,
    errcodes=(40007, 53300, 53301, 53303, 53307, 53311),
)
def modify(call: Call) -> None:
    """Put a category that did not pass to the desk again, with other proofs: a change of the month."""
    actions.choose_again(call.account.pk, _wanted(call, call.values), by=call.by)


@endpoint(
    "/cgi-bin/wxopen/deletecategory",
    _("Delete a category"),
    verbs=ONLY_POST,
    fields=(FIRST, SECOND),
    types=MINI_PROGRAMS,
    sets=SETS,
    refusals=REFUSALS,
    errcodes=(53300, 53303, 53308),
)
def delete(call: Call) -> None:
    """Give up a category in use, which is a change of the month; the last one stays."""
    first, second = _codes(call.values)
    found = [each for each in listed(call.account) if (each.first, each.second) == (first, second)]
    if not found or found[0].state == State.REFUSED:
        raise Wrong(
            BAD, gettext("This account has no such category, in use or under review."), field="second"
        )
    if found[0].state == State.UNDER_REVIEW:
        raise Wrong(53308, gettext("A reviewer has it. Wait for the verdict."), field="second")
    actions.remove_category(found[0].pk, by=call.by)


def _codes(values: Mapping[str, Any]) -> tuple[str, str]:
    """Return the codes of the category that two ids name. Raises Wrong."""
    found = tree.by_numbers(values["first"], values["second"])
    if found is None:
        raise Wrong(BAD, gettext("There is no category of these ids; getallcategories lists them."),
                    field="second")  # fmt: skip
    return found


def _wanted(call: Call, values: Mapping[str, Any]) -> Wanted:
    """Return a category as it is asked for, its pictures opened. Raises Wrong, Refused."""
    name = CERTIFICATES.name
    proofs = [CERTIFICATE.taken({name: each}) for each in values[name] or ()]
    return Wanted(
        *_codes(values),
        pictures=tuple(
            media.opened(call.account, each["value"], field=name).picture(field=name) for each in proofs
        ),
        note=", ".join(each["key"] for each in proofs if each["key"])[:LONGEST_NOTE],
    )


def _tree(entity_type: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for level in tree.open_to(entity_type):
        rows.append(_row(level))
        rows += [_row(level, each) for each in level.classes]
    return {"categories_list": {"categories": rows}}


def _row(level: Level, one: Class | None = None) -> dict[str, Any]:
    """Return a first level, or `one` of its classes, as the platform lists it."""
    special = one is not None and one.is_special
    proof = [{"inner_list": [{"name": str(one.proof), "url": ""}]}] if one and special else []
    return {
        "id": tree.number(level.code, one.code if one else ""),
        "name": str(one.label if one else level.label),
        "level": 2 if one else 1,
        "father": tree.number(level.code) if one else 0,
        "children": [] if one else [tree.number(level.code, each.code) for each in level.classes],
        "sensitive_type": int(special),
        "qualify": {"exter_list": proof, "remark": ""},
    }


def _label(category: Category) -> str:
    found = tree.class_of(category.first, category.second)
    return str(found.label) if found else category.second
