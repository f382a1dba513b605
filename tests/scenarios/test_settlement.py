"""Two months of a Mini Game, settled and withdrawn through the console (PAY-7)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from payments import clearing
from payments.actions import deposit
from payments.models import Withdrawal
from portal.kernel import confirmations
from portal.kernel.breaches import found as breaches
from portal.kernel.models import World
from portal.outside.models import BankAccount
from tests.payments.settling import (
    again,
    bought,
    funds,
    many_bought,
    refunded,
    selling,
    settled,
    shanghai,
    text,
)

SETTLEMENTS = "/console/payment/settlements/"
WITHDRAWALS = "/console/payment/withdrawals/"


class Console:
    """The administrator in the console, with phone, bank and clock at hand."""

    def __init__(self, browser: Client, account: Account) -> None:
        self.browser, self.account = browser, account

    def to_the_end_of_the_month(self) -> None:
        """Press the simulator's button on the settlement page."""
        button = self.browser.get(SETTLEMENTS).context["sim_buttons"][0]
        assert self.browser.post(button["url"], button["fields"]).status_code == 302

    def withdraw(self, amount: str = "", **more: str) -> Withdrawal:
        """Type an amount, and confirm on the administrator's phone."""
        form = self.browser.get(WITHDRAWALS).context["form"]
        answer = self.browser.post(WITHDRAWALS, {"key": form["key"].value(), "amount": amount, **more})
        assert answer.status_code == 302
        asked = confirmations.latest("payments.withdraw", self.account.pk)
        assert asked is not None
        self.browser.post(reverse("simulator:confirm", args=[self.account.administrator.person_id, asked.pk]))
        return Withdrawal.objects.filter(account=self.account).latest("pk")

    def bank(self, does: str, withdrawal: Withdrawal) -> None:
        """Let the bank answer, by the button of the simulator."""
        self.browser.post(
            reverse(f"simulator:withdrawal_{does}", args=[withdrawal.pk]), {"next": WITHDRAWALS}
        )

    def rows(self) -> list[tuple[int, str]]:
        """Return amount and state of every withdrawal that the page lists, newest first."""
        shown = self.browser.get(WITHDRAWALS).context["rows"]
        return [(row["withdrawal"].amount_fen, row["withdrawal"].state) for row in shown]


@pytest.fixture
def account(world: World) -> Account:
    return selling(world)


@pytest.mark.requirement("PAY-7")
def test_a_month_is_settled_by_hand_computed_sums_and_withdrawn(account: Account, signed_in: Any) -> None:
    """Settlement, and withdrawal to the deposit account through the simulated bank."""
    console = Console(signed_in(account), account)
    # March: 328 + 772 x 648 = 500,584 yuan taken, 28 refunded at once.
    later = bought(account, 328)
    many_bought(account, 772, 648)
    refunded(later, 28_00)
    console.to_the_end_of_the_month()
    # Of 500,556 yuan the first 500,000 are free: 40 % of 556.00 are 222.40.
    march = ("2019-03", 773, 500_584_00, 28_00, 222_40, 500_333_60)
    assert settled(account) == [march]
    assert funds(account) == (500_333_60, 0)
    shown = text(console.browser, f"{SETTLEMENTS}2019-03/")
    for told in (
        "¥500,584.00",
        "¥28.00",
        "¥222.40",
        "¥500,333.60",
        "773 purchases",
        "Settled on 1 Apr 2019, 00:00",
    ):
        assert told in shown, told

    # The bank refuses once, then pays: 300,000.00 yuan.
    first = console.withdraw("300000")
    assert "The bank has ¥300,000.00" in text(console.browser, WITHDRAWALS)
    console.bank("refuse", first)
    shown = text(console.browser, WITHDRAWALS)
    assert "The bank refused the payment." in shown
    retry = re.search(rf'href="({WITHDRAWALS}\?again=30000000)"', shown)
    assert retry is not None
    typed = console.browser.get(retry.group(1)).context["form"]["amount"].value()
    assert typed == "300,000.00"
    second = console.withdraw(typed)
    console.bank("pay", second)
    assert console.rows() == [(300_000_00, "paid"), (300_000_00, "failed")]

    # April: 196 yuan taken, 300 of March's purchase refunded, which gives 0.13 yuan of the share back:
    # 222.40 x 300 / 500,556 is 0.1332.
    bought(account, 98)
    bought(account, 98)
    refunded(later, 300_00)
    console.to_the_end_of_the_month()
    assert settled(account) == [march, ("2019-04", 2, 196_00, 300_00, -13, -103_87)]
    assert funds(account) == (500_229_73, 300_000_00)

    # Everything that is left, paid by the clock on the next working day: Wed 1 May is followed by Thu 2 May.
    last = console.withdraw(everything="1")
    assert last.amount_fen == 200_229_73
    next_ = console.browser.get(WITHDRAWALS).context["answers_at"]
    assert next_ == shanghai(2019, 5, 2)
    console.browser.post(reverse("simulator:advance"), {"to": next_.isoformat()})
    assert console.rows()[0] == (200_229_73, "paid")
    company = BankAccount.objects.get(number=deposit.number_of(last.deposit_account))
    assert company.balance_fen - company.opening_fen == 500_229_73
    # What stays with the platform is exactly its share.
    held = clearing.held(again(account))
    assert held is not None
    assert held.balance_fen == 222_40 - 13
    assert "¥0.00" in text(console.browser, WITHDRAWALS)
    assert breaches() == []
