"""Refunds: whole and part, for coins not spent, once for each number; all that must agree agrees (PAY-5)."""

from __future__ import annotations

from typing import Any

import pytest

from payments import breaches_income, breaches_orders, ledger
from payments.actions import refunds
from payments.models import DayIncome, Entry, PaymentOrder, Refund, Wallet
from portal.kernel import confirmations
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Confirmation, World
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer
from tests.payments import shop
from tests.payments.shop import Shop


@pytest.fixture
def game(world: World) -> Shop:
    return shop.opened(world)


def refund(game: Shop, order: PaymentOrder, fen: int, *, number: str = "r1") -> Refund:
    return refunds.refund(order.pk, amount_fen=fen, reason="asked by the player", number=number, by=game.by)


def refused(game: Shop, order: PaymentOrder, fen: int, **more: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        refund(game, order, fen, **more)
    return refusal.value.code, refusal.value.message


def standing(order: PaymentOrder) -> dict[str, Any]:
    """Return where money, coins and income stand for the only order of a world."""
    order = PaymentOrder.objects.get(pk=order.pk)
    wallet = Wallet.objects.get(player=order.player, partition=order.partition, environment=order.environment)
    (income,) = DayIncome.objects.filter(grade_fen=order.amount_fen)
    card = bank.card_of(order.player.person)
    assert card is not None
    return {
        "state": order.state,
        "refunded": order.refunded_fen,
        "paid coins": wallet.paid,
        "clearing": BankAccount.objects.get(purpose="payments.clearing").balance_fen,
        "card": card.balance_fen - card.opening_fen,
        "income": (income.orders, income.paid_fen, income.refunded_fen),
    }


def test_a_part_and_then_the_rest_go_back(game: Shop):
    order = game.bought(30)
    made = refund(game, order, 1000)
    assert (made.amount_fen, made.coins, made.number, made.by_name) == (1000, 100, "r1", "Lin Yue")
    assert made.transfer is not None
    assert (made.transfer.amount_fen, made.transfer.remark) == (1000, "r1")
    assert standing(order) == {
        "state": "delivered",
        "refunded": 1000,
        "paid coins": 200,
        "clearing": 2000,
        "card": -2000,
        "income": (1, 3000, 1000),
    }
    refund(game, order, 2000, number="r2")
    assert standing(order) == {
        "state": "refunded",
        "refunded": 3000,
        "paid coins": 0,
        "clearing": 0,
        "card": 0,
        "income": (1, 3000, 3000),
    }
    entries = Entry.objects.filter(kind="refund").order_by("pk").values_list("bill_no", "paid", "paid_after")
    assert list(entries) == [("_r1", -100, 200), ("_r2", -200, 0)]
    acts = AuditEvent.objects.filter(name=refunds.REFUNDED, account_id=game.account.pk).order_by("pk")
    assert [(act.by_name, act.reason) for act in acts] == [
        ("Lin Yue", f"{order.number}, ¥10.00: asked by the player"),
        ("Lin Yue", f"{order.number}, ¥20.00: asked by the player"),
    ]
    assert breaches_income.breaches() == []


def test_the_same_number_refunds_once(game: Shop):
    order = game.bought(30)
    first = refund(game, order, 1000)
    assert refund(game, order, 1000) == first
    assert refused(game, order, 500) == (
        "key_reused",
        "Nothing was refunded: this number stands for another refund. Open the form anew.",
    )
    assert standing(order)["refunded"] == 1000
    assert Refund.objects.count() == 1


def test_only_coins_not_spent_go_back(game: Shop):
    order = game.bought(30)
    game.spends(130, bill_no="sword")
    assert refused(game, order, 2000) == (
        "coins_spent",
        "Nothing was refunded: it takes 200 bought coins back, and the player has 170 left. "
        "Refund at most ¥17.00.",
    )
    refund(game, order, 1700)
    assert refused(game, order, 10, number="r2") == (
        "coins_spent",
        "Nothing was refunded: the player has spent the coins of this order.",
    )
    assert standing(order)["paid coins"] == 0
    assert breaches_income.breaches() == []


def test_coins_of_another_order_in_the_wallet_count_too(game: Shop):
    earlier = game.bought(6)
    game.spends(60, bill_no="sword")
    game.bought(30)
    assert refund(game, earlier, 600).coins == 60
    assert breaches_income.breaches() == []


def test_given_coins_are_never_refunded(game: Shop):
    order = game.bought(6)
    wallet = Wallet.objects.get()
    game.spends(60, bill_no="sword")
    ledger.present(wallet, 500, bill_no="welcome")
    assert refused(game, order, 600)[0] == "coins_spent"


@pytest.mark.parametrize(
    ("fen", "code", "sentence"),
    [
        (0, "not_whole_coins", "multiple of ¥0.10"),
        (-10, "not_whole_coins", "multiple of ¥0.10"),
        (15, "not_whole_coins", "multiple of ¥0.10. Enter one."),
        (3010, "above_the_amount", "of this order ¥30.00 is left"),
        (10**30, "above_the_amount", "of this order ¥30.00 is left"),
    ],
)
def test_an_amount_that_cannot_go_back_is_refused(game: Shop, fen: int, code: str, sentence: str):
    game.bought(648)
    order = game.bought(30)
    found, told = refused(game, order, fen)
    assert found == code
    assert sentence in told
    assert not Refund.objects.exists()


def test_never_above_what_is_left(game: Shop):
    game.bought(648)
    order = game.bought(30)
    refund(game, order, 2000)
    assert refused(game, order, 1010, number="r2")[0] == "above_the_amount"
    refund(game, order, 1000, number="r2")
    assert refused(game, order, 10, number="r3") == (
        "refunded_already",
        "Nothing was refunded: the whole amount went back already.",
    )


def test_an_order_that_is_not_delivered_is_not_refunded(game: Shop):
    placed, paid = game.placed(6), game.paid(6)
    assert refused(game, placed, 600)[0] == "not_paid"
    assert refused(game, paid, 600) == (
        "not_delivered",
        "Nothing was refunded: the coins are on their way. Refund when they are delivered.",
    )


def test_the_sandbox_moves_no_money_back(game: Shop):
    order = game.bought(6, wechat_id="linyue", environment=1)
    assert refused(game, order, 600) == (
        "sandbox",
        "Nothing was refunded: the sandbox moves no money, so none can go back.",
    )


def test_money_that_is_withdrawn_cannot_go_back(game: Shop):
    order = game.bought(6)
    clearing = BankAccount.objects.get(purpose="payments.clearing")
    elsewhere = bank.open_account(game.account.world, holder="Deposit", kind="corporate")
    bank.post(clearing, elsewhere, amount_fen=500, remark="withdrawn")
    assert refused(game, order, 110)[0] == "no_money"
    assert standing(order)["paid coins"] == 60
    assert refund(game, order, 100).amount_fen == 100


def test_the_money_goes_to_the_card_that_paid_though_another_is_bound_now(game: Shop):
    order = game.bought(6)
    person = order.player.person
    paying = bank.card_of(person)
    assert paying is not None
    person.bank_card = bank.open_account(person.world, holder=person.name, kind="personal").number
    person.save(update_fields=["bank_card"])
    refund(game, order, 600)
    paying.refresh_from_db()
    assert paying.balance_fen == paying.opening_fen


def test_only_the_administrator_refunds(game: Shop):
    order = game.bought(6)
    with pytest.raises(Refused):
        refunds.refund(order.pk, amount_fen=600, reason="", number="r", by=order.player.person.as_actor())


def asked(game: Shop, order: PaymentOrder, fen: int = 600) -> Confirmation:
    return refunds.ask(order.pk, amount_fen=fen, reason="asked by the player", by=game.by)


def test_the_scan_refunds(game: Shop):
    order = game.bought(6)
    scan = asked(game, order)
    assert not Refund.objects.exists()
    confirmations.confirm(scan.pk, by=game.by)
    (made,) = Refund.objects.all()
    assert (made.number, made.amount_fen, len(made.number)) == (scan.facts["refund"], 600, 28)
    assert standing(order)["state"] == "refunded"


def test_coins_spent_while_the_code_waits_refuse_the_scan(game: Shop):
    order = game.bought(6)
    scan = asked(game, order)
    game.spends(1, bill_no="sword")
    answered = confirmations.confirm(scan.pk, by=game.by)
    assert (answered.state, answered.refusal) == (
        "refused",
        "Nothing was refunded: it takes 60 bought coins back, and the player has 59 left. "
        "Refund at most ¥5.90.",
    )
    assert refunds_of(order) == []


def test_two_codes_never_refund_twice(game: Shop):
    order = game.bought(6)
    first, second = asked(game, order), asked(game, order)
    with pytest.raises(Refused):
        confirmations.confirm(first.pk, by=game.by)
    confirmations.confirm(second.pk, by=game.by)
    assert refunds_of(order) == [600]


def test_a_new_code_asks_for_the_same(game: Shop):
    order = game.bought(6)
    with pytest.raises(Refused, match="No code was shown"):
        refunds.ask_again(order.pk, by=game.by)
    first = asked(game, order, 300)
    again = refunds.ask_again(order.pk, by=game.by)
    assert again.facts == first.facts
    confirmations.confirm(again.pk, by=game.by)
    with pytest.raises(Refused, match="No code was shown"):
        refunds.ask_again(order.pk, by=game.by)
    assert refunds_of(order) == [300]


def refunds_of(order: PaymentOrder) -> list[int]:
    return list(Refund.objects.filter(order=order).values_list("amount_fen", flat=True))


def test_breaches_find_what_does_not_agree(game: Shop):
    order = game.bought(6)
    refund(game, order, 300)
    DayIncome.objects.update(orders=2, refunded_fen=0)
    PaymentOrder.objects.filter(pk=order.pk).update(refunded_fen=600)
    payment = order.payment
    assert payment is not None
    stray = Refund.objects.create(
        world=order.world, account=order.account, order=order, number="r9", amount_fen=100, coins=20,
        reason="", by_name="", transfer=BankTransfer.objects.create(
            world=order.world, from_account=payment.from_account,
            to_account=payment.to_account, amount_fen=100, at=order.placed_at,
        ), at=order.placed_at,
    )  # fmt: skip
    key = f"income of account {order.account_id} on 2019-03-09, environment 0, partition {order.partition_id}"
    assert breaches_income.breaches() == [
        f"{key}, grade 600: orders is 2, its orders make 1",
        f"{key}, grade 600: refunded_fen is 0, its orders make 400",
        f"order {order.pk}: its refunds do not add up to what it says",
        f"order {order.pk}: went back in whole, but is not refunded",
        f"refund {stray.pk}: takes back other coins than its money bought",
        f"refund {stray.pk}: no such money went back",
        f"refund {stray.pk}: the ledger does not have it",
    ]
    assert breaches_orders.breaches() != []
