"""What the console's home shows of an account: its path, who can move it on, what is planned."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.categories import first_label
from accounts.models import Account, Member
from accounts.principals import Principal
from portal.kernel import limits, tallies
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import Deadline, Tally
from portal.kernel.terms import AccountState, Capability, EntityType, Fact, Role, VerificationMethod
from portal.kernel.wording import listed, moment, short_day, short_moment, yuan
from verification.actions import wire_transfer
from verification.models import WireTransfer


def path(principal: Principal, wire: WireTransfer | None, members: int) -> list[dict[str, Any]]:
    """Return the release path as `_partials/path.html` wants it: what is done, what is next, who must act.

    Development goes on beside the first two steps (INF-4); `members` are the project members.
    """
    account = principal.account
    return [
        _entity(account, wire),
        _information(principal),
        {
            "title": _("Development"),
            "state": "now" if Fact.INFORMATION in account.facts else "",
            "text": ngettext(
                "%(count)d project member. Development settings are open.",
                "%(count)d project members. Development settings are open.",
                members,
            )
            % {"count": members},
            "url": reverse("accounts:members"),
            "action": _("Members"),
        },
        {"title": _("Verification"), "state": "", "text": _("The administrator submits a version.")},
        {"title": _("Release"), "state": "", "text": _("By hand, after approval.")},
    ]


def _information(principal: Principal) -> dict[str, Any]:
    account = principal.account
    step: dict[str, Any] = {"title": _("Information"), "url": reverse("information:information")}
    missing = [
        label
        for label, there in (
            (_("name"), account.name),
            (_("photo"), account.photo),
            (_("introduction"), account.introduction),
            (_("category"), account.first_category),
        )
        if not there
    ]
    if not missing:
        text = _("Name, photo, introduction and category %(category)s.")
        facts = {"category": first_label(account.first_category)}
        return step | {"state": "done", "text": text % facts, "action": _("View")}
    if not account.can(Capability.EDIT_INFORMATION):
        return step | {"state": "", "text": _("Opens when the entity is verified."), "action": _("View")}
    facts = {"parts": listed(missing)}
    if principal.can(Capability.EDIT_INFORMATION):
        text = _("Missing: %(parts)s.") % facts
        return step | {"state": "now", "text": text, "action": _("Fill in"), "primary": True}
    text = _("Missing: %(parts)s. The administrator or an operator fills it in.")
    return step | {"state": "now", "text": text % facts, "action": _("View")}


def _entity(account: Account, wire: WireTransfer | None) -> dict[str, Any]:
    step: dict[str, Any] = {"title": _("Entity")}
    if wire and wire.state == WireTransfer.State.WAITING:
        return step | {
            "state": "now",
            "text": _("Transfer %(amount)s until %(due_at)s")
            % {"amount": yuan(wire.amount_fen), "due_at": short_moment(wire.due_at)},
            "url": reverse("verification:wire_transfer"),
            "action": _("See the transfer details"),
            "primary": True,
        }
    if account.state == AccountState.AWAITING_AUTHENTICATION:
        return step | {
            "state": "now",
            "text": _("WeChat authentication decides"),
            "url": reverse("verification:authentication"),
            "action": _("Go to WeChat authentication"),
            "primary": True,
        }
    day = short_day(account.verified_at or account.authenticated_at)
    if account.method == VerificationMethod.WIRE_TRANSFER:
        return step | {
            "state": "done",
            "text": _("Verified by wire transfer on %(day)s") % {"day": day},
            "url": reverse("verification:wire_transfer"),
            "action": _("View"),
        }
    if account.method == VerificationMethod.REAL_NAME_SCAN:
        return step | {"state": "done", "text": _("Verified by real-name scan on %(day)s") % {"day": day}}
    return step | {
        "state": "done",
        "text": _("WeChat authentication on %(day)s") % {"day": day},
        "url": reverse("verification:authentication"),
        "action": _("View"),
    }


# What the home shows of the limits, and what it calls them.
QUOTAS: Final = {
    Limit.PHOTO_CHANGES: gettext_lazy("Photo changes"),
    Limit.INTRODUCTION_CHANGES: gettext_lazy("Introduction changes"),
    Limit.CATEGORY_CHANGES: gettext_lazy("Category changes"),
    Limit.DOMAIN_CHANGES: gettext_lazy("Server domain changes"),
}


def usages(account: Account) -> dict[Limit, Usage]:
    """Return how much of this month's changes and of the members is used. One query."""
    month, again = tallies.window(Limit.PHOTO_CHANGES, account.world.now())
    spent = Tally.objects.filter(
        subject_id=account.pk, period=month, limit__in=[limit.value for limit in QUOTAS]
    ).values_list("limit", "used")
    members = (
        Member.objects.filter(account=account, state=Member.State.ACTIVE)
        .exclude(role=Role.EXPERIENCE_MEMBER)
        .order_by()
        .values(limit=Value(Limit.PROJECT_MEMBERS.value))
        .annotate(used=Count("pk"))
        .values_list("limit", "used")
    )
    used = dict(spent.union(members, all=True))
    most = limits.members(
        EntityType(account.entity_type),
        authenticated=account.state == AccountState.AUTHENTICATED,
        released=account.released_at is not None,
    )
    found = {limit: Usage(limit, used.get(limit.value, 0), again_on=again) for limit in QUOTAS}
    administrator = 1  # counts as a project member
    count = used.get(Limit.PROJECT_MEMBERS.value, 0) + administrator
    return found | {Limit.PROJECT_MEMBERS: Usage(Limit.PROJECT_MEMBERS, count, ceiling=most)}


def quotas(found: Mapping[Limit, Usage]) -> list[dict[str, Any]]:
    """Return usages as `_partials/quotas.html` wants them."""
    labels = {**QUOTAS, Limit.PROJECT_MEMBERS: _("Project members")}
    return [
        {
            "label": str(labels[limit]),
            "used": usage.used,
            "total": usage.at_most,
            "hint": "" if usage.left or usage.again_on is None
            else _("free again on %(day)s") % {"day": short_day(usage.again_on)},
        }
        for limit, usage in found.items()
    ]  # fmt: skip


def actors(wire: WireTransfer | None, returned_at: datetime | None, *, here: str) -> list[dict[str, Any]]:
    """Return who can move the account on, as `_partials/backstage.html` wants them; empty when nobody.

    `returned_at` is when validated money goes back, `here` the page to come back to after a move of
    the clock.
    """
    if wire is None:
        return []
    if wire.state == WireTransfer.State.WAITING:
        return [
            {
                "icon": "bank",
                "name": wire.payer_name,
                "text": _("Pays %(amount)s from its corporate account, remark %(remark)s.")
                % {"amount": yuan(wire.amount_fen), "remark": wire.remark},
                "buttons": [
                    {
                        "label": _("Pay this"),
                        "url": reverse("simulator:pay_wire"),
                        "post": True,
                        "lamp": True,
                        # The key makes a double click pay once.
                        "fields": {"key": secrets.token_urlsafe(16), "wire": wire.pk, "how": "exact"},
                    },
                    {"label": _("Open the bank"), "url": f"{reverse('simulator:bank')}?wire={wire.pk}"},
                ],
            },
            _clock(
                _("Lets the registration expire at %(at)s.") % {"at": moment(wire.due_at)},
                _("To the deadline"),
                wire.due_at,
                here,
            ),
        ]
    if returned_at is not None:
        return [
            _clock(
                _("The bank returns %(amount)s at %(at)s.")
                % {"amount": yuan(wire.amount_fen), "at": moment(returned_at)},
                _("To the return"),
                returned_at,
                here,
            )
        ]
    return []


def planned(wire: WireTransfer | None, returned_at: datetime | None) -> list[dict[str, Any]]:
    """Return what will happen to the account by itself, for the top of its history."""
    if wire is None:
        return []
    if wire.state == WireTransfer.State.WAITING:
        return [
            {
                "at": wire.due_at,
                "title": _("The registration expires"),
                "detail": _("Planned, unless the transfer arrives before"),
                "tone": "doing",
            }
        ]
    if returned_at is not None:
        return [
            {
                "at": returned_at,
                "title": _("%(amount)s is returned") % {"amount": yuan(wire.amount_fen)},
                "detail": _("Planned"),
                "tone": "doing",
            }
        ]
    return []


def return_at(wire: WireTransfer | None) -> datetime | None:
    """Return when the validated money goes back, or None when it did or never came."""
    if wire is None or wire.state != WireTransfer.State.VALIDATED or wire.receipt_id is None:
        return None
    promised = Deadline.objects.open().filter(kind=wire_transfer.RETURN, subject_id=wire.receipt_id)
    return promised.values_list("due_at", flat=True).first()


def _clock(text: str, label: str, to: datetime, here: str) -> dict[str, Any]:
    return {
        "icon": "clock",
        "name": _("The clock"),
        "text": text,
        "buttons": [
            {
                "label": label,
                "url": reverse("simulator:advance"),
                "post": True,
                "fields": {"to": to.isoformat(), "next": here},
            }
        ],
    }
