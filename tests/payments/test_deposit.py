"""The deposit account: set by a scan, checked by its bank, changed with a re-check (PAY-3, PAY-1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from accounts import notices
from accounts.models import Account, Notice
from payments import opening_samples
from payments.actions import deposit
from payments.banks import BANKS, masked
from payments.breaches_opening import opening_breaches
from payments.models import DepositAccount
from portal.kernel import breaches, confirmations, deadlines
from portal.kernel.models import AuditEvent, Confirmation, World
from portal.outside import bank
from portal.outside.models import BankAccount, Letter, Person
from portal.simulator import walks
from tests.payments.opened import again, by, game_of, open_by_hand, refusal


@pytest.fixture(autouse=True)
def _nothing_contradicts_itself(db: None) -> Iterator[None]:
    """Whatever a test has done, the audit of the rows finds no breach."""
    yield
    assert breaches.found() == []


@pytest.fixture
def merchant(world: World) -> Account:
    walks.open_wechat_pay(account := game_of(world))
    return again(account)


def ask(account: Account, number: str, *, bank_name: str = BANKS[0]) -> Confirmation:
    return deposit.ask(
        account.pk,
        bank_name=bank_name,
        branch="Riverside Branch",
        city="Suzhou",
        number=number,
        by=by(account),
    )


def second_account(account: Account) -> str:
    """Open one more corporate account for the entity; return its number."""
    kind = BankAccount.Kind.CORPORATE
    return bank.open_account(account.world, holder=str(account.entity), kind=kind).number


def told(account: Account) -> list[str]:
    found = Notice.objects.filter(account=account, kind__startswith="payments.deposit").order_by("pk")
    return [notices.text(each) for each in found]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("12345678", "12****78"),
        ("1234567890123", "12*********23"),
        ("12345678901234", "123456****1234"),
        ("880012345678901234", "880012********1234"),
        ("1" * 30, "111111" + "*" * 20 + "1111"),
    ],
)
def test_a_number_is_shown_masked(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_set_checked_and_in_use(merchant: Account, time: Any) -> None:
    asked = walks.ask_deposit(merchant)
    number = bank.corporate_account(merchant.world, holder=str(merchant.entity)).number
    assert (asked.state, asked.holder, asked.masked) == ("verifying", str(merchant.entity), masked(number))
    assert number not in asked.number, "sealed at rest"
    assert deposit.number_of(asked) == number
    time.passes(minutes=59)
    assert again(asked).state == "verifying"
    time.passes(minutes=1)
    assert again(asked).state == "verified"
    assert again(asked).settled_at == again(merchant).world.now()
    assert again(merchant).virtual_payment_at is None, "the agreement is not signed"
    assert (
        told(merchant)[-1] == f"The deposit account {asked.masked} is verified. Settlements are paid to it."
    )
    letter = Letter.objects.filter(to=merchant.email).latest("pk")
    assert letter.subject == "The deposit account is verified"
    assert number not in letter.text


def test_the_number_is_nowhere_in_the_clear(merchant: Account) -> None:
    walks.set_deposit(merchant)
    number = bank.corporate_account(merchant.world, holder=str(merchant.entity)).number
    facts = Confirmation.objects.filter(purpose="payments.deposit_account").values_list("facts", flat=True)
    assert [number in str(each) for each in facts] == [False]
    assert not AuditEvent.objects.filter(reason__contains=number).exists()


@pytest.mark.parametrize("later", ["agreement", "deposit"])
def test_virtual_payment_opens_with_the_later_of_the_two(merchant: Account, later: str) -> None:
    ways: list[Any] = [walks.sign_agreement, walks.set_deposit]
    first, second = reversed(ways) if later == "agreement" else ways
    first(merchant)
    assert again(merchant).virtual_payment_at is None
    second(merchant)
    account = again(merchant)
    assert account.virtual_payment_at == account.world.now()
    opened = Notice.objects.filter(account=account, kind="payments.virtual_payment_opened")
    assert [notices.text(each) for each in opened] == ["Virtual payment is open for this Mini Game."]
    assert Letter.objects.filter(to=account.email, subject="Virtual payment is open").count() == 1
    events = AuditEvent.objects.filter(name="payments.virtual_payment_opened", account_id=account.pk)
    assert events.count() == 1


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        ("other_holder", "The account is held by somebody else."),
        ("unknown", "This bank has no account of that number."),
    ],
)
def test_the_bank_does_not_confirm_it(merchant: Account, sample: str, reason: str) -> None:
    number = opening_samples.DEPOSIT[sample].make(again(merchant))["number"]
    asked = walks.set_deposit(merchant, number=number)
    assert (asked.state, asked.reason) == ("failed", reason)
    assert told(merchant)[-1] == f"The deposit account {asked.masked} is not verified: {reason}"
    assert (
        Letter.objects.filter(to=merchant.email, subject="The deposit account is not verified").count() == 1
    )
    assert walks.set_deposit(merchant).state == "verified"


def test_a_personal_card_is_no_corporate_account(merchant: Account) -> None:
    asked = walks.set_deposit(merchant, number=merchant.administrator.person.bank_card)
    assert asked.reason == "The account is of another kind: Personal account."


def test_a_change_keeps_the_earlier_until_the_new_one_is_verified(merchant: Account, time: Any) -> None:
    first = walks.set_deposit(merchant)
    second = walks.ask_deposit(merchant, number=second_account(merchant))
    assert deposit.in_use(merchant) == first
    time.passes(hours=1)
    assert (again(first).state, again(second).state) == ("replaced", "verified")
    failed = walks.set_deposit(merchant, number=opening_samples.NOBODYS)
    assert failed.state == "failed"
    assert deposit.in_use(merchant) == second
    letter = Letter.objects.filter(to=merchant.email).latest("pk")
    assert f"Settlements are paid to {second.masked} as before." in letter.text


def test_one_at_a_time(merchant: Account) -> None:
    waiting = walks.ask_deposit(merchant)
    refused = refusal(ask, merchant, second_account(merchant))
    assert refused.message == (
        f"Nothing was changed: the bank is checking {waiting.masked}. Wait for its answer."
    )


def test_two_codes_and_one_check(merchant: Account) -> None:
    old = ask(merchant, second_account(merchant))
    new = ask(merchant, second_account(merchant))
    assert refusal(confirmations.confirm, old.pk, by=by(merchant)).code == "code_over"
    assert confirmations.confirm(new.pk, by=by(merchant)).state == "confirmed"
    assert DepositAccount.objects.filter(account=merchant).count() == 1


def test_the_same_account_again_is_refused(merchant: Account) -> None:
    used = walks.set_deposit(merchant)
    refused = refusal(ask, merchant, deposit.number_of(used))
    assert (refused.code, refused.field) == ("same", "number")


def test_a_new_code_for_what_was_asked(merchant: Account, time: Any) -> None:
    assert refusal(deposit.ask_again, merchant.pk, by=by(merchant)).code == "nothing_asked"
    first = ask(merchant, second_account(merchant))
    time.passes(minutes=5)
    second = deposit.ask_again(merchant.pk, by=by(merchant))
    assert second.facts == first.facts
    confirmations.confirm(second.pk, by=by(merchant))
    assert DepositAccount.objects.get(account=merchant).masked == first.facts["masked"]


def test_nobody_but_the_administrator_sets_it(merchant: Account) -> None:
    operator = walks.bind(merchant, "chenxi", "operator").person.as_actor()
    refused = refusal(
        deposit.ask, merchant.pk, bank_name=BANKS[0], branch="b", city="c", number="12345678", by=operator
    )
    assert refused.message == "Only the administrator may do this. You are: Operator."
    code = ask(merchant, second_account(merchant))
    other = Person.objects.get(world=merchant.world, wechat_id="meiran").as_actor()
    assert refusal(confirmations.confirm, code.pk, by=other).code == "code_taken"


def test_breaches_are_found(merchant: Account) -> None:
    asked = walks.ask_deposit(merchant)
    with transaction.atomic():
        deadlines.cancel("payments.deposit_bank", subject_id=asked.pk)
        DepositAccount.objects.filter(pk=asked.pk).update(masked="880000********0000")
        Account.objects.filter(pk=merchant.pk).update(virtual_payment_at=asked.asked_at)
        assert opening_breaches() == [
            f"deposit account {asked.pk}: waits for a bank that will not answer",
            f"account {merchant.pk}: virtual payment is open without agreement or deposit account",
            f"deposit account {asked.pk}: its number is not the one that is shown masked",
        ]
        transaction.set_rollback(True)


def test_both_there_and_nothing_open_is_a_breach(world: World) -> None:
    account = open_by_hand(game_of(world), opened=False)
    said = "agreement and deposit account are there, but virtual payment is not open"
    assert opening_breaches() == [f"account {account.pk}: {said}"]
    Account.objects.filter(pk=account.pk).update(virtual_payment_at=world.now())
