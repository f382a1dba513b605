"""The money of virtual payment by server: balance, withdrawals, the bill (API-2; wechat-api 6)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from payments.actions import withdrawals
from payments.models import Withdrawal
from portal.kernel.actors import BANK
from portal.kernel.calendar import SHANGHAI
from tests.payments import gameserver
from tests.payments.gameserver import LIVE_KEY, SANDBOX_KEY, GameServer
from tests.payments.settling import again, bought, funds, refunded, selling, shanghai
from tests.payments.shop import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def account(world):
    """Return an account that has sold for 1,000.00 yuan in March."""
    account = selling(world)
    for yuan in (648, 328, 18, 6):
        bought(account, yuan)
    return again(account)


@pytest.fixture
def server(account):
    shop = Shop(account, {})
    gameserver.set_keys(shop, LIVE_KEY, SANDBOX_KEY)
    return GameServer(shop)


@pytest.fixture
def april(account, server, time):
    """Return its server when March is settled."""
    time.reaches(shanghai(2019, 4, 1))
    return GameServer(Shop(again(account), {}))


def call(server: GameServer, name: str, **fields: Any) -> Any:
    return server.signs(f"/xpay/{name}", {"env": 0, **fields})


def bad(told: dict[str, Any], name: str) -> None:
    assert told == {"errcode": 268490002, "errmsg": f"[{name}] {name} is invalid"}


def test_the_balance_is_what_may_be_withdrawn(server, april):
    told = {**OK, "balance_available": {"amount": "1000.00", "currency_code": "CNY"}}
    assert call(april, "query_biz_balance") == told
    assert call(april, "query_biz_balance", env=1)["balance_available"]["amount"] == "0.00"


def test_money_is_withdrawn_by_number_and_told(april, account, signed_in, time):
    made = call(april, "create_withdraw_order", withdraw_no="out-0001", withdraw_amount="250.50")
    row = Withdrawal.objects.get()
    assert made == {**OK, "withdraw_no": "out-0001", "wx_withdraw_no": row.number}
    assert (row.amount_fen, row.asked_by, funds(account)) == (25050, "server", (100000, 25050))
    assert call(april, "create_withdraw_order", withdraw_no="out-0001", withdraw_amount="250.50") == made
    asked = call(april, "query_withdraw_order", withdraw_no="out-0001")
    on_its_way = {
        **OK, "withdraw_no": "out-0001", "status": 1, "withdraw_amount": "250.50",
        "wx_withdraw_no": row.number, "withdraw_success_timestamp": 0,
        "create_time": int(row.asked_at.timestamp()), "fail_reason": "",
    }  # fmt: skip
    assert asked == on_its_way
    page = signed_in(account).get(reverse("payments:withdrawals")).content.decode()
    assert row.number in page

    withdrawals.answer(row.pk, by=BANK)
    row.refresh_from_db()
    at = int(row.settled_at.timestamp()) if row.settled_at else 0
    asked = call(april, "query_withdraw_order", withdraw_no="out-0001")
    assert asked == on_its_way | {"status": 2, "withdraw_success_timestamp": at}

    rest = call(april, "create_withdraw_order", withdraw_no="out-0002")
    assert rest["errcode"] == 0
    withdrawals.refuse(Withdrawal.objects.get(out_no="out-0002").pk, by=BANK)
    asked = call(april, "query_withdraw_order", withdraw_no="out-0002")
    assert (asked["status"], asked["withdraw_amount"]) == (3, "749.50")
    assert asked["fail_reason"] == "The bank refused the payment."
    assert call(april, "create_withdraw_order", withdraw_no="out-0002") == rest, "a number is good once"
    assert funds(account) == (100000, 25050)


def test_what_cannot_be_withdrawn_is_refused(april, account):
    asked = {"withdraw_no": "out-0001"}
    told = call(april, "create_withdraw_order", **asked, withdraw_amount="1000.01")
    assert told == {"errcode": 268490006, "errmsg": "balance not enough"}
    told = call(april, "create_withdraw_order", **asked, withdraw_amount="0.00")
    assert told == {"errcode": 268490024, "errmsg": "amount must be greater than 0"}
    for amount in ("-1", "1.234", "1e3", "ten", True, ["1"], "9" * 41):
        bad(call(april, "create_withdraw_order", **asked, withdraw_amount=amount), "withdraw_amount")
    for number in ("short", "w" * 33, "out.0001", "灯" * 8):
        bad(call(april, "create_withdraw_order", withdraw_no=number), "withdraw_no")
        bad(call(april, "query_withdraw_order", withdraw_no=number), "withdraw_no")
    bad(call(april, "create_withdraw_order", **asked, env=1), "env")
    bad(call(april, "query_withdraw_order", **asked), "withdraw_no")
    assert (Withdrawal.objects.count(), funds(account)) == (0, (100000, 0))
    assert call(april, "create_withdraw_order", **asked, withdraw_amount="5.00")["errcode"] == 0
    bad(call(april, "create_withdraw_order", **asked, withdraw_amount="6.00"), "withdraw_no")
    bad(call(april, "query_withdraw_order", **asked, env=1), "withdraw_no")


def test_before_a_month_is_settled_there_is_nothing(server):
    told = call(server, "create_withdraw_order", withdraw_no="out-0001", withdraw_amount="5.00")
    assert told == {"errcode": 268490006, "errmsg": "balance not enough"}


def test_a_bill_is_a_file_for_half_an_hour(server, account, time):
    order = bought(account, 30)
    refund = refunded(order, 1000)
    told = server.signs("/xpay/download_bill", {"begin_ds": 20190301, "end_ds": "20190309"})
    assert (told["errcode"], told["url"].startswith("http://testserver/bills/")) == (0, True)
    stranger = Client()
    answer = stranger.get(told["url"])
    assert answer.status_code == 200
    name = f"bill-{account.appid}-2019-03-01-2019-03-09.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode().removeprefix("\ufeff"))))
    assert rows[0] == [
        "Time", "What", "Order number", "Your order number", "Refund number", "WeChat Pay number",
        "Amount, yuan",
    ]  # fmt: skip
    at = order.placed_at.astimezone(SHANGHAI).isoformat()
    assert [row[1] for row in rows[1:]] == ["Purchase"] * 5 + ["Refund"]
    assert rows[-2] == [
        at,
        "Purchase",
        order.number,
        order.out_trade_no,
        "",
        order.transaction_number,
        "30.00",
    ]
    assert rows[-1] == [
        at, "Refund", order.number, order.out_trade_no, refund.number, order.transaction_number, "-10.00",
    ]  # fmt: skip
    changed = told["url"].replace("/bills/g", "/bills/h")
    assert stranger.get(changed).status_code == 404
    time.passes(minutes=30)
    assert stranger.get(told["url"]).status_code == 404


def test_days_of_which_there_is_no_bill(server):
    for field, days in (
        ("begin_ds", (2019, 20190309)),
        ("begin_ds", (20190230, 20190309)),
        ("end_ds", (20190309, 99999999)),
        ("end_ds", (20190309, -20190309)),
        ("end_ds", (20190309, 20190308)),
        ("end_ds", (20190206, 20190309)),
        ("end_ds", (20190309, 20190310)),
    ):
        begin, end = days
        bad(server.signs("/xpay/download_bill", {"begin_ds": begin, "end_ds": end}), field)
