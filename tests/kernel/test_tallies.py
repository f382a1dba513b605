"""Counters of limits: windows of the world's calendar, and the last one given to one alone."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.kernel import tallies
from portal.kernel.calendar import SHANGHAI
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.models import Tally
from portal.simulator import walks


@pytest.fixture
def account(world):
    return walks.account_at(world, "registered")


def test_the_last_one_is_given_and_the_next_is_refused_with_the_day_it_is_free(account, time):
    for used in range(1, 6):
        assert tallies.spend(Limit.PHOTO_CHANGES, account).used == used
    with pytest.raises(Refused) as refused:
        tallies.spend(Limit.PHOTO_CHANGES, account, field="photo")
    assert (refused.value.code, refused.value.field) == ("photo_changes", "photo")
    assert "5 of 5" in refused.value.message
    assert "1 Apr 2019" in refused.value.message
    assert tallies.usage(Limit.PHOTO_CHANGES, account).left == 0


def test_a_month_ends_at_midnight_in_shanghai(account, time):
    tallies.spend(Limit.PHOTO_CHANGES, account)
    time.reaches(datetime(2019, 3, 31, 23, 59, 59, tzinfo=SHANGHAI))
    account.refresh_from_db()
    account.world.refresh_from_db()
    assert tallies.usage(Limit.PHOTO_CHANGES, account).used == 1
    time.passes(seconds=1)
    account.world.refresh_from_db()
    assert tallies.usage(Limit.PHOTO_CHANGES, account).used == 0


def test_a_year_ends_on_new_years_day(account, time):
    tallies.spend(Limit.SHORT_NAME_CHANGES, account)
    time.reaches(datetime(2019, 12, 31, 23, 59, 59, tzinfo=SHANGHAI))
    account.world.refresh_from_db()
    assert tallies.usage(Limit.SHORT_NAME_CHANGES, account).used == 1
    time.passes(seconds=1)
    account.world.refresh_from_db()
    assert tallies.usage(Limit.SHORT_NAME_CHANGES, account).used == 0


def test_subjects_and_limits_do_not_share(world, account):
    other = walks.account_at(world, "registered")
    tallies.spend(Limit.PHOTO_CHANGES, account)
    assert [usage.used for usage in tallies.usages(other, Limit.PHOTO_CHANGES, Limit.CATEGORY_CHANGES)] == [
        0,
        0,
    ]
    assert tallies.usage(Limit.CATEGORY_CHANGES, account).used == 0


def test_several_limits_are_read_in_one_query(account, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = tallies.usages(account, Limit.PHOTO_CHANGES, Limit.SHORT_NAME_CHANGES, Limit.NAME_CHANGES)
    assert [usage.limit for usage in found] == [
        Limit.PHOTO_CHANGES, Limit.SHORT_NAME_CHANGES, Limit.NAME_CHANGES
    ]  # fmt: skip


def test_a_refused_use_leaves_no_trace(account):
    Tally.objects.create(
        world=account.world, limit="photo_changes", subject_id=account.pk, period="2019-03", used=5
    )
    with pytest.raises(Refused):
        tallies.spend(Limit.PHOTO_CHANGES, account)
    assert Tally.objects.get().used == 5


def test_what_is_given_back_is_free_in_the_month_in_which_it_was_spent(account, time):
    """Twice more than was spent is nothing: no count goes below zero."""
    march = account.world.now()
    tallies.spend(Limit.PHOTO_CHANGES, account, at=march)
    time.reaches(datetime(2019, 4, 1, tzinfo=SHANGHAI))
    account.world.refresh_from_db()
    tallies.spend(Limit.PHOTO_CHANGES, account)
    for _again in range(3):
        tallies.give_back(Limit.PHOTO_CHANGES, account, at=march)
    assert dict(Tally.objects.values_list("period", "used")) == {"2019-03": 0, "2019-04": 1}
    assert tallies.usage(Limit.PHOTO_CHANGES, account).used == 1


def test_a_moment_says_for_which_month_is_spent(account):
    """What a running clock says a moment later does not count."""
    april = datetime(2019, 4, 1, tzinfo=SHANGHAI)
    assert tallies.spend(Limit.PHOTO_CHANGES, account, at=april).used == 1
    assert tallies.usage(Limit.PHOTO_CHANGES, account).used == 0
