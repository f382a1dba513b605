"""The pages of the game coin: who sees what, what is typed and refused, what they cost (PAY-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from payments import keys
from payments.actions import coin_keys
from payments.models import CoinApplication, Environment, GameCall, GameCoin, Partition
from portal.kernel import confirmations
from portal.kernel.models import Confirmation, World
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks import coin as walk
from tests.payments import coined

SignIn = Callable[..., Client]

PAGES = (
    "payments:coin",
    "payments:partitions",
    "payments:keys",
    "payments:debug",
    "payments:coin_application",
)
HOSTILE = ["\x00", "\ufffd\u202e", "x" * 5000, "<b>&'"]


def _text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def _confirm(account: Account) -> None:
    asked = Confirmation.objects.filter(subject_id=account.pk).latest("pk")
    confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())


@pytest.mark.parametrize("name", PAGES)
def test_before_virtual_payment_each_page_says_what_opens_it(
    world: World, signed_in: SignIn, name: str
) -> None:
    account = walks.account_at(world, "perfected", method="wechat_authentication")
    answer = signed_in(account).get(reverse(name))
    gate = reverse("console:gate", args=["manage_game_coin"])
    assert (answer.status_code, answer["Location"]) == (302, gate)


@pytest.mark.parametrize("name", PAGES[1:])
def test_before_the_coin_each_page_leads_to_its_authorization(
    world: World, signed_in: SignIn, name: str
) -> None:
    answer = signed_in(coined.seller(world)).get(reverse(name))
    assert (answer.status_code, answer["Location"]) == (302, reverse("payments:coin"))


def test_the_scan_is_asked_for_on_the_page(world: World, signed_in: SignIn) -> None:
    account = coined.seller(world)
    client = signed_in(account)
    assert "The administrator authorizes it" in _text(client.get(reverse("payments:coin")))
    assert client.post(reverse("payments:coin_authorize")).status_code == 302
    page = _text(client.get(reverse("payments:coin")))
    assert "Authorize the game coin" in page
    assert "Confirm on" in page
    _confirm(account)
    page = _text(client.get(reverse("payments:coin")))
    assert GameCoin.objects.get().offer_id in page
    assert "Save name and rate" in page


def test_name_and_rate_are_saved_and_refused_at_their_fields(world: World, signed_in: SignIn) -> None:
    account, coin = coined.authorized(world)
    client = signed_in(account)
    page = _text(client.post(reverse("payments:coin"), {"name": "Lantern oil & more", "rate": "7"}))
    assert "Keep it to 10 characters; this has 18." in page
    assert "Choose how many coins one yuan buys: 1, 10 or 100." in page
    assert "Lantern oil &amp; more" in page
    for hostile in HOSTILE:
        answer = client.post(reverse("payments:coin"), {"name": hostile, "rate": hostile})
        assert answer.status_code == 200
    answer = client.post(reverse("payments:coin"), {"name": "Lantern", "rate": "100"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("payments:coin"))
    coin.refresh_from_db()
    assert (coin.name, coin.rate, coin.state) == ("Lantern", 100, "configured")
    page = _text(client.get(reverse("payments:coin")))
    assert "¥648.00</span> <b>64,800</b>" in page


def test_online_nothing_is_left_to_change(world: World, signed_in: SignIn) -> None:
    account, _coin = coined.debugged(world)
    walk.decide_coin(walk.apply_for_coin(account), "approve")
    client = signed_in(account)
    page = _text(client.get(reverse("payments:coin")))
    assert "Fixed for ever: the coin is online" in page
    assert "Save name and rate" not in page
    page = _text(client.post(reverse("payments:coin"), {"name": "Oil", "rate": "1"}, follow=True))
    assert "never change again" in page
    assert GameCoin.objects.get().name == walk.NAME
    assert "is online since" in _text(client.get(reverse("payments:coin_application")))


def test_partitions_are_added_renamed_and_shut(world: World, signed_in: SignIn) -> None:
    account, _coin = coined.authorized(world)
    client = signed_in(account)
    url = reverse("payments:partitions")
    page = _text(client.post(url, {"zone_id": "zone 2", "name": ""}))
    assert "A zone ID has 1 to 32 English letters, digits, _ and -." in page
    assert "Write what the partition is called." in page
    page = _text(client.post(url, {"zone_id": "1", "name": "Again"}))
    assert "the zone ID 1 is in use" in page
    for hostile in HOSTILE:
        assert client.post(url, {"zone_id": hostile, "name": hostile}).status_code == 200
    assert client.post(url, {"zone_id": "s2", "name": "Night Market"}).status_code == 302
    added = Partition.objects.get(zone_id="s2")
    own = reverse("payments:partition", args=[added.pk])
    assert "Write what the partition is called." in _text(client.post(own, {"name": " "}))
    assert client.post(own, {"name": "River"}).status_code == 302
    assert client.post(reverse("payments:partition_shut", args=[added.pk])).status_code == 302
    added.refresh_from_db()
    assert (added.name, added.is_open) == ("River", False)
    assert client.post(reverse("payments:partition_open", args=[added.pk])).status_code == 302
    assert Partition.objects.get(pk=added.pk).is_open


@pytest.mark.parametrize("number", [0, 10**18, 10**30])
def test_what_is_not_there_is_not_found(world: World, signed_in: SignIn, number: int) -> None:
    account, _coin = coined.named(world)
    client = signed_in(account)
    assert client.get(reverse("payments:partition", args=[number])).status_code == 404
    assert client.post(reverse("payments:partition_shut", args=[number])).status_code == 404
    assert client.post(reverse("payments:partition_open", args=[number])).status_code == 404
    assert client.get(reverse("payments:debug_signed", args=[number])).status_code == 404
    assert client.post(reverse("payments:tester_remove", args=[number])).status_code == 302
    assert client.post("/console/payment/coin/keys/sandbox/steal/").status_code == 404
    assert client.post("/console/payment/coin/keys/other/show/").status_code == 404


def test_another_accounts_call_is_not_found(make_world: Callable[..., World], signed_in: SignIn) -> None:
    world, other = make_world(), make_world("Other")
    account, _coin = coined.named(world)
    _theirs, coin = coined.named(other)
    call = coined.called(coin, "pay")
    client = signed_in(account)
    client.cookies["world"] = world.token
    assert client.get(reverse("payments:debug_signed", args=[call.pk])).status_code == 404
    partition = reverse("payments:partition", args=[coin.partitions.get().pk])
    assert client.get(partition).status_code == 404


# --- keys -----------------------------------------------------------------------------------


def test_a_key_is_in_one_answer_and_nowhere_else(world: World, signed_in: SignIn) -> None:
    account, coin = coined.authorized(world)
    client = signed_in(account)
    key = keys.key_of(coin, Environment.SANDBOX)
    assert client.post(reverse("payments:key_ask", args=["sandbox", "show"])).status_code == 302
    assert "Show the sandbox key" in _text(client.get(reverse("payments:keys")))
    _confirm(account)
    page = _text(client.get(reverse("payments:keys")))
    assert "Permitted by the administrator" in page
    assert key not in page
    once = client.post(reverse("payments:key_show"))
    assert key in _text(once)
    assert "no-store" in once["Cache-Control"]
    again = client.post(reverse("payments:key_show"))
    assert key not in _text(again)
    assert key not in _text(client.get(reverse("payments:keys")))


def test_a_key_is_reset_by_a_scan(world: World, signed_in: SignIn) -> None:
    account, coin = coined.authorized(world)
    client = signed_in(account)
    before = keys.key_of(coin, Environment.LIVE)
    client.post(reverse("payments:key_ask", args=["live", "reset"]))
    assert "Reset the live key" in _text(client.get(reverse("payments:keys")))
    _confirm(account)
    page = _text(client.post(reverse("payments:key_show")))
    after = keys.key_of(GameCoin.objects.get(), Environment.LIVE)
    assert after in page
    assert after != before


def test_an_operator_is_told_that_keys_are_the_administrators(world: World, signed_in: SignIn) -> None:
    account, _coin = coined.authorized(world)
    walks.bind(account, "meiran", "operator")
    client = signed_in(account, Person.objects.get(world=world, wechat_id="meiran"))
    answer = client.get(reverse("payments:keys"))
    assert answer["Location"] == reverse("console:gate", args=["see_payment_keys"])
    assert client.get(reverse("payments:coin")).status_code == 200
    client.post(reverse("payments:key_ask", args=["live", "show"]))
    assert not Confirmation.objects.filter(purpose=coin_keys.SCAN).exists()


# --- joint debug ----------------------------------------------------------------------------


def test_the_required_calls_are_made_on_the_page(world: World, signed_in: SignIn) -> None:
    account, _coin = coined.named(world)
    client = signed_in(account)
    person = account.administrator.person_id
    where = {"player": person, "zone": "1"}

    def made(call: str, **fields: object) -> None:
        answer = client.post(reverse("payments:debug_call"), {**where, "call": call, **fields})
        assert answer.status_code == 302, _text(answer)

    made("present", amount=100)
    made("getbalance")
    made("pay", amount=60, bill_no="first")
    made("cancelpay", amount=60, pay_bill_no="first")
    page = _text(client.get(reverse("payments:debug")))
    assert "Passed" in page
    assert "Go online" in page
    assert GameCall.objects.filter(errcode=0, environment=1).count() == 4
    call = GameCall.objects.get(name="pay")
    page = _text(client.get(reverse("payments:debug_signed", args=[call.pk])))
    assert "pay_sig" in page
    assert "/wxa/game/pay&amp;{" in page


def test_errors_are_the_platforms_and_what_was_typed_stays(world: World, signed_in: SignIn) -> None:
    account, _coin = coined.named(world)
    client = signed_in(account)
    where = {"player": account.administrator.person_id, "zone": "1"}
    url = reverse("payments:debug_call")
    page = _text(client.post(url, {**where, "call": "pay", "amount": "60", "bill_no": "kept-7"}))
    assert "(90013)" in page
    assert "kept-7" in page
    for amount in ("0", "-5", str(10**30)):
        page = _text(client.post(url, {**where, "call": "present", "amount": amount}))
        assert "(90018)" in page
    page = _text(client.post(url, {**where, "call": "present", "amount": "1.5"}))
    assert "Write a whole number of coins, such as 60." in page
    page = _text(client.post(url, {**where, "call": "present", "amount": "5", "bill_no": "_x"}))
    assert "A bill number is 1 to 63" in page
    page = _text(client.post(url, {**where, "call": "cancelpay", "amount": "5", "pay_bill_no": "none"}))
    assert "(90000)" in page
    for hostile in HOSTILE:
        fields = dict.fromkeys(("call", "player", "zone", "amount", "bill_no", "pay_bill_no"), hostile)
        assert client.post(url, fields).status_code == 200
    stranger = Person.objects.get(world=world, wechat_id="meiran").pk
    page = _text(client.post(url, {**where, "player": stranger, "call": "getbalance"}))
    assert "Choose one of the testers and members." in page


def test_testers_are_bound_by_wechat_id(world: World, signed_in: SignIn) -> None:
    account, coin = coined.named(world)
    client = signed_in(account)
    url = reverse("payments:tester_add")
    assert "nobody has the WeChat ID nobody1" in _text(client.post(url, {"wechat_id": "nobody1"}))
    for hostile in HOSTILE:
        assert client.post(url, {"wechat_id": hostile}).status_code == 200
    assert client.post(url, {"wechat_id": "meiran"}).status_code == 302
    tester = coin.testers.get()
    assert "meiran" in _text(client.get(reverse("payments:debug")))
    assert client.post(reverse("payments:tester_remove", args=[tester.pk])).status_code == 302
    assert not coin.testers.exists()


# --- application ----------------------------------------------------------------------------


def test_the_application_is_made_and_withdrawn(world: World, signed_in: SignIn) -> None:
    account, _coin = coined.debugged(world)
    client = signed_in(account)
    url = reverse("payments:coin_application")
    assert "5 of 5 ready" in _text(client.get(url))
    assert "Write what the coin is for" in _text(client.post(url, {"statement": " "}))
    for hostile in HOSTILE[:3]:
        assert client.post(url, {"statement": hostile}).status_code == 200
    assert client.post(url, {"statement": "For skins."}).status_code == 302
    page = _text(client.get(url))
    assert "The verdict is due on" in page
    assert "Open it at the desk" in page
    assert client.post(reverse("payments:coin_application_withdraw")).status_code == 302
    assert CoinApplication.objects.get().state == "withdrawn"


def test_what_is_missing_is_red(world: World, signed_in: SignIn) -> None:
    account, _coin = coined.authorized(world)
    client = signed_in(account)
    url = reverse("payments:coin_application")
    assert "1 of 5 ready" in _text(client.get(url))
    page = _text(client.post(url, {"statement": "For skins."}))
    assert "Not submitted, missing: Name and exchange rate" in page
    assert "For skins." in page


def test_a_rejection_says_why(world: World, signed_in: SignIn) -> None:
    account, _coin = coined.debugged(world)
    walk.decide_coin(walk.apply_for_coin(account), "reject", "statement")
    page = _text(signed_in(account).get(reverse("payments:coin_application")))
    assert "Write what players get for it." in page
    assert "Apply to go online" in page


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("payments:coin", 13),
        ("payments:partitions", 10),
        ("payments:keys", 10),
        ("payments:debug", 18),
        ("payments:coin_application", 12),
    ],
)
def test_a_page_costs_the_same_however_much_there_is(
    world: World, signed_in: SignIn, django_assert_max_num_queries: Any, name: str, most: int
) -> None:
    account, coin = coined.debugged(world)
    for nth in range(30):
        coined.called(coin, "pay", errcode=90013)
        Partition.objects.create(
            world=world, coin=coin, zone_id=f"z{nth}", name=f"Zone {nth}", added_at=world.now()
        )
    client = signed_in(account)
    client.get(reverse(name))
    with django_assert_max_num_queries(most):
        assert client.get(reverse(name)).status_code == 200


def test_the_log_turns_by_key(world: World, signed_in: SignIn) -> None:
    account, coin = coined.named(world)
    for _nth in range(25):
        coined.called(coin, "getbalance")
    client = signed_in(account)
    seen, url = 0, reverse("payments:debug")
    while url:
        answer = client.get(url)
        seen += len(answer.context["calls"])
        url = answer.context["older_url"]
    assert seen == 25
