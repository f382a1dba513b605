from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.calendar import SHANGHAI, month_of, start_of_day, working_days_after

BEYOND = "The calendar runs from the year 1 to the year 9999. Choose a time within it."

moments = st.datetimes(
    datetime(1992, 1, 1),  # noqa: DTZ001 -- bounds are naive; the last summer time was 1991
    datetime(2100, 1, 1),  # noqa: DTZ001 -- the same
    timezones=st.sampled_from([UTC, SHANGHAI, ZoneInfo("America/New_York")]),
)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "days", "then"),
    [
        # 2019-03-01 is a Friday.
        ("2019-03-01 09:30:00.000001", 0, "2019-03-01 09:30:00.000001"),
        ("2019-03-01 09:30:00.000001", 1, "2019-03-04 09:30:00.000001"),
        ("2019-03-01 23:59", 2, "2019-03-05 23:59"),
        ("2019-03-01 00:00", 5, "2019-03-08 00:00"),
        ("2019-03-01 00:00", 10, "2019-03-15 00:00"),
        ("2019-03-02 12:00", 0, "2019-03-02 12:00"),
        ("2019-03-02 12:00", 1, "2019-03-04 12:00"),
        ("2019-03-03 12:00", 1, "2019-03-04 12:00"),
        ("2019-03-03 12:00", 5, "2019-03-08 12:00"),
        ("2019-03-03 12:00", 6, "2019-03-11 12:00"),
        ("2019-03-04 12:00", 4, "2019-03-08 12:00"),
        ("2019-03-04 12:00", 5, "2019-03-11 12:00"),
        ("2019-03-06 12:00", 10, "2019-03-20 12:00"),
        # No holidays: the National Day week counts.
        ("2019-09-30 12:00", 1, "2019-10-01 12:00"),
        ("2020-02-28 12:00", 1, "2020-03-02 12:00"),
        ("2019-12-31 12:00", 1, "2020-01-01 12:00"),
        ("9999-12-30 12:00", 1, "9999-12-31 12:00"),
    ],
)
def test_working_days_are_monday_to_friday(moment, days, then):
    assert working_days_after(shanghai(moment), days) == shanghai(then)


def test_working_days_are_shanghais():
    friday_evening_in_utc = datetime(2019, 3, 1, 17, 0, tzinfo=UTC)  # Saturday 01:00 there

    then = working_days_after(friday_evening_in_utc, 1)

    assert then == shanghai("2019-03-04 01:00")
    assert then.tzinfo is SHANGHAI


@given(moments, st.integers(0, 40))
def test_working_days_are_counted_as_on_the_fingers(moment, days):
    day = moment.astimezone(SHANGHAI)
    left = days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5

    assert working_days_after(moment, days) == day


@pytest.mark.parametrize("days", [2, 1_000_000_000, 10**30])
def test_the_calendar_ends(days):
    with pytest.raises(ValueError, match="calendar") as caught:
        working_days_after(shanghai("9999-12-30 12:00"), days)

    assert str(caught.value) == BEYOND


def test_working_days_do_not_run_backwards():
    with pytest.raises(ValueError, match="counted forward, not -1"):
        working_days_after(shanghai("2019-03-01 12:00"), -1)


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        (shanghai("2019-03-01 00:00"), date(2019, 3, 1)),
        (shanghai("2019-03-31 23:59:59.999999"), date(2019, 3, 1)),
        (datetime(2019, 3, 31, 15, 59, 59, tzinfo=UTC), date(2019, 3, 1)),
        (datetime(2019, 3, 31, 16, 0, tzinfo=UTC), date(2019, 4, 1)),
        (datetime(2019, 12, 31, 16, 0, tzinfo=UTC), date(2020, 1, 1)),
        (datetime(2020, 2, 29, 12, 0, tzinfo=UTC), date(2020, 2, 1)),
        (datetime(9999, 12, 31, 15, 59, tzinfo=UTC), date(9999, 12, 1)),
    ],
)
def test_the_month_is_shanghais(moment, first):
    assert month_of(moment) == first


@pytest.mark.parametrize(
    ("moment", "midnight"),
    [
        (shanghai("2019-03-01 00:00"), "2019-03-01 00:00"),
        (shanghai("2019-03-01 23:59:59.999999"), "2019-03-01 00:00"),
        (datetime(2019, 3, 1, 15, 59, tzinfo=UTC), "2019-03-01 00:00"),
        (datetime(2019, 3, 1, 16, 0, tzinfo=UTC), "2019-03-02 00:00"),
    ],
)
def test_the_day_starts_at_shanghais_midnight(moment, midnight):
    start = start_of_day(moment)

    assert start == shanghai(midnight)
    assert start.tzinfo is SHANGHAI


@given(moments)
def test_a_moment_is_within_its_day_and_month(moment):
    start = start_of_day(moment)

    assert start <= moment < start + timedelta(days=1)
    assert start_of_day(start) == start
    assert month_of(moment) == month_of(start) == start.date().replace(day=1)


def ten_working_days_after(moment: datetime) -> datetime:
    return working_days_after(moment, 10)


@pytest.mark.parametrize("ask", [month_of, start_of_day, ten_working_days_after])
@pytest.mark.parametrize(
    "moment",
    [
        datetime(9999, 12, 31, 16, 0, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    ],
)
def test_a_moment_beyond_the_calendar_is_a_sentence(ask, moment):
    with pytest.raises(ValueError, match="calendar") as caught:
        ask(moment)

    assert str(caught.value) == BEYOND


@pytest.mark.parametrize("ask", [month_of, start_of_day, ten_working_days_after])
def test_a_moment_without_its_time_zone_is_refused(ask):
    with pytest.raises(ValueError, match="a moment needs its time zone"):
        ask(datetime(2019, 3, 1, 12, 0))  # noqa: DTZ001 -- the error is the point
