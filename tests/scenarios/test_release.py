"""From an uploaded package to a game that players open (REL-1 to REL-10)."""

from __future__ import annotations

import pytest

from accounts.models import Account
from portal.kernel.errors import Refused
from portal.outside.models import Person
from releases import actions, cohorts
from releases.models import Release, Submission, Version
from tests.releases.conftest import decide, game, released, submitted, upload

__all__ = ["game", "upload"]  # fixtures


@pytest.mark.requirement("REL-1", "REL-2", "REL-5", "REL-8", "REL-9")
def test_the_whole_way(game: Account, upload, time) -> None:
    by = game.login.as_actor()
    first = submitted(upload("1.0.0"))
    decide(first, "reject", "sandbox_account")
    again = submitted(Version.objects.get(pk=first.version_id))
    assert again.sandbox_asked
    assert actions.sandbox_of(again) == {"account": "tester", "password": "lantern"}
    decide(again, "approve")
    again = Submission.objects.get(pk=again.pk)
    assert (again.state, again.sandbox) == ("approved", "")
    actions.begin_internal_test(game.world_id, by=by)
    with pytest.raises(Refused, match="internal test"):
        actions.ask_to_release(again.pk, percent=100, by=by)
    actions.end_internal_test(game.world_id, by=by)
    with pytest.raises(Refused, match="first version goes to all"):
        actions.ask_to_release(again.pk, percent=5, by=by)
    released(again)
    player = Person.objects.filter(world=game.world).last()
    assert player is not None
    assert cohorts.served(game, player.pk) == first.version
    second = submitted(upload("1.1.0"))
    decide(second, "approve")
    released(second, percent=5)
    phased = Release.objects.get(state="phased")
    people = range(1, 2001)
    small = {n for n in people if cohorts.is_in(game, n, 5)}
    assert small < {n for n in people if cohorts.is_in(game, n, 20)}
    with pytest.raises(Refused, match="only grows"):
        actions.grow(phased.pk, percent=5, by=by)
    time.passes(days=15)
    assert Release.objects.get(pk=phased.pk).state == "full"
    (choice,) = actions.rollback_choices(Account.objects.get(pk=game.pk))
    actions.roll_back(game.pk, to=choice.pk, by=by)
    assert cohorts.served(game, player.pk) == first.version
    with pytest.raises(Refused, match="Not rolled back"):
        actions.roll_back(game.pk, to=choice.pk, by=by)


@pytest.mark.requirement("REL-6")
def test_withdrawals_are_counted_by_day_and_month(game: Account, upload, time) -> None:
    by = game.login.as_actor()
    actions.withdraw(submitted(upload("1.0.0")).pk, by=by)
    again = submitted(upload("1.0.1"))
    with pytest.raises(Refused, match="1 of 1 used today"):
        actions.withdraw(again.pk, by=by)
    time.passes(days=1)
    actions.withdraw(again.pk, by=by)
