"""Two tabs, two phones, the bank's answer and a change: everything happens once (PAY-1 to PAY-3)."""

from __future__ import annotations

import time as real
from functools import partial

import pytest

from accounts.models import Account, Notice
from payments.actions import agreement as agreements
from payments.actions import deposit, wechat_pay
from payments.banks import BANKS
from payments.breaches_opening import opening_breaches
from payments.models import DepositAccount, MerchantApplication, PaymentAgreement
from portal.kernel import confirmations, limits, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent, Review, World
from portal.outside import bank
from portal.outside.models import BankAccount
from portal.simulator import walks
from tests.payments.opened import again, by, game_of, open_by_hand
from tests.races.rig import CHECK_TO_WRITE, race, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def game(world: World) -> Account:
    return game_of(world)


def told(account: Account, kind: str) -> int:
    return Notice.objects.filter(account=account, kind=kind).count()


def another_number(account: Account) -> str:
    kind = BankAccount.Kind.CORPORATE
    return bank.open_account(account.world, holder=str(account.entity), kind=kind).number


@pytest.mark.requirement("PAY-1")
def test_opened_in_eight_tabs_there_is_one_application(game: Account) -> None:
    outcomes = race([partial(wechat_pay.open_application, game.pk, by=by(game))] * 8)
    assert words(outcomes) == {"done": 8}
    assert MerchantApplication.objects.count() == 1


@pytest.mark.requirement("PAY-1")
def test_submitted_in_eight_tabs_it_is_reviewed_once(game: Account) -> None:
    application = walks.fill_in_merchant(game)
    outcomes = race([partial(wechat_pay.submit, application.pk, by=by(game))] * 8)
    assert words(outcomes) == {"done": 1, "submitted": 7}
    reviewed = Review.objects.filter(kind="payments.wechat_pay").count()
    assert (reviewed, told(game, "payments.merchant_submitted")) == (1, 1)
    assert opening_breaches() == []


@pytest.mark.requirement("PAY-1")
def test_two_contacts_confirm_once(game: Account) -> None:
    application = walks.submit_merchant(game)
    walks.decide_merchant(application, "approve")
    code = wechat_pay.ask_contact(game.pk, by=by(game))
    outcomes = race([partial(confirmations.confirm, code.pk, by=by(game))] * 6)
    assert words(outcomes) == {"done": 1, "code_over": 5}
    assert told(game, "payments.merchant_at_the_bank") == 1


@pytest.mark.requirement("PAY-2")
def test_read_in_eight_tabs_no_part_is_skipped(game: Account) -> None:
    walks.open_wechat_pay(game)
    reading = [partial(agreements.read_part, game.pk, number, by=by(game)) for number in (1, 1, 1, 2, 3)]
    outcomes = race(reading)
    assert set(words(outcomes)) <= {"done", "order"}
    mine = PaymentAgreement.objects.get(account=game)
    assert mine.parts_read == 1 + sum(outcome.word == "done" for outcome in outcomes[3:])


@pytest.mark.requirement("PAY-2")
def test_two_scans_sign_once(game: Account) -> None:
    walks.open_wechat_pay(game)
    walks.read_agreement(game)
    code = agreements.ask_to_sign(game.pk, by=by(game))
    outcomes = race([partial(confirmations.confirm, code.pk, by=by(game))] * 6)
    assert words(outcomes) == {"done": 1, "code_over": 5}
    assert told(game, "payments.agreement_signed") == 1


@pytest.mark.requirement("PAY-3")
def test_two_codes_for_two_accounts_set_one(game: Account) -> None:
    open_by_hand(game)
    numbers = [another_number(game) for _nth in range(6)]
    asking = [
        partial(deposit.ask, game.pk, bank_name=BANKS[0], branch="B", city="C", number=number, by=by(game))
        for number in numbers
    ]
    codes = [outcome.value for outcome in race(asking)]
    outcomes = race([partial(confirmations.confirm, code.pk, by=by(game)) for code in codes])
    assert words(outcomes) == {"done": 1, "code_over": 5}
    assert DepositAccount.objects.filter(account=game, state="verifying").count() == 1


@pytest.mark.requirement("PAY-1", "PAY-3")
def test_the_bank_answers_once_however_many_advance(game: Account) -> None:
    walks.open_wechat_pay(game)
    walks.sign_agreement(game)
    asked = walks.ask_deposit(game)
    to = again(game).world.now() + limits.DEPOSIT_BANK_CHECK
    race([partial(worlds.advance, game.world_id, to=to, by=SIMULATOR)] * 4)
    assert again(asked).state == "verified"
    assert (told(game, "payments.deposit_verified"), told(game, "payments.virtual_payment_opened")) == (1, 1)
    assert AuditEvent.objects.filter(name="payments.virtual_payment_opened").count() == 1
    assert opening_breaches() == []


@pytest.mark.requirement("PAY-3")
def test_the_banks_answer_against_a_change(game: Account) -> None:
    """Whichever is first: the account in check is settled, and at most one more is asked after it."""
    open_by_hand(game)
    asked = walks.ask_deposit(game, number=another_number(game))
    to = again(game).world.now() + limits.DEPOSIT_BANK_CHECK
    typed = {"bank_name": BANKS[0], "branch": "B", "city": "C", "number": another_number(game)}
    outcomes = race(
        [
            partial(worlds.advance, game.world_id, to=to, by=SIMULATOR),
            *[partial(deposit.ask, game.pk, **typed, by=by(game))] * 3,
        ]
    )
    assert outcomes[0].word == "done"
    assert {outcome.word for outcome in outcomes[1:]} <= {"done", "in_check"}
    assert again(asked).state == "verified"
    assert DepositAccount.objects.filter(account=game, state="verified").count() == 1
    assert opening_breaches() == []


def test_control_a_check_before_the_write_sets_two(game: Account) -> None:
    """Without the lock on the account two reads see none in check, and only the constraint stops them."""
    open_by_hand(game)

    def naive() -> None:
        if not deposit.in_check(game):
            real.sleep(CHECK_TO_WRITE)
            DepositAccount.objects.create(
                world=game.world, account=game, holder="x", bank="x", branch="x", city="x",
                number="x", masked="x", asked_at=game.world.now(),
            )  # fmt: skip

    outcomes = race([naive] * 4)
    assert words(outcomes) == {"done": 1, "IntegrityError": 3}
