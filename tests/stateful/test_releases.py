"""Releases at random beside a model: one online at most, always approved, history linear (REL-8, REL-9)."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from accounts.models import Account
from portal.kernel import breaches, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline
from portal.simulator import rooms, walks
from releases import actions, cohorts, words
from releases.models import Release, Service, Submission
from tests.conftest import BEGINNING
from tests.stateful.release_model import Model

PEOPLE = range(1, 61)
percents = st.sampled_from([1, 5, 20, 50, 99, 100])


def outcome(function, *args, **kwargs):
    """Return 'done' or the code of the refusal."""
    try:
        function(*args, **kwargs)
    except Refused as refusal:
        return refusal.code
    return "done"


class ReleaseMachine(RuleBasedStateMachine):
    """A game whose versions are approved, released, grown, cancelled and rolled back, and its clock."""

    made = 0

    @initialize()
    def begin(self):
        self.world = rooms.open_world(name="Walk", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True).world
        self.account = walks.account_at(self.world, "perfected")
        self.model = Model(BEGINNING)
        self.reached: dict[int, set[int]] = {}

    def teardown(self):
        if hasattr(self, "world"):
            assert breaches.found() == []
            worlds.delete(self.world.pk, by=SIMULATOR)

    def newest(self):
        return Release.objects.filter(account=self.account).latest("pk")

    @rule()
    def a_version_is_approved(self):
        self.made += 1
        submission = walks.submit(walks.upload(self.account, f"1.{self.made}.0"))
        walks.decide_code(submission, "approve")
        self.model.approve(submission.pk)

    @precondition(lambda self: self.made)
    @rule(percent=percents)
    def release(self, percent):
        newest = Submission.objects.filter(account=self.account).latest("pk")
        assert outcome(walks.release, newest, percent) == self.model.release(percent)

    @precondition(lambda self: hasattr(self, "model") and self.model.releases)
    @rule(percent=st.sampled_from([0, 5, 20, 50, 99, 100, 101]))
    def grow(self, percent):
        answer = outcome(actions.grow, self.newest().pk, percent=percent, by=SIMULATOR)
        assert answer == self.model.grow(percent)

    @precondition(lambda self: hasattr(self, "model") and self.model.releases)
    @rule()
    def cancel(self):
        assert outcome(actions.cancel, self.newest().pk, by=SIMULATOR) == self.model.cancel()

    @precondition(lambda self: hasattr(self, "model") and self.model.releases)
    @rule(nth=st.integers(0, 40), sensible=st.booleans())
    def roll_back(self, nth, sensible):
        choices = self.model.choices()
        place = choices[nth % len(choices)] if sensible and choices else nth % len(self.model.releases)
        rows = list(Release.objects.filter(account=self.account).order_by("pk"))
        answer = outcome(actions.roll_back, self.account.pk, to=rows[place].pk, by=SIMULATOR)
        assert answer == self.model.roll_back(place)

    @precondition(lambda self: hasattr(self, "model") and self.model.first)
    @rule(suspended=st.booleans())
    def suspend_or_resume(self, suspended):
        if suspended:
            answer = outcome(actions.suspend, self.account.pk, reason="Moving house", by=SIMULATOR)
        else:
            answer = outcome(actions.resume, self.account.pk, by=SIMULATOR)
        assert answer == self.model.switch(suspended=suspended)

    @rule(days=st.sampled_from([0, 1, 20]), whole_world=st.booleans())
    def a_test_begins(self, days, whole_world):
        if self.model.test is not None:
            return
        ends_at = self.model.now + timedelta(days=days) if days else None
        account_id = None if whole_world else self.account.pk
        actions.begin_internal_test(self.world.pk, account_id=account_id, ends_at=ends_at, by=SIMULATOR)
        self.model.test = ends_at or datetime.max.replace(tzinfo=self.model.now.tzinfo)

    @rule()
    def the_test_ends(self):
        ended = [
            actions.end_internal_test(self.world.pk, account_id=whose, by=SIMULATOR)
            for whose in (None, self.account.pk)
        ]
        assert any(ended) == (self.model.test is not None)
        self.model.test = None

    @rule(days=st.sampled_from([1, 7, 15, 16]), off=st.sampled_from([0, -1, 1]))
    def advance(self, days, off):
        self._advance(self.model.now + timedelta(days=days, milliseconds=off))

    @precondition(lambda self: hasattr(self, "model") and self.model.next_due())
    @rule(off=st.sampled_from([-1, 0, 1]))
    def advance_about_the_next_event(self, off):
        due = self.model.next_due() or self.model.now
        self._advance(max(self.model.now, due + timedelta(milliseconds=off)))

    def _advance(self, moment):
        report = worlds.advance(self.world.pk, to=moment, by=SIMULATOR)
        self.model.passes_to(moment)
        assert "failed" not in {fired.outcome for fired in report.fired}

    @invariant()
    def both_agree(self):
        if not hasattr(self, "model"):
            return
        rows = list(Release.objects.filter(account=self.account).order_by("pk"))
        places = {row.pk: place for place, row in enumerate(rows)}
        shown = [
            (row.submission_id, row.state, row.percent, places.get(row.rollback_of_id or 0)) for row in rows
        ]
        assert shown == [
            (row["version"], row["state"], row["percent"], row["back"]) for row in self.model.releases
        ]
        waiting = Submission.objects.filter(account=self.account, state="approved")
        assert [row.pk for row in waiting] == [self.model.waiting] * (self.model.waiting is not None)
        account = Account.objects.get(pk=self.account.pk)
        assert account.released_at == self.model.first
        choices = [places[choice.pk] for choice in actions.rollback_choices(account)]
        assert choices == self.model.choices()

    @invariant()
    def one_is_online_and_it_was_approved(self):
        if not hasattr(self, "model"):
            return
        states = [row["state"] for row in self.model.releases]
        assert states.count("full") == bool(states)
        assert states.count("phased") <= 1
        released = Release.objects.filter(account=self.account).values_list("submission_id", flat=True)
        assert set(released) <= self.model.approved
        done = AuditEvent.objects.filter(
            subject_type="releases.Submission", name="approve", world_id=self.world.pk
        )
        assert set(released) <= set(done.values_list("subject_id", flat=True))

    @invariant()
    def history_is_linear(self):
        """Each full release began when the one before it ended, and none came back by itself."""
        if not hasattr(self, "model"):
            return
        rows = Release.objects.filter(account=self.account, full_at__isnull=False).order_by("full_at", "pk")
        full = list(rows)
        for before, after in pairwise(full):
            assert before.ended_at == after.full_at
        assert all(row.ended_at is not None for row in full[:-1])

    @invariant()
    def who_is_in_stays_in(self):
        if not hasattr(self, "model"):
            return
        phased = self.model.online("phased")
        draws = cohorts.draws(self.account, list(PEOPLE))
        if self.model.suspended or not self.model.releases:
            assert {draw.version for draw in draws} == {None}
        if phased is None:
            return
        inside = {person for person, draw in zip(PEOPLE, draws, strict=True) if draw.is_in}
        assert self.reached.get(phased["version"], set()) <= inside
        self.reached[phased["version"]] = inside

    @invariant()
    def what_is_promised_is_promised_once(self):
        if not hasattr(self, "model"):
            return
        promised = Deadline.objects.open().filter(world=self.world)
        phased = self.model.online("phased")
        due = list(promised.filter(kind=words.FULL).values_list("due_at", flat=True))
        assert due == ([phased["due"]] if phased else [])
        ends = list(promised.filter(kind=words.TEST_END).values_list("due_at", flat=True))
        endless = datetime.max.replace(tzinfo=self.model.now.tzinfo)
        assert ends == ([] if self.model.test in {None, endless} else [self.model.test])
        service = Service.objects.filter(account=self.account).first()
        assert (service is not None and service.state == "suspended") == self.model.suspended


@pytest.mark.requirement("REL-8", "REL-9", "SIM-2")
def test_releases_and_their_clock(db):
    """`HYPOTHESIS_PROFILE=night` walks it at random, for hours; else the same walks every time."""
    night = os.environ.get("HYPOTHESIS_PROFILE") == "night"
    walk(
        ReleaseMachine,
        settings=settings(
            max_examples=1000 if night else 15,
            stateful_step_count=100 if night else 25,
            derandomize=not night,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
