"""The clock: let time pass, stop it, and see what comes (SIM-2, SIM-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from portal.kernel import deadlines, worlds
from portal.kernel.actors import VISITOR, Actor
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, is_htmx
from portal.kernel.models import Deadline, World
from portal.kernel.wording import moment, span
from portal.kernel.worlds import Report
from portal.simulator.world_forms import MomentForm, read_length, read_moment

BUDGET: Final = timedelta(seconds=3)  # of real time, for one request
PAST: Final = 6
COMING: Final = 12
FAILING: Final = 5
MOST: Final = 1000  # what happened is counted so far
KEPT: Final = "kept"  # a handler's word when its subject no longer waited


@dataclass(frozen=True)
class Line:
    """One line of the agenda."""

    id: int
    look: str  # "fired", "late", "next" or "" as in backstage.css
    due_at: datetime
    title: str
    whose: str
    left: str  # how long until then; empty for the past
    notes: tuple[str, ...]
    to: str  # where *Jump* goes; empty for the past


# --- looking --------------------------------------------------------------------------------


@require_safe
def clock(request: WorldRequest) -> HttpResponse:
    """Show the clock, what fired lately and what comes, or the progress of a long advance."""
    world = request.world
    if world.advancing_to is not None:
        return render(request, "simulator/clock_moving.html", _progress(request))
    rows = Deadline.objects.filter(world=world)
    before, after = (_row(rows, request.GET.get(name, "")) for name in ("before", "after"))
    fired = rows.filter(status=Deadline.Status.FIRED)
    if before:
        fired = fired.filter(Q(due_at__lt=before.due_at) | Q(due_at=before.due_at, pk__lt=before.pk))
    coming = rows.open().filter(retry_at__isnull=True)
    if after:
        coming = coming.filter(Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, pk__gt=after.pk))
    past = [] if after else list(fired.order_by("-due_at", "-pk")[: PAST + 1])
    future = [] if before else list(coming.order_by("due_at", "pk")[: COMING + 1])
    turned = before is not None or after is not None
    failing = [] if turned else list(rows.open().filter(retry_at__isnull=False).order_by("due_at")[:FAILING])
    lately = sorted(past[:PAST] + failing, key=lambda row: (row.due_at, row.pk))
    whose = _whose(world, lately + future)
    now = world.now()
    return render(
        request,
        "simulator/clock.html",
        {
            "now": now,
            "past": [_line(row, whose, now) for row in lately],
            "coming": [
                _line(row, whose, now, first=number == 0 and not turned)
                for number, row in enumerate(future[:COMING])
            ],
            "earlier": past[PAST - 1].pk if len(past) > PAST else None,
            "later": future[COMING - 1].pk if len(future) > COMING else None,
            "turned": turned,
            "next_in": future[0].due_at - now if future and not turned else None,
            "form": MomentForm(),
        },
    )


def _row(rows: QuerySet[Deadline], key: str) -> Deadline | None:
    """Return the row that a page turns at; Http404 for one that is not of this world."""
    if not key:
        return None
    found = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if found is None:
        raise Http404
    return found


def _whose(world: World, rows: list[Deadline]) -> dict[int, str]:
    """Return what the accounts of these rows are called."""
    ids = {row.account_id for row in rows if row.account_id}
    accounts = Account.objects.filter(world=world, pk__in=ids).values_list("pk", "email", "entity__name")
    return {pk: f"{entity}, {email}" if entity else email for pk, email, entity in accounts} if ids else {}


def _line(row: Deadline, whose: dict[int, str], now: datetime, *, first: bool = False) -> Line:
    notes: tuple[str, ...] = ()
    left = ""
    fired = row.status == Deadline.Status.FIRED
    if row.retry_at:
        tries = ngettext(
            "Failed %(tries)d time, tried again by itself.",
            "Failed %(tries)d times, tried again by itself.",
            row.attempts,
        ) % {"tries": row.attempts}
        notes = (row.last_error, tries)
    elif row.outcome == KEPT:
        notes = (_("No longer needed by then."),)
    if not (fired or row.retry_at):
        left = _("in %(span)s") % {"span": span(row.due_at - now)} if row.due_at > now else _("due now")
    return Line(
        id=row.pk,
        look="late" if row.retry_at else "fired" if fired else "next" if first else "",
        due_at=row.due_at,
        title=str(deadlines.title(row)),
        whose=whose.get(row.account_id or 0, ""),
        left=left,
        notes=notes,
        to="" if fired or row.retry_at else row.due_at.isoformat(),
    )


# --- moving ---------------------------------------------------------------------------------


@require_POST
def advance(request: WorldRequest) -> HttpResponse:
    """Let time pass: `by` a length (PT1H), or `to` a moment."""
    world = request.world
    try:
        if typed := request.POST.get("by", ""):
            by = read_length(typed)
            to = world.now() + by
            done = _("Advanced by %(length)s") % {"length": _in_words(by)}
        else:
            to = _with_its_second(world, read_moment(request.POST.get("to", "")))
            done = ""
    except (ValueError, OverflowError) as error:
        raise Refused(
            _("The clock was not moved: %(reason)s") % {"reason": error}, code="not_a_moment"
        ) from None
    return _answer(request, worlds.advance(world.pk, to=to, by=_by(request), budget=BUDGET), done)


@require_POST
def to_next(request: WorldRequest) -> HttpResponse:
    """Advance to the next event (SIM-3)."""
    return _answer(request, worlds.advance_to_next(request.world.pk, by=_by(request), budget=BUDGET), "")


@require_POST
def freeze(request: WorldRequest) -> HttpResponse:
    """Stop the clock where it stands."""
    world = worlds.freeze(request.world.pk, by=_by(request))
    messages.success(request, _("The clock is frozen at %(at)s.") % {"at": moment(world.now())})
    return redirect(_back(request))


@require_POST
def run(request: WorldRequest) -> HttpResponse:
    """Let the clock run on from where it stands."""
    world = worlds.run(request.world.pk, by=_by(request))
    messages.success(request, _("The clock runs on from %(at)s.") % {"at": moment(world.now())})
    return redirect(_back(request))


@require_POST
def go_on(request: WorldRequest) -> HttpResponse:
    """Go on with a long advance for one request's time; the page asks again until it is there."""
    worlds.resume(request.world.pk, budget=BUDGET)
    world = request.world = World.objects.get(pk=request.world.pk)
    if world.advancing_to is None:
        if world.advanced_from is not None:
            _tell(request, "", world.now(), _happened(world))
        if not is_htmx(request):
            return redirect(_back(request))
        return HttpResponse(headers={"HX-Redirect": _back(request)})
    if is_htmx(request):
        return render(request, "simulator/clock_progress.html", _progress(request))
    return redirect(_moving_url(request))


def _answer(request: WorldRequest, report: Report, done: str) -> HttpResponse:
    """Tell what happened on the page the button stood on, or show the progress of what still goes on."""
    if not report.finished:
        return redirect(_moving_url(request))
    titles = [fired.title for fired in report.fired if fired.outcome != "failed"]
    _tell(request, done, report.now, titles)
    if failed := len(report.fired) - len(titles):
        messages.error(
            request,
            ngettext(
                "%(count)d event failed. The agenda says why; it is tried again by itself.",
                "%(count)d events failed. The agenda says why; they are tried again by themselves.",
                failed,
            )
            % {"count": failed},
        )
    return redirect(_back(request))


def _tell(request: WorldRequest, done: str, now: datetime, titles: list[str]) -> None:
    done = done or _("Advanced to %(at)s") % {"at": moment(now)}
    if len(titles) == 1:
        text = _("%(done)s: %(title)s.") % {"done": done, "title": titles[0]}
    elif titles:
        text = ngettext(
            "%(done)s: %(count)d thing happened.", "%(done)s: %(count)d things happened.", len(titles)
        ) % {"done": done, "count": len(titles)}
    else:
        text = _("%(done)s: nothing was due.") % {"done": done}
    messages.success(request, text)


def _happened(world: World) -> list[str]:
    """Return what fired on the way of the last advance, so far as it is counted."""
    fired = Deadline.objects.filter(world=world, status=Deadline.Status.FIRED)
    rows = fired.filter(due_at__gt=world.advanced_from, due_at__lte=world.now()).order_by("-due_at", "-pk")
    return [str(deadlines.title(row)) for row in rows[:MOST]]


def _progress(request: WorldRequest) -> dict[str, Any]:
    """Return how far an advance has come: world time passed of world time to pass, in percent."""
    world = request.world
    begin, end, now = world.advanced_from or world.now(), world.advancing_to or world.now(), world.now()
    whole = max(end - begin, timedelta(seconds=1))
    return {
        "now": now,
        "to": end,
        "percent": int(100 * (now - begin) / whole),
        "happened": len(_happened(world)),
        "most": MOST,
        "next": _back(request),
    }


def _with_its_second(world: World, to: datetime) -> datetime:
    """Return `to`, or in that very second the last event: pages tell moments to the second."""
    if to.microsecond:
        return to
    within = Deadline.objects.open().filter(world=world, due_at__gte=to, due_at__lt=to + timedelta(seconds=1))
    return within.order_by("-due_at").values_list("due_at", flat=True).first() or to


def _in_words(length: timedelta) -> str:
    """Return a length as a button has it: "1 day", "10 minutes"; a mixed one short: "1 d 12 h"."""
    seconds = int(length.total_seconds())
    if seconds % 86400 == 0:
        days = seconds // 86400
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if seconds % 3600 == 0 and seconds < 86400:
        hours = seconds // 3600
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    if seconds % 60 == 0 and seconds < 3600:
        minutes = seconds // 60
        return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}
    return span(length)


def _back(request: WorldRequest) -> str:
    """Return the page to go back to: `next`, when it is one of ours, else the clock's own."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return back
    return reverse("simulator:clock")


def _moving_url(request: WorldRequest) -> str:
    back = _back(request)
    clock_url = reverse("simulator:clock")
    return clock_url if back == clock_url else f"{clock_url}?{urlencode({'next': back})}"


def _by(request: WorldRequest) -> Actor:
    return request.user.as_actor() if request.user.is_authenticated else VISITOR
