"""The game coin in many hands: one coin, one application, one verdict, and a name that stays (PAY-4)."""

from __future__ import annotations

import time as real
from functools import partial

import pytest

from accounts.models import Account
from payments.actions import coin as actions
from payments.actions import coin_applications, coin_keys, partitions
from payments.breaches_coin import coin_breaches
from payments.keys import key_of
from payments.models import CoinApplication, Environment, GameCoin, Partition
from portal.kernel import confirmations, reviews
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import Verdict, World
from portal.kernel.reviews import Reason
from portal.simulator.walks import coin as walk
from tests.payments import coined
from tests.races.rig import CHECK_TO_WRITE, race, without_constraint
from tests.races.rig import words as ended

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("PAY-4"),
]


def all_is_well(account: Account) -> None:
    """Assert what holds whoever was first."""
    assert coin_breaches() == []
    coin = GameCoin.objects.get(account=account)
    assert (Account.objects.get(pk=account.pk).coin_online_at is not None) == (coin.state == "online")


def test_many_scans_make_one_coin(world: World) -> None:
    account = coined.seller(world)
    by = account.administrator.person.as_actor()
    asked = actions.ask_authorization(account.pk, by=by)
    outcomes = race([partial(confirmations.confirm, asked.pk, by=by)] * 4)
    assert ended(outcomes) == {"done": 1, "code_over": 3}
    assert (GameCoin.objects.count(), Partition.objects.count()) == (1, 1)
    all_is_well(account)


def test_of_two_applications_one_is_at_the_desk(world: World) -> None:
    account, _coin = coined.debugged(world)
    apply = partial(coin_applications.apply, account.pk, statement="For skins.", by=SIMULATOR)
    assert ended(race([apply] * 4)) == {"done": 1, "under_review": 3}
    assert CoinApplication.objects.count() == 1
    all_is_well(account)


def test_control_a_state_read_before_the_lock_applies_twice(world: World) -> None:
    _account, coin = coined.debugged(world)

    def naive() -> None:
        if CoinApplication.objects.filter(coin=coin).exists():
            raise Refused("-", code="under_review")
        real.sleep(CHECK_TO_WRITE)
        CoinApplication.objects.create(
            world=world, coin=coin, statement="For skins.", submitted_at=world.now()
        )

    with without_constraint(CoinApplication, "one_coin_application_at_a_time"):
        assert ended(race([naive] * 4))["done"] > 1


def test_a_name_is_changed_before_the_approval_or_not_at_all(world: World) -> None:
    account, coin = coined.debugged(world)
    review = walk.waiting_coin_review(walk.apply_for_coin(account))
    outcomes = race(
        [
            partial(actions.configure, account.pk, name="Oil", rate=100, by=SIMULATOR),
            partial(reviews.decide, review.pk, Verdict.Kind.APPROVE, by=SIMULATOR),
        ]
    )
    assert outcomes[1].word == "done"
    assert outcomes[0].word in {"under_review", "online"}
    coin.refresh_from_db()
    assert (coin.state, coin.name, coin.rate) == ("online", walk.NAME, walk.RATE)
    all_is_well(account)


def test_a_name_changed_beside_the_application_is_the_one_reviewed_or_refused(world: World) -> None:
    account, coin = coined.debugged(world)
    changed, applied = race(
        [
            partial(actions.configure, account.pk, name="Oil", rate=100, by=SIMULATOR),
            partial(coin_applications.apply, account.pk, statement="For skins.", by=SIMULATOR),
        ]
    )
    assert applied.word == "done"
    coin.refresh_from_db()
    assert (changed.word, coin.name) in {("done", "Oil"), ("under_review", walk.NAME)}
    all_is_well(account)


def test_of_two_reviewers_one_decides(world: World) -> None:
    account, _coin = coined.debugged(world)
    review = walk.waiting_coin_review(walk.apply_for_coin(account))
    approve = partial(reviews.decide, review.pk, Verdict.Kind.APPROVE, by=SIMULATOR)
    reject = partial(reviews.decide, review.pk, Verdict.Kind.REJECT, reasons=[Reason("No.")], by=SIMULATOR)
    outcomes = race([approve, reject, approve, reject])
    assert ended(outcomes) == {"done": 1, "decided": 3}
    assert review.verdicts.count() == 1
    all_is_well(account)


def test_withdrawn_or_decided_and_never_both(world: World) -> None:
    account, _coin = coined.debugged(world)
    review = walk.waiting_coin_review(walk.apply_for_coin(account))
    outcomes = race(
        [
            partial(reviews.decide, review.pk, Verdict.Kind.APPROVE, by=SIMULATOR),
            partial(coin_applications.withdraw, account.pk, by=SIMULATOR),
        ]
    )
    assert ended(outcomes) in ({"done": 1, "decided": 1}, {"done": 1, "not_under_review": 1})
    all_is_well(account)


def test_one_zone_id_makes_one_partition(world: World) -> None:
    account, _coin = coined.authorized(world)
    add = partial(partitions.add, account.pk, zone_id="2", name="River", by=SIMULATOR)
    assert ended(race([add] * 4)) == {"done": 1, "zone_taken": 3}
    assert Partition.objects.count() == 2


def test_one_scan_resets_a_key_once(world: World) -> None:
    account, coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    before = key_of(coin, Environment.LIVE)
    asked = coin_keys.ask(account.pk, environment=Environment.LIVE, reset=True, by=by)
    confirmations.confirm(asked.pk, by=by)
    outcomes = race([partial(coin_keys.carry_out, account.pk, by=by)] * 4)
    assert ended(outcomes) == {"done": 1, "not_confirmed": 3}
    (shown,) = [outcome.value for outcome in outcomes if outcome.word == "done"]
    coin.refresh_from_db()
    assert shown == (Environment.LIVE, key_of(coin, Environment.LIVE))
    assert shown[1] != before
