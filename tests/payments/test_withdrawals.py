"""Withdrawing settled money: amounts, the scan, the bank's answer, trying again (PAY-7)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Member, Notice
from payments import clearing
from payments.actions import deposit, withdrawals
from payments.models import Withdrawal
from portal.kernel import confirmations
from portal.kernel.actors import SIMULATOR
from portal.kernel.breaches import found as breaches
from portal.kernel.errors import Refused
from portal.kernel.limits import WITHDRAWAL_LEAST_FEN
from portal.kernel.models import Deadline
from portal.outside import bank
from portal.outside.models import CLOSED, BankAccount, Letter, Person
from portal.simulator import walks
from tests.payments.settling import again, bought, by, funds, selling, shanghai, text

PAGE = "/console/payment/withdrawals/"
WITHDRAW = withdrawals.WITHDRAW


@pytest.fixture
def account(world, time):
    """Return an account that may withdraw 1,000.00 yuan."""
    account = selling(world)
    for yuan in (648, 328, 18, 6):
        bought(account, yuan)
    time.reaches(shanghai(2019, 4, 1))
    return again(account)


@pytest.fixture
def company(account):
    """Return the account's corporate account at the bank."""
    return BankAccount.objects.get(number=deposit.number_of(in_use(account)))


def in_use(account):
    found = deposit.in_use(account)
    assert found is not None
    return found


def held(account):
    found = clearing.held(account)
    assert found is not None
    return found


def asked(account):
    """Return the code that was shown last."""
    found = confirmations.latest(WITHDRAW, account.pk)
    assert found is not None
    return found


def sent(account, fen, key="one"):
    return withdrawals.withdraw(account.pk, amount_fen=fen, key=key, by=by(account))


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value


def test_the_bank_pays_after_one_working_day(account, company, time):
    before = company.balance_fen
    withdrawal = sent(account, 300_00)
    assert (withdrawal.state, withdrawal.asked_by, funds(account)) == (
        "on_its_way",
        "Lin Yue",
        (1000_00, 300_00),
    )
    due_at = Deadline.objects.open().get(kind="payments.withdrawal").due_at
    assert due_at == shanghai(2019, 4, 2)  # asked on a Monday
    time.reaches(due_at)
    withdrawal.refresh_from_db()
    company.refresh_from_db()
    assert (withdrawal.state, withdrawal.settled_at, company.balance_fen - before) == ("paid", due_at, 300_00)
    assert withdrawal.transfer.remark == f"Withdrawal {withdrawal.number}"
    assert held(account).balance_fen == 700_00
    assert funds(account) == (1000_00, 300_00)
    kinds = Notice.objects.filter(account=account, kind__startswith="payments.withdrawal")
    assert list(kinds.order_by("pk").values_list("kind", flat=True)) == [
        "payments.withdrawal_asked",
        "payments.withdrawal_paid",
    ]
    assert Letter.objects.filter(to=account.email).latest("pk").subject == (
        f"¥300.00 of {account.name} are paid out"
    )
    assert breaches() == []


def test_a_friday_is_answered_on_monday(account, time):
    time.reaches(shanghai(2019, 4, 5, 15))
    sent(account, 1_00)
    assert Deadline.objects.open().get(kind="payments.withdrawal").due_at == shanghai(2019, 4, 8, 15)


def test_what_the_bank_refuses_is_available_again_and_can_be_tried_again(account, time):
    withdrawal = sent(account, 600_00)
    withdrawals.refuse(withdrawal.pk, by=SIMULATOR)
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.reason, withdrawal.transfer) == ("failed", "refused", None)
    assert funds(account) == (1000_00, 0)
    letter = Letter.objects.filter(to=account.email).latest("pk")
    assert "The bank refused the payment. The amount is available again." in " ".join(letter.text.split())
    assert refusal(withdrawals.answer, withdrawal.pk, by=SIMULATOR).code == "answered"
    again_ = sent(account, 600_00, key="two")
    assert withdrawals.answer(again_.pk, by=SIMULATOR).state == "paid"
    time.passes(days=3)  # the promises are taken back: nothing is answered twice
    assert list(Withdrawal.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "paid"]
    assert breaches() == []


def test_an_account_that_is_closed_at_the_bank_takes_nothing(account, world):
    """A magic value: the number of the deposit account ends in 9404."""
    closed = bank.open_for(
        world.pk,
        holder=str(account.entity),
        kind="corporate",
        opening_fen=0,
        key="k",
        ending=CLOSED,
        by=SIMULATOR,
    )
    assert closed.number.endswith("9404")
    walks.set_deposit(account, number=closed.number)
    withdrawal = withdrawals.answer(sent(account, 5_00).pk, by=SIMULATOR)
    assert (withdrawal.state, withdrawal.get_reason_display()) == (
        "failed",
        "The deposit account is closed at the bank.",
    )
    assert funds(account) == (1000_00, 0)
    assert breaches() == []


def test_no_number_ends_so_by_chance():
    assert not any(bank.new_number().endswith(CLOSED) for _each in range(2000))


def test_money_that_the_platform_does_not_hold_is_not_paid(account):
    platform = held(account)
    BankAccount.objects.filter(pk=platform.pk).update(balance_fen=4_99)
    withdrawal = withdrawals.answer(sent(account, 5_00).pk, by=SIMULATOR)
    assert (withdrawal.state, withdrawal.reason) == ("failed", "short")
    assert BankAccount.objects.get(pk=platform.pk).balance_fen == 4_99
    assert funds(account) == (1000_00, 0)


def test_it_goes_to_the_account_in_use_in_the_moment_of_the_scan(account, company):
    other = bank.open_account(account.world, holder=str(account.entity), kind="corporate")
    walks.ask_deposit(account, number=other.number)  # the bank is checking it
    first = sent(account, 10_00)
    assert first.deposit_account == deposit.in_use(account)
    assert first.deposit_account.masked.endswith(company.number[-4:])


def test_an_amount_below_the_least_or_above_what_is_available_moves_nothing(account):
    for fen in (0, -1, 1, WITHDRAWAL_LEAST_FEN - 1, 1000_01, 10**15, -(10**15)):
        refused = refusal(sent, account, fen)
        assert (refused.code, refused.field) == ("too_little" if fen < 100 else "not_available", "amount")
    assert (funds(account), Withdrawal.objects.count()) == ((1000_00, 0), 0)


def test_the_least_and_everything_are_withdrawn(account):
    sent(account, WITHDRAWAL_LEAST_FEN)
    sent(account, 999_00, key="two")
    assert funds(account) == (1000_00, 1000_00)
    assert refusal(sent, account, 1_00, key="three").code == "not_available"


def test_the_same_key_withdraws_once_and_other_content_is_refused(account):
    assert sent(account, 5_00) == sent(account, 5_00)
    assert refusal(sent, account, 6_00).code == "key_reused"
    assert funds(account) == (1000_00, 5_00)


def test_only_the_administrator_may(account, world, signed_in):
    operator = Person.objects.get(world=world, wechat_id="chenxi")
    Member.objects.create(
        world=world, account=account, person=operator, role="operator", added_at=world.now()
    )
    refused = refusal(
        withdrawals.ask_to_withdraw, account.pk, amount_fen=5_00, key="k", by=operator.as_actor()
    )
    assert "Only the administrator may do this." in refused.message
    browser = signed_in(account, operator)
    shown = text(browser, PAGE)
    assert "Only the administrator may do this." in shown
    assert 'name="amount"' not in shown


# --- the page -----------------------------------------------------------------------------


def typed(browser, **fields):
    shown = browser.get(PAGE).context["form"]
    return browser.post(PAGE, {"key": shown["key"].value(), **fields})


def test_the_administrators_scan_sends_it(account, signed_in):
    browser = signed_in(account)
    assert "¥1,000.00" in text(browser, PAGE)
    assert typed(browser, amount="600.50").status_code == 302
    older = asked(account)
    assert "Asked for: ¥600.50" in text(browser, PAGE)
    browser.post(PAGE)  # a new code for the same
    newer = asked(account)
    assert (newer.pk > older.pk, newer.facts["amount_fen"]) == (True, 600_50)
    phone = reverse("simulator:phone_question", args=[account.administrator.person_id, newer.pk])
    assert "¥600.50" in text(browser, phone)
    confirmations.confirm(newer.pk, by=by(account))
    shown = text(browser, PAGE)
    assert ("At the bank" in shown, "The bank has ¥600.50" in shown) == (True, True)
    withdrawal = Withdrawal.objects.get()
    browser.post(reverse("simulator:withdrawal_pay", args=[withdrawal.pk]), {"next": PAGE})
    assert "Paid out" in text(browser, PAGE)
    withdrawal.refresh_from_db()
    assert withdrawal.state == "paid"


def test_the_banks_own_page_answers_too(account, signed_in):
    browser = signed_in(account)
    withdrawal = sent(account, 5_00)
    assert "To pay out" in text(browser, reverse("simulator:bank"))
    answer = browser.post(reverse("simulator:withdrawal_refuse", args=[withdrawal.pk]))
    assert answer.headers["Location"] == reverse("simulator:bank")
    assert "To pay out" not in text(browser, reverse("simulator:bank"))


def test_everything_is_one_button(account, signed_in):
    typed(signed_in(account), amount="", everything="1")
    assert asked(account).facts["amount_fen"] == 1000_00


def test_a_form_sent_twice_asks_once(account, signed_in):
    browser = signed_in(account)
    key = browser.get(PAGE).context["form"]["key"].value()
    for _each in range(2):
        browser.post(PAGE, {"key": key, "amount": "5"})
    code = asked(account)
    confirmations.confirm(code.pk, by=by(account))
    browser.post(PAGE, {"key": key, "amount": "5"})
    assert asked(account) == code
    assert funds(account) == (1000_00, 5_00)


def test_a_failed_one_offers_to_try_again(account, signed_in):
    browser = signed_in(account)
    withdrawal = sent(account, 234_50)
    browser.post(reverse("simulator:withdrawal_refuse", args=[withdrawal.pk]), {"next": PAGE})
    shown = text(browser, PAGE)
    assert "The bank refused the payment." in shown
    assert f"{PAGE}?again=23450" in shown
    assert browser.get(f"{PAGE}?again=23450").context["form"]["amount"].value() == "234.50"
    assert browser.get(f"{PAGE}?again=x").context["form"]["amount"].value() is None


BAD_AMOUNTS = (
    *("", " ", "0", "0.00", "0.99", "-5", "+5", "1000.01", "1e3", "1,00", "5.001", "5.", ".5", "0x10", "NaN"),
    *("inf", "٣", "5 5", "¥", "5;", "9" * 30, "9" * 300, "\x00", "5\x00", "\ud800", "<b>5</b>"),
    *("1000000000.01", "１０００．０１"),
)


def test_a_bad_amount_is_told_at_its_field_and_kept(account, signed_in):
    browser = signed_in(account)
    for amount in BAD_AMOUNTS:
        answer = typed(browser, amount=amount.encode("utf-8", "replace").decode())
        assert answer.status_code == 200, amount
        assert answer.context["form"].errors["amount"], amount
        if amount.isprintable():
            assert answer.context["form"]["amount"].value() == amount
    assert confirmations.latest(WITHDRAW, account.pk) is None


def test_a_form_without_its_key_is_refused(account, signed_in):
    answer = signed_in(account).post(PAGE, {"amount": "5"})
    assert answer.context["form"].errors["key"]


def test_the_bank_answers_for_what_is_there_and_of_this_world(account, signed_in, make_world):
    browser = signed_in(account)
    for name in ("withdrawal_pay", "withdrawal_refuse"):
        for withdrawal_id in (0, 10**30):
            url = reverse(f"simulator:{name}", args=[withdrawal_id])
            assert browser.post(url).status_code == 404
    other = make_world("Elsewhere")
    withdrawal = sent(account, 5_00)
    browser.logout()
    browser.cookies["world"] = other.token
    assert browser.post(reverse("simulator:withdrawal_pay", args=[withdrawal.pk])).status_code == 404
    withdrawal.refresh_from_db()
    assert withdrawal.state == "on_its_way"
