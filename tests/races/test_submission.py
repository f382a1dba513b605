"""Submitting, withdrawing and deciding a version in many hands at once (R6, R7, R22)."""

from __future__ import annotations

import time as real
from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Account, Notice
from portal.kernel import breaches, reviews, tallies, worlds
from portal.kernel.actors import SIMULATOR, Actor, ActorKind
from portal.kernel.limits import Limit
from portal.kernel.models import AuditEvent, Review, Tally
from portal.kernel.reviews import Reason
from portal.simulator import walks
from releases import actions, words
from releases.models import Service, Submission
from tests.races.rig import CHECK_TO_WRITE, race
from tests.races.rig import words as counted
from tests.releases.conftest import fill_in, make_game, submitted, upload_to

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 8
HEAD_START = 0.06  # seconds: each side wins some rounds, whatever the machine is doing


@pytest.fixture
def game(world) -> Account:
    return make_game(walks.account_at(world, "verified"))


def drafted(game: Account, number: str = "1.0.0") -> Submission:
    version = upload_to(game, number)
    return fill_in(actions.open_submission(version.pk, by=game.login.as_actor()))


def reviewer(nth: int) -> Actor:
    return Actor(ActorKind.LOGIN, 1000 + nth, f"reviewer{nth}@desk.example")


def review_of(submission: Submission) -> Review:
    return Review.objects.get(kind=words.REVIEW, subject_id=submission.pk)


def transitions(submission: Submission) -> list[str]:
    rows = AuditEvent.objects.filter(subject_type="releases.Submission", subject_id=submission.pk)
    return list(rows.order_by("id").values_list("name", flat=True))


# R6 -- the button pressed twice, the same version opened in several windows.


@pytest.mark.requirement("REL-2")
def test_a_draft_submitted_by_many_at_once_is_under_review_once(game):
    draft = drafted(game)
    by = game.login.as_actor()
    outcomes = race([partial(actions.submit, draft.pk, by=by)] * 8)
    assert counted(outcomes) == {"done": 1, "not_a_draft": 7}
    assert Review.objects.filter(kind=words.REVIEW).count() == 1
    assert transitions(draft) == ["submit"]
    assert Notice.objects.filter(kind=words.SUBMITTED).count() == 1
    assert breaches.found() == []


@pytest.mark.requirement("REL-2")
def test_a_version_opened_by_many_at_once_has_one_draft(game):
    version = upload_to(game, "1.0.0")
    by = game.login.as_actor()
    outcomes = race([partial(actions.open_submission, version.pk, by=by)] * 8)
    assert counted(outcomes) == {"done": 8}
    assert len({outcome.value.pk for outcome in outcomes}) == 1
    assert Submission.objects.count() == 1


def test_control_a_draft_read_before_it_is_written_is_submitted_twice(game):
    draft = drafted(game)

    def naive():
        if Submission.objects.get(pk=draft.pk).state == "draft":
            real.sleep(CHECK_TO_WRITE)
            return Notice.objects.create(
                world=game.world, account=game, kind=words.SUBMITTED, facts={}, at=game.world.now()
            )
        return None

    race([naive] * 4)
    assert Notice.objects.filter(kind=words.SUBMITTED).count() > 1


# R7 -- the applicant withdraws what the reviewer approves.


@pytest.mark.requirement("REL-6")
def test_a_withdrawal_and_an_approval_at_once_never_both_and_the_quota_is_spent_once(game, world):
    endings = set()
    by = game.login.as_actor()
    for turn in range(ROUNDS):
        found = submitted(upload_to(game, f"1.0.{turn}"))
        before = tallies.usage(Limit.WITHDRAWALS_PER_MONTH, game).used

        def withdraw(found=found, turn=turn):
            real.sleep(HEAD_START * (turn % 3 == 1))
            return actions.withdraw(found.pk, by=by)

        def approve(found=found, turn=turn):
            real.sleep(HEAD_START * (turn % 3 == 2))
            return reviews.decide(review_of(found).pk, "approve", by=reviewer(turn))

        withdrawn, approved = race([withdraw, approve])
        found = Submission.objects.get(pk=found.pk)
        spent = tallies.usage(Limit.WITHDRAWALS_PER_MONTH, game).used - before
        assert (withdrawn.word, approved.word, found.state, spent) in {
            ("done", "decided", "withdrawn", 1),
            ("not_under_review", "done", "approved", 0),
        }
        assert review_of(found).state == found.state
        assert found.sandbox == ""
        endings.add(found.state)
        worlds.advance(
            world.pk, to=Account.objects.get(pk=game.pk).world.now() + timedelta(days=1), by=SIMULATOR
        )
    assert endings == {"withdrawn", "approved"}, "nothing raced"
    assert breaches.found() == []


@pytest.mark.requirement("REL-6")
def test_a_withdrawal_pressed_many_times_counts_once(game):
    found = submitted(upload_to(game, "1.0.0"))
    outcomes = race([partial(actions.withdraw, found.pk, by=game.login.as_actor())] * 8)
    assert counted(outcomes) == {"done": 1, "not_under_review": 7}
    used = Tally.objects.filter(subject_id=game.pk).values_list("limit", "used")
    assert sorted(used) == [("withdrawals_per_day", 1), ("withdrawals_per_month", 1)]


def test_control_a_withdrawal_that_looks_before_it_writes_takes_back_what_is_approved(game):
    found = submitted(upload_to(game, "1.0.0"))
    taken_back = []

    def naive():
        if Submission.objects.get(pk=found.pk).state == "under_review":
            real.sleep(20 * CHECK_TO_WRITE)
            taken_back.append(found.pk)

    def approve():
        real.sleep(CHECK_TO_WRITE)
        reviews.decide(review_of(found).pk, "approve", by=reviewer(1))

    race([naive, approve])
    assert taken_back
    assert Submission.objects.get(pk=found.pk).state == "approved"


# R22 -- the first submission is rejected for a sandbox account: once, for the next one and all later ones.


@pytest.mark.requirement("REL-5")
def test_many_reviewers_and_a_draft_in_another_window_ask_for_the_sandbox_account_once(game):
    for turn in range(4):
        first = submitted(upload_to(game, f"1.{turn}.0"))
        version = first.version
        asked = Service.objects.get(account=game).sandbox_asked_at
        calls = [
            partial(
                reviews.decide,
                review_of(first).pk,
                "reject",
                by=reviewer(nth),
                reasons=[Reason(code=words.SANDBOX)],
            )
            for nth in range(4)
        ]
        opening = partial(actions.open_submission, version.pk, by=game.login.as_actor())
        outcomes = race([*calls, opening, opening])
        assert counted(outcomes) == {"done": 3, "decided": 3}
        service = Service.objects.get(account=game)
        assert service.sandbox_asked_at is not None
        assert asked in {None, service.sandbox_asked_at}
        draft = Submission.objects.get(account=game, state="draft")
        assert draft.sandbox_asked, "the next submission shows the portal, whenever it was opened"
    assert Submission.objects.filter(account=game, sandbox_asked=True, state="draft").count() == 1
    assert breaches.found() == []


def test_control_a_draft_that_reads_the_rule_before_the_verdict_misses_the_portal(game):
    first = submitted(upload_to(game, "1.0.0"))
    found = []

    def naive():
        asked = Service.objects.get(account=game).sandbox_asked_at is not None
        real.sleep(20 * CHECK_TO_WRITE)
        found.append(asked)

    def reject():
        real.sleep(CHECK_TO_WRITE)
        reviews.decide(review_of(first).pk, "reject", by=reviewer(1), reasons=[Reason(code=words.SANDBOX)])

    race([naive, reject])
    assert found == [False]
    assert Service.objects.get(account=game).sandbox_asked_at is not None
