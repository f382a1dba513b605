"""The wire transfer from the company's side: details, payment, near misses, expiry (VER-1 to VER-3)."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Administrator, Login
from portal.kernel.models import AuditEvent, World
from portal.kernel.wording import weekday_moment, yuan
from portal.outside.cast import OTHER_COMPANY
from portal.outside.models import BankAccount, BankTransfer, Letter
from portal.simulator import walks
from verification.actions.wire_transfer import PAYEE, PAYEE_BANK, PAYEE_CITY
from verification.models import WireTransfer

SignedIn = Callable[[Account], Client]

WIRE = "/verification/wire-transfer/"
EMAIL = "ops@lanternbay.example"
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "awaiting_transfer", email=EMAIL)


@pytest.fixture
def browser(account: Account, signed_in: SignedIn) -> Client:
    return signed_in(account)


def wire_of(account: Account) -> WireTransfer:
    return WireTransfer.objects.select_related("payee").get(account=account)


def page(browser: Client) -> str:
    answer = browser.get(WIRE)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def history(browser: Client) -> list[tuple[str, str, str]]:
    return [(entry.title, entry.detail, entry.tone) for entry in browser.get(WIRE).context["history"]]


@pytest.mark.requirement("VER-1")
def test_there_are_no_details_before_the_entity_is_confirmed(world: World, signed_in: SignedIn):
    """The detailed wire transfer information can be viewed after submitting the entity information."""
    account = walks.account_at(world, "activated")

    assert signed_in(account).get(WIRE).headers["Location"] == "/register/entity/"
    assert not WireTransfer.objects.exists()


@pytest.mark.requirement("VER-1")
def test_the_details_say_whom_how_much_until_when(browser: Client, account: Account):
    wire = wire_of(account)
    shown = page(browser)
    assert wire.payee is not None

    assert wire.due_at - wire.submitted_at == timedelta(days=10)
    number = wire.payee.number
    for told in (
        yuan(wire.amount_fen),
        wire.payer_name,
        PAYEE,
        " ".join(number[start : start + 4] for start in range(0, len(number), 4)),
        str(PAYEE_BANK),
        str(PAYEE_CITY),
        wire.remark,
        weekday_moment(wire.due_at),
        "Reminders on 12, 16 and 18 Mar",
    ):
        assert told in shown
    assert 1 <= wire.amount_fen <= 99
    assert shown.count('<li class="now q1"></li>') == 1
    assert shown.count('<li class=""></li>') == 9
    assert f'data-copy="{number}"' in shown


@pytest.mark.requirement("VER-3")
def test_the_exact_amount_verifies_at_once_and_comes_back(browser: Client, account: Account, time: Any):
    """Exact amount and payer name = entity name -> verified at once, returned after ten working days."""
    payer = BankAccount.objects.get(world=account.world, holder=wire_of(account).payer_name)
    time.passes(hours=3)
    paid = walks.pay(account)

    account.refresh_from_db()
    assert (account.state, account.verified_at) == ("verified", paid.at)
    shown = page(browser)
    assert "The entity is verified" in shown
    assert "Fri 22 Mar 2019, 13:00" in shown  # Saturday counts from Monday the 11th
    time.reaches(datetime.fromisoformat("2019-03-22T13:00:00+08:00"))
    balance = payer.balance_fen
    payer.refresh_from_db()
    assert payer.balance_fen == balance
    assert wire_of(account).state == "returned"
    assert history(browser) == [
        (f"{yuan(paid.amount_fen)} returned", f"to {payer.holder}", ""),
        ("Entity verified", "the bank", "done"),
        (f"{yuan(paid.amount_fen)} validated", f"from {payer.holder}", "done"),
        ("Entity confirmed", "Lin Yue, by scan", "done"),
    ]


def wrong_amount(account: Account) -> BankTransfer:
    return walks.pay(account, amount_fen=wire_of(account).amount_fen + 1)


def wrong_payer(account: Account) -> BankTransfer:
    return walks.pay(account, holder=OTHER_COMPANY)


def personal(account: Account) -> BankTransfer:
    return walks.pay(account, holder="Lin Yue")


@pytest.mark.requirement("VER-3")
@pytest.mark.parametrize(
    ("pay", "reason"),
    [
        (wrong_amount, "The amount differs from what was asked for."),
        (wrong_payer, "The payer is not the registered entity."),
        (personal, "It came from a personal account."),
    ],
)
def test_a_near_miss_is_parked_with_its_reason_and_refunded(
    browser: Client, account: Account, time: Any, pay: Callable[[Account], BankTransfer], reason: str
):
    """Not counted as verified; money refunded; may pay again until the deadline."""
    parked = pay(account)
    payer = parked.from_account
    before = payer.opening_fen

    assert parked.state == "parked"
    account.refresh_from_db()
    assert account.state == "awaiting_transfer"
    assert (f"{yuan(parked.amount_fen)} parked", reason, "fail") in history(browser)
    time.passes(days=2)
    payer.refresh_from_db()
    assert payer.balance_fen == before
    assert (f"{yuan(parked.amount_fen)} returned", f"to {payer.holder}", "") in history(browser)
    letters = Letter.objects.filter(world=account.world, to=EMAIL, text__contains=reason)
    assert letters.count() == 1

    walks.pay(account)

    account.refresh_from_db()
    assert account.state == "verified"


@pytest.mark.requirement("VER-3")
@pytest.mark.parametrize(
    ("moment", "state", "reason"),
    [
        (-MILLISECOND, "verified", ""),
        (timedelta(), "expired", "too_late"),
        (MILLISECOND, "expired", "too_late"),
    ],
    ids=["a millisecond before", "at the very deadline", "a millisecond after"],
)
def test_the_deadline_instant_is_too_late(
    account: Account, time: Any, moment: timedelta, state: str, reason: str
):
    """A payment at the very deadline instant is too late."""
    time.reaches(wire_of(account).due_at + moment)

    paid = walks.pay(account)

    account.refresh_from_db()
    assert (account.state, paid.reason) == (state, reason)


@pytest.mark.requirement("VER-3")
def test_money_that_comes_late_goes_back(account: Account, time: Any):
    time.passes(days=11)
    paid = walks.pay(account)
    time.passes(days=3)

    paid.refresh_from_db()
    assert (paid.state, paid.reason) == ("refunded", "too_late")
    assert paid.refund.amount_fen == paid.amount_fen


@pytest.mark.requirement("VER-3")
def test_a_second_payment_is_parked(browser: Client, account: Account):
    walks.pay(account)
    second = walks.pay(account)

    assert (second.state, second.reason) == ("parked", "already_paid")
    account.refresh_from_db()
    assert account.state == "verified"
    assert (f"{yuan(second.amount_fen)} parked", "The transfer was already validated.", "fail") in history(
        browser
    )


@pytest.mark.requirement("VER-2")
def test_reminders_go_out_seven_three_and_one_day_before(browser: Client, account: Account, time: Any):
    due_at = wire_of(account).due_at
    for days, words in [(7, "7 days left"), (3, "3 days left"), (1, "1 day left")]:
        time.reaches(due_at - timedelta(days=days) - MILLISECOND)
        before = Letter.objects.filter(world=account.world, subject__contains="left for the wire").count()
        time.passes(milliseconds=1)
        letter = Letter.objects.filter(world=account.world, subject__contains="left for the wire").latest(
            "id"
        )
        assert Letter.objects.filter(world=account.world, subject__contains="left for the wire").count() == (
            before + 1
        )
        assert letter.subject == f"{words} for the wire transfer"
        assert letter.at == due_at - timedelta(days=days)
    assert history(browser)[0] == ("Registration expires: no wire transfer", "planned", "doing")


@pytest.mark.requirement("VER-2")
def test_unpaid_for_ten_days_it_expires_once_and_frees_what_it_held(
    browser: Client, account: Account, world: World, time: Any
):
    """The registration expires exactly once; e-mail, entity quota and administrator are free again."""
    wire = wire_of(account)
    report = time.passes(days=10)
    again = time.passes(days=30)

    fired = [one for one in [*report.fired, *again.fired] if one.kind == "verification.wire_transfer"]
    assert [(one.outcome, one.due_at) for one in fired] == [("expired", wire.due_at)]
    account.refresh_from_db()
    assert (account.state, account.expired_at) == ("expired", wire.due_at)
    assert AuditEvent.objects.filter(account_id=account.pk, name="expire").count() == 2  # account and wire
    assert not Login.objects.get(pk=account.login_id).is_active
    assert Letter.objects.filter(world=world, to=EMAIL, subject="The registration expired").count() == 1

    anew = walks.account_at(world, "verified", email=EMAIL)

    assert anew.entity == account.entity
    assert Administrator.objects.filter(id_number=anew.administrator.id_number).count() == 2


@pytest.mark.requirement("VER-2")
def test_the_browser_that_registered_is_told_and_offered_a_new_start(
    browser: Client, account: Account, time: Any
):
    """Its log-in lets nobody in any more, and still nobody is left before a closed door."""
    registered = browser.session
    registered["registration"] = account.pk
    registered.save()
    time.passes(days=10)

    shown = page(browser)

    assert "The registration expired" in shown
    assert 'href="/register/"' in shown
    assert "Pay too late" in shown


def test_somebody_else_sees_nothing_of_it(account: Account, world: World, signed_in: SignedIn):
    other = walks.account_at(world, "activated", email="other@kite.example")
    remark = wire_of(account).remark

    assert remark not in signed_in(other).get(WIRE, follow=True).content.decode()


def test_a_passer_by_logs_in_first(account: Account, visitor: Client):
    assert visitor.get(WIRE).headers["Location"].endswith(f"?next={WIRE}")


@pytest.mark.requirement("VER-2", "VER-3")
def test_backstage_offers_whoever_moves_it_on(browser: Client, account: Account, time: Any):
    wire = wire_of(account)
    actors = browser.get(WIRE).context["actors"]

    buttons = {str(button["label"]): button for actor in actors for button in actor["buttons"]}
    assert list(buttons) == [
        "Pay this",
        "Open the bank",
        "Wrong amount",
        "Wrong payer",
        "Personal account",
        "To the reminder",
        "To the deadline",
    ]
    assert [buttons[label]["fields"]["how"] for label in list(buttons) if label not in {
        "Open the bank", "To the reminder", "To the deadline"
    }] == ["exact", "wrong_amount", "wrong_payer", "personal"]  # fmt: skip
    assert buttons["Open the bank"]["url"].endswith(f"?wire={wire.pk}")
    to = buttons["To the deadline"]["fields"]["to"]
    assert datetime.fromisoformat(to) == wire.due_at
    to = buttons["To the reminder"]["fields"]["to"]
    assert datetime.fromisoformat(to) == wire.due_at - timedelta(days=7)


@pytest.mark.parametrize("paid", [False, True])
def test_the_page_takes_at_most_eight_queries(
    browser: Client, account: Account, paid: bool, django_assert_max_num_queries: Any
):
    wrong_amount(account)
    if paid:
        walks.pay(account)

    with django_assert_max_num_queries(8):
        page(browser)
