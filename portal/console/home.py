"""What the console's home shows of an account: its path, who can move it on, what is planned."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from portal.kernel.models import Deadline
from portal.kernel.terms import AccountState, VerificationMethod
from portal.kernel.wording import moment, short_day, short_moment, yuan
from verification.actions import wire_transfer
from verification.models import WireTransfer

STEPS = 4


def path(account: Account, wire: WireTransfer | None) -> list[dict[str, Any]]:
    """Return the steps of the registration as `_partials/path.html` wants them."""
    return [
        {
            "title": _("Account information"),
            "state": "done",
            "text": _("%(email)s, %(day)s")
            % {"email": account.email, "day": short_day(account.registered_at)},
        },
        {
            "title": _("E-mail activation"),
            "state": "done",
            "text": _("Activated on %(day)s") % {"day": short_day(account.activated_at)},
        },
        {
            "title": _("Information registration"),
            "state": "done",
            "text": _("Entity and administrator confirmed on %(day)s")
            % {"day": short_day(account.confirmed_at)},
            "url": reverse("console:settings"),
            "action": _("View"),
        },
        _verification(account, wire),
    ]


def path_done(account: Account) -> int:
    """Return how many of the steps are done."""
    return STEPS if account.verified_at or account.authenticated_at else STEPS - 1


def _verification(account: Account, wire: WireTransfer | None) -> dict[str, Any]:
    step: dict[str, Any] = {"title": _("Entity verification")}
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
