"""What a limit has counted within its window, exact however many ask at once.

One row a limit, subject and period; a use is a conditional UPDATE, so the last one left is given
to one alone. Days, months and years are those of Asia/Shanghai on the world's clock.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import F

from portal.kernel import calendar
from portal.kernel.limits import LIMITS, Limit, Usage, Window
from portal.kernel.models import Tally


def spend(limit: Limit, subject: Any, *, at: datetime | None = None, field: str = "") -> Usage:
    """Use one of `limit` for `subject` (a row with a world); return what is used now.

    `at`: the moment it counts for, where that is written down too; a running clock may have gone on.
    Belongs inside an action. Raises Refused, with the limit's sentence at `field`, when none is left.
    """
    now = at or subject.world.now()
    period, _again = window(limit, now)
    row, _created = Tally.objects.get_or_create(
        limit=limit.value, subject_id=subject.pk, period=period, defaults={"world": subject.world}
    )
    free = Tally.objects.filter(pk=row.pk, used__lt=LIMITS[limit].at_most)
    if not free.update(used=F("used") + 1):
        usage(limit, subject, at=now).require(field=field)
    return usage(limit, subject, at=now)


def give_back(limit: Limit, subject: Any, *, at: datetime) -> None:
    """Take back what was spent for `subject` at that moment: it is free again in its own window.

    Belongs inside an action, which knows that it was spent and not given back yet.
    """
    period, _again = window(limit, at)
    spent = Tally.objects.filter(limit=limit.value, subject_id=subject.pk, period=period, used__gt=0)
    spent.update(used=F("used") - 1)


def usage(limit: Limit, subject: Any, *, at: datetime | None = None) -> Usage:
    """Return how much of `limit` the subject has used in the window of now, or of `at`."""
    return usages(subject, limit, at=at)[0]


def usages(subject: Any, *limits: Limit, at: datetime | None = None) -> list[Usage]:
    """Return how much of each limit is used in the window of now, or of `at`, in their order. One query."""
    now = at or subject.world.now()
    windows = {limit: window(limit, now) for limit in limits}
    rows = Tally.objects.filter(
        subject_id=subject.pk,
        limit__in=[limit.value for limit in limits],
        period__in={period for period, _again in windows.values()},
    )
    used = {(row.limit, row.period): row.used for row in rows}
    return [
        Usage(limit, used.get((limit.value, period), 0), again_on=again)
        for limit, (period, again) in windows.items()
    ]


def window(limit: Limit, now: datetime) -> tuple[str, date | None]:
    """Return the period that `now` falls in, as a tally names it, and the day on which the next begins."""
    day = calendar.start_of_day(now).date()
    kind = LIMITS[limit].window
    if kind == Window.DAY:
        return day.isoformat(), calendar.next_day(day)
    if kind == Window.MONTH:
        return f"{day:%Y-%m}", calendar.next_month(day)
    if kind == Window.YEAR:
        return f"{day:%Y}", date(day.year + 1, 1, 1) if day.year < date.max.year else None
    return "", None
