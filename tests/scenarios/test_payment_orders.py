"""Payment orders as an operator lives with them: bought, found, refunded, exported, added up (PAY-5)."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from payments import ledger
from payments.models import PaymentOrder, Wallet
from portal.kernel import breaches
from portal.kernel.models import World
from portal.simulator import walks
from portal.simulator.walks import coin

SignedIn = Callable[[Account], Client]

ORDERS = "/console/payment/orders/"
INCOME = "/console/payment/income/"


def shown(browser: Client, path: str) -> str:
    answer = browser.get(path, follow=True)  # to its gate, as long as that is shut
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def found(browser: Client, query: str) -> list[PaymentOrder]:
    return [row["order"] for row in browser.get(f"{ORDERS}?{query}").context["rows"]]


@pytest.mark.requirement("PAY-5")
def test_orders_are_bought_found_refunded_exported_and_added_up(world: World, signed_in: SignedIn, time: Any):
    """Nothing before virtual payment is open; then three purchases, a refund by scan, a file, the charts."""
    account = walks.account_at(world, "perfected", method="wechat_authentication")
    browser = signed_in(account)
    assert "Virtual payment is not open yet." in shown(browser, ORDERS)
    account = walks.open_virtual_payment(account)
    coin.put_coin_online(account)
    assert "No orders in the last 31 days" in shown(browser, ORDERS)

    first = walks.buy(account, "meiran", 6)
    time.passes(days=1)
    second = walks.buy(account, "chenxi", 30)
    failed = walks.buy(account, "wutong", 6)  # no card is bound
    assert found(browser, "") == [failed, second, first]
    assert found(browser, f"number={first.transaction_number}") == [first]
    assert found(browser, "player=chenxi&state=delivered&environment=0&zone=1") == [second]
    assert found(browser, "state=failed") == [failed]

    wallet = Wallet.objects.get(player=second.player)
    ledger.pay(wallet, 100, bill_no="lantern-1", item="A paper lantern")
    page = shown(browser, f"{ORDERS}{second.number}/")
    told = ["The player ordered", "The player paid", "The coins were delivered", "A paper lantern"]
    assert [page.index(each) for each in told] == sorted(page.index(each) for each in told)

    refund = f"{ORDERS}{second.number}/refund/"
    too_much = browser.post(refund, {"amount": "30", "reason": "Bought by mistake"})
    assert "the player has 200 left. Refund at most ¥20.00." in html.unescape(too_much.content.decode())
    assert browser.post(refund, {"amount": "20", "reason": "Bought by mistake"}).status_code == 302
    scan = browser.get(refund).context["scan"]
    phone = next(button for button in scan.buttons if button["label"].startswith("Confirm on"))
    assert browser.post(phone["url"]).status_code == 302
    assert "¥20.00 went back to the player" in shown(browser, refund)
    assert "¥20.00 refunded, 200 coins taken back" in shown(browser, f"{ORDERS}{second.number}/")

    answer = browser.get(f"{ORDERS}export/?state=delivered")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["Order number"], row["Amount, yuan"], row["Refunded, yuan"]) for row in rows] == [
        (second.number, "30.00", "20.00"),
        (first.number, "6.00", "0.00"),
    ]

    totals = browser.get(INCOME).context["total"]
    assert (totals.orders, totals.paid_fen, totals.refunded_fen, totals.kept_fen) == (2, 3600, 2000, 1600)
    assert breaches.found() == []
