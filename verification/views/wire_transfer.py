"""The wire transfer that proves a company: what to pay, until when, what came of it (VER-1 to VER-3)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import steps
from accounts.models import Account
from accounts.views.log_in import ended
from portal.kernel import calendar, deadlines, diagrams, limits
from portal.kernel.http import WorldRequest
from portal.kernel.machines import machine_of
from portal.kernel.models import AuditEvent, Deadline
from portal.kernel.wording import short_day, short_moment, yuan
from portal.outside.models import BankTransfer
from verification.actions.wire_transfer import DEADLINE, PAYEE_BANK, PAYEE_CITY, REMINDER, RETURN
from verification.models import WireTransfer
from verification.views import account_of, login_page

NEWEST: Final = 12  # payments shown; the bank's statement has them all

State = WireTransfer.State

TITLES: Final[Mapping[str, Promise]] = {
    State.WAITING: gettext_lazy("Pay from the corporate account"),
    State.VALIDATED: gettext_lazy("The entity is verified"),
    State.RETURNED: gettext_lazy("The entity is verified"),
    State.EXPIRED: gettext_lazy("The registration expired"),
}
TONES: Final[Mapping[str, str]] = {
    State.WAITING: "doing",
    State.VALIDATED: "done",
    State.RETURNED: "done",
    State.EXPIRED: "fail",
}
CAME_THROUGH: Final[Mapping[str, tuple[str, ...]]] = {
    State.WAITING: (),
    State.VALIDATED: (State.WAITING,),
    State.RETURNED: (State.WAITING, State.VALIDATED),
    State.EXPIRED: (State.WAITING,),
}
# What the account's own audit lines are called here; payments tell the rest.
# The last is its place among what happens at one moment, as in a world that stands still.
HAPPENED: Final[Mapping[str, tuple[Promise, str, int]]] = {
    "await_transfer": (gettext_lazy("Entity confirmed"), "done", 0),
    "confirm_transfer": (gettext_lazy("Entity verified"), "done", 2),
    "expire": (gettext_lazy("Registration expired"), "fail", 2),
}


@dataclass(frozen=True)
class Entry:
    """One line of `_partials/history.html`."""

    at: datetime
    title: str
    detail: str
    tone: str
    place: int = 1


@require_safe
@never_cache
def wire_transfer(request: WorldRequest) -> HttpResponse:
    """Show what to pay and where it stands; before the entity is confirmed there is nothing to show.

    Expired, its log-in lets nobody in any more: the browser that registered still sees what happened.
    """
    account = account_of(request) or ended(request)
    if account is None:
        return redirect(login_page(request))
    found = WireTransfer.objects.select_related("payee", "receipt").filter(account=account).first()
    if found is None:
        return redirect(steps.url_for(account))
    return render(request, "verification/wire_transfer.html", _page(request, account, found))


def _page(request: WorldRequest, account: Account, wire: WireTransfer) -> dict[str, Any]:
    promised = list(
        Deadline.objects.filter(
            world=account.world, account_id=account.pk, kind__in=[DEADLINE, REMINDER, RETURN]
        )
        .exclude(status=Deadline.Status.CANCELLED)
        .order_by("due_at", "id")
    )
    planned = [row for row in promised if row.status == Deadline.Status.OPEN]
    machine = machine_of(WireTransfer._meta.label)
    return {
        "account": account,
        "wire": wire,
        "world": account.world,
        "now": account.world.now(),
        "title": TITLES[wire.state],
        "tone": TONES[wire.state],
        "waiting": wire.state == State.WAITING,
        "expired": wire.state == State.EXPIRED,
        "verified": wire.state in {State.VALIDATED, State.RETURNED},
        "return_at": next((row.due_at for row in planned if row.subject_id == wire.receipt_id), None),
        "days_label": _days_label(wire),
        "bank": PAYEE_BANK,
        "city": PAYEE_CITY,
        "payee_number": _in_fours(wire.payee.number if wire.payee else ""),
        "diagram": diagrams.svg(machine, here=wire.state, past=CAME_THROUGH[wire.state]),
        "sentence": diagrams.sentence(machine, wire.state),
        "actors": _actors(request, wire, planned),
        "history": _history(account, wire, promised, planned),
    }


def _in_fours(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _days_label(wire: WireTransfer) -> str:
    due_at = wire.due_at.astimezone(calendar.SHANGHAI)
    first, second, third = (due_at - timedelta(days=days) for days in limits.WIRE_REMINDERS)
    if first.month == third.month:
        return _("Reminders on %(first)d, %(second)d and %(third)s") % {
            "first": first.day,
            "second": second.day,
            "third": short_day(third),
        }
    return _("Reminders on %(first)s, %(second)s and %(third)s") % {
        "first": short_day(first),
        "second": short_day(second),
        "third": short_day(third),
    }


# --- history ------------------------------------------------------------------------------


def _history(
    account: Account, wire: WireTransfer, promised: list[Deadline], planned: list[Deadline]
) -> list[Entry]:
    """Return what comes next and last of what is planned, then what happened, newest first."""
    ahead = [
        Entry(row.due_at, str(deadlines.title(row)), _("planned"), "not" if index else "doing")
        for index, row in enumerate([*planned[:1], *planned[1:][-1:]])
    ]
    reminded = [
        Entry(row.due_at, str(deadlines.title(row)), _("sent by e-mail"), "done")
        for row in promised
        if row.kind == REMINDER and row.outcome == "reminded"
    ]
    events = AuditEvent.objects.filter(
        account_id=account.pk, subject_type=Account._meta.label, name__in=HAPPENED
    ).order_by("-id")
    happened = []
    for event in events:
        title, tone, place = HAPPENED[event.name]
        who = str(event.by)
        if event.name == "await_transfer":
            who = _("%(name)s, by scan") % {"name": account.administrator.name}
        happened.append(Entry(event.at, str(title), who, tone, place))
    past = [*happened, *reminded, *_payments(wire)]
    return ahead[::-1] + sorted(past, key=attrgetter("at", "place"), reverse=True)


def _payments(wire: WireTransfer) -> list[Entry]:
    entries = []
    paid = BankTransfer.objects.filter(to_account=wire.payee).select_related("from_account", "refund")
    for transfer in paid.order_by("-id")[:NEWEST]:
        amount = yuan(transfer.amount_fen)
        if transfer.reason:
            why = transfer.get_reason_display()
            entries.append(Entry(transfer.at, _("%(amount)s parked") % {"amount": amount}, why, "fail"))
        else:
            payer = _("from %(payer)s") % {"payer": transfer.from_account.holder}
            entries.append(Entry(transfer.at, _("%(amount)s validated") % {"amount": amount}, payer, "done"))
        refund = getattr(transfer, "refund", None)
        if refund:
            to = _("to %(payer)s") % {"payer": transfer.from_account.holder}
            entries.append(Entry(refund.at, _("%(amount)s returned") % {"amount": amount}, to, ""))
    return entries


# --- backstage ----------------------------------------------------------------------------

JUMPS: Final[Mapping[str, Promise]] = {
    REMINDER: gettext_lazy("To the reminder"),
    RETURN: gettext_lazy("To the return"),
    DEADLINE: gettext_lazy("To the deadline"),
}


def _actors(request: WorldRequest, wire: WireTransfer, planned: list[Deadline]) -> list[dict[str, Any]]:
    """Return who can move this on, for `_partials/backstage.html`."""
    mistakes = {"icon": "exclamation-triangle", "name": _("The company, by mistake")}
    if wire.state == State.WAITING:
        facts = {"amount": yuan(wire.amount_fen), "remark": wire.remark}
        bank = {"label": _("Open the bank"), "url": f"{reverse('simulator:bank')}?wire={wire.pk}"}
        actors = [
            {
                "icon": "bank",
                "name": _("The company, at Harbour Bank"),
                "text": _("Pays %(amount)s with remark %(remark)s. Validated at once.") % facts,
                "buttons": [_pay(wire, "exact", _("Pay this")) | {"lamp": True}, bank],
            },
            mistakes
            | {
                "text": _("Wrong amount, another payer, a personal account: parked and refunded."),
                "buttons": [
                    _pay(wire, "wrong_amount", _("Wrong amount")),
                    _pay(wire, "wrong_payer", _("Wrong payer")),
                    _pay(wire, "personal", _("Personal account")),
                ],
            },
        ]
    elif wire.state == State.EXPIRED:
        text = _("Pays after the deadline: parked as too late and refunded.")
        actors = [mistakes | {"text": text, "buttons": [_pay(wire, "exact", _("Pay too late"))]}]
    else:
        text = _("Pays a second time: parked, because the transfer is validated already, and refunded.")
        actors = [mistakes | {"text": text, "buttons": [_pay(wire, "exact", _("Pay once more"))]}]
    if planned:
        actors.append(
            {
                "icon": "clock-history",
                "name": _("The clock"),
                "text": _what_the_clock_does(wire, planned),
                "buttons": _jumps(request, planned),
            }
        )
    return actors


def _what_the_clock_does(wire: WireTransfer, planned: list[Deadline]) -> str:
    if wire.state == State.WAITING:
        return _("On %(at)s the registration expires, once.") % {"at": short_moment(wire.due_at)}
    return _("On %(at)s the bank returns the money.") % {"at": short_moment(planned[-1].due_at)}


def _pay(wire: WireTransfer, how: str, label: str) -> dict[str, Any]:
    """Return the button that pays in one click; its key makes a double click pay once."""
    fields = {"key": secrets.token_urlsafe(16), "wire": wire.pk, "how": how}
    return {"label": label, "url": reverse("simulator:pay_wire"), "post": True, "fields": fields}


def _jumps(request: WorldRequest, planned: list[Deadline]) -> list[dict[str, Any]]:
    """Return a button for the next of each kind of promise: the clock goes exactly there."""
    following: dict[str, Deadline] = {}
    for row in planned:
        following.setdefault(row.kind, row)
    return [
        {
            "label": JUMPS[kind],
            "url": reverse("simulator:advance"),
            "post": True,
            "fields": {"to": row.due_at.isoformat(), "next": request.path},
        }
        for kind, row in following.items()
    ]
