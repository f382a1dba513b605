"""Long lists turned by key: the same work on the first page and on the thousandth, counted up to a bound.

A list is in the order of its ids (`turn`), or of a moment and the id, where ids alone may disagree with
the time or a range of days is asked for (`turn_in_time`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from portal.kernel.ids import LARGEST_ID

M = TypeVar("M", bound=Model)

Span = tuple[datetime, datetime]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_KEY: Final = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,19})", re.ASCII)


class Key(NamedTuple):
    """Where a row stands in a list by moment."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        """Return the key as an address carries it: microseconds since 1970, and the id."""
        return f"{(self.at - _EPOCH) // _TICK}.{self.pk}"


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page, newest row first; the addresses are empty where there is nothing more."""

    rows: list[M]
    newer_url: str
    older_url: str

    @property
    def is_first(self) -> bool:
        """Return whether nothing is newer than this page."""
        return not self.newer_url


def turn(request: HttpRequest, *querysets: QuerySet[M], size: int = 20) -> Page[M]:
    """Return the page that `?before=<id>` or `?after=<id>` asks for, else the newest rows.

    Several querysets are read each by its own index and shown as one list; they must not overlap.
    A key that is no id is passed over.
    """
    before, after = (_id(request.GET.get(name, "")) for name in ("before", "after"))
    if before is not None:
        querysets = tuple(rows.filter(pk__lt=before) for rows in querysets)
    elif after is not None:
        querysets = tuple(rows.filter(pk__gt=after) for rows in querysets)
    upwards = before is None and after is not None
    found = [row for rows in querysets for row in rows.order_by("pk" if upwards else "-pk")[: size + 1]]
    found.sort(key=lambda row: row.pk, reverse=not upwards)
    more = len(found) > size
    rows = found[:size]
    if upwards:
        rows.reverse()
    newer = more if upwards else before is not None
    older = after is not None if upwards else more
    return Page(
        rows,
        _url(request, after=rows[0].pk if rows else None) if newer else "",
        _url(request, before=rows[-1].pk if rows else None) if older else "",
    )


def turn_in_time(
    request: HttpRequest,
    *querysets: QuerySet[M],
    moment: str,
    rows: QuerySet[M],
    span: Span | None = None,
    size: int = 20,
) -> Page[M]:
    """Return the page that `?before=<key>` or `?after=<key>` asks for, else the newest rows.

    Several querysets are read each by its own index, which ends in `moment` and the id, and shown as
    one list; they must not overlap. `span` is the time that is asked for, its end not included, and
    `rows` what to read of the rows found. Two queries; a key that is none is passed over.
    """
    before, after = (_key(request.GET.get(name, "")) for name in ("before", "after"))
    upwards = before is None and after is not None
    found = ids(querysets, moment=moment, span=span, before=before, after=after, limit=size + 1)
    more = len(found) > size
    page = sorted(rows.filter(pk__in=found[:size]), key=lambda row: _key_of(row, moment), reverse=True)
    newer = more if upwards else before is not None
    older = after is not None if upwards else more
    return Page(
        page,
        _url(request, after=_key_of(page[0], moment) if page else None) if newer else "",
        _url(request, before=_key_of(page[-1], moment) if page else None) if older else "",
    )


def ids(
    querysets: Iterable[QuerySet[Any]],
    *,
    moment: str,
    span: Span | None = None,
    before: Key | None = None,
    after: Key | None = None,
    limit: int,
) -> list[int]:
    """Return the ids of the newest rows of all querysets, or next to a key; oldest first for `after` alone.

    One statement, which reads at most `limit` rows of each.
    """
    upwards = before is None and after is not None
    sign, way = ("", "") if upwards else ("-", " DESC")
    there = _there(moment, span, before, None if before else after)
    lists = [
        rows.filter(there).order_by(f"{sign}{moment}", f"{sign}pk").values_list("pk", moment)
        for rows in querysets
    ]
    found = _fetch("SELECT * FROM ({0}) AS x ORDER BY 2{1}, 1{1} LIMIT {2}", lists, way, limit)
    return [pk for pk, _at in found]


def count(
    querysets: Iterable[QuerySet[Any]], *, moment: str = "", span: Span | None = None, most: int
) -> int:
    """Return how many rows the querysets hold together; `most + 1` stands for all that are more."""
    there = _there(moment, span, None, None)
    lists = [rows.filter(there).order_by().values_list("pk") for rows in querysets]
    found = _fetch("SELECT COUNT(*) FROM (SELECT 1 FROM ({0}) AS x LIMIT {2}) AS y", lists, "", most + 1)
    return int(found[0][0]) if found else 0


def _there(moment: str, span: Span | None, before: Key | None, after: Key | None) -> Q:
    """Return what bounds a list: one bound at each end, because SQLite starts at any one of two."""
    since, until = span or (None, None)
    there = Q()
    # A key's first bound says nothing that its second does not; with it both databases start at the key.
    if before and (until is None or before.at < until):
        there &= Q(**{f"{moment}__lte": before.at})
        there &= Q(**{f"{moment}__lt": before.at}) | Q(pk__lt=before.pk)
    elif until is not None:
        there &= Q(**{f"{moment}__lt": until})
    if after and (since is None or after.at >= since):
        there &= Q(**{f"{moment}__gte": after.at})
        there &= Q(**{f"{moment}__gt": after.at}) | Q(pk__gt=after.pk)
    elif since is not None:
        there &= Q(**{f"{moment}__gte": since})
    return there


def _fetch(frame: str, lists: Collection[QuerySet[Any, Any]], way: str, limit: int) -> list[tuple[Any, ...]]:
    """Run `frame` around the lists, each cut to `limit`: Django unites no cut lists on SQLite."""
    parts: list[str] = []
    values: list[Any] = []
    for number, rows in enumerate(lists):
        try:
            part, of_part = rows[:limit].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT * FROM ({part}) AS s{number}")  # noqa: S608 -- Django's own SQL
        values += of_part
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(frame.format(" UNION ALL ".join(parts), way, limit), values)
        return list(cursor.fetchall())


def _key_of(row: Model, moment: str) -> Key:
    return Key(getattr(row, moment), row.pk)


def _key(text: str) -> Key | None:
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    ticks, pk = map(int, found.groups())
    try:
        return Key(_EPOCH + ticks * _TICK, min(pk, LARGEST_ID))
    except OverflowError:
        return None


def _id(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return min(int(text), LARGEST_ID)


def _url(request: HttpRequest, **key: int | Key | None) -> str:
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query.update({name: str(value) for name, value in key.items() if value is not None})
    return f"{request.path}?{query.urlencode()}"
