"""Long lists turned by key: the same work on the first page and on the thousandth, and no counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)

_LARGEST_ID: Final = 2**63 - 1


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


def _id(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return min(int(text), _LARGEST_ID)


def _url(request: HttpRequest, **key: int | None) -> str:
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query.update({name: str(value) for name, value in key.items() if value is not None})
    return f"{request.path}?{query.urlencode()}"
