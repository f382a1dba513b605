"""Submissions of a game with its clock, beside the model, after every step."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from portal.kernel import breaches, reviews, worlds
from portal.kernel.actors import POLICY, SIMULATOR
from portal.kernel.models import Review, World
from portal.kernel.reviews import Reason
from portal.simulator import rooms, walks
from releases import actions, words
from releases.models import Service, Submission, Version
from tests.conftest import BEGINNING
from tests.releases.conftest import fill_in, make_game, upload_to
from tests.stateful.submission_model import Model
from tests.stateful.test_account import outcome

anybody = st.integers(min_value=0, max_value=20)
SANDBOX = {"type": "sandbox", "account": "tester", "password": "lantern"}


class SubmissionMachine(RuleBasedStateMachine):
    """Every rule is done twice, by the portal and by the model, and both must answer the same."""

    @initialize()
    def open_world(self):
        self.world = rooms.open_world(name="Random", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True).world
        self.model = Model(BEGINNING)
        self.game = make_game(walks.account_at(self.world, "verified"))
        self.by = self.game.login.as_actor()
        self.versions: list[Version] = []
        self.submissions: list[int] = []
        self.upload()

    def teardown(self):
        if hasattr(self, "world"):
            assert breaches.found() == []
            worlds.delete(self.world.pk, by=SIMULATOR)

    def has(self, state):
        return hasattr(self, "model") and self.model.one(state) is not None

    def pick(self, nth):
        """Return one of the versions: the newest, three times out of four."""
        return len(self.versions) - 1 if nth % 4 else nth % len(self.versions)

    @rule()
    def upload(self):
        self.versions.append(upload_to(self.game, f"1.{len(self.versions)}.0"))
        self.model.upload()

    @rule(nth=anybody)
    def delete(self, nth):
        nth = nth % len(self.versions)
        answer, _ = outcome(actions.delete, self.versions[nth].pk, by=self.by)
        assert answer == self.model.delete(nth)

    @rule(nth=anybody)
    def open(self, nth):
        nth = self.pick(nth)
        answer, draft = outcome(actions.open_submission, self.versions[nth].pk, by=self.by)
        assert answer == self.model.open(nth)
        if draft and draft.pk not in self.submissions:
            self.submissions.append(draft.pk)

    @precondition(lambda self: self.has("draft"))
    @rule()
    def fill_in(self):
        fill_in(Submission.objects.select_related("account", "version").get(state="draft"))
        self.model.fill_in()

    @precondition(lambda self: self.has("draft"))
    @rule()
    def enter_a_sandbox_account(self):
        draft = Submission.objects.get(state="draft")
        answer, _ = outcome(actions.save_sandbox, draft.pk, SANDBOX, by=self.by)
        assert answer == self.model.enter_sandbox()

    @precondition(lambda self: self.model.submissions)
    @rule(nth=anybody)
    def submit(self, nth):
        nth = len(self.submissions) - 1 if nth % 4 else nth % len(self.submissions)
        answer, _ = outcome(actions.submit, self.submissions[nth], by=self.by)
        assert answer == self.model.submit(nth)

    @precondition(lambda self: self.model.submissions)
    @rule(nth=anybody)
    def withdraw(self, nth):
        states = [row["state"] for row in self.model.submissions]
        waiting = states.index("under_review") if "under_review" in states else 0
        nth = waiting if nth % 4 else nth % len(self.submissions)
        answer, _ = outcome(actions.withdraw, self.submissions[nth], by=self.by)
        assert answer == self.model.withdraw(nth)

    @precondition(lambda self: self.has("draft"))
    @rule()
    def drop(self):
        actions.drop(Submission.objects.get(state="draft").pk, by=self.by)
        self.model.drop()

    @precondition(lambda self: self.has("under_review"))
    @rule(verdict=st.sampled_from(["approve", "reject", "reject"]), for_sandbox=st.booleans())
    def decide(self, verdict, for_sandbox):
        review = Review.objects.open().get(kind=words.REVIEW)
        reason = Reason(code=words.SANDBOX) if for_sandbox else Reason("The game ends too soon.")
        reviews.decide(review.pk, verdict, by=POLICY, reasons=[] if verdict == "approve" else [reason])
        self.model.decide(verdict, for_sandbox=for_sandbox)

    @rule(days=st.sampled_from([1, 1, 1, 7, 31]))
    def time_passes(self, days):
        self.model.now += timedelta(days=days)
        worlds.advance(self.world.pk, to=self.model.now, by=SIMULATOR)

    @precondition(lambda self: hasattr(self, "model"))
    @rule()
    def be_submitted_at_once(self):
        """The whole way in one step, so that walks reach the verdicts."""
        if self.has("under_review"):
            return
        self.upload()
        self.open(1)
        self.fill_in()
        if self.model.sandbox_asked:
            self.enter_a_sandbox_account()
        answer, _ = outcome(actions.submit, self.submissions[-1], by=self.by)
        assert (answer, self.model.submit(len(self.submissions) - 1)) == ("done", "done")

    @invariant()
    def rows_agree(self):
        if not hasattr(self, "model"):
            return
        versions = Version.objects.filter(world=self.world).order_by("pk")
        assert list(versions.values_list("state", flat=True)) == self.model.versions
        found = list(Submission.objects.filter(world=self.world).order_by("pk"))
        assert [row.pk for row in found] == self.submissions
        assert [(row.state, bool(row.sandbox), row.sandbox_asked) for row in found] == [
            (row["state"], row["sandbox"], row["asked"]) for row in self.model.submissions
        ]
        open_ = Review.objects.open().filter(world=self.world).count()
        assert open_ == int(self.has("under_review"))
        asked = Service.objects.get(account=self.game).sandbox_asked_at is not None
        assert asked == self.model.sandbox_asked
        assert World.objects.get(pk=self.world.pk).now() == self.model.now


@pytest.mark.requirement("REL-2", "REL-5", "REL-6")
def test_submissions_and_their_clock(db):
    """`HYPOTHESIS_PROFILE=night` walks it at random, for hours; else the same walks every time."""
    night = os.environ.get("HYPOTHESIS_PROFILE") == "night"
    walk(
        SubmissionMachine,
        settings=settings(
            max_examples=2000 if night else 20,
            stateful_step_count=100 if night else 25,
            derandomize=not night,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
