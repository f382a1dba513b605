"""Associations at once: four limits, the month's end, one story a pair, and no circle (R10 to R14)."""

from __future__ import annotations

import time as real
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import Account
from associations import actions, pairs, words
from associations.models import Association
from portal.kernel import clock, confirmations, tallies, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.calendar import SHANGHAI
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.models import Confirmation, Tally, World
from portal.simulator import walks
from tests.associations import crowd
from tests.races.rig import CHECK_TO_WRITE, race, without_constraint
from tests.races.rig import words as said

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.requirement("ASC-2")]

MANY = 60
MOST_ATTEMPTS = 60
FULL = {"89016", "89017", "89009", "89030", "at_the_scan"}  # refused when asked, or at the scan


def patiently(action, *args, **kwargs):
    """Ask again when the database turned a caller away because too many waited: nothing of it remains."""
    for _attempt in range(MOST_ATTEMPTS):
        try:
            return action(*args, **kwargs)
        except OperationalError:
            real.sleep(CHECK_TO_WRITE)
    raise AssertionError("turned away for ever")


def confirmed(asked, by):
    answered = patiently(confirmations.confirm, asked.pk, by=by)
    if answered.state != "confirmed":
        raise Refused(answered.refusal, code="at_the_scan")
    return Association.objects.get(pk=asked.subject_id)


def invite(here, there):
    by = administrator(here)
    return confirmed(patiently(actions.ask_to_invite, here.pk, appid=there.appid, by=by), by)


def associate(here, there):
    association = invite(here, there)
    return confirmed(known(confirmations.latest(words.ANSWER, association.pk)), administrator(there))


def part(association, account):
    by = administrator(account)
    return confirmed(patiently(actions.ask_to_disassociate, account.pk, association.pk, by=by), by)


def administrator(account):
    return account.administrator.person.as_actor()


def known(found):
    assert found is not None
    return found


def inviting(here, there):
    return [partial(invite, one, other) for one, other in zip(here, there, strict=True)]


def settled(outcomes):
    """Return how many got in, and that everybody else was refused for a limit."""
    found = Counter(said(outcomes))
    got_in = found.pop("done", 0)
    assert set(found) <= FULL, found
    return got_in


# --- the four limits ----------------------------------------------------------------------


def test_of_sixty_of_the_same_entity_exactly_ten_get_in(world):
    here = crowd.official_accounts(world, 1)
    outcomes = race(inviting(here * MANY, crowd.accounts(world, MANY)))
    assert settled(outcomes) == 10
    assert (crowd.used(here[0]), pairs.places(here[0], same_entity=True).left) == (10, 0)
    assert crowd.breached() == []


def test_of_sixty_of_different_entities_exactly_three_get_in(world):
    here = crowd.official_accounts(world, 1)
    outcomes = race(inviting(here * MANY, crowd.accounts(world, MANY, company=crowd.THEIRS)))
    assert settled(outcomes) == 3
    assert crowd.used(here[0]) == 3
    assert crowd.breached() == []


def test_of_a_mixture_exactly_ten_and_three_get_in(world):
    here = crowd.official_accounts(world, 1)
    there = [*crowd.accounts(world, MANY // 2), *crowd.accounts(world, MANY // 2, company=crowd.THEIRS)]
    Random(7).shuffle(there)
    assert settled(race(inviting(here * MANY, there))) == 13
    places = [pairs.places(here[0], same_entity=same).used for same in (True, False)]
    assert places == [10, 3]
    assert crowd.breached() == []


def test_of_sixty_at_a_mini_program_with_480_exactly_twenty_get_in(world):
    there = crowd.accounts(world, 1)[0]
    here = crowd.official_accounts(world, 480 + MANY)
    crowd.associated([(each, there) for each in here[:480]])
    Tally.objects.filter(subject_id=there.pk).update(used=480)
    outcomes = race(inviting(here[480:], [there] * MANY))
    assert settled(outcomes) == 20
    assert pairs.places_of(there).left == 0
    assert crowd.breached() == []


def test_of_sixty_additions_of_a_month_exactly_thirteen_are_made(world):
    """Each is ended at once; who finds all places taken meanwhile asks again while the month has room."""
    here = crowd.official_accounts(world, 1)[0]
    there = crowd.accounts(world, MANY)

    def churn(other):
        while True:
            try:
                return part(associate(here, other), here)
            except Refused as refusal:
                if "(89016)" not in refusal.message:
                    raise
                real.sleep(CHECK_TO_WRITE)

    outcomes = race([partial(churn, other) for other in there])
    assert settled(outcomes) == 13
    assert crowd.states(here).get("disassociated") == crowd.used(here) == 13
    assert crowd.breached() == []


def test_control_places_counted_without_the_locks_are_given_twice(world):
    here = crowd.official_accounts(world, 1)[0]
    there = crowd.accounts(world, 6, company=crowd.THEIRS)

    def naive(other):
        if pairs.places(here, same_entity=False).left:
            real.sleep(CHECK_TO_WRITE)
            crowd.associated([(here, other)], counted=False)

    race([partial(naive, other) for other in there])
    assert pairs.places(here, same_entity=False).used == 3, "no more than the ceiling is counted"
    assert Association.objects.filter(official_account=here).count() > 3
    assert crowd.breached() != []


# --- the month ----------------------------------------------------------------------------


def test_additions_over_the_end_of_the_month_are_counted_where_they_were_made(make_world):
    """The clock runs, and the month ends while twenty ask: each counts in the month of its own moment."""
    world = make_world()
    here = crowd.official_accounts(world, 1)[0]
    there = crowd.accounts(world, 20)
    world = World.objects.get(pk=world.pk)
    worlds.advance(world.pk, to=datetime(2019, 3, 31, 23, 59, 59, 700_000, tzinfo=SHANGHAI), by=SIMULATOR)
    worlds.run(world.pk, by=SIMULATOR)

    def churn(nth, other):
        real.sleep(0.03 * nth)
        return part(associate(here, other), here)

    outcomes = race([partial(churn, nth, other) for nth, other in enumerate(there)])
    got_in = settled(outcomes)
    march, april = crowd.used(here, "2019-03"), crowd.used(here, "2019-04")
    assert (march + april, max(march, april) <= 13) == (got_in, True)
    assert crowd.breached() == []


def test_a_clock_that_jumps_over_the_month_in_the_middle_spends_and_gives_back_in_one_month(world):
    here, there = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 8)
    worlds.advance(world.pk, to=datetime(2019, 3, 31, 23, 59, tzinfo=SHANGHAI), by=SIMULATOR)

    def churn(other):
        association = invite(here, other)
        return patiently(actions.refuse, association.pk, by=administrator(other))

    def jump():
        real.sleep(CHECK_TO_WRITE)
        moment = datetime(2019, 4, 1, 0, 1, tzinfo=SHANGHAI)
        return patiently(worlds.advance, world.pk, to=moment, by=SIMULATOR)

    outcomes = race([*(partial(churn, other) for other in there), jump])
    assert said(outcomes) == {"done": 9}
    waiting = crowd.states(here).get("invited", 0)
    assert crowd.used(here, "2019-03") + crowd.used(here, "2019-04") == waiting
    assert crowd.breached() == []


def test_control_an_addition_spent_in_the_month_of_a_second_look_is_never_given_back(world):
    """What `spend(at=...)` is for: the moment that is written down is the moment that was counted."""
    here, there = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]
    march = datetime(2019, 3, 31, 23, 59, 59, tzinfo=SHANGHAI)
    with clock.pin(world.pk, march + timedelta(seconds=1)):
        tallies.spend(Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT, here)
    tallies.give_back(Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT, here, at=march)
    assert (crowd.used(here, "2019-03"), crowd.used(here, "2019-04")) == (0, 1)
    assert crowd.breached() != []
    assert there.pk


# --- one story at a time ------------------------------------------------------------------


@pytest.mark.requirement("ASC-3")
def test_one_scan_confirmed_by_many_invites_once(world):
    here, there = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]
    by = here.administrator.person.as_actor()
    asked = actions.ask_to_invite(here.pk, appid=there.appid or "", by=by)
    outcomes = race([partial(patiently, confirmations.confirm, asked.pk, by=by)] * 8)
    assert said(outcomes) == {"done": 1, "code_over": 7}
    assert (crowd.used(here), crowd.used(there)) == (1, 1)
    assert crowd.breached() == []


@pytest.mark.requirement("ASC-3")
def test_many_who_invite_one_at_once_have_one_story(world):
    here, there = crowd.official_accounts(world, 1), crowd.accounts(world, 1)
    found = said(race(inviting(here * 12, there * 12)))
    assert found["done"] == 1
    assert set(found) <= {"done", "89010", "code_over", "at_the_scan"}
    assert crowd.states(here[0]) == {"invited": 1}
    assert crowd.breached() == []


@pytest.mark.requirement("ASC-3")
def test_control_without_the_constraint_two_who_look_first_make_two_stories(world):
    with without_constraint(Association, "one_open_association_per_pair"):
        here, there = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]

        def naive():
            if not Association.objects.filter(official_account=here, mini_program=there).exists():
                real.sleep(CHECK_TO_WRITE)
                crowd.associated([(here, there)], counted=False)

        race([naive] * 4)
        assert Association.objects.count() > 1
        assert any("associations go on" in sentence for sentence in crowd.breached())


@pytest.mark.requirement("ASC-3")
def test_accepted_refused_withdrawn_or_run_out_it_ends_once(world):
    """Four hands at one invitation in the moment when its day is over; whoever is first decides."""
    endings = Counter[str]()
    here = crowd.official_accounts(world, 8)
    there = crowd.accounts(world, 8)
    for turn, (one, other) in enumerate(zip(here, there, strict=True)):
        association = walks.invite(one, other)
        mine, theirs = one.administrator.person.as_actor(), other.administrator.person.as_actor()
        question = known(confirmations.latest(words.ANSWER, association.pk))
        late = turn % 2 == 0
        calls = [
            partial(patiently, confirmations.confirm, question.pk, by=theirs),
            partial(patiently, confirmations.refuse, question.pk, by=theirs),
            partial(patiently, actions.withdraw, association.pk, by=mine),
        ]
        if late:
            calls.append(
                partial(patiently, worlds.advance, world.pk, to=association.expires_at, by=SIMULATOR)
            )
        found = said(race([calls[(turn + nth) % len(calls)] for nth in range(len(calls))]))
        assert set(found) <= {"done", "code_over", "not_waiting"}, found
        ended = Association.objects.get(pk=association.pk)
        endings[ended.state] += 1
        kept = ended.state == "associated"
        assert (crowd.used(one), pairs.places_of(other).used) == (int(kept), int(kept))
        assert (crowd.promised(ended), crowd.waiting_codes(ended)) == (0, [])
        assert crowd.breached() == []
    assert set(endings) <= {"associated", "refused", "withdrawn", "expired"}
    assert len(endings) > 1, "nothing raced"


def test_control_an_answer_that_looks_before_it_writes_accepts_what_was_withdrawn(world):
    here, there = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]
    association = walks.invite(here, there)
    written = []

    def naive():
        if Association.objects.get(pk=association.pk).state == "invited":
            real.sleep(10 * CHECK_TO_WRITE)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE associations_association SET associated_at = asked_at WHERE id = %s",
                    [association.pk],
                )
            written.append(Association.objects.get(pk=association.pk).state)

    def withdraw():
        real.sleep(CHECK_TO_WRITE)
        actions.withdraw(association.pk, by=here.administrator.person.as_actor())

    race([naive, withdraw])
    assert written == ["withdrawn"]


@pytest.mark.requirement("ASC-3")
def test_two_sides_that_part_at_once_part_once(world):
    here, there = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]
    association = walks.associate(here, there)
    questions = [
        (actions.ask_to_disassociate(account.pk, association.pk, by=by), by)
        for account in (here, there)
        for by in [account.administrator.person.as_actor()]
    ]
    outcomes = race([partial(confirmations.confirm, asked.pk, by=by) for asked, by in questions])
    assert said(outcomes) == {"done": 2}
    assert Counter(outcome.value.state for outcome in outcomes) == {"confirmed": 1, "refused": 1}
    assert Association.objects.get().state == "disassociated"
    assert crowd.breached() == []


# --- no circle ----------------------------------------------------------------------------


def test_many_accounts_on_both_sides_never_wait_in_a_circle(world):
    """R14: pairs at random, from either side, by many threads: nothing hangs or fails, all counts agree.

    Mini Programs and Official Accounts are made in turns, so that either may have the lower id.
    """
    here, there = [], []
    for _turn in range(5):
        there += crowd.accounts(world, 2)
        here += crowd.official_accounts(world, 2)

    def storm(seed):
        rng = Random(seed)
        for _act in range(4):
            one, other = rng.choice(here), rng.choice(there)
            with suppress(Refused):
                association = associate(one, other)
                if rng.random() < 0.7:
                    part(association, rng.choice([one, other]))

    many = 24 if connection.vendor == "postgresql" else 8  # SQLite has no queue of those who wait
    began = clock.real_now()
    outcomes = race([partial(storm, seed) for seed in range(many)])
    assert said(outcomes) == {"done": many}
    assert (clock.real_now() - began).total_seconds() < 120
    assert crowd.breached() == []
    assert Confirmation.objects.filter(purpose__startswith="associations.").exists()


def test_control_accounts_locked_as_they_come_wait_in_a_circle(world):
    """Only PostgreSQL locks rows; it notices the circle and lets one go."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite runs one writer at a time")
    one, other = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]

    def naive(first, second):
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=first.pk)
            real.sleep(4 * CHECK_TO_WRITE)
            Account.objects.select_for_update().get(pk=second.pk)

    found = said(race([partial(naive, one, other), partial(naive, other, one)]))
    assert found == {"done": 1, "OperationalError": 1}
