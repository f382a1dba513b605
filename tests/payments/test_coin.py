"""The game coin: authorized by a scan, named and priced until it is reviewed (PAY-4)."""

from __future__ import annotations

import re

import pytest

from accounts.models import Account, Notice
from payments import coins, keys
from payments.actions import coin as actions
from payments.actions import coin_keys
from payments.breaches_coin import coin_breaches
from payments.models import Environment, GameCoin
from portal.kernel import confirmations
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Confirmation, World
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks import coin as walk
from tests.conftest import Time
from tests.payments import coined


def test_the_scan_makes_the_coin_with_keys_and_the_partition_1(world: World) -> None:
    account = coined.seller(world)
    asked = actions.ask_authorization(account.pk, by=account.administrator.person.as_actor())
    assert not GameCoin.objects.exists()
    confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())
    coin = GameCoin.objects.get(account=account)
    live, sandbox = (keys.key_of(coin, environment) for environment in Environment)
    assert (coin.state, coin.name, coin.rate) == ("authorized", "", None)
    assert (coin.authorized_at, coin.authorized_by) == (world.now(), account.administrator.name)
    assert re.fullmatch(r"[1-9][0-9]{9}", coin.offer_id)
    assert all(re.fullmatch(r"[A-Za-z0-9]{32}", key) for key in (live, sandbox))
    assert live != sandbox
    assert live not in coin.live_key
    assert list(coin.partitions.values_list("zone_id", "name", "is_open")) == [("1", "Default", True)]
    told = Notice.objects.get(account=account, kind="payments.coin_authorized")
    assert told.facts == {"name": account.administrator.name, "offer_id": coin.offer_id}
    act = AuditEvent.objects.get(name=actions.AUTHORIZED)
    assert (act.account_id, act.reason) == (account.pk, coin.offer_id)


def test_only_the_administrator_authorizes_it_and_once(world: World) -> None:
    account = coined.seller(world)
    by = account.administrator.person.as_actor()
    asked = actions.ask_authorization(account.pk, by=by)
    stranger = Person.objects.get(world=world, wechat_id="meiran")
    with pytest.raises(Refused, match="somebody else's phone"):
        confirmations.confirm(asked.pk, by=stranger.as_actor())
    walk.authorize_coin(account)
    with pytest.raises(Refused, match="authorized already") as refused:
        actions.ask_authorization(account.pk, by=by)
    assert refused.value.code == "authorized"


def test_a_scan_that_comes_late_makes_no_second_coin(world: World) -> None:
    account = coined.seller(world)
    by = account.administrator.person.as_actor()
    asked = actions.ask_authorization(account.pk, by=by)
    GameCoin.objects.create(
        world=world, account=account, offer_id="1234567890", live_key="-", sandbox_key="-",
        authorized_at=world.now(), authorized_by="Lin Yue",
    )  # fmt: skip
    answered = confirmations.confirm(asked.pk, by=by)
    assert (answered.state, GameCoin.objects.count()) == (Confirmation.State.REFUSED, 1)
    assert "authorized already" in answered.refusal


def test_it_needs_virtual_payment(world: World) -> None:
    account = walks.account_at(world, "perfected", method="wechat_authentication")
    with pytest.raises(Refused, match="Virtual payment is not open yet"):
        actions.ask_authorization(account.pk, by=account.administrator.person.as_actor())


@pytest.mark.parametrize("name", ["L2", "灯油", "Lantern 12", "🏮🏮", "Ünïcödé"])
@pytest.mark.parametrize("rate", coins.RATES)
def test_name_and_rate_can_be_set(world: World, name: str, rate: int) -> None:
    account, _coin = coined.authorized(world)
    coin = walk.name_coin(account, name, rate)
    assert (coin.state, coin.name, coin.rate) == ("configured", name, rate)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "at least 2 characters"),
        (" L ", "at least 2 characters"),
        ("Lantern oil", "Keep it to 10 characters"),
        ("Lan\x00tern", "control character"),
        ("Lan\ud800", "half of a broken character"),
        ("La\u202ern", "reading direction"),
        ("La\u200bn", "nobody can see"),
        ("x" * 100_000, "Keep it to 10 characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused(world: World, name: str, sentence: str) -> None:
    account, _coin = coined.authorized(world)
    with pytest.raises(Refused, match=sentence) as refused:
        walk.name_coin(account, name)
    assert (refused.value.code, refused.value.field) == ("name", "name")
    assert GameCoin.objects.get().state == "authorized"


@pytest.mark.parametrize("rate", [0, -1, 2, 11, 1000, 10**30, 1.5, True, "10", None])
def test_a_rate_is_1_10_or_100(world: World, rate: object) -> None:
    account, _coin = coined.authorized(world)
    with pytest.raises(Refused, match="1, 10 or 100") as refused:
        actions.configure(
            account.pk,
            name="Lantern",
            rate=rate,  # type: ignore[arg-type]
            by=account.administrator.person.as_actor(),
        )
    assert (refused.value.code, refused.value.field) == ("rate", "rate")


def test_the_same_again_is_no_change(world: World) -> None:
    account, _coin = coined.named(world)
    moves = AuditEvent.objects.filter(subject_type="payments.GameCoin", name="configure")
    assert moves.count() == 1
    walk.name_coin(account)
    assert moves.count() == 1
    walk.name_coin(account, "Oil", 100)
    assert moves.count() == 2


def test_name_and_rate_are_fixed_under_review_and_online(world: World) -> None:
    account, coin = coined.debugged(world)
    application = walk.apply_for_coin(account)
    with pytest.raises(Refused, match="Withdraw the application") as refused:
        walk.name_coin(account, "Oil", 100)
    assert refused.value.code == "under_review"
    walk.decide_coin(application, "approve")
    with pytest.raises(Refused, match="never change again") as refused:
        walk.name_coin(account, "Oil", 100)
    assert refused.value.code == "online"
    coin.refresh_from_db()
    assert (coin.name, coin.rate) == (walk.NAME, walk.RATE)


def test_a_developer_may_do_nothing_with_it(world: World) -> None:
    account, _coin = coined.authorized(world)
    walks.bind(account, "meiran", "developer")
    developer = Person.objects.get(world=world, wechat_id="meiran").as_actor()
    with pytest.raises(Refused, match="It needs the permission"):
        actions.configure(account.pk, name="Lantern", rate=10, by=developer)


# --- keys -----------------------------------------------------------------------------------


def _scanned(account: Account, *, environment: int, reset: bool = False) -> tuple[Environment, str]:
    by = account.administrator.person.as_actor()
    asked = coin_keys.ask(account.pk, environment=environment, reset=reset, by=by)
    confirmations.confirm(asked.pk, by=by)
    return coin_keys.carry_out(account.pk, by=by)


@pytest.mark.parametrize("environment", Environment)
def test_a_key_is_shown_by_a_scan_and_stays(world: World, environment: Environment) -> None:
    account, coin = coined.authorized(world)
    assert _scanned(account, environment=environment) == (environment, keys.key_of(coin, environment))
    act = AuditEvent.objects.get(name=coin_keys.SEEN)
    assert (act.account_id, act.reason) == (account.pk, str(environment.label))
    assert not AuditEvent.objects.filter(reason__contains=keys.key_of(coin, environment)).exists()


@pytest.mark.parametrize("environment", Environment)
def test_a_reset_makes_the_key_before_void(world: World, environment: Environment) -> None:
    account, coin = coined.authorized(world)
    before = {each: keys.key_of(coin, each) for each in Environment}
    _environment, key = _scanned(account, environment=environment, reset=True)
    coin.refresh_from_db()
    after = {each: keys.key_of(coin, each) for each in Environment}
    assert after == {**before, environment: key}
    assert key != before[environment]
    assert Notice.objects.filter(account=account, kind__endswith="_key_reset").count() == 1


def test_without_a_scan_no_key_is_shown(world: World, time: Time) -> None:
    account, _coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    with pytest.raises(Refused) as refused:
        coin_keys.carry_out(account.pk, by=by)
    assert refused.value.code == "not_confirmed"
    asked = coin_keys.ask(account.pk, environment=1, by=by)
    with pytest.raises(Refused):
        coin_keys.carry_out(account.pk, by=by)
    confirmations.confirm(asked.pk, by=by)
    time.passes(minutes=10)
    with pytest.raises(Refused, match="older than ten minutes"):
        coin_keys.carry_out(account.pk, by=by)
    _scanned(account, environment=1)
    with pytest.raises(Refused):  # one look a scan
        coin_keys.carry_out(account.pk, by=by)


@pytest.mark.parametrize("environment", [2, -1, 10**30, True, None, "1"])
def test_there_are_two_environments(world: World, environment: object) -> None:
    account, _coin = coined.authorized(world)
    with pytest.raises(Refused, match="live or the sandbox"):
        coin_keys.ask(
            account.pk,
            environment=environment,  # type: ignore[arg-type]
            by=account.administrator.person.as_actor(),
        )


def test_an_operator_sees_no_key(world: World) -> None:
    account, _coin = coined.authorized(world)
    walks.bind(account, "meiran", "operator")
    operator = Person.objects.get(world=world, wechat_id="meiran").as_actor()
    with pytest.raises(Refused, match="Only the administrator"):
        coin_keys.ask(account.pk, environment=1, by=operator)


def test_nothing_is_broken_along_the_way(world: World) -> None:
    account, _coin = coined.named(world)
    assert coin_breaches() == []
    for name in coined.REQUIRED:
        coined.called(GameCoin.objects.get(account=account), name)
    walk.decide_coin(walk.apply_for_coin(account), "reject", "tender")
    assert coin_breaches() == []
    walk.decide_coin(walk.apply_for_coin(account), "approve")
    assert coin_breaches() == []
