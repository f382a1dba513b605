"""Verdicts on a version at once: reviewers, the policy, colleagues who claim, developers who answer (R6)."""

from __future__ import annotations

import time as real
from functools import partial

import pytest

from accounts.models import Notice
from portal.kernel import breaches, deadlines, reviews
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.models import AuditEvent, Review, ReviewMessage, Verdict, World
from portal.kernel.reviews import Reason
from portal.simulator import walks
from releases import actions, words
from releases.models import Service, Submission
from tests.races.rig import ADMINISTRATORS, CHECK_TO_WRITE, race
from tests.races.rig import words as told
from tests.releases.conftest import fill_in, make_game
from tests.releases.packed import upload_files

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 6
MOST_ROUNDS = 19  # by then one verdict alone has won by chance once in 260,000 runs
WHY = [Reason(code="sandbox_account")]


def submission_at_desk(world, nth=0, *, remark=""):
    """Return a version under review with a sandbox account, of a game that was asked for one before."""
    account = walks.account_at(
        world, "verified", email=f"code{nth}@kite.example", name=f"Paper Kite {nth}",
        wechat_id=ADMINISTRATORS[nth % len(ADMINISTRATORS)],
    )  # fmt: skip
    game = make_game(account)
    by = game.login.as_actor()
    version = upload_files(game)
    Service.objects.filter(account=game).update(sandbox_asked_at=world.now())
    draft = fill_in(actions.open_submission(version.pk, by=by))
    actions.save_details(draft.pk, {"remark": remark}, by=by)
    actions.save_sandbox(
        draft.pk,
        {"type": "sandbox", "account": "tester", "password": "lantern", "valid_until": "2019-04-30"},
        by=by,
    )
    return actions.submit(draft.pk, by=by)


def review_of(submission):
    return Review.objects.get(kind=words.REVIEW, subject_id=submission.pk)


def reviewer(nth):
    return Actor(ActorKind.LOGIN, 1000 + nth, f"reviewer{nth}@desk.example")


def deciding(review, verdict, nth):
    return partial(
        reviews.decide, review.pk, verdict, by=reviewer(nth), reasons=WHY if verdict == "reject" else []
    )


def sweep(world):
    return deadlines.fire_due(World.objects.get(pk=world.pk))


def verdict_of(submission):
    """Return the one verdict on a submission as every witness tells it, or AssertionError."""
    submission = Submission.objects.get(pk=submission.pk)
    (verdict,) = Verdict.objects.filter(review=review_of(submission)).exclude(kind="delay")
    rows = AuditEvent.objects.filter(subject_type="releases.Submission", subject_id=submission.pk)
    moves = list(rows.order_by("id").values_list("name", flat=True))
    notices = Notice.objects.filter(account=submission.account_id).values_list("kind", flat=True)
    state = {"approve": "approved", "reject": "rejected"}[verdict.kind]
    assert (review_of(submission).state, submission.state, moves[-1]) == (state, state, verdict.kind)
    assert len({"approve", "reject"} & set(moves)) == 1
    assert moves.count(verdict.kind) == 1
    assert [kind for kind in notices if kind in {words.APPROVED, words.REJECTED}] == [f"releases.{state}"]
    assert submission.sandbox == ""
    return verdict.kind


@pytest.mark.requirement("REL-7", "REL-5")
def test_of_eight_reviewers_at_once_one_decides_and_the_others_hear_who(world):
    won = set()
    for turn in range(MOST_ROUNDS):
        submission = submission_at_desk(world, turn)
        review = review_of(submission)
        outcomes = race([deciding(review, ("approve", "reject")[(nth + turn) % 2], nth) for nth in range(8)])
        assert told(outcomes) == {"done": 1, "decided": 7}
        first = Verdict.objects.get(review=review).by_name
        assert all(first in str(outcome.error) for outcome in outcomes if outcome.error)
        won.add(verdict_of(submission))
        if len(won) == 2 and turn >= ROUNDS - 1:
            break
    assert won == {"approve", "reject"}, "nothing raced"
    assert breaches.found() == []


def test_control_a_state_read_before_the_verdict_is_written_decides_twice(world):
    submission = submission_at_desk(world)
    review = review_of(submission)

    def naive(kind):
        if Review.objects.get(pk=review.pk).state == "open":
            real.sleep(CHECK_TO_WRITE)
            Verdict.objects.create(
                world=world, review=review, kind=kind, by_kind="login", by_name="-", at=world.now()
            )

    race([partial(naive, "approve"), partial(naive, "reject")])
    with pytest.raises(ValueError, match="too many values to unpack"):
        verdict_of(submission)


@pytest.mark.requirement("REL-7", "SIM-5", "SIM-7")
def test_a_reviewer_and_a_magic_value_at_once_decide_once(world):
    for turn in range(4):
        submission = submission_at_desk(world, turn, remark="approve@magic.example")
        review = review_of(submission)
        outcomes = race([deciding(review, "reject", 1), partial(sweep, world), partial(sweep, world)])
        assert outcomes[0].word in {"done", "decided"}
        assert {outcome.word for outcome in outcomes[1:]} == {"done"}
        assert "failed" not in {fired.outcome for outcome in outcomes[1:] for fired in outcome.value}
        assert verdict_of(submission) == ("reject" if outcomes[0].word == "done" else "approve")
    assert breaches.found() == []


@pytest.mark.requirement("REL-7")
def test_of_colleagues_who_claim_at_once_one_has_it(world):
    submission = submission_at_desk(world)
    review = review_of(submission)
    outcomes = race([partial(reviews.claim, review.pk, by=reviewer(nth)) for nth in range(6)])
    assert told(outcomes) == {"done": 1, "claimed": 5}
    holder = Review.objects.get(pk=review.pk).claimed_by
    outcomes = race([deciding(review, "approve", nth) for nth in range(6)])
    assert [outcome.word for outcome in outcomes].count("done") == 1
    assert {outcome.word for outcome in outcomes} <= {"done", "claimed", "decided"}
    assert Verdict.objects.get(review=review).by_name == holder
    assert verdict_of(submission) == "approve"


@pytest.mark.requirement("REL-7")
def test_no_answer_comes_after_the_verdict(world):
    """A developer answers while a reviewer decides: what is kept was said while somebody read."""
    for turn in range(4):
        submission = submission_at_desk(world, turn)
        review = review_of(submission)
        by = submission.account.login.as_actor()
        answers = [partial(reviews.answer, review.pk, f"Answer {nth}", by=by) for nth in range(5)]
        outcomes = race([*answers, deciding(review, "approve", 1)])
        assert outcomes[-1].word == "done"
        assert {outcome.word for outcome in outcomes[:-1]} <= {"done", "decided"}
        kept = ReviewMessage.objects.filter(review=review).count()
        assert kept == [outcome.word for outcome in outcomes[:-1]].count("done")
        decided_at = Verdict.objects.get(review=review).recorded_at
        for message in ReviewMessage.objects.filter(review=review):
            assert message.recorded_at <= decided_at
        verdict_of(submission)
