"""The bank by hand: what is paid is booked once, whole fen, and judged by whoever receives it (VER-3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel.models import World
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer
from portal.simulator import walks
from tests.simulator.reading import source
from verification.models import WireTransfer

pytestmark = pytest.mark.requirement("VER-3")


@pytest.fixture
def account(world: World) -> Account:
    """Return a company's account that awaits its wire transfer."""
    return walks.account_at(world, "awaiting_transfer", email="ops@lanternbay.example")


@pytest.fixture
def wire(account: Account) -> WireTransfer:
    """Return what the company is asked to pay."""
    return account.wiretransfer


def payee_number(wire: WireTransfer) -> str:
    assert wire.payee is not None
    return wire.payee.number


def filled(client: Client, address: str) -> dict[str, str]:
    """Return what a transfer form at `address` would send if nothing were changed."""
    form = client.get(address).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def other_company(world: World) -> BankAccount:
    return BankAccount.objects.get(world=world, holder="Suzhou Red Crane Trading Co., Ltd.")


def test_the_form_comes_filled_from_the_wire_transfer(visitor: Client, wire: WireTransfer):
    sent = filled(visitor, f"/bank/?wire={wire.pk}")
    key = sent.pop("key")
    assert len(key) >= 20
    assert sent == {
        "wire": wire.pk,
        "from_account": BankAccount.objects.get(holder=wire.payer_name).number,
        "to_account": payee_number(wire),
        "amount": f"0.{wire.amount_fen:02}",
        "remark": wire.remark,
    }
    assert filled(visitor, f"/bank/?wire={wire.pk}")["key"] != key


def test_the_exact_amount_from_the_company_matches(visitor: Client, wire: WireTransfer, account: Account):
    answer = visitor.post("/bank/transfer/", filled(visitor, f"/bank/?wire={wire.pk}"))
    moved = BankTransfer.objects.get()
    assert answer.headers["Location"] == f"/bank/transfers/{moved.pk}/"
    page = source(visitor.get(answer.headers["Location"]))
    assert "Amount, payer and time match what the payee asked for." in page
    assert "Fri 22 Mar 2019, 10:00" in page
    account.refresh_from_db()
    assert (moved.state, account.state) == ("matched", "verified")


def test_a_wrong_amount_is_parked_with_its_reason_and_refunded(visitor: Client, wire: WireTransfer, time):
    sent = filled(visitor, f"/bank/?wire={wire.pk}") | {"amount": "1.00"}
    address = visitor.post("/bank/transfer/", sent).headers["Location"]
    page = source(visitor.get(address))
    assert "Parked" in page
    assert "The amount differs from what was asked for." in page

    time.passes(days=3)
    payer = BankAccount.objects.get(holder=wire.payer_name)
    lines = visitor.get(f"/bank/accounts/{payer.pk}/").context["lines"]
    assert [(line.title, line.detail, line.fen, line.state) for line in lines] == [
        (
            "Refund from Simulated Platform Payments Ltd (DEMO)",
            "The amount differs from what was asked for.",
            100,
            "Booked",
        ),
        (
            "To Simulated Platform Payments Ltd (DEMO)",
            "The amount differs from what was asked for.",
            -100,
            "Parked, refunded",
        ),
    ]
    assert payer.balance_fen == payer.opening_fen


def test_sent_twice_it_is_booked_once(visitor: Client, wire: WireTransfer):
    sent = filled(visitor, f"/bank/?wire={wire.pk}")
    first = visitor.post("/bank/transfer/", sent)
    second = visitor.post("/bank/transfer/", sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert BankTransfer.objects.count() == 1


def test_the_same_form_with_other_content_is_refused(visitor: Client, world: World, wire: WireTransfer):
    sent = filled(visitor, f"/bank/?wire={wire.pk}")
    visitor.post("/bank/transfer/", sent)
    page = source(visitor.post("/bank/transfer/", sent | {"amount": "5"}))
    assert "This form was already sent with other content." in page
    assert BankTransfer.objects.count() == 1


def test_an_account_number_may_have_spaces_and_an_amount_full_width_digits(visitor: Client, world: World):
    payer, payee = other_company(world), BankAccount.objects.get(world=world, holder="Chen Xi")
    number = " ".join(re.findall(r".{1,4}", payee.number))
    sent = filled(visitor, "/bank/") | {"from_account": payer.number, "to_account": f" {number} "}
    visitor.post("/bank/transfer/", sent | {"amount": "１，２３４．５", "remark": "thanks"})
    moved = BankTransfer.objects.get()
    assert (moved.amount_fen, moved.to_account, moved.remark, moved.state) == (
        123450, payee, "thanks", "posted",
    )  # fmt: skip
    page = source(visitor.get("/bank/payee/", {"to_account": number}))
    assert page.strip() == "Chen Xi"


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"amount": "0.375"}, "amount", "at most two after the point"),
        ({"amount": "-1"}, "amount", "at most two after the point"),
        ({"amount": "NaN"}, "amount", "at most two after the point"),
        ({"amount": "1e3"}, "amount", "at most two after the point"),
        ({"amount": "9" * 1_000_000}, "amount", "Keep it to 60 characters"),
        ({"amount": "0"}, "amount", "Enter an amount from 0.01"),
        ({"amount": "1000000000.01"}, "amount", "Enter at most 1,000,000,000.00 yuan."),
        ({"amount": "60000"}, "amount", "the account holds less than that"),
        ({"amount": ""}, "amount", "This field is required."),
        ({"to_account": "8800 0000 0000 0000 00"}, "to_account", "this bank has no account"),
        ({"to_account": "\x00"}, "to_account", "a control character"),
        ({"to_account": "\u202e8800"}, "to_account", "turns the reading direction"),
        ({"from_account": "1"}, "from_account", "this bank has no account"),
        ({"from_account": ""}, "from_account", "This field is required."),
        ({"remark": "x" * 61}, "remark", "Keep it to 60 characters; this has 61."),
    ],
)
def test_what_cannot_be_sent_is_a_sentence_at_its_field_and_stays_typed(
    visitor: Client, wire: WireTransfer, changed: dict[str, str], field: str, sentence: str
):
    sent = filled(visitor, f"/bank/?wire={wire.pk}")
    answer = visitor.post("/bank/transfer/", sent | changed)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]
    assert form["remark"].value() == changed.get("remark", wire.remark)
    assert form["key"].value() == sent["key"]
    assert not BankTransfer.objects.exists()


def test_a_form_without_its_key_moves_nothing(visitor: Client, wire: WireTransfer):
    sent = filled(visitor, f"/bank/?wire={wire.pk}") | {"key": ""}
    page = source(visitor.post("/bank/transfer/", sent))
    assert "This form was sent incompletely. Open it anew and send it again." in page
    assert not BankTransfer.objects.exists()


def test_nobody_pays_from_the_platforms_account_or_to_themselves(visitor: Client, wire: WireTransfer):
    sent = filled(visitor, f"/bank/?wire={wire.pk}")
    swapped = sent | {"from_account": sent["to_account"], "to_account": sent["from_account"]}
    page = source(visitor.post("/bank/transfer/", swapped))
    assert "Nothing was transferred: the platform&#x27;s account returns money by itself." in page
    page = source(visitor.post("/bank/transfer/", sent | {"to_account": sent["from_account"]}))
    assert "Nothing was transferred. Choose two different accounts." in page
    assert not BankTransfer.objects.exists()


@pytest.mark.parametrize(
    ("how", "state", "reason"),
    [
        ("exact", "matched", ""),
        ("wrong_amount", "parked", "wrong_amount"),
        ("wrong_payer", "parked", "wrong_payer"),
        ("personal", "parked", "personal_account"),
    ],
)
def test_one_click_pays_rightly_or_by_a_mistake_of_one_kind(
    signed_in: Callable[[Account], Client],
    account: Account,
    wire: WireTransfer,
    how: str,
    state: str,
    reason: str,
):
    client = signed_in(account)
    sent = {"wire": wire.pk, "how": how, "key": "shown once"}
    for _click in range(2):
        answer = client.post("/bank/pay/", sent)
        assert answer.headers["Location"] == "/verification/wire-transfer/"
    moved = BankTransfer.objects.get()
    assert (moved.state, moved.reason, moved.remark) == (state, reason, wire.remark)


def test_one_click_by_a_visitor_leads_to_the_banks_own_page(visitor: Client, wire: WireTransfer):
    answer = visitor.post("/bank/pay/", {"wire": wire.pk, "how": "wrong_amount", "key": "1"}, follow=True)
    amount = f"0.{wire.amount_fen + 1:02}"
    assert f"¥{amount} from {wire.payer_name} is parked." in source(answer)


@pytest.mark.parametrize(
    "broken", [{"how": "twice"}, {"key": ""}, {"wire": ""}, {"how": ""}, {"key": "\x00"}]
)
def test_one_click_with_anything_else_moves_nothing(
    visitor: Client, wire: WireTransfer, broken: dict[str, str]
):
    sent = {"wire": str(wire.pk), "how": "exact", "key": "1"} | broken
    answer = visitor.post("/bank/pay/", sent, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert not BankTransfer.objects.exists()


def test_any_company_can_have_an_account_once(visitor: Client, world: World):
    sent = filled(visitor, "/bank/accounts/open/") | {"holder": "Dalian Kite Quay Software Co., Ltd."}
    for _click in range(2):
        answer = visitor.post("/bank/accounts/open/", sent)
    opened = BankAccount.objects.get(world=world, holder="Dalian Kite Quay Software Co., Ltd.")
    assert (opened.kind, opened.balance_fen) == ("corporate", 5_000_000)
    assert answer.headers["Location"] == f"/bank/?from={opened.pk}"
    assert filled(visitor, f"/bank/?from={opened.pk}")["from_account"] == opened.number


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"holder": ""}, "holder"),
        ({"holder": "x" * 121}, "holder"),
        ({"kind": "platform"}, "kind"),
        ({"amount": "-5"}, "amount"),
    ],
)
def test_an_account_nobody_may_hold_is_not_opened(
    visitor: Client, world: World, changed: dict[str, str], field: str
):
    before = BankAccount.objects.count()
    sent = filled(visitor, "/bank/accounts/open/") | {"holder": "Dalian Kite Quay Software Co., Ltd."}
    assert list(visitor.post("/bank/accounts/open/", sent | changed).context["form"].errors) == [field]
    assert BankAccount.objects.count() == before


def test_nothing_of_another_world_is_here(visitor: Client, make_world: Callable[..., World], world: World):
    other = walks.account_at(make_world("Elsewhere", seed=8), "awaiting_transfer")
    moved = walks.pay(other)
    foreign = other.wiretransfer
    for address in (
        f"/bank/?wire={foreign.pk}",
        f"/bank/?from={moved.from_account_id}",
        f"/bank/accounts/{moved.from_account_id}/",
        f"/bank/transfers/{moved.pk}/",
        "/bank/?wire=x",
        f"/bank/?wire={10**30}",
        f"/bank/?from={10**30}",
    ):
        assert visitor.get(address).status_code == 404, address
    assert visitor.post("/bank/pay/", {"wire": foreign.pk, "how": "exact", "key": "1"}).status_code == 404
    for address in ("/bank/", "/bank/accounts/", "/bank/movements/"):
        assert foreign.payer_name not in source(visitor.get(address))
    payee = source(visitor.get("/bank/payee/", {"to_account": payee_number(foreign)}))
    assert "This bank has no account with this number." in payee
    sent = filled(visitor, "/bank/") | {"amount": "1", "to_account": payee_number(foreign)}
    assert "this bank has no account" in source(visitor.post("/bank/transfer/", sent))


def test_looking_is_safe(visitor: Client, wire: WireTransfer):
    before = list(BankAccount.objects.values_list("number", "balance_fen"))
    for address in ("/bank/", f"/bank/?wire={wire.pk}", "/bank/accounts/open/", "/bank/movements/"):
        assert visitor.head(address).status_code == 200
    assert visitor.get("/bank/transfer/").status_code == 405
    assert visitor.get("/bank/pay/").status_code == 405
    assert list(BankAccount.objects.values_list("number", "balance_fen")) == before


def test_stays_within_nine_queries_however_much_has_moved(
    signed_in: Callable[[Account], Client],
    account: Account,
    wire: WireTransfer,
    world: World,
    django_assert_max_num_queries: Callable[..., Any],
):
    client = signed_in(account)
    payer, payee = other_company(world), BankAccount.objects.get(world=world, holder="Chen Xi")
    moved = BankTransfer.objects.bulk_create(
        BankTransfer(world=world, from_account=payer, to_account=payee, amount_fen=1, at=world.now())
        for _nth in range(60)
    )
    for nth in range(60):
        bank.open_account(world, holder=f"Company {nth}", kind="corporate")
    for address in (
        "/bank/",
        f"/bank/?wire={wire.pk}",
        f"/bank/?from={payee.pk}",
        "/bank/accounts/",
        "/bank/movements/",
        f"/bank/movements/?before={moved[30].pk}",
        f"/bank/accounts/{payer.pk}/",
        f"/bank/accounts/{payer.pk}/?before={moved[30].pk}",
        f"/bank/transfers/{moved[0].pk}/",
    ):
        with django_assert_max_num_queries(9):
            assert client.get(address).status_code == 200
