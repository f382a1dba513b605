"""Lists of the control API: by key, oldest first, so that the cursor is where new rows are waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field

from portal.kernel.ids import LARGEST_ID
from portal.simulator.api.failures import BadValue

PAGE: Final = 100
LONGEST_WAIT: Final = 30.0
PAUSE: Final = 0.1

S = TypeVar("S", bound=BaseModel)
M = TypeVar("M", bound=Model)

After = Annotated[str, Field(max_length=80, description="The cursor of the page before.")]
Wait = Annotated[
    float,
    Field(ge=0, le=LONGEST_WAIT, allow_inf_nan=False, description="Real seconds to wait for the first row."),
]


class Listed(BaseModel, Generic[S]):
    """A page of a list. `cursor` goes on after its last row; an empty page means there is no more yet."""

    items: list[S]
    cursor: str


def page(rows: QuerySet[M], after: str, show: Callable[[M], S], *, size: int = PAGE) -> Listed[S]:
    """Return the rows after the cursor, by ascending id."""
    if after:
        rows = rows.filter(pk__gt=key(after))
    shown = list(rows.order_by("pk")[:size])
    return Listed(items=[show(row) for row in shown], cursor=str(shown[-1].pk) if shown else after)


def waited(look: Callable[[], Listed[S]], seconds: float) -> Listed[S]:
    """Return what `look` sees, once there is a row or the time is over (real time, no transaction held)."""
    until = time.monotonic() + seconds
    while True:
        seen = look()
        left = until - time.monotonic()
        if seen.items or left <= 0:
            return seen
        time.sleep(min(PAUSE, left))


def key(after: str) -> int:
    """Return the id in a cursor; BadValue for what no list gave."""
    if after.isascii() and after.isdigit() and len(after) < 20 and int(after) <= LARGEST_ID:
        return int(after)
    raise BadValue(_("This is no cursor. Take the one that the list gave."), field="after")
