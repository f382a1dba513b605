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

from portal.kernel import clock, locks, text
from portal.kernel.action import transactional
from portal.kernel.models import Deadline, World

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

BATCH = 1000
FIRST_BACKOFF = timedelta(minutes=1)
DOUBLINGS = 9  # past the longest backoff
LONGEST_BACKOFF = timedelta(hours=6)

Handler = Callable[[Deadline], str]
BatchHandler = Callable[[Sequence[Deadline]], Sequence[str]]
ClaimClock = Callable[[datetime], None]


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
    """A deadline was fired or cancelled meanwhile; nothing of this attempt remains."""


class ClockLost(Exception):
    """The world's clock is no longer where this process moved or saw it: others have it, or nobody."""


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

    It pins each row's moment itself, and promises nothing that is due before the batch's last row.
    When a batch fails its rows are tried one by one.
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
    """Fire what is due in a world by its own clock, in the order promised; then set its bell.

    Stops where the clock was frozen, set out on an advance, or deleted with its world meanwhile.
    """

    def claim_clock(moment: datetime) -> None:
        """Hold the world, prove that its clock has come there and is in nobody's hands."""
        locks.share_world(world.pk)
        fresh = World.objects.filter(pk=world.pk).first()
        if fresh is None or fresh.advancing_to is not None or fresh.now() < moment:
            raise ClockLost

    fired: list[Fired] = []
    while len(fired) < at_most:
        try:
            some = fire_next(world, until=world.now(), claim_clock=claim_clock)
        except ClockLost:
            break
        fired += some
        if not some:
            set_bell(world.pk)
            break
    return fired


def fire_next(world: World, *, until: datetime, claim_clock: ClaimClock) -> list[Fired]:
    """Fire the earliest deadline due by `until`, or a run of one kind that takes many.

    `claim_clock` is called first in the same transaction with the moment reached, holds the world
    (an advance sets its clock there, a tick proves it stands there), and raises ClockLost to leave
    all as it is. Returns what fired, failures included; empty when nothing is due.
    """
    while rows := _next_run(world, until):
        if some := _try(world, rows, claim_clock):
            return some
    return []


def _next_run(world: World, until: datetime) -> list[Deadline]:
    due = Deadline.objects.filter(world=world).due(until)
    first = due.first()
    if first is None:
        return []
    if first.kind not in KINDS or not KINDS[first.kind].takes_many:
        return [first]
    return list(takewhile(lambda row: row.kind == first.kind, due[:BATCH]))


def _try(world: World, rows: list[Deadline], claim_clock: ClaimClock) -> list[Fired]:
    """Fire rows together, or when that fails one by one; empty when others were first: look again."""
    try:
        return _fire(world, rows, claim_clock)
    except ClockLost:
        raise
    except Exception as error:
        if isinstance(error, LostClaim) and not _all_open(rows):
            return []
        if len(rows) == 1:
            return [_put_aside(rows[0], error)]
    logger.warning("batch failed, trying one by one", extra={"kind": rows[0].kind})
    return [fired for row in rows for fired in _try(world, [row], claim_clock)]


def _all_open(rows: Sequence[Deadline]) -> bool:
    return Deadline.objects.open().filter(pk__in=[row.pk for row in rows]).count() == len(rows)


@transactional
def _fire(world: World, rows: list[Deadline], claim_clock: ClaimClock) -> list[Fired]:
    claim_clock(rows[-1].due_at)
    if not _all_open(rows):  # others were first, or the world was reset
        raise LostClaim
    for row in rows:
        row.world = world  # one clock for all, and no query for each
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


def _put_aside(row: Deadline, error: Exception) -> Fired:
    """Report a deadline whose handler failed: it backs off on the real clock and blocks no other."""
    logger.error(
        "deadline handler failed",
        exc_info=error,
        extra={"deadline": row.pk, "kind": row.kind},
    )
    wait = min(FIRST_BACKOFF * 2 ** min(row.attempts, DOUBLINGS), LONGEST_BACKOFF)
    Deadline.objects.open().filter(pk=row.pk).update(
        attempts=F("attempts") + 1,
        retry_at=clock.real_now() + wait,
        last_error=text.showable(f"{type(error).__name__}: {error}")[:2000],
    )
    return _fired(row, "failed")


@transactional
def set_bell(world_id: int) -> None:
    """Write down when a world must be looked at again, in real time; nothing while it is frozen.

    Holds the world alone for a moment, so that no promise can slip in between the look and the note.
    """
    locks.hold_world(world_id)
    world = World.objects.filter(pk=world_id).first()
    if world is None:
        return
    promised = Deadline.objects.open().filter(world=world)
    waiting = promised.filter(retry_at__isnull=True)
    if not world.running:
        waiting = waiting.filter(due_at__lte=world.now())
    due_at = waiting.aggregate(at=Min("due_at"))["at"]
    bells = [
        promised.filter(retry_at__isnull=False).aggregate(at=Min("retry_at"))["at"],
        due_at and (due_at - world.offset if world.running else clock.real_now()),
        world.advancing_to and (world.lease_until or clock.real_now()),
    ]
    World.objects.filter(pk=world.pk).update(rings_at=min(filter(None, bells), default=None))


def title(deadline: Deadline) -> StrOrPromise:
    """Return what an agenda calls this deadline, in the reader's language; one unknown, by its kind."""
    kind = KINDS.get(deadline.kind)
    return kind.title(deadline) if kind else deadline.kind
