"""Money, lists and moments as they are written, in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from portal.kernel import wording
from portal.kernel.wording import SHANGHAI

NOW = datetime(2019, 3, 12, 14, 32, 7, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("fen", "amount", "plain", "signed"),
    [
        (123450, "¥1,234.50", "1,234.50", "+ 1,234.50"),
        (37, "¥0.37", "0.37", "+ 0.37"),
        (0, "¥0.00", "0.00", "+ 0.00"),
        (-73, "-¥0.73", "-0.73", "- 0.73"),
        (None, "", "", ""),
    ],
)
def test_money_is_shown_in_yuan(fen, amount, plain, signed):
    assert (wording.yuan(fen), wording.yuan_plain(fen), wording.yuan_signed(fen)) == (amount, plain, signed)


@pytest.mark.parametrize(
    ("language", "parts", "row", "steps", "named"),
    [
        ("en", ["a", "b", "c"], "a, b, c", "a; b; c", "a, b and c"),
        ("en", ["a", "b"], "a, b", "a; b", "a and b"),
        ("en", ["a"], "a", "a", "a"),
        ("zh-hans", ["甲", "乙", "丙"], "甲、乙、丙", "甲；乙；丙", "甲、乙和丙"),
        ("zh-hans", ["甲"], "甲", "甲", "甲"),
    ],
)
def test_a_list_is_joined_by_the_signs_of_the_language(language, parts, row, steps, named):
    with translation.override(language):
        said = wording.joined(parts), wording.joined(parts, by="; "), wording.listed(parts)
    assert said == (row, steps, named)


@pytest.mark.parametrize(("language", "text"), [("en", "One. Two."), ("zh-hans", "One.Two.")])
def test_sentences_stand_side_by_side_as_the_language_sets_them(language, text):
    with translation.override(language):
        assert wording.joined(["One.", "Two."], by=" ") == text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            {
                "moment": "4 Apr 2019, 10:15",
                "short_moment": "4 Apr 10:15",
                "weekday_moment": "Thu 4 Apr 2019, 10:15",
                "day": "4 Apr 2019",
                "short_day": "4 Apr",
                "clock_time": "10:15",
                "iso": "2019-04-04T10:15:00+08:00",
            },
        ),
        (
            "zh-hans",
            {
                "moment": "2019 年 4 月 4 日 10:15",
                "short_moment": "4 月 4 日 10:15",
                "weekday_moment": "2019 年 4 月 4 日 周四 10:15",
                "day": "2019 年 4 月 4 日",
                "short_day": "4 月 4 日",
                "clock_time": "10:15",
                "iso": "2019-04-04T10:15:00+08:00",
            },
        ),
    ],
)
def test_moments_are_told_in_shanghai_and_in_the_readers_language(language, expected):
    value = datetime(2019, 4, 4, 2, 15, tzinfo=UTC)
    with translation.override(language):
        assert {name: getattr(wording, name)(value) for name in expected} == expected


def test_the_day_of_a_moment_is_shanghais():
    assert wording.day(datetime(2019, 3, 8, 16, 0, tzinfo=UTC)) == "9 Mar 2019"
    assert wording.day(date(2019, 3, 8)) == "8 Mar 2019"


@pytest.mark.parametrize("name", ["moment", "short_moment", "weekday_moment", "day", "iso"])
def test_no_moment_is_no_text(name):
    assert getattr(wording, name)(None) == ""


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", {"before": "Tue ", "date": "12 Mar", "after": " 2019", "time": "14:32"}),
        ("zh-hans", {"before": "2019 年 ", "date": "3 月 12 日", "after": " 周二", "time": "14:32"}),
    ],
)
def test_the_bars_clock_comes_in_pieces(language, parts):
    with translation.override(language):
        assert wording.clock_parts(NOW) == parts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NOW.replace(hour=9, minute=48), "Today 09:48"),
        (datetime(2019, 3, 11, 17, 20, tzinfo=SHANGHAI), "11 Mar 17:20"),
        (datetime(2018, 3, 12, 9, 48, tzinfo=SHANGHAI), "12 Mar 2018"),
        (None, ""),
    ],
)
def test_a_near_moment_leaves_out_what_goes_without_saying(value, text):
    assert wording.near_moment(value, NOW) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(days=7, hours=6, minutes=15), "7 d 6 h"),
        (timedelta(hours=6, minutes=15, seconds=9), "6 h 15 min"),
        (timedelta(minutes=4, seconds=12), "4 min 12 s"),
        (timedelta(seconds=42), "42 s"),
        (timedelta(seconds=-1), "0 s"),
        (None, ""),
    ],
)
def test_a_span_names_its_two_largest_units(length, text):
    assert wording.span(length) == text


def test_a_span_and_a_near_moment_are_told_in_chinese():
    with translation.override("zh-hans"):
        said = wording.span(timedelta(days=7, hours=6)), wording.near_moment(NOW, NOW)
    assert said == ("7 天 6 小时", "今天 14:32")
