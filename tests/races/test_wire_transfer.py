"""Money at the deadline, deadlines fired twice, money sent twice (R15, R16, R17)."""

from __future__ import annotations

import time as real
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import QuerySet

from accounts.models import Account, Login, Notice
from portal.kernel import clock, deadlines, tick, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent, Deadline, World
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer, Letter
from portal.simulator import walks
from tests.races.rig import CHECK_TO_WRITE, awaiting, money_is_conserved, payment, race, words
from verification.models import WireTransfer

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

MILLISECOND = timedelta(milliseconds=1)
VERIFIED_LETTER, EXPIRED_LETTER = "The entity is verified", "The registration expired"


def set_clock(world, moment):
    """Put the hand of a frozen clock there as time itself does: nothing fires yet."""
    World.objects.filter(pk=world.pk).update(frozen_at=moment)
    world.refresh_from_db()


def end_of(account):
    """Return the one ending of an account as its every witness tells it, or AssertionError."""
    account = Account.objects.get(pk=account.pk)
    wire = WireTransfer.objects.get(account=account)
    audit = AuditEvent.objects.filter(account_id=account.pk)
    endings = list(
        audit.filter(name__in=["confirm_transfer", "validate", "expire"]).values_list("name", flat=True)
    )
    letters = Letter.objects.filter(world=account.world, to=account.email)
    told = [letters.filter(subject=subject).count() for subject in (VERIFIED_LETTER, EXPIRED_LETTER)]
    notices = list(Notice.objects.filter(account=account).values_list("kind", flat=True))
    still_open = Deadline.objects.open().filter(account_id=account.pk)
    if account.state == "verified":
        assert sorted(endings) == ["confirm_transfer", "validate"]
        receipt = BankTransfer.objects.get(wiretransfer=wire)
        assert (wire.state, receipt.state) == ("validated", "matched")
        assert receipt.at < wire.due_at
        assert notices.count("verification.wire_matched") == 1
        assert "verification.wire_expired" not in notices
        assert not still_open.exclude(kind="verification.wire_return").exists()
        assert told == [1, 0]
        assert Login.objects.get(pk=account.login_id).is_active
    else:
        assert (account.state, wire.state, wire.receipt) == ("expired", "expired", None)
        assert endings == ["expire", "expire"]
        assert account.expired_at == wire.due_at
        assert notices.count("verification.wire_expired") == 1
        assert "verification.wire_matched" not in notices
        assert not still_open.exclude(kind="verification.wire_return").exists()
        assert told == [0, 1]
        assert not Login.objects.get(pk=account.login_id).is_active
    return account.state


def parked(account):
    return list(
        BankTransfer.objects.filter(to_account=account.wiretransfer.payee, state="parked").values_list(
            "reason", flat=True
        )
    )


def after(seconds, act):
    def wait_and_act():
        real.sleep(seconds)
        return act()

    return wait_and_act


# R15 -- a transfer and the expiry at the same moment. A window is [start, due): at due it is over.


@pytest.mark.requirement("VER-2", "VER-3")
def test_a_millisecond_before_the_deadline_whoever_is_first_decides_for_all(make_world):
    """The clock is set going from due - 1 ms while twelve companies pay one after the other."""
    endings = []
    for turn in range(5):
        world = make_world(f"Turn {turn}")
        companies = awaiting(world, 12)
        due_at = companies[0].wiretransfer.due_at
        worlds.advance(world.pk, to=due_at - MILLISECOND, by=SIMULATOR)  # reminders are out of the way
        payments = [
            after(nth * 0.02 * (1 + turn), payment(company, key=f"{company.pk}"))
            for nth, company in enumerate(companies)
        ]
        advance = partial(worlds.advance, world.pk, to=due_at, by=SIMULATOR)
        assert words(race([*payments, advance])) == {"done": 13}
        for company in companies:
            ending = end_of(company)
            assert parked(company) == ([] if ending == "verified" else ["too_late"])
            endings.append(ending)
        assert money_is_conserved()
        worlds.advance(world.pk, to=due_at + timedelta(days=30), by=SIMULATOR)
        moved = BankTransfer.objects.filter(world=world)
        assert moved.filter(state="refunded").count() == 12
        assert moved.filter(state="posted", refund_of__isnull=False).count() == 12
        assert money_is_conserved()
        if {"verified", "expired"} <= set(endings):
            break
    assert set(endings) == {"verified", "expired"}, "nothing raced"


@pytest.mark.requirement("VER-2", "VER-3")
@pytest.mark.parametrize(
    ("offset", "ending"), [(-MILLISECOND, "verified"), (timedelta(), "expired"), (MILLISECOND, "expired")]
)
def test_the_moment_of_booking_decides_though_the_expiry_is_late(world, offset, ending):
    """No tick came yet, and ticks and transfers come at once: the clock alone says who is in time."""
    companies = awaiting(world, 6)
    set_clock(world, companies[0].wiretransfer.due_at + offset)
    sweeps = [lambda: deadlines.fire_due(World.objects.get(pk=world.pk))] * 3
    outcomes = race([*sweeps, *(payment(company, key=f"{company.pk}") for company in companies)])
    assert words(outcomes) == {"done": 9}
    if ending == "verified":
        assert [end_of(company) for company in companies] == ["verified"] * 6
    else:
        deadlines.fire_due(World.objects.get(pk=world.pk))
        assert [end_of(company) for company in companies] == ["expired"] * 6
        assert [parked(company) for company in companies] == [["too_late"]] * 6
    assert money_is_conserved()


@pytest.mark.requirement("VER-2", "VER-3", "SIM-2")
def test_on_a_running_clock_each_transfer_is_judged_by_its_own_moment(world):
    companies = awaiting(world, 10)
    due_at = companies[0].wiretransfer.due_at
    set_clock(world, due_at - timedelta(milliseconds=400))
    worlds.run(world.pk, by=SIMULATOR)

    calls = [after(nth * 0.1, payment(company, key=f"{company.pk}")) for nth, company in enumerate(companies)]
    calls += [after(nth * 0.1, tick.tick) for nth in range(12)]
    assert words(race(calls)) == {"done": len(calls)}
    tick.tick()
    endings = [end_of(company) for company in companies]
    for company, ending in zip(companies, endings, strict=True):
        booked = BankTransfer.objects.get(to_account=company.wiretransfer.payee)
        assert (booked.at < due_at) == (ending == "verified")
    assert set(endings) == {"verified", "expired"}
    assert money_is_conserved()


def test_control_a_state_read_before_it_is_written_ends_an_account_twice(world):
    (company,) = awaiting(world, 1)
    wire = company.wiretransfer

    def naive(name):
        found = Account.objects.get(pk=company.pk)
        if found.state == "awaiting_transfer":
            real.sleep(CHECK_TO_WRITE)
            QuerySet.update(
                Account.objects.filter(pk=company.pk), state="verified" if name == "validate" else "expired"
            )
            audit = {
                "world_id": world.pk,
                "account_id": company.pk,
                "subject_type": "-",
                "subject_id": wire.pk,
            }
            AuditEvent.objects.create(**audit, name=name, by_kind="platform", by_name="-", at=world.now())

    race([lambda: naive("validate"), lambda: naive("expire")])
    with pytest.raises(AssertionError):
        end_of(company)


# R16 -- swept twice, fired once.


def effects(account):
    """Return how often an expiry had each of its effects."""
    return {
        "audit": AuditEvent.objects.filter(account_id=account.pk, name="expire").count(),
        "letters": Letter.objects.filter(to=account.email, subject=EXPIRED_LETTER).count(),
        "notices": Notice.objects.filter(account=account, kind="verification.wire_expired").count(),
        "fired": Deadline.objects.filter(account_id=account.pk, kind="verification.wire_transfer")
        .filter(status="fired", outcome="expired")
        .count(),
    }


ONCE = {"audit": 2, "letters": 1, "notices": 1, "fired": 1}  # one line for the account, one for its transfer


@pytest.mark.requirement("VER-2", "OPS-3")
def test_four_sweepers_and_two_ticks_expire_each_registration_once(world):
    companies = awaiting(world, 12)
    set_clock(world, companies[0].wiretransfer.due_at)
    World.objects.filter(pk=world.pk).update(rings_at=clock.real_now())
    sweeps = [lambda: deadlines.fire_due(World.objects.get(pk=world.pk))] * 4
    assert words(race([*sweeps, tick.tick, tick.tick])) == {"done": 6}
    assert [effects(company) for company in companies] == [ONCE] * 12
    for company in companies:
        assert walks.register(world, company.email).state == "registered"  # its e-mail is free


@pytest.mark.requirement("VER-2", "SIM-2")
def test_ticks_keep_out_of_an_advance_and_nothing_fires_twice(world):
    companies = awaiting(world, 12)
    due_at = companies[0].wiretransfer.due_at
    worlds.run(world.pk, by=SIMULATOR)
    to_the_end = partial(worlds.advance, world.pk, to=due_at, by=SIMULATOR)
    outcomes = race([to_the_end, to_the_end, *[tick.tick] * 6])
    # The second advance finds the clock in the first one's hands, or past the target already.
    assert words(outcomes) in ({"done": 7, "clock_busy": 1}, {"done": 7, "clock_backwards": 1})
    assert [effects(company) for company in companies] == [ONCE] * 12
    (report,) = [outcome.value for outcome in outcomes[:2] if outcome.word == "done"]
    assert [fired.outcome for fired in report.fired].count("expired") == 12
    moments = [fired.due_at for fired in report.fired]
    assert moments == sorted(moments)


def test_control_a_sweep_that_acts_before_it_claims_writes_twice(world):
    (company,) = awaiting(world, 1)
    set_clock(world, company.wiretransfer.due_at)

    def naive():
        row = Deadline.objects.open().filter(kind="verification.wire_transfer").first()
        if row:
            real.sleep(CHECK_TO_WRITE)
            Notice.objects.create(
                world=world, account=company, kind="verification.wire_expired", at=world.now()
            )
            Deadline.objects.filter(pk=row.pk).update(
                status="fired", outcome="expired", settled_at=clock.real_now()
            )

    race([naive, naive])
    assert effects(company)["notices"] > 1


# R17 -- money sent twice, too little, too often.


@pytest.mark.requirement("VER-3")
def test_one_form_sent_twenty_times_moves_money_once(world):
    (company,) = awaiting(world, 1)
    outcomes = race([payment(company, key="one form")] * 20)
    assert words(outcomes) == {"done": 20}
    assert len({outcome.value.pk for outcome in outcomes}) == 1
    assert BankTransfer.objects.count() == 1
    assert end_of(company) == "verified"
    assert money_is_conserved()


def test_control_a_key_looked_up_without_a_claim_moves_money_twice(world):
    (company,) = awaiting(world, 1)
    payer = bank.corporate_account(world, holder=company.wiretransfer.payer_name)
    payee = BankAccount.objects.get(wiretransfer__account=company)

    def naive():
        if not BankTransfer.objects.filter(remark="one form").exists():
            real.sleep(CHECK_TO_WRITE)
            BankTransfer.objects.create(
                world=world,
                from_account=payer,
                to_account=payee,
                amount_fen=1,
                remark="one form",
                at=world.now(),
            )

    race([naive] * 4)
    assert BankTransfer.objects.count() > 1
    assert not money_is_conserved()


@pytest.mark.requirement("VER-3")
def test_of_exact_and_wrong_transfers_at_once_one_is_matched_and_all_come_back(world, time):
    (company,) = awaiting(world, 1)
    wire = company.wiretransfer
    right = [payment(company, key=f"right {nth}") for nth in range(4)]
    wrong = [payment(company, key=f"wrong {nth}", amount_fen=wire.amount_fen + 1) for nth in range(4)]
    assert words(race([*right, *wrong])) == {"done": 8}
    assert end_of(company) == "verified"
    reasons = parked(company)
    assert len(reasons) == 7
    assert reasons.count("already_paid") >= 3
    assert set(reasons) <= {"already_paid", "wrong_amount"}
    assert money_is_conserved()
    time.passes(days=30)
    assert set(BankTransfer.objects.filter(to_account=wire.payee).values_list("state", flat=True)) == {
        "refunded"
    }
    assert BankAccount.objects.get(wiretransfer=wire).balance_fen == 0
    assert money_is_conserved()


@pytest.mark.requirement("VER-3")
def test_of_twenty_transfers_of_more_than_half_one_is_covered(world):
    source = bank.open_account(world, holder="A", kind="corporate", opening_fen=100)
    target = bank.open_account(world, holder="B", kind="corporate")
    outcomes = race([partial(move, world, source, target, 60, f"{nth}") for nth in range(20)])
    assert words(outcomes) == {"done": 1, "refused": 19}
    assert money_is_conserved()


def test_control_a_balance_read_before_it_is_written_is_overspent(world):
    source = bank.open_account(world, holder="A", kind="corporate", opening_fen=100)
    target = bank.open_account(world, holder="B", kind="corporate")

    def naive():
        found = BankAccount.objects.get(pk=source.pk)
        if found.balance_fen >= 60:
            real.sleep(CHECK_TO_WRITE)
            BankAccount.objects.filter(pk=source.pk).update(balance_fen=found.balance_fen - 60)
            BankTransfer.objects.create(
                world=world, from_account=source, to_account=target, amount_fen=60, at=world.now()
            )

    race([naive] * 4)
    assert not money_is_conserved()


@pytest.mark.requirement("VER-3")
def test_transfers_in_both_directions_never_deadlock(world):
    one = bank.open_account(world, holder="A", kind="corporate", opening_fen=1000)
    other = bank.open_account(world, holder="B", kind="corporate", opening_fen=1000)
    there = [partial(move, world, one, other, 7, f"there {nth}") for nth in range(16)]
    back = [partial(move, world, other, one, 5, f"back {nth}") for nth in range(16)]
    assert words(race([*there, *back])) == {"done": 32}
    one.refresh_from_db()
    assert one.balance_fen == 1000 - 16 * 7 + 16 * 5
    assert money_is_conserved()


def move(world, source, target, fen, key):
    return bank.transfer(
        world.pk,
        from_number=source.number,
        to_number=target.number,
        amount_fen=fen,
        remark="",
        key=key,
        by=SIMULATOR,
    )
