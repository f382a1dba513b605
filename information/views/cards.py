"""What the information page and its forms show of a limit, and of what a Mini Game opens."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from portal.kernel import policy
from portal.kernel.limits import Usage
from portal.kernel.terms import AccountState, Capability, EntityType, Fact
from portal.kernel.wording import day

HERE: Final = "information:information"


def quota(usage: Usage) -> dict[str, Any]:
    """Return a month's limit as `_partials/quota.html` shows it: used, total, and the sentence."""
    if usage.left:
        text = ngettext(
            "%(left)d of %(total)d changes left this month",
            "%(left)d of %(total)d changes left this month",
            usage.left,
        ) % {"left": usage.left, "total": usage.at_most}
    else:
        text = _("%(total)d of %(total)d changes used this month. The next on %(again)s.") % {
            "total": usage.at_most,
            "again": day(usage.again_on),
        }
    return {"used": usage.used, "total": usage.at_most, "text": text}


def opened_by_game(account: Account) -> list[dict[str, Any]]:
    """Return what a Mini Game opens for this account, as `_partials/reqs.html` wants it.

    Read from the policy table as if the category were chosen already: open now, what it still takes,
    or never for this entity type.
    """
    rows = []
    for capability in (Capability.SUBMIT_FOR_VERIFICATION, Capability.OPEN_VIRTUAL_PAYMENT):
        entity = EntityType(account.entity_type)
        decision = policy.decide(
            capability,
            account_type=account.type,
            entity=entity,
            state=AccountState(account.state),
            facts=account.facts | {Fact.GAME},
            closing=account.closes_at is not None,
        )
        row = {
            "label": policy.label(capability, account.type),
            "state": "ok" if decision else "",
            "hint": decision.reason,
        }
        if not decision and entity not in policy.POLICY[capability].entities:
            row["state"] = "no"
        elif decision.way_out and decision.way_out != HERE:
            row |= {"url": reverse(decision.way_out), "action": _("What opens it")}
        rows.append(row)
    return rows
