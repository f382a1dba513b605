"""What the console's home shows of an account: its quotas, who can move it on, what is planned."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from portal.console.glance import MONTHLY, Glance
from portal.console.menu import address
from portal.kernel import confirmations, reviews
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import Confirmation
from portal.kernel.wording import listed, moment, short_day, yuan
from verification.models import WireTransfer


def quotas(found: Mapping[Limit, Usage]) -> list[dict[str, Any]]:
    """Return usages as `_partials/quotas.html` wants them."""
    labels = {
        **MONTHLY,
        Limit.NAME_CHANGES: _("Name changes before the release"),
        Limit.OFFICIAL_NAME_CHANGES: _("Name changes"),
        Limit.PROJECT_MEMBERS: _("Project members"),
    }
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


def actors(account: Account, glance: Glance, *, here: str) -> list[dict[str, Any]]:
    """Return who can move the account on, as `_partials/backstage.html` wants them; empty when nobody.

    `here` is the page to come back to after a move of the clock. The first has the lamp.
    """
    found = [*_payer(glance.wire, here), *_phone(account, glance), *_reviewer(account, glance)]
    for actor in found[:1]:
        actor["buttons"][0]["lamp"] = True
    return found + _clocks(account, glance, here)


def planned(account: Account, glance: Glance) -> list[dict[str, Any]]:
    """Return what will happen to the account by itself, for the top of its history; the last first."""
    wire, found = glance.wire, []
    if account.closes_at is not None:
        found.append(_planned(account.closes_at, _("The account is closed"), _("Planned, unless it is kept")))
    if wire is not None and wire.state == WireTransfer.State.WAITING:
        unless = _("Planned, unless the transfer arrives before")
        found.append(_planned(wire.due_at, _("The registration expires"), unless))
    if wire is not None and glance.returned_at is not None:
        title = _("%(amount)s is returned") % {"amount": yuan(wire.amount_fen)}
        found.append(_planned(glance.returned_at, title, _("Planned")))
    return sorted(found, key=lambda entry: entry["at"], reverse=True)


def _planned(at: datetime, title: str, detail: str) -> dict[str, Any]:
    return {"at": at, "title": title, "detail": detail, "tone": "doing"}


def _payer(wire: WireTransfer | None, here: str) -> list[dict[str, Any]]:
    """Return the company that is to pay, and its deadline."""
    if wire is None or wire.state != WireTransfer.State.WAITING:
        return []
    pays = {
        "icon": "bank",
        "name": wire.payer_name,
        "text": _("Pays %(amount)s from its corporate account, remark %(remark)s.")
        % {"amount": yuan(wire.amount_fen), "remark": wire.remark},
        "buttons": [
            {
                "label": _("Pay this"),
                "url": address("simulator:pay_wire"),
                "post": True,
                # The key makes a double click pay once.
                "fields": {"key": secrets.token_urlsafe(16), "wire": wire.pk, "how": "exact"},
            },
            {"label": _("Open the bank"), "url": f"{address('simulator:bank')}?wire={wire.pk}"},
        ],
    }
    expires = _("Lets the registration expire at %(at)s.") % {"at": moment(wire.due_at)}
    return [pays, _clock(expires, _("To the deadline"), wire.due_at, here)]


def _phone(account: Account, glance: Glance) -> list[dict[str, Any]]:
    """Return the administrator whose phone waits for an answer."""
    if not glance.scan:
        return []
    name = account.administrator.name
    question = confirmations.title(Confirmation(purpose=glance.scan, subject_id=account.pk))
    phone = reverse("simulator:phone_question", args=[account.administrator.person_id, glance.scan_id])
    return [
        {
            "icon": "phone",
            "name": name,
            "text": _("Is asked on the phone: %(question)s") % {"question": question},
            "buttons": [{"label": _("Open %(name)s's phone") % {"name": name}, "url": phone}],
        }
    ]


def _reviewer(account: Account, glance: Glance) -> list[dict[str, Any]]:
    """Return the reviewer, with what of the account lies at the desk."""
    if not glance.reviews:
        return []
    labels = sorted(str(reviews.KINDS[kind].label) for kind in glance.reviews)
    return [
        {
            "icon": "clipboard-check",
            "name": _("The reviewer"),
            "text": _("Has at the desk: %(what)s.") % {"what": listed(labels)},
            "buttons": [
                {
                    "label": _("Open the desk"),
                    "url": address("simulator:desk"),
                    "post": True,
                    "fields": {"world": account.world.token},
                },
                {"label": _("Who decides in this world"), "url": address("simulator:policy")},
            ],
        }
    ]


def _clocks(account: Account, glance: Glance, here: str) -> list[dict[str, Any]]:
    """Return what time alone brings, in its order: the money back, the end of the freeze period."""
    found = []
    if glance.wire is not None and glance.returned_at is not None:
        facts = {"amount": yuan(glance.wire.amount_fen), "at": moment(glance.returned_at)}
        text = _("The bank returns %(amount)s at %(at)s.") % facts
        found.append((glance.returned_at, _clock(text, _("To the return"), glance.returned_at, here)))
    if account.closes_at is not None:
        text = _("Closes the account at %(at)s.") % {"at": moment(account.closes_at)}
        label = _("To the end of the freeze period")
        found.append((account.closes_at, _clock(text, label, account.closes_at, here)))
    return [clock for _at, clock in sorted(found, key=lambda each: each[0])]


def _clock(text: str, label: str, to: datetime, here: str) -> dict[str, Any]:
    return {
        "icon": "clock",
        "name": _("The clock"),
        "text": text,
        "buttons": [
            {
                "label": label,
                "url": address("simulator:advance"),
                "post": True,
                "fields": {"to": to.isoformat(), "next": here},
            }
        ],
    }
