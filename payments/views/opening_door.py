"""Who is let through to the pages on the way to virtual payment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.principals import Principal
from accounts.views.doors import View, for_those
from portal.kernel import policy
from portal.kernel.models import Review
from portal.kernel.terms import Capability
from portal.kernel.wording import moment


def for_payment(capability: Capability, *, keeps: Callable[[Account], bool]) -> Callable[[View], View]:
    """Let in whoever works with payment, once the account may have what `capability` opens.

    Everybody else is told why on its gate. What an account that may no longer has begun or got, as
    `keeps` tells, stays to be read.
    """

    def missing(principal: Principal) -> Capability | None:
        mine = policy.decide_for(capability, role=principal.role, held=principal.held)
        if mine and (principal.account.can(capability) or keeps(principal.account)):
            return None
        return capability

    return for_those(missing)


# --- who can move it on, for `_partials/backstage.html` -------------------------------------


def reviewer(account: Account, review: Review | None, text: str) -> dict[str, Any]:
    """Return the reviewer as an actor, with the way to the desk."""
    fields = {"world": account.world.token}
    if review is not None:
        fields["next"] = reverse("admin:kernel_review_change", args=[review.pk])
    return {
        "icon": "clipboard-check",
        "name": _("The reviewer"),
        "text": text,
        "buttons": [
            {
                "label": _("Open it at the desk"),
                "url": reverse("simulator:desk"),
                "post": True,
                "lamp": True,
                "fields": fields,
            },
            {"label": _("Who decides in this world"), "url": reverse("simulator:policy")},
        ],
    }


def bank_at(due_at: datetime, here: str) -> dict[str, Any]:
    """Return the bank as an actor, with the jump of the clock to its answer."""
    return {
        "icon": "bank",
        "name": _("The bank"),
        "text": _("Answers at %(at)s.") % {"at": moment(due_at)},
        "buttons": [
            {
                "label": _("To the bank's answer"),
                "url": reverse("simulator:advance"),
                "post": True,
                "lamp": True,
                "fields": {"to": due_at.isoformat(), "next": here},
            },
            {"label": _("Open the bank"), "url": reverse("simulator:bank")},
        ],
    }
