"""Many accounts at one name, many tabs at one draft: each name once, each account one (R21)."""

from __future__ import annotations

import time as real
from collections import Counter
from functools import partial

import pytest

from accounts.models import Account
from information import ladder
from information.actions import naming
from information.models import Naming
from portal.kernel import breaches, confirmations, tallies
from portal.kernel.limits import Limit
from portal.kernel.models import Confirmation, Review
from portal.kernel.reviews import Reason
from tests.information.named import (
    PROTECTED,
    administrator,
    again,
    ask,
    call,
    company,
    decide,
    draft,
    prove,
    submit,
)
from tests.races.rig import CHECK_TO_WRITE, race, without_constraint, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.requirement("INF-2")]

MANY = 20


def confirming(account):
    """Return a call that scans what the account has just asked for."""
    question, by = ask(account), administrator(account)
    return lambda: confirmations.confirm(question.pk, by=by)


def states(outcomes):
    return Counter(outcome.value.state for outcome in outcomes)


def bearers(world):
    return Account.objects.filter(world=world, name_key="paperklte").count()


def test_of_twenty_accounts_that_scan_one_name_at_once_exactly_one_bears_it(world):
    spelled = ("Paper Kite", "PAPER KITE", "Paper-Kite", "Paper K1te")
    accounts = [company(world, nth) for nth in range(MANY)]
    for nth, account in enumerate(accounts):
        draft(account, spelled[nth % len(spelled)])
    outcomes = race([confirming(account) for account in accounts])
    assert words(outcomes) == {"done": MANY}
    assert states(outcomes) == {"confirmed": 1, "refused": MANY - 1}
    assert bearers(world) == 1
    losers = Confirmation.objects.filter(purpose=naming.SCAN, state="refused")
    assert all("another Mini Program is called" in row.refusal for row in losers)
    assert Naming.objects.filter(state="adopted").count() == 1
    assert breaches.found() == []


def test_control_a_name_found_free_and_taken_later_is_held_by_the_constraint_alone(world):
    """Without lock and constraint three bear one name; the constraint alone lets one have it."""

    def naive(account):
        def adopt():
            ladder.climb(account, "Paper Kite")
            real.sleep(CHECK_TO_WRITE * 4)
            Account.objects.filter(pk=account.pk).update(name="Paper Kite", name_key="paperklte")

        return adopt

    accounts = [company(world, nth) for nth in range(3)]
    assert words(race([naive(account) for account in accounts])) == {"done": 1, "IntegrityError": 2}
    Account.objects.update(name="", name_key="")
    with without_constraint(Account, "one_living_account_per_name"):
        assert words(race([naive(account) for account in accounts])) == {"done": 3}
        assert bearers(world) == 3


def test_of_two_who_want_a_protected_name_one_is_at_the_desk(world):
    accounts = [company(world, nth) for nth in range(8)]
    for account in accounts:
        draft(account, PROTECTED)
        prove(account)
    outcomes = race([confirming(account) for account in accounts])
    assert states(outcomes) == {"confirmed": 1, "refused": 7}
    assert Review.objects.open().count() == 1
    assert Naming.objects.filter(state="under_review").count() == 1


def test_a_verdict_and_somebody_elses_scan_give_one_name_to_one(world):
    asked = submit(company(world))
    other = company(world, 1)
    draft(other, "Moonquill")
    prove(other)
    # "Moonquill" is free until "Moonquill Library" is in use: whoever is first has it.
    scan = confirming(other)

    def approve():
        return decide(asked, "approve")

    outcomes = race([approve, scan])
    assert words(outcomes) == {"done": 2}
    verdict = again(asked).state
    taken = again(other.namings.get()).state
    assert (verdict, taken) in {("adopted", "draft"), ("adopted", "under_review")}
    assert breaches.found() == []


def test_two_tabs_that_submit_at_once_make_one_naming(world):
    account = company(world)
    by = administrator(account)
    tabs = [lambda: naming.draft(account.pk, "Paper Kite", by=by)] * 10
    tabs += [lambda: naming.draft(account.pk, "Kestrel Bay", by=by)] * 10
    assert words(race(tabs)) == {"done": 20}
    assert Naming.objects.filter(account=account, state="draft").count() == 1


def test_two_tabs_that_ask_at_once_leave_one_code_and_one_scan(world):
    account = company(world)
    draft(account, "Paper Kite")
    by = administrator(account)
    outcomes = race([lambda: naming.ask(account.pk, by=by)] * 10)
    assert words(outcomes) == {"done": 10}
    waiting = Confirmation.objects.filter(purpose=naming.SCAN, state="shown")
    question = waiting.get()
    answers = race([lambda: confirmations.confirm(question.pk, by=by)] * 10)
    assert words(answers) == {"done": 1, "code_over": 9}
    assert Naming.objects.get().state == "adopted"


def test_control_a_draft_made_without_its_account_locked_is_refused_by_the_database(world):
    account = company(world)

    def naive():
        if naming.going_on(account) is None:
            real.sleep(CHECK_TO_WRITE * 4)
            Naming.objects.create(
                world=world, account=account, name="Paper Kite", name_key="paperklte", asked_at=world.now()
            )

    assert words(race([naive] * 3)) == {"done": 1, "IntegrityError": 2}


def test_five_proofs_however_many_tabs_upload(world):
    account = company(world)
    draft(account, PROTECTED)
    outcomes = race([lambda: prove(account)] * 12)
    assert words(outcomes) == {"done": 5, "proofs": 7}


def test_withdrawn_and_decided_at_once_it_ends_once(world):
    account = company(world)
    asked = submit(account)
    by = administrator(account)
    outcomes = race(
        [
            lambda: naming.drop(account.pk, by=by),
            lambda: decide(asked, "reject", Reason("No right to it.")),
        ]
    )
    assert "done" in words(outcomes)
    assert again(asked).state in {"dropped", "refused"}
    assert not Review.objects.open().exists()


def test_two_short_names_a_year_however_many_tabs(world):
    account = call(company(world), "Paper Kite Harbour")
    by = administrator(account)
    shorts = ["Paper", "Kite", "Harbour", "PaKi", "KiHa", "PaHa"]
    outcomes = race([partial(naming.set_short_name, account.pk, short, by=by) for short in shorts])
    assert words(outcomes) == {"done": 2, Limit.SHORT_NAME_CHANGES.value: 4}
    assert tallies.usage(Limit.SHORT_NAME_CHANGES, account).used == 2
