"""Purchases and game calls by the control API: as on the phone, by the same rules (API-5, PAY-6)."""

from __future__ import annotations

import pytest

from accounts.models import Account
from portal.kernel.models import World
from portal.outside.models import BankTransfer
from portal.simulator import walks

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-5", "PAY-6")]


@pytest.fixture
def mine(world: World) -> str:
    """Return the address of an account whose coin is online at ten for a yuan."""
    return f"/worlds/{world.pk}/accounts/{walks.account_at(world, 'payment_online').pk}"


def test_players_buy_leave_and_are_refused_without_a_browser(api, world: World, mine: str, time):
    mei, tao = (walks.administrator(world, name).pk for name in ("meiran", "taozi"))
    ordered = api.post(f"{mine}/orders", {"person": mei, "yuan": 6, "out_trade_no": "N1"})
    assert (ordered["state"], ordered["amount_fen"], ordered["coins"]) == ("not_paid", 600, 60)
    paid = api.post(f"{mine}/orders/{ordered['order']}/pay", **{"Idempotency-Key": "p1"})
    assert api.post(f"{mine}/orders/{ordered['order']}/pay", **{"Idempotency-Key": "p1"}) == paid
    assert (paid["state"], paid["delivered_at"]) == ("delivered", paid["placed_at"])
    assert api.refused("POST", f"{mine}/orders/{ordered['order']}/pay")[1]["code"] == "-15007"
    for act, state, ended in (("leave", "closed", "left"), ("refuse", "failed", "bank")):
        order = api.post(f"{mine}/orders", {"person": mei, "coins": 10})["order"]
        done = api.post(f"{mine}/orders/{order}/{act}")
        assert (done["state"], done["ended"]) == (state, ended)
    assert api.post(f"{mine}/orders", {"person": tao, "yuan": 1})["ended"] == "minor"
    lost = api.post(f"{mine}/orders", {"person": mei, "yuan": 1})["order"]
    assert api.post(f"{mine}/orders/{lost}/lose")["state"] == "paid"
    time.passes(seconds=1)
    states = [order["state"] for order in api.get(f"{mine}/orders")["items"]]
    assert states == ["delivered", "closed", "failed", "failed", "delivered"]
    assert BankTransfer.objects.filter(to_account__purpose="payments.clearing").count() == 2

    def call(name, **more):
        return api.post(f"{mine}/calls", {"person": mei, "call": name, **more})

    assert call("getbalance")["balance"] == 70
    assert call("present", amount=5, bill_no="G") == {
        "balance": 75, "gift": 5, "gift_used": 0, "repeated": False,
    }  # fmt: skip
    for repeated in (False, True):
        spent = call("pay", amount=25, bill_no="P")
        assert (spent["balance"], spent["gift_used"], spent["repeated"]) == (50, 5, repeated)
    assert call("cancelpay", amount=25, bill_no="C", pay_bill_no="P")["balance"] == 75


def test_what_is_refused_has_the_platforms_code(api, world: World, mine: str, make_world):
    mei = walks.administrator(world, "meiran").pk
    for asked, told in (
        ({"person": mei, "yuan": 2}, (409, "-15002")),
        ({"person": mei, "yuan": -(10**18)}, (409, "-15002")),
        ({"person": mei, "coins": 61}, (409, "-15002")),
        ({"person": mei}, (409, "-15001")),
        ({"person": mei, "yuan": 1, "coins": 10}, (409, "-15001")),
        ({"person": mei, "yuan": 1, "environment": 7}, (409, "-15002")),
        ({"person": mei, "yuan": 1, "environment": 1}, (409, "1003")),
        ({"person": mei, "yuan": 1, "environment": 1, "playing": "released"}, (409, "-15010")),
        ({"person": mei, "yuan": 1, "zone_id": "nowhere"}, (409, "1001")),
        ({"person": mei, "yuan": "6"}, (400, "invalid")),
        ({"person": mei, "yuan": 6.5}, (400, "invalid")),
        ({"person": mei, "coins": 10**30}, (400, "unreadable")),
        ({"person": 999_999, "yuan": 1}, (404, "not_found")),
        ({"person": mei, "yuan": 1, "price": 1}, (400, "invalid")),
    ):
        status, body = api.refused("POST", f"{mine}/orders", asked)
        assert (status, body["code"]) == told, asked
    for asked, told in (
        ({"person": mei, "call": "pay", "amount": 1, "bill_no": "P"}, (409, "90013")),
        ({"person": mei, "call": "pay", "amount": 0, "bill_no": "P"}, (409, "90018")),
        ({"person": mei, "call": "pay", "bill_no": "P"}, (409, "90018")),
        (
            {"person": mei, "call": "cancelpay", "amount": 1, "bill_no": "P", "pay_bill_no": "X"},
            (409, "90000"),
        ),
        ({"person": mei, "call": "refund"}, (400, "invalid")),
    ):
        status, body = api.refused("POST", f"{mine}/calls", asked)
        assert (status, body["code"]) == told, asked
    assert api.refused("POST", f"{mine}/orders/999999/pay")[0] == 404
    other = make_world("Elsewhere")
    account = mine.rsplit("/", 1)[1]
    assert api.refused("GET", f"/worlds/{other.pk}/accounts/{account}/orders")[0] == 404
    assert Account.objects.filter(pk=account).exists()
