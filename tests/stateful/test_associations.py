"""Associations at random beside a model: every answer, place and addition is the same (ASC-2, ASC-3)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from associations import actions, links, words
from associations.models import Association
from portal.kernel import confirmations, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.models import Tally
from portal.simulator import rooms
from tests.associations import crowd
from tests.conftest import BEGINNING
from tests.stateful.association_model import SHANGHAI, Model

number = st.integers(0, 60)
told = precondition(lambda self: hasattr(self, "model") and self.model.stories)


class AssociationMachine(RuleBasedStateMachine):
    """Two Official Accounts of one entity, fourteen Mini Programs of it, six of another, and their clock."""

    @initialize()
    def begin(self):
        self.world = rooms.open_world(name="Walk", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True).world
        self.here = crowd.official_accounts(self.world, 2)
        self.there = [
            *crowd.accounts(self.world, 14),
            *crowd.accounts(self.world, 6, company=crowd.THEIRS, wechat_id="meiran"),
        ]
        hosts = {account.pk: crowd.OURS for account in self.here}
        guests = {
            account.pk: crowd.OURS if nth < 14 else crowd.THEIRS for nth, account in enumerate(self.there)
        }
        self.model = Model(BEGINNING, hosts, guests)
        self.rows: list[int] = []

    def teardown(self):
        if hasattr(self, "world"):
            assert crowd.breached() == []
            worlds.delete(self.world.pk, by=SIMULATOR)

    # --- both at once -------------------------------------------------------------------------

    def ask(self, here, there):
        def portal():
            asked = actions.ask_to_invite(here.pk, appid=there.appid, by=administrator(here))
            if asked.subject_id not in self.rows:
                self.rows.append(asked.subject_id)
            return "done"

        answer = outcome(portal)
        assert answer == self.model.ask(here.pk, there.pk)
        return answer

    def on_phone(self, purpose, nth, act):
        """Return what an answer on a phone comes to: the state of the code, or the refusal."""
        shown = confirmations.latest(purpose, self.rows[nth])
        if shown is None:
            return "code_over"
        person = (self.here if purpose == words.INVITE else self.there)[0].administrator.person
        by = type(person).objects.get(pk=shown.person_id or 0).as_actor()
        return outcome(lambda: act(shown.pk, by=by).state)

    def invite(self, here, there):
        if self.ask(here, there) != "done":
            return None
        story = self.model.going_on(here.pk, there.pk)
        assert story is not None
        nth = self.model.stories.index(story)
        assert self.on_phone(words.INVITE, nth, confirmations.confirm) == self.model.confirm(story)
        return nth

    def accept_story(self, nth):
        story = self.model.stories[nth]
        assert self.on_phone(words.ANSWER, nth, confirmations.confirm) == self.model.accept(story)

    def part_story(self, nth, side):
        story = self.model.stories[nth]
        accounts = {account.pk: account for account in (*self.here, *self.there)}
        account = accounts[story["host"] if side else story["guest"]]

        def portal():
            asked = actions.ask_to_disassociate(account.pk, self.rows[nth], by=administrator(account))
            confirmations.confirm(asked.pk, by=administrator(account))
            return "done"

        assert outcome(portal) == self.model.part(story)

    def pick(self, nth):
        """Return one of the stories: the newest every other time."""
        last = len(self.model.stories) - 1
        return last if nth % 2 else nth % (last + 1)

    # --- rules --------------------------------------------------------------------------------

    @rule(host=number, guest=number)
    def ask_for_one(self, host, guest):
        self.ask(self.here[host % 2], self.there[guest % 20])

    @told
    @rule(nth=number)
    def confirm(self, nth):
        nth = self.pick(nth)
        answer = self.on_phone(words.INVITE, nth, confirmations.confirm)
        assert answer == self.model.confirm(self.model.stories[nth])

    @told
    @rule(nth=number)
    def decline(self, nth):
        nth = self.pick(nth)
        answer = self.on_phone(words.INVITE, nth, confirmations.refuse)
        assert answer == self.model.decline(self.model.stories[nth])

    @told
    @rule(nth=number)
    def accept(self, nth):
        self.accept_story(self.pick(nth))

    @told
    @rule(nth=number)
    def refuse(self, nth):
        nth = self.pick(nth)
        answer = self.on_phone(words.ANSWER, nth, confirmations.refuse)
        assert answer == self.model.refuse(self.model.stories[nth])

    @told
    @rule(nth=number)
    def withdraw(self, nth):
        nth = self.pick(nth)
        here = next(each for each in self.here if each.pk == self.model.stories[nth]["host"])
        answer = outcome(lambda: actions.withdraw(self.rows[nth], by=administrator(here)).pk and "done")
        assert answer == self.model.withdraw(self.model.stories[nth])

    @told
    @rule(nth=number, side=st.booleans())
    def part(self, nth, side):
        self.part_story(self.pick(nth), side)

    @rule(host=number, first=number, many=st.integers(2, 6), parted=st.booleans())
    def associate_some(self, host, first, many, parted):
        """Many at once, so that walks come to the limits; some part again at once."""
        for guest in range(first, first + many):
            nth = self.invite(self.here[host % 2], self.there[guest % 20])
            if nth is not None:
                self.accept_story(nth)
                if parted and self.model.stories[nth]["state"] == "associated":
                    self.part_story(nth, True)

    @rule(minutes=st.sampled_from([1, 4, 5, 60, 1439, 1440, 3000]), off=st.sampled_from([-1, 0, 1]))
    def advance(self, minutes, off):
        self._advance(self.model.now + timedelta(minutes=minutes, milliseconds=off))

    @rule(off=st.sampled_from([-1000, -1, 0, 1, 1000]))
    def advance_about_the_end_of_the_month(self, off):
        later = self.model.month(self.model.now) + timedelta(days=32)
        midnight = datetime(later.year, later.month, 1, tzinfo=UTC) - SHANGHAI
        self._advance(max(self.model.now, midnight + timedelta(milliseconds=off)))

    def _advance(self, moment):
        report = worlds.advance(self.world.pk, to=moment, by=SIMULATOR)
        self.model.passes_to(moment)
        assert "failed" not in {fired.outcome for fired in report.fired}

    # --- invariants ---------------------------------------------------------------------------

    @invariant()
    def both_tell_the_same_stories(self):
        if not hasattr(self, "model"):
            return
        shown = Association.objects.filter(world=self.world).order_by("pk")
        assert list(shown.values_list("official_account_id", "mini_program_id", "state", "invited_at")) == [
            (story["host"], story["guest"], story["state"], story["invited"]) for story in self.model.stories
        ]
        for here in self.here:
            expected = {
                story["guest"]
                for story in self.model.stories
                if (story["host"], story["state"]) == (here.pk, "associated")
            }
            assert {account.pk for account in links.associated(here.pk).values()} == expected

    @invariant()
    def both_count_the_same_additions(self):
        if not hasattr(self, "model"):
            return
        for limit, key, accounts in (
            (Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT, "host", self.here),
            (Limit.ADDITIONS_OF_MINI_PROGRAM, "guest", self.there),
        ):
            rows = Tally.objects.filter(world=self.world, limit=limit.value, used__gt=0)
            told = {(row.subject_id, row.period): row.used for row in rows}
            assert told == {
                (account.pk, f"{month:%Y-%m}"): used
                for account in accounts
                for month, used in self.model.additions(key, account.pk).items()
            }

    @invariant()
    def no_more_than_there_may_be(self):
        if not hasattr(self, "model"):
            return
        for here in self.here:
            assert self.model.places(here.pk, same=True) <= 10
            assert self.model.places(here.pk, same=False) <= 3
            assert max(self.model.additions("host", here.pk).values(), default=0) <= 13


def administrator(account):
    return account.administrator.person.as_actor()


def outcome(function):
    """Return the answer, or the code of the refusal."""
    try:
        return function()
    except Refused as refusal:
        return refusal.code


@pytest.mark.requirement("ASC-2", "ASC-3", "SIM-2")
def test_associations_and_their_clock(db):
    """`HYPOTHESIS_PROFILE=night` walks it at random, for hours; else the same walks every time."""
    night = os.environ.get("HYPOTHESIS_PROFILE") == "night"
    walk(
        AssociationMachine,
        settings=settings(
            max_examples=1000 if night else 10,
            stateful_step_count=100 if night else 20,
            derandomize=not night,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
