"""The look's template tags: what remains, masks, quotas, pills, form controls."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from portal.console.templatetags import look
from tests.console.look_states import EMPTY

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2019, 3, 12, 14, 32, 7, tzinfo=SHANGHAI)
SUBMITTED = datetime(2019, 3, 9, 20, 47, tzinfo=SHANGHAI)
DUE = SUBMITTED + timedelta(days=10)


def test_what_remains_is_counted_in_days_of_24_hours():
    left = look.remaining(DUE, NOW, SUBMITTED)
    assert (left.days, left.hours, left.minutes, left.seconds) == (7, 6, 14, 53)
    assert (left.over, left.near, left.total_minutes) == (False, False, 10454)
    assert left.words == "7 days 6 hours 14 minutes"
    assert left.slots == ("past", "past", "now q3", "", "", "", "", "", "", "")


@pytest.mark.parametrize(
    ("moment", "over", "near", "slots"),
    [
        (SUBMITTED, False, False, ("now q1", *[""] * 9)),
        (DUE - timedelta(days=1), False, False, (*["past"] * 9, "now q1")),
        (DUE - timedelta(seconds=1), False, True, (*["past"] * 9, "now q3")),
        (DUE, True, False, ("past",) * 10),
        (DUE + timedelta(days=3), True, False, ("past",) * 10),
    ],
)
def test_a_window_is_over_at_its_end_and_not_before(moment, over, near, slots):
    left = look.remaining(DUE, moment, SUBMITTED)
    assert (left.over, left.near, left.slots) == (over, near, slots)


def test_a_window_that_is_no_whole_number_of_days_ends_all_past():
    end = SUBMITTED + timedelta(days=2, hours=12)
    assert look.remaining(end, end, SUBMITTED).slots == ("past",) * 3


def test_a_window_too_long_to_draw_has_no_day_marks():
    assert look.remaining(SUBMITTED + timedelta(days=32), NOW, SUBMITTED).slots == ()


@pytest.mark.parametrize(
    ("mask", "number", "shown"),
    [
        (look.mask_id, "990106199004127820", "9901**********7820"),
        (look.mask_phone, "10000000042", "100****0042"),
        (look.mask_account, "8800410012340096", "8800 41** **** 0096"),
        (look.mask_account, "8800 0412 7731 0096 52", "8800 04** **** **96 52"),
        (look.mask_id, "99010619", "********"),
        (look.mask_phone, "", ""),
    ],
)
def test_numbers_of_people_are_masked_in_the_middle(mask, number, shown):
    assert mask(number) == shown


@pytest.mark.parametrize(
    ("used", "total", "tone", "dots"),
    [
        (0, 1, "", (False,)),
        (1, 1, "out", (True,)),
        (1, 2, "near", (True, False)),
        (2, 5, "", (True, True, False, False, False)),
        (79, 100, "", ()),
        (80, 100, "near", ()),
        (100, 100, "out", ()),
        (0, 0, "out", ()),
    ],
)
def test_a_quota_warns_at_half_of_a_small_limit_and_at_four_fifths_of_a_large_one(used, total, tone, dots):
    assert look.quota(used, total) == look.Quota(used=used, total=total, dots=dots, tone=tone)


def test_a_pill_has_a_tone_of_the_look():
    assert look.pill("Verified", "done") == '<span class="pill done">Verified</span>'
    assert look.pill("<b>") == '<span class="pill idle">&lt;b&gt;</span>'
    with pytest.raises(ValueError, match="no tone 'success'"):
        look.pill("Verified", "success")


def test_a_field_row_takes_what_stands_beside_the_control():
    row = '{% fieldrow form.code width="w-s" quota_used=1 quota_total=5 %}<b>Send</b>{% endfieldrow %}'
    html = Template("{% load look %}" + row).render(Context({"form": EMPTY}))
    assert "<b>Send</b>" in html
    assert "form-control w-s" in html
