"""Verdicts, payments and ends of WeChat authentication at once (R6, R7, R16, R20)."""

from __future__ import annotations

import time as real
from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Account, Administrator, Notice
from portal.kernel import breaches, calendar, clock, confirmations, deadlines, reviews, tick, worlds
from portal.kernel.actors import SIMULATOR, VISITOR, Actor, ActorKind
from portal.kernel.models import AuditEvent, Deadline, Review, Verdict, World
from portal.kernel.reviews import Reason
from portal.kernel.terms import EntityType
from portal.outside.models import BankTransfer
from portal.simulator import walks
from tests.races.rig import ADMINISTRATORS, CHECK_TO_WRITE, money_is_conserved, race, words
from verification.actions import authentication
from verification.models import AuthenticationOrder, SmsCode, SubmittedRound

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WHY = [Reason("The seal cannot be read.")]
ROUNDS = 8
HEAD_START = 0.06  # seconds: each side wins some rounds, whatever the machine is doing


def organization(world, kind="media", *, nth=0, stage="awaiting_authentication"):
    return walks.account_at(
        world,
        stage,
        entity_type=kind,
        email=f"desk{nth}@kite.example",
        name=f"Paper Kite {nth}",
        wechat_id=ADMINISTRATORS[nth % len(ADMINISTRATORS)],
    )


def reviewer(nth):
    return Actor(ActorKind.LOGIN, 1000 + nth, f"reviewer{nth}@desk.example")


def deciding(review, verdict, nth, *, after=0.0):
    def decide():
        real.sleep(after)
        return reviews.decide(review.pk, verdict, by=reviewer(nth), reasons=WHY)

    return decide


def known(moment):
    """Return a moment that the test relies on to be there."""
    assert moment is not None
    return moment


def set_clock(world, moment):
    """Put the hand of a frozen clock there as time itself does: nothing fires yet."""
    World.objects.filter(pk=world.pk).update(frozen_at=moment)


def sweep(world):
    return deadlines.fire_due(World.objects.get(pk=world.pk))


def transitions(order):
    rows = AuditEvent.objects.filter(subject_type="verification.AuthenticationOrder", subject_id=order.pk)
    return list(rows.order_by("id").values_list("name", flat=True))


# R6 -- two reviewers decide at once: one verdict, and the others hear who was first.


def verdict_of(review):
    """Return the one verdict of a review as every witness tells it, or AssertionError."""
    review = Review.objects.get(pk=review.pk)
    (verdict,) = review.verdicts.all()
    order = AuthenticationOrder.objects.get(pk=review.subject_id)
    told = {
        "approve": ("approved", "passed", "approve", "passed"),
        "reject": ("rejected", "failed", "refuse", "failed"),
        "return": ("returned", "returned", "give_back", "returned"),
    }[verdict.kind]
    last = Notice.objects.filter(account=order.account_id).latest("id").kind.rsplit("_", 1)[-1]
    assert (review.state, order.state, transitions(order)[-1], last) == told
    assert transitions(order).count(told[2]) == 1
    assert AuditEvent.objects.filter(subject_type="kernel.Review", subject_id=review.pk).count() == 1
    return verdict.kind


@pytest.mark.requirement("VER-4", "SIM-7")
def test_of_eight_reviewers_at_once_one_decides_and_the_others_hear_who(world):
    won = set()
    for turn in range(ROUNDS):
        order = walks.apply(organization(world, "government", nth=turn))
        review = walks.waiting_review(order)
        verdicts = ["approve", "reject", "return"]
        calls = [
            deciding(review, verdicts[(nth + turn) % 3], nth, after=0.002 * (nth // 3)) for nth in range(8)
        ]
        outcomes = race(calls)
        assert words(outcomes) == {"done": 1, "decided": 7}
        winner = verdict_of(review)
        first = Verdict.objects.get(review=review).by_name
        assert all(first in str(outcome.error) for outcome in outcomes if outcome.error)
        won.add(winner)
    assert len(won) > 1, "nothing raced"
    assert breaches.found() == []


def test_control_a_state_read_before_the_verdict_is_written_decides_twice(world):
    review = walks.waiting_review(walks.apply(organization(world, "government")))

    def naive(kind):
        if Review.objects.get(pk=review.pk).state == "open":
            real.sleep(CHECK_TO_WRITE)
            Verdict.objects.create(
                world=world, review=review, kind=kind, by_kind="login", by_name="-", at=world.now()
            )

    race([partial(naive, "approve"), partial(naive, "reject")])
    with pytest.raises(ValueError, match="too many values to unpack"):
        verdict_of(review)


@pytest.mark.requirement("SIM-7")
def test_a_reviewer_and_the_policy_at_once_decide_once(world):
    """The policy's deadline is due while a reviewer decides: nothing fails, nothing happens twice."""
    for turn in range(4):
        account = organization(world, "government", nth=turn)
        order = walks.apply(account, contact_email="approve@magic.example")
        review = walks.waiting_review(order)
        outcomes = race([deciding(review, "reject", 1), partial(sweep, world), partial(sweep, world)])
        assert outcomes[0].word in {"done", "decided"}
        assert {outcome.word for outcome in outcomes[1:]} == {"done"}
        assert "failed" not in {fired.outcome for outcome in outcomes[1:] for fired in outcome.value}
        assert verdict_of(review) == ("reject" if outcomes[0].word == "done" else "approve")
    assert breaches.found() == []


@pytest.mark.requirement("SIM-7")
def test_a_script_keeps_the_verdict_that_a_reviewer_forestalled(world):
    for turn in range(4):
        reviews.set_policy(
            world.pk, authentication.REVIEW, mode="scripted", verdicts=[{"verdict": "approve"}], by=SIMULATOR
        )
        review = walks.waiting_review(walks.apply(organization(world, "government", nth=turn)))
        decided, *_swept = race([deciding(review, "reject", 1), *[partial(sweep, world)] * 2])
        left = reviews.policy_of(world.pk, authentication.REVIEW).verdicts
        assert (verdict_of(review), len(left)) == (
            ("reject", 1) if decided.word == "done" else ("approve", 0)
        )


# R7 -- the applicant takes back, or the clock ends, what somebody pays or decides.


@pytest.mark.requirement("VER-4")
def test_a_payment_and_a_withdrawal_at_once_never_both(world):
    endings = set()
    for turn in range(ROUNDS):
        account = organization(world, nth=turn)
        order = walks.fill_in_application(account)
        by = account.login.as_actor()
        order = authentication.submit_materials(order.pk, by=by)
        shown = authentication.show_fee(order.pk, by=by)
        payer = account.administrator.person.as_actor()

        def pay(shown=shown, payer=payer, turn=turn):
            real.sleep(HEAD_START * (turn % 3 == 1))
            return confirmations.confirm(shown.pk, by=payer)

        def drop(order=order, by=by, turn=turn):
            real.sleep(HEAD_START * (turn % 3 == 2))
            return authentication.drop(order.pk, by=by)

        paid, dropped = race([pay, drop])
        order.refresh_from_db()
        assert (paid.word, dropped.word, order.state) in {
            ("done", "not_dropped", "under_review"),
            ("code_over", "done", "closed"),
        }
        assert (order.payment_id is not None) == (order.state == "under_review")
        endings.add(order.state)
    assert endings == {"under_review", "closed"}, "nothing raced"
    assert money_is_conserved()
    assert breaches.found() == []


def test_control_a_withdrawal_that_looks_before_it_writes_closes_what_is_paid(world):
    account = organization(world)
    order = walks.fill_in_application(account)
    order = authentication.submit_materials(order.pk, by=VISITOR)
    shown = authentication.show_fee(order.pk, by=VISITOR)
    closed = []

    def naive():
        if AuthenticationOrder.objects.get(pk=order.pk).state == "awaiting_payment":
            real.sleep(20 * CHECK_TO_WRITE)
            closed.append(order.pk)

    def pay():
        real.sleep(CHECK_TO_WRITE)
        confirmations.confirm(shown.pk, by=account.administrator.person.as_actor())

    race([naive, pay])
    assert closed
    assert AuthenticationOrder.objects.get(pk=order.pk).state == "under_review"


@pytest.mark.requirement("REG-7", "VER-4")
def test_a_payment_and_the_end_of_the_registration_at_once_agree(world):
    """Thirty days end a millisecond after the payment, or with it: paid and kept, or ended and unpaid."""
    for offset, ending in [(-timedelta(milliseconds=1), "awaiting_authentication"), (timedelta(), "expired")]:
        account = organization(world, nth=int(ending == "expired"))
        lapses_at = known(authentication.lapses_at(account))
        set_clock(world, lapses_at - timedelta(hours=1))
        order = authentication.submit_materials(walks.fill_in_application(account).pk, by=VISITOR)
        shown = authentication.show_fee(order.pk, by=VISITOR)
        set_clock(world, lapses_at + offset)
        payer = account.administrator.person.as_actor()
        outcomes = race(
            [
                partial(confirmations.confirm, shown.pk, by=payer),
                *[partial(sweep, world)] * 3,
            ]
        )
        sweep(world)
        account.refresh_from_db()
        order.refresh_from_db()
        assert account.state == ending
        assert order.state == ("under_review" if ending == "awaiting_authentication" else "closed")
        assert {outcome.word for outcome in outcomes} <= {"done", "code_over"}
        assert BankTransfer.objects.filter(to_account=order.payee, state="matched").count() == (
            order.state == "under_review"
        )
        worlds.advance(world.pk, to=lapses_at + timedelta(days=1), by=SIMULATOR)
        account.refresh_from_db()
        assert account.state == ending
    assert breaches.found() == []


@pytest.mark.requirement("VER-4")
def test_a_correction_and_the_end_of_its_window_at_once_agree(world):
    for turn in range(4):
        account = organization(world, "government", nth=turn)
        order = walks.apply(account)
        walks.decide(order, "return", "The seal cannot be read.")
        order.refresh_from_db()
        moment = known(order.refill_by) - timedelta(milliseconds=turn % 2)
        set_clock(world, moment)
        corrected, *_swept = race(
            [partial(authentication.submit_materials, order.pk, by=VISITOR), *[partial(sweep, world)] * 2]
        )
        sweep(world)
        order.refresh_from_db()
        # The sweep may be first at the end itself; either way nothing is corrected then.
        late = {("refill_window", "failed"), ("submitted", "failed")}
        assert (corrected.word, order.state) in ({("done", "under_review")} if turn % 2 else late)
        assert transitions(order).count("give_up") == (0 if turn % 2 else 1)
    assert breaches.found() == []


# R16 -- a year ends while its renewal is approved; swept twice, ended once.


def year_of(account):
    """Return what became of an account at the end of its year, as every witness tells it."""
    account = Account.objects.get(pk=account.pk)
    named = AuditEvent.objects.filter(subject_type="accounts.Account", subject_id=account.pk)
    steps = list(named.order_by("id").values_list("name", flat=True))[3:]
    (end,) = Deadline.objects.open().filter(kind=authentication.END, subject_id=account.pk)
    assert (account.state, end.due_at) == ("authenticated", account.authenticated_until)
    told = Notice.objects.filter(account=account, kind="verification.authentication_ran_out")
    assert told.count() == steps.count("lapse")
    return steps, account.authenticated_until


@pytest.mark.requirement("VER-4")
def test_a_year_that_ends_while_its_renewal_is_approved_goes_on(world):
    ways = set()
    for turn in range(ROUNDS):
        account = organization(world, "government", nth=turn, stage="authenticated")
        until = known(account.authenticated_until)
        set_clock(world, until - timedelta(days=1))
        sweep(world)
        review = walks.waiting_review(walks.apply(account))
        set_clock(world, until)
        World.objects.filter(pk=world.pk).update(rings_at=clock.real_now())

        def late(act, turn=turn):
            real.sleep(HEAD_START * (turn % 3 == 1))
            return act()

        decide = deciding(review, "approve", 1, after=HEAD_START * (turn % 3 == 2))
        sweeps = [partial(late, partial(sweep, world))] * 2
        outcomes = race([decide, *sweeps, partial(late, tick.tick)])
        assert words(outcomes) == {"done": 4}
        sweep(world)
        steps, renewed_until = year_of(account)
        assert steps in (["renew"], ["lapse", "authenticate"])
        assert renewed_until == calendar.years_after(until, 1)
        ways.add(tuple(steps))
    assert len(ways) == 2, "nothing raced"
    assert breaches.found() == []


@pytest.mark.requirement("VER-4", "OPS-3")
def test_four_sweepers_and_two_ticks_end_each_year_once(world):
    offices = [organization(world, "government", nth=nth, stage="authenticated") for nth in range(8)]
    set_clock(world, offices[0].authenticated_until)
    World.objects.filter(pk=world.pk).update(rings_at=clock.real_now())
    outcomes = race([*[partial(sweep, world)] * 4, tick.tick, tick.tick])
    assert words(outcomes) == {"done": 6}
    for office in offices:
        office.refresh_from_db()
        assert office.state == "lapsed"
        lapses = AuditEvent.objects.filter(subject_type="accounts.Account", name="lapse")
        assert lapses.filter(subject_id=office.pk).count() == 1
        told = Notice.objects.filter(account=office, kind="verification.authentication_ran_out")
        assert told.count() == 1
    assert breaches.found() == []


def test_control_a_sweep_that_acts_before_it_claims_tells_twice(world):
    office = organization(world, "government", stage="authenticated")
    set_clock(world, office.authenticated_until)

    def naive():
        row = Deadline.objects.open().filter(kind=authentication.END).first()
        if row:
            real.sleep(CHECK_TO_WRITE)
            Notice.objects.create(
                world=world, account=office, kind="verification.authentication_ran_out", at=world.now()
            )
            Deadline.objects.filter(pk=row.pk).update(
                status="fired", outcome="ran out", settled_at=clock.real_now()
            )

    race([naive, naive])
    assert Notice.objects.filter(kind="verification.authentication_ran_out").count() == 2


@pytest.mark.requirement("VER-4")
def test_one_draft_submitted_and_opened_by_many_is_one_application(world):
    account = organization(world, "government")
    opened = race([partial(authentication.open_order, account.pk, by=VISITOR)] * 8)
    assert len({outcome.value.pk for outcome in opened}) == 1
    order = walks.fill_in_application(account)
    submitted = race([partial(authentication.submit_materials, order.pk, by=VISITOR)] * 8)
    assert words(submitted) == {"done": 1, "submitted": 7}
    assert SubmittedRound.objects.count() == Review.objects.count() == 1


@pytest.mark.requirement("VER-4")
def test_accounts_that_apply_at_once_get_numbers_of_their_own(world):
    accounts = [organization(world, "government", nth=nth) for nth in range(8)]
    outcomes = race([partial(authentication.open_order, account.pk, by=VISITOR) for account in accounts])
    assert words(outcomes) == {"done": 8}
    assert len({outcome.value.number for outcome in outcomes}) == 8


# R20 -- one entity, as many accounts as its limit says.


def of_one_business(world, number):
    """Return accounts filled in for one individual business, with administrators in turn."""
    one = walks.draft(world, EntityType.INDIVIDUAL_BUSINESS, method="wechat_authentication")
    found = []
    for nth in range(number):
        account = walks.account_at(world, "activated", email=f"{nth}@kite.example")
        other = walks.draft(
            world, one.entity_type, method=one.method, wechat_id=ADMINISTRATORS[nth % len(ADMINISTRATORS)]
        )
        assert (other.entity_name, other.entity_number) == (one.entity_name, one.entity_number)
        walks.fill_in(account, other)
        SmsCode.objects.all().delete()  # the codes of a day are another limit
        found.append(account)
    return found


@pytest.mark.requirement("REG-11")
def test_of_eight_confirmations_at_once_five_find_room_under_the_entity(world):
    accounts = of_one_business(world, 8)
    outcomes = race([partial(walks.confirm, account) for account in accounts])
    assert words(outcomes) == {"done": 5, "accounts_per_small_entity": 3}
    confirmed = Account.objects.filter(world=world, state="awaiting_authentication")
    assert confirmed.count() == 5
    assert confirmed.values("entity").distinct().count() == 1
    assert Administrator.objects.filter(world=world).count() == 5


def test_control_accounts_counted_without_a_lock_exceed_the_entity(world):
    accounts = of_one_business(world, 8)
    bound: list[int] = []

    def naive(account):
        if len(bound) < 5:
            real.sleep(CHECK_TO_WRITE)
            bound.append(account.pk)

    race([partial(naive, account) for account in accounts])
    assert len(bound) > 5
