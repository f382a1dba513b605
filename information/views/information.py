"""The page of name, photo, introduction and categories, each with what is left of it (INF-1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import categories as tree
from accounts.models import Account, Category
from accounts.principals import Principal
from accounts.views.doors import for_principal
from information.actions.categories import STANDING, State, listed
from information.models import Naming
from information.views import naming
from information.views.cards import HERE, opened_by_game, quota
from information.views.categories import TONES
from portal.kernel import tallies
from portal.kernel.limits import LIMITS, Limit
from portal.kernel.policy import POLICY
from portal.kernel.terms import Capability, Fact


@require_safe
@for_principal
def information(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show what the account tells its players about itself, what is missing, and what may change."""
    account = principal.account
    decision = principal.can(Capability.EDIT_INFORMATION)
    photo, introduction, changes, short_changes = tallies.usages(
        account,
        Limit.PHOTO_CHANGES,
        Limit.INTRODUCTION_CHANGES,
        Limit.CATEGORY_CHANGES,
        Limit.SHORT_NAME_CHANGES,
    )
    has_categories = account.type in POLICY[Capability.CHOOSE_CATEGORIES].types
    found = listed(account) if has_categories else []
    standing = sum(category.state in STANDING for category in found)
    card = naming.naming_card(principal, short_changes=short_changes)
    reviewed = _reviewed(card["asked"], found)
    return render(
        request,
        "information/information.html",
        {
            "account": account,
            "has_categories": has_categories,
            "next": _next(account, reviewed),
            "complete": Fact.INFORMATION in account.facts,
            "missing": _missing(principal, reviewed),
            "card": card,
            "decision": decision,
            "way_out": reverse(decision.way_out) if decision.way_out not in {"", HERE} else "",
            "photo": quota(photo),
            "introduction": quota(introduction),
            "changes": quota(changes),
            "categories": [
                {
                    "label": tree.label(category.first, category.second),
                    "state": category.get_state_display(),
                    "tone": TONES[State(category.state)],
                }
                for category in found
            ],
            "standing": standing,
            "most": LIMITS[Limit.CATEGORIES].at_most,
            "game": opened_by_game(account) if account.is_game else [],
        },
    )


def _reviewed(asked: Naming | None, found: list[Category]) -> set[str]:
    """Return the parts that lie at the reviewers' desk: nothing is filled in there meanwhile."""
    reviewed = set()
    if asked is not None and asked.state == Naming.State.UNDER_REVIEW:
        reviewed.add("name")
    if any(category.state == State.UNDER_REVIEW for category in found):
        reviewed.add("categories")
    return reviewed


def _parts(account: Account) -> dict[str, str]:
    """Return what is filled in of each part; the name comes first, an Official Account has no categories."""
    parts = {"name": account.name, "photo": account.photo, "introduction": account.introduction}
    if account.type in POLICY[Capability.CHOOSE_CATEGORIES].types:
        parts["categories"] = account.first_category
    return parts


def _next(account: Account, reviewed: set[str]) -> str:
    """Return the part to fill in next, whose button is the green one."""
    parts = _parts(account).items()
    return next((part for part, there in parts if not there and part not in reviewed), "")


def _missing(principal: Principal, reviewed: set[str]) -> list[dict[str, Any]]:
    """Return the parts as `_partials/reqs.html` wants them: there, or where this person brings them."""
    account = principal.account
    categories = "information:categories" if "categories" in reviewed else "information:add_category"
    pages = {
        "name": (_("Name"), naming.PAGE, Capability.RENAME),
        "photo": (_("Photo"), "information:change_photo", Capability.EDIT_INFORMATION),
        "introduction": (
            _("Introduction"),
            "information:change_introduction",
            Capability.EDIT_INFORMATION,
        ),
        "categories": (_("Service category"), categories, Capability.CHOOSE_CATEGORIES),
    }
    hints = {
        "name": _("A reviewer has it"),
        "categories": _("One is under review. It counts once it is in use."),
    }
    rows = []
    for part, there in _parts(account).items():
        label, page, capability = pages[part]
        row: dict[str, Any] = {"label": label, "state": "ok" if there else "", "hint": ""}
        if not there and part in reviewed:
            row["hint"] = hints[part]
        if not there and principal.can(capability):
            row |= {"url": reverse(page), "action": _("View") if part in reviewed else _("Fill in")}
        rows.append(row)
    return rows
