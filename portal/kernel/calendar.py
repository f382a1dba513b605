"""Days and months as the platform counts them: in Asia/Shanghai (DESIGN, section 4)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = 5  # datetime.weekday()


def working_days_after(moment: datetime, days: int) -> datetime:
    """Return the moment `days` working days later, at the same time of day in Shanghai.

    Monday to Friday work; there are no public holidays and no make-up Saturdays, because the
    State Council names them anew each year and a simulation must be computable. Counted from a
    weekend, the first working day is Monday; 0 days is `moment` itself.

    ValueError when `moment` is naive, `days` is negative, or the calendar ends before.
    """
    if days < 0:
        raise ValueError(f"working days are counted forward, not {days}")
    start = _in_shanghai(moment)
    if days == 0:
        return start
    # From a weekend count as from the Friday before: whole weeks first, then the rest.
    past_friday = max(0, start.weekday() - SATURDAY + 1)
    weeks, rest = divmod(days, 5)
    weekday = start.weekday() - past_friday
    weekend = 2 if weekday + rest >= SATURDAY else 0
    try:
        return start + timedelta(days=7 * weeks + rest + weekend - past_friday)
    except OverflowError:
        raise _beyond_the_calendar() from None


def month_of(moment: datetime) -> date:
    """Return the first day of the month that `moment` falls in, in Shanghai.

    ValueError when `moment` is naive or lies outside the calendar there.
    """
    return _in_shanghai(moment).date().replace(day=1)


def start_of_day(moment: datetime) -> datetime:
    """Return midnight of the day that `moment` falls in, in Shanghai (aware, Asia/Shanghai).

    ValueError when `moment` is naive or lies outside the calendar there.
    """
    return _in_shanghai(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def next_day(day: date) -> date | None:
    """Return the day after; None at the end of the calendar."""
    return day + timedelta(days=1) if day < date.max else None


def next_month(day: date) -> date | None:
    """Return the first day of the month after `day`'s; None at the end of the calendar."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, 1) if year <= date.max.year else None


def years_after(moment: datetime, years: int) -> datetime:
    """Return the same day and time in Shanghai `years` later; 29 February becomes the 28th.

    ValueError when `moment` is naive or the calendar ends before.
    """
    start = _in_shanghai(moment)
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        if start.year + years > date.max.year:
            raise _beyond_the_calendar() from None
        return start.replace(year=start.year + years, day=28)


def _in_shanghai(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"a moment needs its time zone: {moment!r}")
    try:
        return moment.astimezone(SHANGHAI)
    except OverflowError:
        raise _beyond_the_calendar() from None


def _beyond_the_calendar() -> ValueError:
    return ValueError(_("The calendar runs from the year 1 to the year 9999. Choose a time within it."))
