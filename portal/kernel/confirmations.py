"""Everything risky is confirmed by a scan with somebody's phone: one mechanism for all of it.

A purpose registers what it locks, whom it accepts and what it does; the handler runs in the
confirming transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class Purpose:
    """What a scan is for.

    `lock(subject_id)` takes the locks that come before the confirmation's own; `title` is what the
    phone asks; `objection(confirmation, by)` is the sentence why this person may not, or '';
    `carry_out(confirmation, by)` does it; `turn_down(confirmation, by)` is what a no on the phone does,
    beyond being told to the page. `facts` are (label, value) that the phone shows below the
    question, `waits_at` is the URL name of the page that shows the code and waits.
    """

    name: str
    title: Callable[[Confirmation], StrOrPromise]
    lock: Callable[[int], object]
    objection: Callable[[Confirmation, Actor], str]
    carry_out: Callable[[Confirmation, Actor], None]
    turn_down: Callable[[Confirmation, Actor], None] = lambda _confirmation, _by: None
    facts: Callable[[Confirmation], list[tuple[StrOrPromise, str]]] = lambda _confirmation: []
    waits_at: str = ""


PURPOSES: dict[str, Purpose] = {}


def register(purpose: Purpose) -> Purpose:
    """Make a purpose known."""
    PURPOSES[purpose.name] = purpose
    return purpose


def title(confirmation: Confirmation) -> StrOrPromise:
    """Return what the phone asks, in the reader's language."""
    return PURPOSES[confirmation.purpose].title(confirmation)


def latest(purpose: str, subject_id: int) -> Confirmation | None:
    """Return the newest code shown for a subject, whatever became of it."""
    return (
        Confirmation.objects.filter(purpose=purpose, subject_id=subject_id)
        .select_related("world")
        .order_by("-id")
        .first()
    )


@action
def ask(
    purpose: str,
    *,
    subject: Any,
    by: Actor,
    person_id: int | None = None,
    until: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Confirmation:
    """Show a new code for `subject` (a row with a world); an earlier one still waiting is void.

    `person_id`: the only person who may answer; None: whoever scans. `until`: world time, five
    minutes from now when not given. `facts`: what shall be done, as JSON, for the purpose's handler.
    """
    if purpose not in PURPOSES:
        raise LookupError(f"unknown purpose {purpose}")
    earlier = latest(purpose, subject.pk)
    now = subject.world.now()
    if earlier and earlier.is_waiting(now):
        earlier.refuse(reason=_("A newer code was shown."), by=by)
        earlier.save()
    return Confirmation.objects.create(
        world=subject.world,
        purpose=purpose,
        subject_id=subject.pk,
        person_id=person_id,
        shown_at=now,
        expires_at=until or now + LIFE,
        facts=dict(facts or {}),
        asked_by_kind=by.kind,
        asked_by_id=by.id,
        asked_by_name=by.name,
    )


@action
def scan(confirmation_id: int, *, by: Actor) -> Confirmation:
    """Open the code on the phone of `by` (a person)."""
    confirmation = _open(confirmation_id, by)
    confirmation.scan(by=by)
    confirmation.save()
    return confirmation


@action
def confirm(confirmation_id: int, *, by: Actor) -> Confirmation:
    """Agree on the phone of `by`, and carry it out.

    The wrong person leaves the confirmation refused with the platform's reason, so that the waiting
    page shows it; that is an answer, not an error.
    """
    confirmation = _open(confirmation_id, by)
    if confirmation.state == Confirmation.State.SHOWN:
        confirmation.scan(by=by)
    purpose = PURPOSES[confirmation.purpose]
    if objection := purpose.objection(confirmation, by):
        confirmation.refuse(reason=objection, by=by)
        confirmation.save()
        return confirmation
    confirmation.confirm(at=confirmation.world.now(), by=by)
    confirmation.save()
    purpose.carry_out(confirmation, by)
    return confirmation


@action
def refuse(confirmation_id: int, *, by: Actor) -> Confirmation:
    """Say no on the phone of `by`."""
    confirmation = _open(confirmation_id, by)
    confirmation.refuse(reason=_("Refused on the phone."), by=by)
    confirmation.save()
    PURPOSES[confirmation.purpose].turn_down(confirmation, by)
    return confirmation


@action
def cancel(confirmation_id: int, *, by: Actor) -> Confirmation:
    """Take a code back that still waits, on the page that shows it."""
    unlocked = Confirmation.objects.get(pk=confirmation_id)
    PURPOSES[unlocked.purpose].lock(unlocked.subject_id)
    confirmation = Confirmation.objects.lock(confirmation_id)
    if confirmation.state in {Confirmation.State.SHOWN, Confirmation.State.SCANNED}:
        confirmation.refuse(reason=_("Taken back by whoever asked."), by=by)
        confirmation.save()
    return confirmation


def use(purpose: str, subject: Any, *, by: Actor) -> Confirmation:
    """Use up what a scan has permitted to whoever asked for it; belongs inside an action.

    For what only the asking page can do, such as showing a new secret once: the scan permits it,
    and within ten minutes (world time) the page does it. Raises Refused, code `not_confirmed`.
    """
    found = latest(purpose, subject.pk)
    now = subject.world.now()
    if found is None or not found.permits(now, by):
        raise Refused(
            _("Nothing was done: the administrator's scan is missing or older than ten minutes. Scan again."),
            code="not_confirmed",
        )
    found.used_at = now
    found.save(update_fields=["used_at"])
    return found


def _open(confirmation_id: int, by: Actor) -> Confirmation:
    """Return the confirmation locked after its subject, if it still waits for this person."""
    unlocked = Confirmation.objects.get(pk=confirmation_id)
    PURPOSES[unlocked.purpose].lock(unlocked.subject_id)
    confirmation = Confirmation.objects.lock(confirmation_id)
    if not confirmation.is_waiting(confirmation.world.now()):
        raise Refused(
            _("This code has run out or was already answered. Show a new code and scan again."),
            code="code_over",
        )
    if confirmation.person_id not in (None, by.id):
        raise Refused(
            _("This code waits on somebody else's phone. Scan it with that phone."),
            code="code_taken",
        )
    return confirmation
