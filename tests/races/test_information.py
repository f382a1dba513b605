"""Quotas of photo, introduction and categories, the first level and the last category, all at once."""

from __future__ import annotations

import time as real
from functools import partial

import pytest
from django.db.models import F

from accounts.models import Account, Category
from information import actions
from information.breaches import breaches
from portal.kernel.limits import LIMITS, Limit
from portal.kernel.models import AuditEvent, Tally
from portal.simulator import walks
from tests.information.chosen import administrator, choose, decide, prove, read, square
from tests.races.rig import CHECK_TO_WRITE, race, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

COLOURS = ("red", "lime", "blue", "white", "black", "grey", "pink", "gold", "navy", "teal", "plum", "tan")


@pytest.fixture
def account(world):
    return walks.account_at(world, "verified")


def used(limit):
    return sum(Tally.objects.filter(limit=limit.value).values_list("used", flat=True))


def acts(account, name):
    return AuditEvent.objects.filter(account_id=account.pk, name=name).count()


# Two tabs, or twelve: no month has more changes than its quota.


@pytest.mark.requirement("INF-2")
def test_of_twelve_photos_at_once_five_are_taken(account):
    by = administrator(account)
    photos = [square(colour) for colour in COLOURS]
    outcomes = race([partial(actions.change_photo, account.pk, photo, by=by) for photo in photos])
    assert words(outcomes) == {"done": 5, "photo_changes": 7}
    assert (used(Limit.PHOTO_CHANGES), acts(account, "information.photo_changed")) == (5, 5)
    assert breaches() == []


@pytest.mark.requirement("INF-2")
def test_of_twelve_introductions_at_once_five_are_saved(account):
    by = administrator(account)
    texts = [f"A paper kite, the {colour} one." for colour in COLOURS]
    outcomes = race([partial(actions.change_introduction, account.pk, text, by=by) for text in texts])
    assert words(outcomes) == {"done": 5, "introduction_changes": 7}
    assert (used(Limit.INTRODUCTION_CHANGES), acts(account, "information.introduction_changed")) == (5, 5)
    assert breaches() == []


def test_control_a_count_read_before_it_is_written_passes_the_quota(account):
    limit = Limit.INTRODUCTION_CHANGES
    tally = Tally.objects.create(
        world=account.world, limit=limit.value, subject_id=account.pk, period="2019-03", used=4
    )

    def naive():
        if Tally.objects.get(pk=tally.pk).used < LIMITS[limit].at_most:
            real.sleep(CHECK_TO_WRITE)
            Tally.objects.filter(pk=tally.pk).update(used=F("used") + 1)

    race([naive] * 4)
    assert breaches() == [f"tally {tally.pk}: {used(limit)} of 5 introduction_changes used in 2019-03"]


# Categories: a kind once, three changes, one first level, and never none in use.


@pytest.mark.requirement("INF-1")
def test_a_category_chosen_in_eight_tabs_is_there_once(account):
    outcomes = race([partial(choose, account, "puzzle")] * 8)
    assert words(outcomes) == {"done": 1, "chosen": 7}
    assert (Category.objects.count(), used(Limit.CATEGORY_CHANGES)) == (1, 1)


@pytest.mark.requirement("INF-1")
def test_of_six_categories_at_once_three_are_the_month(account):
    seconds = ("casual", "puzzle", "action", "sports", "strategy", "shooting")
    outcomes = race([partial(choose, account, second) for second in seconds])
    assert words(outcomes) == {"done": 3, "category_changes": 3}
    assert (Category.objects.filter(state="in_use").count(), used(Limit.CATEGORY_CHANGES)) == (3, 3)


@pytest.mark.requirement("INF-3")
def test_of_two_first_levels_at_once_one_is_for_good(world):
    for nth, wechat_id in enumerate(("linyue", "chenxi", "guoan")):
        account = walks.account_at(
            world, "verified", email=f"k{nth}@kite.example", name=f"Paper Kite {nth}", wechat_id=wechat_id
        )
        calls = [partial(choose, account, "puzzle"), partial(choose, account, "notes", first="tools")]
        assert words(race(calls)) == {"done": 1, "first_category": 1}
        (category,) = Category.objects.filter(account=account)
        assert Account.objects.get(pk=account.pk).first_category == category.first
    assert breaches() == []


@pytest.mark.requirement("INF-1")
def test_of_two_in_use_removed_at_once_one_stays(account):
    both = [choose(account, second) for second in ("puzzle", "casual")]
    by = administrator(account)
    outcomes = race([partial(actions.remove_category, category.pk, by=by) for category in both])
    assert words(outcomes) == {"done": 1, "last_category": 1}
    assert Category.objects.filter(state="in_use").count() == 1
    assert breaches() == []


def test_control_a_count_without_the_lock_removes_both(account):
    both = [choose(account, second) for second in ("puzzle", "casual")]
    by = administrator(account)

    def naive(category):
        others = Category.objects.filter(account=account, state="in_use").exclude(pk=category.pk)
        if others.exists():
            real.sleep(CHECK_TO_WRITE)
            found = Category.objects.get(pk=category.pk)
            found.remove(at=account.world.now(), by=by)
            found.save()

    race([partial(naive, category) for category in both])
    assert breaches() == [f"account {account.pk}: has a first category, but none in use"]


@pytest.mark.requirement("SIM-7")
def test_a_verdict_and_a_taking_back_at_once_agree(world, account):
    """Whoever is first decides for category, review and account alike."""
    prove(account)
    category = choose(account, "card_board")
    by = administrator(account)
    decided, removed = race(
        [partial(decide, category, "approve"), partial(actions.remove_category, category.pk, by=by)]
    )
    category.refresh_from_db()
    assert (decided.word, removed.word, category.state) in {
        ("done", "last_category", "in_use"),
        ("decided", "done", "removed"),
    }
    assert Account.objects.get(pk=account.pk).first_category == ("game" if category.state == "in_use" else "")
    assert breaches() == []


@pytest.mark.requirement("INF-2")
def test_of_eight_proofs_at_once_five_are_kept(account):
    by = administrator(account)
    proofs = [read(colour) for colour in COLOURS[:8]]
    outcomes = race([partial(actions.add_proof, account.pk, proof, by=by) for proof in proofs])
    assert words(outcomes) == {"done": 5, "proofs": 3}
    assert len(actions.proofs_at_hand(account)) == 5
