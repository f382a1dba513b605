"""The game coin through the console: from virtual payment open to a coin that players can buy (PAY-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from payments.breaches_coin import coin_breaches
from payments.models import CoinApplication, GameCall, GameCoin
from portal.kernel import confirmations
from portal.kernel.models import Confirmation, World
from portal.kernel.terms import Fact, VerificationMethod
from portal.simulator import walks
from portal.simulator.walks import coin as walk
from portal.simulator.walks import wechat_pay


class Console:
    """The administrator at the console, with their phone in hand."""

    def __init__(self, client: Client, account: Account) -> None:
        self.client = client
        self.account = account

    def page(self, name: str) -> str:
        """Return a page's text."""
        answer = self.client.get(reverse(name))
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    def posts(self, name: str, /, *arguments: str, **fields: Any) -> None:
        """Send a form that is accepted."""
        answer = self.client.post(reverse(name, args=arguments), fields)
        assert answer.status_code == 302, answer.content.decode()

    def is_refused(self, name: str, sentence: str, /, **fields: Any) -> None:
        """Send a form that comes back with a sentence, or leaves one on the next page."""
        answer = self.client.post(reverse(name), fields, follow=True)
        assert sentence in " ".join(answer.content.decode().split())

    def scans(self) -> None:
        """Confirm the newest code on the administrator's phone."""
        asked = Confirmation.objects.filter(subject_id=self.account.pk).latest("pk")
        confirmations.confirm(asked.pk, by=self.account.administrator.person.as_actor())

    def calls(self, call: str, **fields: Any) -> None:
        """Make a call in the sandbox."""
        player = self.account.administrator.person_id
        self.posts("payments:debug_call", call=call, player=player, zone="1", **fields)


@pytest.mark.requirement("PAY-4")
def test_from_virtual_payment_to_online(world: World, signed_in: Callable[..., Client]) -> None:
    account = walks.account_at(world, "perfected", method=VerificationMethod.WECHAT_AUTHENTICATION)
    account = wechat_pay.open_virtual_payment(account)
    console = Console(signed_in(account), account)

    console.posts("payments:coin_authorize")
    console.scans()
    coin = GameCoin.objects.get(account=account)
    assert coin.offer_id in console.page("payments:coin")
    console.is_refused("payments:coin_application", "Not submitted, missing:", statement="For skins.")

    console.posts("payments:coin", name="Yuan", rate="100")
    console.posts("payments:partitions", zone_id="s2", name="Night Market")
    console.posts("payments:key_ask", "sandbox", "show")
    console.scans()
    assert "AppKey" in console.client.post(reverse("payments:key_show")).content.decode()

    console.calls("present", amount=100)
    console.calls("getbalance")
    console.calls("pay", amount=60, bill_no="first")
    console.is_refused(
        "payments:coin_application", "A cancelled payment in the sandbox", statement="For skins."
    )
    console.calls("cancelpay", amount=20, pay_bill_no="first")
    assert "Passed" in console.page("payments:debug")

    console.posts("payments:coin_application", statement="For skins.")
    console.is_refused("payments:coin", "under review", name="Oil", rate="10")
    console.posts("payments:coin_application_withdraw")
    console.posts("payments:coin_application", statement="For skins, in the shop.")
    walk.decide_coin(CoinApplication.objects.latest("pk"), "reject", "tender")
    assert "The name is a currency" in console.page("payments:coin_application")
    assert Fact.GAME_COIN not in Account.objects.get(pk=account.pk).facts

    console.posts("payments:coin", name="Lantern", rate="10")
    console.posts("payments:coin_application", statement="For skins, in the shop.")
    walk.decide_coin(CoinApplication.objects.latest("pk"), "approve")
    assert "is online since" in console.page("payments:coin_application")
    console.is_refused("payments:coin", "never change again", name="Oil", rate="10")

    coin.refresh_from_db()
    assert (coin.state, coin.name, coin.rate) == ("online", "Lantern", 10)
    assert Fact.GAME_COIN in Account.objects.get(pk=account.pk).facts
    assert list(CoinApplication.objects.order_by("pk").values_list("state", flat=True)) == [
        "withdrawn",
        "rejected",
        "approved",
    ]
    assert GameCall.objects.filter(coin=coin, environment=1, errcode=0).count() == 4
    assert coin_breaches() == []
