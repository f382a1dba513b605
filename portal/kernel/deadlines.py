"""Promises kept in rows: something happens to one subject at one time, once.

Celery remembers nothing. A tick, or an advance of the clock, asks which rows are due; the handler
runs and the row is claimed by a conditional UPDATE in the same transaction, so its effect happens
exactly once however many ticks run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from django.db.models import F, Min, Q

from portal.kernel import clock, locks
from portal.kernel.action import transactional
from portal.kernel.models import Deadline, World

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

BATCH = 1000
FIRST_BACKOFF = timedelta(minutes=1)
LONGEST_BACKOFF = timedelta(hours=6)

Handler = Callable[[Deadline], str]
BatchHandler = Callable[[Sequence[Deadline]], Sequence[str]]


@dataclass(frozen=True)
class Kind:
    """A kind of deadline: its handler, and the title an agenda shows for it."""

    name: str
    title: Callable[[Deadline], StrOrPromise]
    handler: BatchHandler
    takes_many: bool


@dataclass(frozen=True)
class Fired:
    """What one deadline did: `outcome` is the handler's word, or 'failed' with the error logged."""

    id: int
    due_at: datetime
    kind: str
    subject_id: int
    title: str
    outcome: str


class LostClaim(Exception):
    """Somebody else fired or cancelled the deadline first; nothing of this attempt remains."""


class ClockLost(Exception):
    """Another process took over the advance in whose course this fired."""


KINDS: dict[str, Kind] = {}


def on(kind: str, *, title: Callable[[Deadline], StrOrPromise]) -> Callable[[Handler], Handler]:
    """Register the handler of `kind`. It runs pinned to the deadline's own moment.

    The handler re-checks that its subject still waits (the world may have moved on) and answers
    with one word for the report.
    """

    def register(handler: Handler) -> Handler:
        def each(rows: Sequence[Deadline]) -> list[str]:
            return [handler(row) for row in rows]

        KINDS[kind] = Kind(kind, title, each, takes_many=False)
        return handler

    return register


def on_many(
    kind: str, *, title: Callable[[Deadline], StrOrPromise]
) -> Callable[[BatchHandler], BatchHandler]:
    """Register a handler that takes a batch, all of one world, and answers a word for each.

    It pins each row's moment itself. When a batch fails its rows are tried one by one.
    """

    def register(handler: BatchHandler) -> BatchHandler:
        KINDS[kind] = Kind(kind, title, handler, takes_many=True)
        return handler

    return register


def schedule(
    kind: str, *, subject: Any, due_at: datetime, account_id: int | None = None, detail: str = ""
) -> Deadline:
    """Promise `kind` for `subject` (a row with a world) at `due_at` (world time).

    At most one promise of a kind, subject and detail may be open. Belongs inside an action.
    """
    if kind not in KINDS:
        raise LookupError(f"no handler for {kind}")
    world: World = subject.world
    deadline = Deadline.objects.create(
        world=world,
        kind=kind,
        subject_id=subject.pk,
        detail=detail,
        account_id=account_id,
        due_at=due_at,
    )
    rings_at = due_at - world.offset if world.running else clock.real_now()
    if world.running or due_at <= world.now():
        World.objects.filter(pk=world.pk).filter(Q(rings_at__isnull=True) | Q(rings_at__gt=rings_at)).update(
            rings_at=rings_at
        )
    return deadline


def cancel(kind: str, *, subject_id: int) -> int:
    """Take back what was promised of `kind` for the subject; return how many promises it was."""
    return (
        Deadline.objects.open()
        .filter(kind=kind, subject_id=subject_id)
        .update(status=Deadline.Status.CANCELLED, settled_at=clock.real_now())
    )


def fire_due(world: World, *, at_most: int = 500) -> list[Fired]:
    """Fire what is due in a world by its own running clock, in the order promised; then set its bell."""
    fired: list[Fired] = []
    while len(fired) < at_most:
        some = fire_next(world, until=world.now())
        fired += some
        if not some:
            set_bell(world.pk)
            break
    return fired


def fire_next(
    world: World, *, until: datetime, claim_clock: Callable[[datetime], None] | None = None
) -> list[Fired]:
    """Fire the earliest deadline due by `until`, or a run of one kind that takes many.

    `claim_clock` is called in the same transaction with the moment reached (an advance sets the
    world's clock there). Returns what fired, failures included; empty when nothing is due.
    """
    due = Deadline.objects.filter(world=world).due(until)
    first = due.first()
    if first is None:
        return []
    rows = [first]
    if KINDS[first.kind].takes_many:
        rows = list(takewhile(lambda row: row.kind == first.kind, due[:BATCH]))
    try:
        return _fire(world, rows, claim_clock)
    except ClockLost:
        raise
    except Exception as error:
        if len(rows) == 1:
            return [_not_fired(first, error)]
        logger.warning("batch failed, trying one by one", extra={"kind": first.kind})
    return [_fire_alone(world, row, claim_clock) for row in rows]


def _fire_alone(world: World, row: Deadline, claim_clock: Callable[[datetime], None] | None) -> Fired:
    try:
        return _fire(world, [row], claim_clock)[0]
    except ClockLost:
        raise
    except Exception as error:
        return _not_fired(row, error)


@transactional
def _fire(world: World, rows: list[Deadline], claim_clock: Callable[[datetime], None] | None) -> list[Fired]:
    locks.share_world(world.pk)
    for row in rows:
        row.world = world  # one clock for all, and no query for each
    if claim_clock:
        claim_clock(rows[-1].due_at)
    kind = KINDS[rows[0].kind]
    if kind.takes_many:
        outcomes = kind.handler(rows)
    else:
        with clock.pin(world.pk, rows[0].due_at):
            outcomes = kind.handler(rows)
    # The claim comes last so that locks are always taken in one order: account, then deadline.
    for outcome in set(outcomes):
        ids = [row.pk for row, word in zip(rows, outcomes, strict=True) if word == outcome]
        claimed = (
            Deadline.objects.open()
            .filter(pk__in=ids)
            .update(
                status=Deadline.Status.FIRED,
                settled_at=clock.real_now(),
                outcome=outcome,
                retry_at=None,
            )
        )
        if claimed != len(ids):
            raise LostClaim
    return [_fired(row, word) for row, word in zip(rows, outcomes, strict=True)]


def _fired(row: Deadline, outcome: str) -> Fired:
    return Fired(row.pk, row.due_at, row.kind, row.subject_id, str(title(row)), outcome)


def _not_fired(row: Deadline, error: Exception) -> Fired:
    """Report a deadline that did not fire: lost to another, or failing and put aside.

    A failing one backs off on the real clock, where it blocks no other.
    """
    if isinstance(error, LostClaim):
        return _fired(row, "lost")
    logger.error(
        "deadline handler failed",
        exc_info=error,
        extra={"deadline": row.pk, "kind": row.kind},
    )
    wait = min(FIRST_BACKOFF * 2**row.attempts, LONGEST_BACKOFF)
    Deadline.objects.open().filter(pk=row.pk).update(
        attempts=F("attempts") + 1,
        retry_at=clock.real_now() + wait,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )
    return _fired(row, "failed")


@transactional
def set_bell(world_id: int) -> None:
    """Write down when a world must be looked at again, in real time; nothing while it is frozen.

    Holds the world alone for a moment, so that no promise can slip in between the look and the note.
    """
    world = World.objects.hold(world_id)
    promised = Deadline.objects.open().filter(world=world)
    waiting = promised.filter(retry_at__isnull=True)
    if not world.running:
        waiting = waiting.filter(due_at__lte=world.now())
    due_at = waiting.aggregate(at=Min("due_at"))["at"]
    bells = [
        promised.filter(retry_at__isnull=False).aggregate(at=Min("retry_at"))["at"],
        due_at and (due_at - world.offset if world.running else clock.real_now()),
        world.lease_until if world.advancing_to else None,
    ]
    World.objects.filter(pk=world.pk).update(rings_at=min(filter(None, bells), default=None))


def title(deadline: Deadline) -> StrOrPromise:
    """Return what an agenda calls this deadline, in the reader's language."""
    return KINDS[deadline.kind].title(deadline)
