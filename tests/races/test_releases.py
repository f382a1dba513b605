"""Releases in many hands: one outcome each, one full release, always approved (REL-8, REL-9; R8, R9)."""

from __future__ import annotations

import time as real
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from accounts.models import Account
from portal.kernel import clock, confirmations, tick
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline, World
from portal.simulator import walks
from releases import actions, breaches_releases, words
from releases.models import InternalTest, Release, Service, Submission
from tests.races.rig import CHECK_TO_WRITE, race, without_constraint
from tests.races.rig import words as ended

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("REL-8", "REL-9"),
]


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "perfected")


def approved(account: Account, number: str = "1.0.0") -> Submission:
    submission = walks.submit(walks.upload(account, number))
    walks.decide_code(submission, "approve")
    return Submission.objects.get(pk=submission.pk)


def scan(asked: Confirmation, account: Account) -> Callable[[], Any]:
    """Return a call that confirms on the administrator's phone; a refusal on the code is one of the call."""

    def confirm() -> Any:
        answered = confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())
        if answered.state == Confirmation.State.REFUSED:
            raise Refused(answered.refusal, code="refused")
        return answered

    return confirm


def all_is_well() -> None:
    """Assert what holds whoever was first."""
    states = list(Release.objects.values_list("state", flat=True))
    assert states.count("full") <= 1
    assert states.count("phased") <= 1
    assert breaches_releases.breaches() == []


def test_of_many_clicks_one_code_is_left_and_one_scan_releases(account) -> None:
    submission = approved(account)
    clicks = [partial(actions.ask_to_release, submission.pk, percent=100, by=SIMULATOR)] * 4
    outcomes = race(clicks)
    assert ended(outcomes) == {"done": 4}
    outcomes = race([scan(outcome.value, account) for outcome in outcomes])
    assert ended(outcomes) == {"done": 1, "code_over": 3}
    assert Release.objects.count() == 1
    all_is_well()


def test_two_taps_on_one_code_release_once(account) -> None:
    asked = actions.ask_to_release(approved(account).pk, percent=100, by=SIMULATOR)
    assert ended(race([scan(asked, account)] * 6)) == {"done": 1, "code_over": 5}
    assert Release.objects.count() == 1
    all_is_well()


def test_control_a_state_read_before_the_lock_releases_twice(account) -> None:
    submission = approved(account)

    def naive() -> None:
        if Release.objects.exists():
            raise Refused("-", code="not_approved")
        real.sleep(CHECK_TO_WRITE)
        Release.objects.create(
            world=account.world,
            account=account,
            submission=submission,
            state="full",
            released_by="-",
            released_at=account.world.now(),
        )

    with without_constraint(Release, "one_full_release"):
        assert ended(race([naive] * 4))["done"] > 1


@pytest.mark.parametrize("whole_world", [True, False])
def test_release_against_the_internal_test(whole_world, account) -> None:
    """The test comes first and refuses the scan, or the release was there before it: never in between."""
    asked = actions.ask_to_release(approved(account).pk, percent=100, by=SIMULATOR)
    whose = None if whole_world else account.pk
    begin = partial(actions.begin_internal_test, account.world_id, account_id=whose, by=SIMULATOR)
    released, begun = race([scan(asked, account), begin])
    assert begun.word == "done"
    assert released.word in {"done", "refused"}
    assert Release.objects.count() == (released.word == "done")
    if released.word == "refused":
        assert Submission.objects.get().state == "approved"
    all_is_well()


def test_nothing_is_released_once_the_switch_has_answered(account) -> None:
    """Whoever sees the test running sees no release that comes after it."""
    submission = approved(account)
    asked = actions.ask_to_release(submission.pk, percent=100, by=SIMULATOR)

    def begin_and_look() -> int:
        actions.begin_internal_test(account.world_id, by=SIMULATOR)
        return Release.objects.count()

    released, begun = race([scan(asked, account), begin_and_look])
    real.sleep(CHECK_TO_WRITE)
    assert begun.value == Release.objects.count() == (released.word == "done")


def test_the_switch_pressed_by_many_is_one_test(account) -> None:
    begin = partial(actions.begin_internal_test, account.world_id, by=SIMULATOR)
    one = partial(actions.begin_internal_test, account.world_id, account_id=account.pk, by=SIMULATOR)
    assert ended(race([begin, one] * 3)) == {"done": 6}
    assert InternalTest.objects.filter(ended_at__isnull=True).count() == 2
    end = partial(actions.end_internal_test, account.world_id, by=SIMULATOR)
    assert sorted(outcome.value for outcome in race([end] * 3)) == [False, False, True]


@pytest.mark.parametrize("percent", [50, 100])
def test_growth_against_the_deadline(percent, account) -> None:
    walks.publish(account, "1.0.0")
    phased = walks.publish(account, "1.1.0", 5)
    due = Deadline.objects.open().get(kind=words.FULL).due_at
    World.objects.filter(pk=account.world_id).update(frozen_at=due, rings_at=clock.real_now())
    grown, ticked = race([partial(actions.grow, phased.pk, percent=percent, by=SIMULATOR), tick.tick])
    assert ticked.word == "done"
    assert grown.word in {"done", "phased"}
    tick.tick()
    release = Release.objects.get(pk=phased.pk)
    assert (release.state, release.percent) == ("full", 100)
    assert list(Release.objects.order_by("pk").values_list("state", flat=True)) == ["replaced", "full"]
    all_is_well()


def test_cancel_against_completion_by_hand(account) -> None:
    walks.publish(account, "1.0.0")
    phased = walks.publish(account, "1.1.0", 5)
    outcomes = race(
        [
            partial(actions.cancel, phased.pk, by=SIMULATOR),
            partial(actions.grow, phased.pk, percent=100, by=SIMULATOR),
        ]
    )
    assert ended(outcomes) == {"done": 1, "phased": 1}
    assert not Deadline.objects.open().filter(kind=words.FULL).exists()
    all_is_well()


def test_rollback_against_release(account) -> None:
    first = walks.publish(account, "1.0.0")
    walks.publish(account, "1.1.0")
    asked = actions.ask_to_release(approved(account, "1.2.0").pk, percent=100, by=SIMULATOR)
    back, released = race(
        [partial(actions.roll_back, account.pk, to=first.pk, by=SIMULATOR), scan(asked, account)]
    )
    assert (back.word, released.word) == ("done", "done")  # in either order
    newest = Release.objects.latest("pk")
    assert newest.state == "full"
    assert newest.submission.version.number in {"1.0.0", "1.2.0"}
    all_is_well()


def test_two_administrators_roll_back_once(account) -> None:
    first = walks.publish(account, "1.0.0")
    walks.publish(account, "1.1.0")
    back = partial(actions.roll_back, account.pk, to=first.pk, by=SIMULATOR)
    assert ended(race([back] * 4)) == {"done": 1, "rollback": 3}
    assert Release.objects.filter(rollback_of=first).count() == 1
    all_is_well()


def test_control_choices_read_before_the_lock_roll_back_twice(account) -> None:
    first = walks.publish(account, "1.0.0")
    walks.publish(account, "1.1.0")

    def naive() -> None:
        if not actions.rollback_choices(account):
            raise Refused("-", code="rollback")
        real.sleep(CHECK_TO_WRITE)
        Release.objects.create(
            world=account.world,
            account=account,
            submission=first.submission,
            rollback_of=first,
            state="full",
            released_by="-",
            released_at=account.world.now() + timedelta(seconds=1),
        )

    with without_constraint(Release, "one_full_release"):
        assert ended(race([naive] * 4))["done"] > 1


def test_suspended_by_many_is_suspended_once(account) -> None:
    walks.publish(account, "1.0.0")
    suspend = partial(actions.suspend, account.pk, reason="Moving house", by=SIMULATOR)
    assert ended(race([suspend] * 4)) == {"done": 1, "suspended": 3}
    resume = partial(actions.resume, account.pk, by=SIMULATOR)
    assert ended(race([resume] * 4)) == {"done": 1, "running": 3}
    assert Service.objects.get().state == "running"
