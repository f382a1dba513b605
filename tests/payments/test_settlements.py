"""Settling a month: which orders, which sums, once; its pages and its files (PAY-7)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions as accounts
from accounts.models import Notice
from payments.actions import purchases, settlements, withdrawals
from payments.models import Entry, PaymentOrder, Settlement
from payments.months import Month
from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.breaches import found as breaches
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline
from portal.outside.models import BankTransfer, Letter
from portal.simulator import walks
from tests.payments.settling import (
    A_MILLISECOND,
    again,
    bought,
    by,
    funds,
    many_bought,
    ordered,
    refunded,
    selling,
    settled,
    shanghai,
    table,
    text,
)

PAGE = "/console/payment/settlements/"


@pytest.fixture
def account(world):
    return selling(world)


def promises(account):
    open_ = Deadline.objects.open().filter(kind="payments.settle", subject_id=account.pk)
    return [(row.detail, row.due_at) for row in open_]


def test_a_month_is_settled_at_its_end_in_shanghai_and_the_next_is_promised(account, time):
    assert promises(account) == [("2019-03", shanghai(2019, 4, 1))]
    settlements.promise(account)  # once more changes nothing
    for yuan in (648, 6, 1):
        bought(account, yuan)
    report = time.reaches(shanghai(2019, 4, 1))
    assert ("payments.settle", "settled") in [(fired.kind, fired.outcome) for fired in report.fired]
    assert settled(account) == [("2019-03", 3, 655_00, 0, 0, 655_00)]
    assert funds(account) == (655_00, 0)
    assert promises(account) == [("2019-04", shanghai(2019, 5, 1))]
    assert Settlement.objects.get().at == shanghai(2019, 4, 1)
    assert set(PaymentOrder.objects.values_list("settlement__month", flat=True)) == {
        Settlement.objects.get().month
    }
    notice = Notice.objects.filter(account=account, kind="payments.month_settled").get()
    assert notice.facts["payable_fen"] == 655_00
    letter = Letter.objects.filter(to=account.email).latest("pk")
    assert letter.subject == f"2019-03 of {account.name} is settled"
    assert "¥655.00 are yours" in " ".join(letter.text.split())
    assert AuditEvent.objects.filter(name="payments.month_settled", account_id=account.pk).count() == 1
    assert breaches() == []


def test_a_month_of_nothing_leaves_no_row_and_no_letter_and_the_promises_go_on(account, time):
    letters = Letter.objects.count()
    report = time.reaches(shanghai(2019, 7, 1))
    words = [fired.outcome for fired in report.fired if fired.kind == "payments.settle"]
    assert words == ["empty"] * 4
    assert (settled(account), funds(account), Letter.objects.count()) == ([], (0, 0), letters)
    assert promises(account) == [("2019-07", shanghai(2019, 8, 1))]
    assert breaches() == []


def test_what_is_paid_at_the_first_moment_of_a_month_belongs_to_it(account, time):
    worlds.advance(account.world_id, to=shanghai(2019, 4, 1) - A_MILLISECOND, by=SIMULATOR)
    bought(account, 6)
    time.reaches(shanghai(2019, 4, 1))
    bought(account, 8)
    time.reaches(shanghai(2019, 5, 1))
    assert [(month, gross) for month, _count, gross, *_rest in settled(account)] == [
        ("2019-03", 6_00),
        ("2019-04", 8_00),
    ]
    assert breaches() == []


def test_what_is_delivered_after_the_end_is_settled_with_the_next_month(account, time):
    worlds.advance(account.world_id, to=shanghai(2019, 4, 1) - A_MILLISECOND, by=SIMULATOR)
    late = ordered(account, 30)
    purchases.pay(late.pk, by=SIMULATOR)
    Deadline.objects.open().filter(kind="payments.deliver").update(due_at=shanghai(2019, 4, 2))
    time.reaches(shanghai(2019, 4, 1))
    assert settled(account) == []
    time.reaches(shanghai(2019, 5, 1))
    assert settled(account) == [("2019-04", 1, 30_00, 0, 0, 30_00)]
    april = Month.settled(again(account), Settlement.objects.get())
    assert april.sums().gross_fen == 30_00
    assert breaches() == []


def test_sandbox_orders_and_unpaid_ones_are_never_settled(account, time):
    walks.buy(account, "linyue", 6, environment=1)
    walks.buy(account, "meiran", 1)
    ordered(account, 648)
    time.reaches(shanghai(2019, 4, 1))
    assert settled(account) == [("2019-03", 1, 1_00, 0, 0, 1_00)]


def test_refunds_within_the_month_make_it_smaller_and_later_ones_the_month_they_are_made_in(account, time):
    first, second = bought(account, 648), bought(account, 100 - 2)
    refunded(first, 48_00)
    time.reaches(shanghai(2019, 4, 1))
    refunded(second, 98_00)
    bought(account, 6)
    time.reaches(shanghai(2019, 5, 1))
    assert settled(account) == [
        ("2019-03", 2, 746_00, 48_00, 0, 698_00),
        ("2019-04", 1, 6_00, 98_00, 0, -92_00),
    ]
    assert funds(account) == (606_00, 0)
    assert breaches() == []


def test_a_later_refund_gives_the_share_back_that_it_was_charged(account, time):
    early = bought(account, 648)
    many_bought(account, 999, 648)  # 648,000 yuan in all
    time.reaches(shanghai(2019, 4, 1))
    share = (64_800_000 - 50_000_000) * 40 // 100
    assert settled(account) == [("2019-03", 1000, 64_800_000, 0, share, 64_800_000 - share)]
    refunded(early, 100_00)
    refunded(early, 548_00)
    time.reaches(shanghai(2019, 5, 1))
    back = share * 648_00 // 64_800_000
    assert settled(account)[1] == ("2019-04", 0, 0, 648_00, -back, -648_00 + back)
    april = Settlement.objects.latest("pk")
    assert (april.earlier_fen, april.share_fen, april.given_back_fen) == (648_00, 0, back)
    assert breaches() == []


def test_an_account_that_lapsed_is_settled_still(account, time):
    bought(account, 6)
    lapsed_at = again(account).authenticated_until
    time.reaches(lapsed_at)
    assert again(account).state == "lapsed"
    assert settled(account) == [("2019-03", 1, 6_00, 0, 0, 6_00)]
    assert len(promises(account)) == 1
    walks.withdraw(account)


def test_it_is_not_closed_while_money_is_due_to_it(account, time, signed_in):
    def refusal():
        with pytest.raises(Refused) as refused:
            accounts.ask_to_close(account.pk, by=by(account))
        why = refused.value.message.removeprefix("Not closed: ")
        assert why in text(signed_in(account), "/console/closing/")
        return why

    bought(account, 6)
    assert "Players' payments are not settled yet." in refusal()
    time.reaches(shanghai(2019, 4, 1))
    assert "Settled money is not withdrawn yet." in refusal()
    sent = walks.withdraw(account)
    assert "A withdrawal is at the bank." in refusal()
    withdrawals.answer(sent.pk, by=SIMULATOR)
    accounts.ask_to_close(account.pk, by=by(account))


def test_the_page_shows_the_month_that_runs_and_the_settled_ones(account, time, signed_in):
    browser = signed_in(account)
    assert "No month is settled yet" in text(browser, PAGE)
    bought(account, 648)
    shown = text(browser, PAGE)
    for told in (
        "2019-03",
        "To be settled",
        "¥648.00",
        "1 purchase",
        "the first ¥500,000.00 of a month are free",
    ):
        assert told in shown, told
    time.reaches(shanghai(2019, 4, 1))
    browser = signed_in(account)
    shown = text(browser, PAGE)
    assert "¥648.00 are available now" in shown
    assert f'{PAGE}2019-03/">2019-03' in shown
    detail = text(browser, f"{PAGE}2019-03/")
    assert "Settled on 1 Apr 2019, 00:00" in detail
    assert "9 Mar 2019" in detail
    assert "To be settled" in text(browser, f"{PAGE}2019-04/")


def test_a_month_or_day_that_is_none_or_not_its_own_is_not_found(account, signed_in):
    browser = signed_in(account)
    for month in (
        "2019-02",
        "2019-05",
        "2019-13",
        "2019-3",
        "19-03",
        "0000-01",
        "9999-12",
        "x" * 300,
        "２０１９-03",
    ):
        assert browser.get(f"{PAGE}{month}/").status_code == 404, month
    for day in ("09", "31", "32", "00", "-1", "1" * 40, "x"):  # the 9th is not over
        assert browser.get(f"{PAGE}2019-03/{day}.csv").status_code == 404, day


def test_paid_out_money_is_counted_on_the_oldest_month_first(account, time, signed_in):
    for month in (4, 5, 6):
        bought(account, 98)
        time.reaches(shanghai(2019, month, 1))
    sent = walks.withdraw(account, 150_00)
    page = signed_in(account).get(PAGE)
    assert [(row.name, row.paid_fen) for row in page.context["rows"]] == [
        ("2019-05", 0), ("2019-04", 0), ("2019-03", 0),
    ]  # fmt: skip
    withdrawals.answer(sent.pk, by=SIMULATOR)
    page = signed_in(account).get(PAGE)
    assert [(row.name, row.paid_fen) for row in page.context["rows"]] == [
        ("2019-05", 0), ("2019-04", 52_00), ("2019-03", 98_00),
    ]  # fmt: skip


def test_the_statements_of_all_days_add_up_to_the_settlement(account, time, signed_in):
    early = bought(account, 648)
    many_bought(account, 771, 648)  # 500,256 yuan
    time.passes(days=1)
    refunded(early, 2_00)
    later = bought(account, 328)
    time.reaches(shanghai(2019, 4, 1))
    time.passes(days=3)
    refunded(later, 28_00)
    refunded(later, 300_00)
    bought(account, 1)
    time.reaches(shanghai(2019, 5, 1))
    march, april = Settlement.objects.order_by("month")
    assert (march.share_fen, april.given_back_fen > 0) == (
        (50_056_400 - 50_000_000 + 200 - 200 + 1_800) * 40 // 100,
        True,
    )
    browser = signed_in(account)
    for settlement, days in ((march, ("09", "10")), (april, ("04",))):
        total = fee = Decimal(0)
        for day in days:
            answer = browser.get(f"{PAGE}{settlement.month:%Y-%m}/{day}.csv")
            assert answer["Content-Disposition"].endswith(f'{settlement.month:%Y-%m}-{day}.csv"')
            *rows, foot = table(answer)
            assert Decimal(foot[6]) == sum(Decimal(row[6]) for row in rows)
            assert Decimal(foot[7]) == sum(Decimal(row[7]) for row in rows)
            assert foot[1] == "Total"
            total, fee = total + Decimal(foot[6]), fee + Decimal(foot[7])
        assert total * 100 == settlement.gross_fen - settlement.refunded_fen
        assert fee * 100 == settlement.fee_fen
    *rows, _foot = table(browser.get(f"{PAGE}2019-04/04.csv"))
    assert [(row[1], row[2], row[5], row[6]) for row in rows] == [
        ("Purchase", PaymentOrder.objects.latest("pk").number, "1", "1.00"),  # of the same moment
        ("Refund", later.number, "1", "-28.00"),
        ("Refund", later.number, "1", "-300.00"),
    ]
    assert breaches() == []


# --- reconciliation -----------------------------------------------------------------------


RECONCILED = "/console/payment/reconciliation/"


def test_orders_bank_and_ledger_agree_day_by_day(account, time, signed_in):
    order = bought(account, 648)
    bought(account, 6)
    time.passes(days=1)
    refunded(order, 48_00)
    bought(account, 1)
    time.reaches(shanghai(2019, 4, 1))
    withdrawals.answer(walks.withdraw(account).pk, by=SIMULATOR)  # pays out, and is no income
    days = signed_in(account).get(RECONCILED).context["found"].days
    assert [
        (str(day.day), day.ordered_fen, day.banked_fen, day.ordered_coins, day.ledger_coins) for day in days
    ] == [
        ("2019-03-10", -47_00, -47_00, -470, -470),
        ("2019-03-09", 654_00, 654_00, 6540, 6540),
    ]
    assert "All sides say the same on every day." in text(signed_in(account), RECONCILED)


def test_a_forged_row_shows_as_a_difference(account, signed_in):
    order = bought(account, 648)
    payment = order.payment
    assert payment is not None
    BankTransfer.objects.create(
        world=account.world, from_account=payment.from_account, to_account=payment.to_account,
        amount_fen=1_00, at=account.world.now(),
    )  # fmt: skip
    last = Entry.objects.filter(wallet__environment=0).latest("pk")
    Entry.objects.create(
        world=account.world, wallet=last.wallet, kind="recharge", bill_no="forged", paid=5, gift=0,
        paid_after=last.paid_after + 5, gift_after=last.gift_after, at=account.world.now(),
    )  # fmt: skip
    shown = text(signed_in(account), RECONCILED)
    assert "The sides differ on 1 day." in shown
    assert "bank + 1.00 yuan" in shown
    assert "ledger +5 coins" in shown


BAD_RANGES = {
    "?first=2019-03-09&last=2019-03-01": "Choose a day from the first one on.",
    "?first=2019-01-01&last=2019-03-01": "Choose at most 31 days.",
    "?first=2019-02-30&last=2019-03-01": "Enter a valid date.",
    "?first=&last=": "This field is required.",
    "?first=x&last=9999-99-99": "Enter a valid date.",
    "?first=0001-01-01&last=0001-01-02": "Choose a day from 1900 on.",
}


def test_a_range_that_is_none_is_told_at_its_field(account, signed_in):
    browser = signed_in(account)
    for query, told in BAD_RANGES.items():
        answer = browser.get(RECONCILED + query)
        assert (answer.status_code, answer.context["found"]) == (200, None), query
        assert told in answer.content.decode(), query


# --- who may, and what it takes -----------------------------------------------------------


def test_before_virtual_payment_is_open_the_gate_says_so(world, signed_in):
    account = walks.account_at(world, "perfected", method="wechat_authentication")
    for url in (
        PAGE,
        RECONCILED,
        "/console/payment/withdrawals/",
        f"{PAGE}2019-03/",
        f"{PAGE}2019-03/01.csv",
    ):
        answer = signed_in(account).get(url)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/console/gate/read_payment_orders/")


def test_looking_takes_as_many_queries_for_many_months_and_orders_as_for_few(account, time, signed_in):
    def taken():
        browser = signed_in(account)
        counts = []
        for url in (PAGE, f"{PAGE}2019-03/", RECONCILED, "/console/payment/withdrawals/"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert browser.get(url).status_code == 200
            counts.append(len(queries))
        return counts

    bought(account, 6)
    time.reaches(shanghai(2019, 4, 1))
    walks.withdraw(account, 1_00)
    few = taken()
    many_bought(account, 40, 6)
    for month in (5, 6, 7):
        bought(account, 6)
        time.reaches(shanghai(2019, month, 1))
        walks.withdraw(account, 1_00)
    assert taken() == few
    assert max(few) <= 24, few


def test_settling_takes_as_many_statements_for_a_thousand_orders_as_for_one(account, time):
    counts = []
    for month, count in ((4, 1), (5, 300)):
        bought(account, 6)
        many_bought(account, count, 1)
        row = Deadline.objects.open().get(kind="payments.settle")
        worlds.advance(account.world_id, to=row.due_at - timedelta(seconds=1), by=SIMULATOR)
        with CaptureQueriesContext(connection) as queries:
            time.reaches(shanghai(2019, month, 1))
        counts.append(len(queries))
    assert counts[0] == counts[1]
