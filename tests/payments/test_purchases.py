"""A player buys coins: what the cash desk sells, refuses and delivers (PAY-6; wechat-api 11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Account
from payments import breaches_orders, clearing, client_codes, grades, models
from payments.actions import purchases
from payments.keys import new_key
from payments.models import DayIncome, Entry, GameCoin, Partition, PaymentOrder, Wallet
from portal.kernel import deadlines
from portal.kernel.actors import BANK, SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, World
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer, Person
from portal.simulator import walks
from tests.payments import shop as shops
from tests.payments.shop import Shop


@pytest.fixture
def shop(world: World) -> Shop:
    """Return a game that sells ten coins for a yuan."""
    return shops.opened(world)


def person(shop: Shop, wechat_id: str = "meiran") -> Person:
    return Person.objects.get(world=shop.account.world, wechat_id=wechat_id)


def placed(shop: Shop, wechat_id: str = "meiran", **asked: Any) -> PaymentOrder:
    player = person(shop, wechat_id)
    what = {
        "zone_id": "1", "environment": 0, "coins": 60, "out_trade_no": "", "playing": "released", **asked,
    }  # fmt: skip
    return purchases.place(shop.account.pk, person_id=player.pk, by=player.as_actor(), **what)


def bought(shop: Shop, wechat_id: str = "meiran", **asked: Any) -> PaymentOrder:
    return purchases.buy(placed(shop, wechat_id, **asked).pk, by=person(shop, wechat_id).as_actor())


def refusal(*args: Any, **asked: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        placed(*args, **asked)
    return refused.value.code, refused.value.field


def anew(order: PaymentOrder) -> PaymentOrder:
    return PaymentOrder.objects.get(pk=order.pk)


def holds(shop: Shop, wechat_id: str = "meiran") -> int:
    card = bank.card_of(person(shop, wechat_id))
    return card.balance_fen if card else 0


@pytest.fixture(autouse=True)
def _agrees(db: None) -> Any:
    """Let every test end with orders that agree with bank, ledger and promises."""
    yield
    assert breaches_orders.breaches() == []
    assert bank.breaches() == []


# --- grades -------------------------------------------------------------------------------


def test_a_grade_is_a_price_and_nothing_between_is():
    assert len(grades.YUAN) == 26
    assert (grades.coins(6, 10), grades.price(60, 10), grades.price(6, 1), grades.price(64800, 100)) == (
        60, 600, 600, 64800,
    )  # fmt: skip
    for number in (0, -60, 61, 20, 10**30):
        assert grades.price(number, 10) is None
    with pytest.raises(ValueError, match="2 yuan"):
        grades.coins(2, 10)


# --- bought -------------------------------------------------------------------------------


@pytest.mark.requirement("PAY-6")
def test_coins_are_bought_for_exactly_their_price(shop: Shop):
    before, now = holds(shop), shop.account.world.now()
    order = bought(shop, out_trade_no="A-1|*@")
    assert (order.state, order.amount_fen, order.coins) == ("delivered", 600, 60)
    assert (order.placed_at, order.paid_at, order.delivered_at) == (now, now, now)
    assert len(order.number) == len(order.transaction_number) == 28
    assert holds(shop) == before - 600
    held = clearing.held(shop.account)
    assert held is not None
    assert order.payment is not None
    assert (held.balance_fen, held.kind, order.payment.to_account) == (600, "platform", held)
    wallet = Wallet.objects.get()
    assert (wallet.player, wallet.partition.zone_id, wallet.environment) == (order.player, "1", 0)
    assert (wallet.paid, wallet.gift, wallet.bought) == (60, 0, 60)
    assert list(Entry.objects.values_list("kind", "bill_no", "paid")) == [
        ("recharge", f"_{order.number}", 60)
    ]
    assert list(DayIncome.objects.values_list("grade_fen", "orders", "paid_fen")) == [(600, 1, 600)]
    assert not Deadline.objects.open().filter(kind__in=[purchases.CLOSE, purchases.DELIVER]).exists()
    told = AuditEvent.objects.filter(subject_type="payments.PaymentOrder").order_by("pk")
    assert list(told.values_list("name", "by_name", "account_id")) == [
        ("payments.order_placed", "Mei Ran", None),
        ("pay", "Mei Ran", None),
        ("deliver", "Mei Ran", None),
    ]
    assert client_codes.of(order) == 0


def test_the_sandbox_moves_no_money_and_keeps_its_own_wallet(shop: Shop):
    before = holds(shop, "linyue")
    order = bought(shop, "linyue", environment=1, playing="trial", zone_id="2")
    assert (order.state, order.payment, holds(shop, "linyue")) == ("delivered", None, before)
    assert BankAccount.objects.filter(purpose=clearing.PURPOSE).count() == 0
    assert [(w.environment, w.partition.zone_id, w.paid) for w in Wallet.objects.all()] == [(1, "2", 60)]


def test_two_games_have_two_clearing_accounts_and_one_game_one(shop: Shop):
    for yuan in (60, 10):
        bought(shop, coins=yuan)
    assert BankAccount.objects.filter(purpose=clearing.PURPOSE).count() == 1


# --- not for sale -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"coins": 61}, "-15002", "coins"),
        ({"coins": 0}, "-15002", "coins"),
        ({"coins": -60}, "-15002", "coins"),
        ({"coins": 10**30}, "-15002", "coins"),
        ({"out_trade_no": "_made"}, "-15002", "out_trade_no"),
        ({"out_trade_no": "x" * 33}, "-15002", "out_trade_no"),
        ({"out_trade_no": "a b"}, "-15002", "out_trade_no"),
        ({"out_trade_no": "ａ１"}, "-15002", "out_trade_no"),
        ({"out_trade_no": "a\n"}, "-15002", "out_trade_no"),
        ({"environment": 1}, "-15010", "environment"),
        ({"environment": 1, "playing": "trial"}, "1003", ""),
        ({"zone_id": "3"}, "1001", "zone_id"),
        ({"zone_id": ""}, "1001", "zone_id"),
    ],
)
def test_what_is_not_for_sale_is_refused_by_the_platforms_code(
    shop: Shop, asked: dict[str, Any], code: str, field: str
):
    assert refusal(shop, **asked) == (code, field)
    assert PaymentOrder.objects.count() == 0
    assert int(code) in client_codes.WORDS


def test_a_closed_zone_an_absent_coin_and_a_lapsed_account_sell_nothing(shop: Shop):
    Partition.objects.filter(zone_id="2").update(is_open=False)
    assert refusal(shop, zone_id="2") == ("1001", "zone_id")
    Account.objects.filter(pk=shop.account.pk).update(closes_at=shop.account.world.now())
    assert refusal(shop) == ("-15005", "")
    coinless = Shop(walks.account_at(shop.account.world, "perfected", name="Tin Whistle"), {})
    assert refusal(coinless) == ("1003", "")


def test_a_coin_that_is_not_online_sells_in_the_sandbox_alone(world: World):
    account = walks.authenticate(walks.account_at(world, "perfected"))
    shop = Shop(account, {})
    coin = GameCoin.objects.create(
        world=world, account=account, offer_id="1234567890", sandbox_key=new_key(), live_key=new_key(),
        authorized_at=world.now(), authorized_by="Lin Yue",
    )  # fmt: skip
    assert refusal(shop, "linyue") == ("-15013", "")
    assert refusal(shop, "linyue", environment=1, playing="develop") == ("-15013", "")
    coin.configure(name="Lantern", rate=10, by=SIMULATOR)
    coin.save()
    Partition.objects.create(world=world, coin=coin, zone_id="1", name="One", added_at=world.now())
    assert refusal(shop, "linyue") == ("-15013", "")
    assert bought(shop, "linyue", environment=1, playing="develop").state == "delivered"


def test_a_tester_buys_in_the_sandbox(shop: Shop):
    coin = GameCoin.objects.get()
    models.Tester.objects.create(
        world=coin.world, coin=coin, person=person(shop, "wutong"), added_at=coin.world.now()
    )
    assert bought(shop, "wutong", environment=1, playing="trial").state == "delivered"


def test_one_order_at_a_time_waits_at_the_cash_desk(shop: Shop, time):
    first = placed(shop)
    assert refusal(shop) == ("2", "")
    assert placed(shop, "linyue").state == "not_paid"
    purchases.leave(first.pk, by=person(shop).as_actor())
    assert placed(shop).state == "not_paid"


# --- numbers ------------------------------------------------------------------------------


@pytest.mark.requirement("PAY-6")
def test_an_order_number_is_good_once_for_the_whole_game(shop: Shop):
    bought(shop, out_trade_no="N1")
    assert refusal(shop, out_trade_no="N1") == ("-15007", "out_trade_no")
    assert refusal(shop, "linyue", out_trade_no="N1") == ("-15007", "out_trade_no")
    left = placed(shop, out_trade_no="N2")
    assert refusal(shop, "linyue", out_trade_no="N2") == ("-15003", "out_trade_no")
    purchases.leave(left.pk, by=person(shop).as_actor())
    assert refusal(shop, out_trade_no="N2") == ("-15003", "out_trade_no")
    assert PaymentOrder.objects.count() == 2


def test_a_number_left_out_is_made(shop: Shop):
    numbers = {bought(shop).out_trade_no for _time in range(3)}
    assert len(numbers) == 3
    assert all(number.startswith("_") and len(number) <= 32 for number in numbers)


# --- not paid -----------------------------------------------------------------------------


def test_who_leaves_pays_nothing_and_may_leave_twice(shop: Shop):
    order, by = placed(shop), person(shop).as_actor()
    for _press in range(2):
        left = purchases.leave(order.pk, by=by)
    assert (left.state, left.ended, client_codes.of(left)) == ("closed", "left", 1)
    assert holds(shop) == 920_410
    with pytest.raises(Refused) as refused:
        purchases.pay(order.pk, by=by)
    assert refused.value.code == "-15017"


@pytest.mark.requirement("PAY-6")
def test_the_bank_refuses_without_a_card_or_with_too_little_on_it(shop: Shop):
    poor = bank.card_of(person(shop, "chenxi"))
    assert poor is not None
    bank.post(poor, bank.corporate_account(shop.account.world, holder="Elsewhere"),
              amount_fen=poor.balance_fen - 599, remark="rent")  # fmt: skip
    for wechat_id, left in (("wutong", 0), ("chenxi", 599)):
        order = bought(shop, wechat_id)
        assert (order.state, order.ended, client_codes.of(order)) == ("failed", "bank", 6)
        assert holds(shop, wechat_id) == left
    assert Wallet.objects.count() == DayIncome.objects.count() == 0
    assert bought(shop, "chenxi", coins=10).state == "delivered"


def test_the_bank_refuses_when_told_to(shop: Shop):
    order = placed(shop)
    for _press in range(2):
        refused = purchases.refuse_by_bank(order.pk, by=BANK)
    assert (refused.state, refused.ended) == ("failed", "bank")
    tried = placed(shop, "linyue", environment=1, playing="trial")
    with pytest.raises(Refused) as nobody:
        purchases.refuse_by_bank(tried.pk, by=BANK)
    assert nobody.value.code == "sandbox"


@pytest.mark.requirement("PAY-6")
def test_a_minor_buys_nothing_until_the_day_of_coming_of_age(shop: Shop, time):
    order = placed(shop, "taozi")
    assert (order.state, order.ended, client_codes.of(order)) == ("failed", "minor", -15009)
    tao = person(shop, "taozi")
    born = tao.id_number[6:14]
    assert purchases.is_minor(tao, shop.account.world.now())
    Person.objects.filter(pk=tao.pk).update(id_number=f"{tao.id_number[:6]}20010310{tao.id_number[14:]}")
    assert born.startswith("2007")
    assert placed(shop, "taozi").ended == "minor"
    time.passes(days=1)
    assert bought(shop, "taozi").state == "delivered"


def test_nobody_pays_after_half_an_hour(shop: Shop, time):
    order = placed(shop)
    time.passes(minutes=29)
    assert anew(order).state == "not_paid"
    time.passes(minutes=1)
    closed = anew(order)
    assert (closed.state, closed.ended, client_codes.of(closed)) == ("closed", "timeout", -15017)
    assert closed.ended_at == order.placed_at + timedelta(minutes=30)


def test_the_end_of_the_half_hour_is_over_even_if_the_clock_is_late(shop: Shop):
    order = placed(shop)
    world = shop.account.world
    World.objects.filter(pk=world.pk).update(frozen_at=world.now() + timedelta(minutes=30))
    with pytest.raises(Refused) as refused:
        purchases.pay(order.pk, by=SIMULATOR)
    assert refused.value.code == "-15017"
    assert placed(shop).state == "not_paid"
    assert [fired.outcome for fired in deadlines.fire_due(World.objects.get(pk=world.pk))] == ["closed"]


def test_what_is_not_for_sale_any_more_is_not_paid(shop: Shop):
    order = placed(shop)
    Partition.objects.filter(zone_id="1").update(is_open=False)
    shut = purchases.pay(order.pk, by=SIMULATOR)
    assert (shut.state, shut.ended, client_codes.of(shut)) == ("closed", "shut", -15013)
    assert holds(shop) == 920_410


# --- paid twice, and delivered once -------------------------------------------------------


@pytest.mark.requirement("PAY-6")
def test_the_second_press_charges_nothing(shop: Shop):
    order = bought(shop)
    for again in (purchases.pay, purchases.leave, purchases.refuse_by_bank):
        with pytest.raises(Refused) as refused:
            again(order.pk, by=SIMULATOR)
        assert refused.value.code == "-15007"
    assert holds(shop) == 920_410 - 600


@pytest.mark.requirement("PAY-6")
def test_coins_come_though_the_connection_was_lost(shop: Shop):
    order = purchases.pay(placed(shop).pk, by=SIMULATOR)
    assert (order.state, Wallet.objects.count()) == ("paid", 0)
    world = World.objects.get(pk=shop.account.world_id)
    assert world.rings_at is not None
    fired = deadlines.fire_due(world)
    assert [(each.kind, each.outcome) for each in fired] == [("payments.deliver", "delivered")]
    assert (anew(order).state, Wallet.objects.get().paid) == ("delivered", 60)
    for _time in range(2):
        purchases.deliver(order.pk, by=SIMULATOR)
    assert Wallet.objects.get().paid == 60


# --- the clearing account -----------------------------------------------------------------


def test_nobody_transfers_into_the_clearing_account_by_hand(shop: Shop):
    bought(shop)
    held, card = clearing.held(shop.account), bank.card_of(person(shop, "linyue"))
    assert held is not None
    assert card is not None
    for source, target, field in ((card, held, "to_account"), (held, card, "from_account")):
        with pytest.raises(Refused) as refused:
            bank.transfer(
                shop.account.world_id, from_number=source.number, to_number=target.number, amount_fen=1,
                remark="", key=field, by=SIMULATOR,
            )  # fmt: skip
        assert refused.value.field == field
    assert BankTransfer.objects.filter(to_account=held).count() == 1
