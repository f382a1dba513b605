"""How an association is told on its pages: its colour, its limits, its history, who can move it on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Account, Administrator
from associations import pairs, words
from associations.models import Association
from associations.models.association import OPEN, WAITING
from associations.views.door import theirs
from associations.words import called
from portal.kernel import confirmations, keyset, tallies
from portal.kernel.keyset import Page
from portal.kernel.limits import Limit, Usage
from portal.kernel.wording import day, moment

State = Association.State

FIRST: Final = 10  # of those that wait, above the list of the associated
SHOWN: Final = 20
ENDED: Final = tuple(state for state in State if state not in OPEN)
TONES: Final[Mapping[str, str]] = {
    State.AWAITING_OFFICIAL_ACCOUNT: "act",
    State.INVITED: "doing",
    State.ASSOCIATED: "done",
    State.REFUSED: "fail",
    State.EXPIRED: "idle",
    State.WITHDRAWN: "idle",
    State.DISASSOCIATED: "idle",
}


def other_of(association: Association, account: Account) -> Account:
    """Return the one of the two that is not `account`."""
    mine = association.side_of(account.pk) == Association.Side.OFFICIAL_ACCOUNT
    return association.mini_program if mine else association.official_account


def row(association: Association, account: Account) -> dict[str, Any]:
    """Return an association as the lists show it."""
    other, now = other_of(association, account), account.world.now()
    return {
        "association": association,
        "other": other,
        "name": called(other),
        "state": state(association, now),
        "when": _when(association),
    }


def state(association: Association, now: datetime) -> dict[str, str]:
    """Return the state as a pill; what waits in vain has run out, also before the clock has said so."""
    shown = association.state
    if shown in WAITING and not association.is_waiting(now):
        shown = State.EXPIRED
    return {"label": str(State(shown).label), "tone": TONES[shown]}


def _when(association: Association) -> str:
    if association.state in WAITING:
        return _("until %(at)s") % {"at": moment(association.expires_at)}
    if association.state == State.ASSOCIATED:
        return _("since %(day)s") % {"day": day(association.associated_at)}
    return moment(association.ended_at)


def lists(request: HttpRequest, account: Account, waiting_states: tuple[str, ...]) -> dict[str, Any]:
    """Return what a list page shows: what waits, what is associated, or with `?ended=1` what is over.

    With `?waiting=1` everything that waits, by key; without it the newest, above the associated.
    """
    mine, now = theirs(account), account.world.now()
    # A list for each state: the index gives each in its order, and both together only sorted.
    waiting = [mine.filter(state=each, expires_at__gt=now) for each in waiting_states]
    if request.GET.get("ended"):
        page = keyset.turn(request, *(mine.filter(state=each) for each in ENDED), size=SHOWN)
        return {"view": "ended", **_paged(page, account)}
    if request.GET.get("waiting"):
        return {"view": "waiting", **_paged(keyset.turn(request, *waiting, size=SHOWN), account)}
    page = keyset.turn(request, mine.filter(state=State.ASSOCIATED), size=SHOWN)
    newest = [each for rows in waiting for each in rows.order_by("-pk")[: FIRST + 1] if page.is_first]
    newest.sort(key=lambda each: each.pk, reverse=True)
    return {
        "view": "",
        "waiting": [row(each, account) for each in newest[:FIRST]],
        "more": len(newest) > FIRST,
        **_paged(page, account),
    }


def _paged(page: Page[Association], account: Account) -> dict[str, Any]:
    return {"rows": [row(each, account) for each in page.rows], "page": page}


# --- limits -------------------------------------------------------------------------------


def quotas_here(account: Account) -> list[dict[str, Any]]:
    """Return the limits of an Official Account for `_partials/quotas.html` (ASC-2)."""
    return [
        _quota(_("Mini Programs of the same entity"), pairs.places(account, same_entity=True)),
        _quota(_("Mini Programs of other entities"), pairs.places(account, same_entity=False)),
        _quota(_("Added this month"), tallies.usage(Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT, account)),
    ]


def quotas_there(account: Account) -> list[dict[str, Any]]:
    """Return the limits of a Mini Program for `_partials/quotas.html` (ASC-2)."""
    return [
        _quota(_("Official Accounts"), pairs.places_of(account)),
        _quota(_("Added this month"), tallies.usage(Limit.ADDITIONS_OF_MINI_PROGRAM, account)),
    ]


def candidate_quotas(usages: tuple[Usage, ...], *, same: bool) -> list[dict[str, Any]]:
    """Return the limits that an invitation would count for."""
    place = _("Mini Programs of the same entity") if same else _("Mini Programs of other entities")
    return [_quota(label, usage) for label, usage in zip((place, _("Added this month")), usages, strict=True)]


def _quota(label: str, usage: Usage) -> dict[str, Any]:
    hint = _("free again on %(day)s") % {"day": day(usage.again_on)} if usage.again_on else ""
    return {"label": label, "used": usage.used, "total": usage.at_most, "hint": hint}


# --- the story ----------------------------------------------------------------------------


def history(association: Association, now: datetime) -> list[dict[str, Any]]:
    """Return what happened, newest first, and above it what comes, for `_partials/history.html`."""
    told: list[dict[str, Any]] = [_entry(association.asked_at, _("Asked for"), "", "done")]
    if association.invited_at:
        detail = _("It holds a place and an addition of both accounts.")
        told.append(_entry(association.invited_at, _("Invited"), detail, "done"))
    if association.associated_at:
        told.append(_entry(association.associated_at, _("Associated"), "", "done"))
    if association.ended_at:
        tone = "fail" if association.state == State.REFUSED else "done"
        told.append(
            _entry(association.ended_at, state(association, now)["label"], _ending(association), tone)
        )
    elif association.state in WAITING:
        told.append(
            _entry(association.expires_at, pgettext("association", "Runs out"), _("planned"), "doing")
        )
    return told[::-1]


def _ending(association: Association) -> str:
    by = _("by %(side)s") % {"side": association.get_ended_by_display()} if association.ended_by else ""
    return ": ".join(part for part in (by, association.reason) if part)


def _entry(at: datetime, title: str, detail: str, tone: str) -> dict[str, Any]:
    return {"at": at, "title": title, "detail": detail, "tone": tone}


# --- who can move it on -------------------------------------------------------------------


def answering_phone(association: Association, here: str, now: datetime) -> dict[str, Any]:
    """Return the Mini Program's administrator as an actor, with both answers when a code waits."""
    administrator = Administrator.objects.get(account_id=association.mini_program_id)
    actor: dict[str, Any] = {
        "icon": "phone",
        "name": administrator.name,
        "text": _("Administers the Mini Program, and answers on the phone."),
        "buttons": [],
    }
    asked = confirmations.latest(words.ANSWER, association.pk)
    if asked is None or not asked.is_waiting(now):
        actor["text"] = _("The code was taken back. The Mini Program's console shows it again.")
        return actor
    phone, back = [administrator.person_id, asked.pk], {"next": here}
    actor["buttons"] = [
        {
            "label": _("Accept on %(name)s's phone") % {"name": administrator.name},
            "url": reverse("simulator:confirm", args=phone),
            "post": True,
            "lamp": True,
            "fields": back,
        },
        {"label": _("Refuse"), "url": reverse("simulator:refuse", args=phone), "post": True, "fields": back},
        {"label": _("Open the phone"), "url": reverse("simulator:phone_question", args=phone)},
    ]
    return actor


def clock(association: Association, here: str) -> dict[str, Any]:
    """Return the clock as an actor, with the jump to where the waiting is over."""
    return {
        "icon": "clock",
        "name": _("The clock"),
        "text": _("It runs out at %(at)s.") % {"at": moment(association.expires_at)},
        "buttons": [
            {
                "label": _("Let it run out"),
                "url": reverse("simulator:advance"),
                "post": True,
                "fields": {"to": association.expires_at.isoformat(), "next": here},
            }
        ],
    }
