"""The desk's queue: one list over all kinds, turned by key, each filter by an index of its own (SIM-7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from portal.kernel import clock, reviews
from portal.kernel.models import Review, World

SIZE: Final = 25
MOST: Final = 999  # a figure counts no further
RECENT: Final = 101  # verdicts whose median is told

SHOW: Final = {
    "open": _("Waiting"),
    "mine": _("Yours"),
    "late": _("Past due"),
    "delayed": _("Delayed"),
    "decided": _("Decided"),
}


@dataclass(frozen=True)
class Filter:
    """What is picked out: a list of SHOW, a kind or "", a world or None for all of them."""

    show: str
    kind: str
    world: World | None

    def rows(self, reviewer_id: int) -> QuerySet[Review]:
        """Return the reviews that it lets through, in no order yet."""
        rows = Review.objects.select_related("world")
        if self.world is not None:
            rows = rows.filter(world=self.world)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.show == "decided":
            return rows.filter(decided_at__isnull=False)
        rows = rows.filter(state=Review.State.OPEN)
        if self.show == "mine":
            return rows.filter(claimed_by_id=reviewer_id, claimed_until__gt=clock.real_now())
        if self.show == "late" and self.world is not None:
            return rows.filter(due_at__lte=self.world.now())
        if self.show == "delayed":
            return rows.filter(delayed_until__isnull=False)
        return rows

    def query(self, **changes: str) -> str:
        """Return the query string of this filter with `changes`, without a place in the list."""
        now = {"show": self.show, "kind": self.kind, "world": str(self.world.pk) if self.world else ""}
        return "?" + urlencode({name: value for name, value in {**now, **changes}.items() if value})


def read(query: Mapping[str, str], world: World | None, *, fixed: bool) -> Filter:
    """Return the filter in a query string; what does not exist is passed over.

    Past due is told by one world's clock, so over all worlds the filter falls back to what waits.
    """
    if not fixed and query.get("world", "").isdecimal() and len(query["world"]) < 19:
        world = World.objects.filter(pk=int(query["world"])).first()
    show = query.get("show", "open")
    if show not in SHOW or (show == "late" and world is None):
        show = "open"
    kind = query.get("kind", "")
    return Filter(show, kind if kind in reviews.KINDS else "", world)


# --- pages --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One review as the list shows it, at its own world's time."""

    review: Review
    label: str
    age: timedelta
    late_by: timedelta | None
    share: int  # of the time until it is due, in percent
    mine: bool
    claimed: bool

    @property
    def tone(self) -> str:
        """Return how the bar of its age is coloured: "late", "near" or ""."""
        if self.review.state != Review.State.OPEN:
            return ""
        return "late" if self.late_by is not None else "near" if self.share >= 80 else ""


@dataclass(frozen=True)
class Page:
    """One page of the queue; the addresses are empty where there is nothing more."""

    rows: list[Row]
    before_url: str
    after_url: str


def page(chosen: Filter, query: Mapping[str, str], reviewer_id: int, size: int = SIZE) -> Page:
    """Return the page at `?after=` or `?before=` a key: earliest due first, decided ones newest first."""
    newest_first = chosen.show == "decided"
    after, before = _key(query.get("after", "")), _key(query.get("before", ""))
    backwards = before is not None and after is None
    rows = chosen.rows(reviewer_id)
    key = before if backwards else after
    if key is not None:
        rows = rows.filter(_beyond(key, downwards=newest_first != backwards, by_id=newest_first))
    order: Sequence[str] = ("id",) if newest_first else ("due_at", "id")
    if newest_first != backwards:
        order = [f"-{name}" for name in order]
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_before = more if backwards else after is not None
    has_after = backwards or more
    return Page(
        [as_row(review, reviewer_id) for review in found],
        chosen.query(before=_written(found[0])) if found and has_before else "",
        chosen.query(after=_written(found[-1])) if found and has_after else "",
    )


def as_row(review: Review, reviewer_id: int) -> Row:
    """Return a review with its age and lateness, until now or until it was decided."""
    at = review.decided_at or review.world.now()
    claimed = review.claimed_until is not None and review.claimed_until > clock.real_now()
    whole = review.due_at - review.submitted_at
    share = int(100 * (at - review.submitted_at) / whole) if whole else 100
    return Row(
        review=review,
        label=label_of(review.kind),
        age=at - review.submitted_at,
        late_by=at - review.due_at if at >= review.due_at else None,
        share=max(0, min(100, share)),
        mine=claimed and review.claimed_by_id == reviewer_id,
        claimed=claimed,
    )


def label_of(kind: str) -> str:
    """Return a kind's name for people; a kind that is registered no more is called by its code."""
    known = reviews.KINDS.get(kind)
    return str(known.label) if known else kind


def _written(review: Review) -> str:
    return f"{review.due_at.isoformat()}~{review.pk}"


def _key(typed: str) -> tuple[datetime, int] | None:
    due, _tilde, number = typed.partition("~")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    try:
        due_at = parse_datetime(due)
    except ValueError:
        return None
    return (due_at, int(number)) if due_at is not None and due_at.tzinfo is not None else None


def _beyond(key: tuple[datetime, int], *, downwards: bool, by_id: bool) -> Q:
    due_at, pk = key
    way, edge = ("lt", "lte") if downwards else ("gt", "gte")
    if by_id:
        return Q(**{f"pk__{way}": pk})
    # The first condition is the index's; the second only cuts among rows due at the same moment.
    return Q(**{f"due_at__{edge}": due_at}) & (Q(**{f"due_at__{way}": due_at}) | Q(**{f"pk__{way}": pk}))


# --- figures ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What stands above the list; each count stops at MOST, `late` is None over all worlds."""

    open: int
    mine: int
    late: int | None
    delayed: int
    median: timedelta | None


def figures(world: World | None, reviewer_id: int) -> Figures:
    """Return the figures of one world or of all, in two queries of bounded work."""
    one = "" if world is None else " AND world_id = %s"
    scope: list[Any] = [] if world is None else [world.pk]

    def counted(condition: str) -> str:
        return (
            f"(SELECT COUNT(*) FROM (SELECT 1 FROM kernel_review WHERE state = 'open'{condition}"  # noqa: S608
            f" LIMIT {MOST}) AS counted)"
        )

    now = world.now() if world is not None else None
    at = [connection.ops.adapt_datetimefield_value(now)] if now is not None else []
    real_now = connection.ops.adapt_datetimefield_value(clock.real_now())
    late = counted(f"{one} AND due_at <= %s") if world is not None else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {counted(one)}, {counted(f'{one} AND claimed_by_id = %s AND claimed_until > %s')},"
            f" {late}, {counted(f'{one} AND delayed_until IS NOT NULL')}",
            [*scope, *scope, reviewer_id, real_now, *(scope + at if at else []), *scope],
        )
        waiting, mine, over, delayed = cursor.fetchone()
    return Figures(waiting, mine, over, delayed, _median(world))


def _median(world: World | None) -> timedelta | None:
    """Return how long the newest verdicts took, by the median; None before the first."""
    decided = Review.objects.filter(decided_at__isnull=False)
    if world is not None:
        decided = decided.filter(world=world)
    newest = decided.order_by("-id").values_list("state", "submitted_at", "decided_at")[:RECENT]
    lengths = [
        decided_at - submitted_at
        for state, submitted_at, decided_at in newest
        if decided_at is not None and state != Review.State.WITHDRAWN
    ]
    return sorted(lengths)[len(lengths) // 2] if lengths else None
