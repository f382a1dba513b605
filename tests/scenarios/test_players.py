"""A version reaches its players in phases, and whoever has it keeps it (REL-9, REL-10)."""

from __future__ import annotations

import pytest

from accounts.models import Account
from portal.outside.models import Person
from portal.simulator import walks
from releases import actions, cohorts
from releases.models import Release, Version
from tests.releases.conftest import game, upload
from tests.releases.players import DASH, NIGHT, anew, online, people

__all__ = ["game", "upload"]  # fixtures

CROWD = 200


def crowd_of(account: Account, players: list[Person]) -> dict[int, Version | None]:
    """Return what each of the players gets now."""
    ids = [player.pk for player in players]
    return dict(zip(ids, (draw.version for draw in cohorts.draws(anew(account), ids)), strict=True))


@pytest.mark.requirement("REL-9", "REL-10")
def test_two_hundred_players_through_a_phased_release(game: Account, upload) -> None:
    """5 percent, 20, then a cancel; again and to everybody; a rollback; suspended and resumed."""
    by = game.login.as_actor()
    players = people(game.world, CROWD)
    assert set(crowd_of(game, players).values()) == {None}
    first = online(upload, "1.0.0", DASH)
    assert set(crowd_of(game, players).values()) == {first}

    second = online(upload, "1.1.0", NIGHT, percent=5)
    shares = [crowd_of(game, players)]
    for percent in (20, 50):
        actions.grow(Release.objects.get(state="phased").pk, percent=percent, by=by)
        shares.append(crowd_of(game, players))
    reached = [{player for player, version in share.items() if version == second} for share in shares]
    assert reached[0] < reached[1] < reached[2], "somebody moved back while it grew"
    assert 0 < len(reached[0]) < 25
    assert 20 < len(reached[1]) < 60
    assert all(set(share.values()) == {first, second} for share in shares)

    actions.cancel(Release.objects.get(state="phased").pk, by=by)
    assert set(crowd_of(game, players).values()) == {first}

    third = online(upload, "1.2.0", NIGHT, percent=20)
    assert {player for player, version in crowd_of(game, players).items() if version == third} == reached[1]
    actions.grow(Release.objects.get(state="phased").pk, percent=100, by=by)
    assert set(crowd_of(game, players).values()) == {third}

    actions.suspend(game.pk, reason="Servers move", by=by)
    assert set(crowd_of(game, players).values()) == {None}
    actions.resume(game.pk, by=by)
    assert set(crowd_of(game, players).values()) == {third}


@pytest.mark.requirement("REL-9", "REL-10")
def test_a_phased_release_reaches_everybody_after_fifteen_days_and_is_rolled_back(
    game: Account, upload, time
) -> None:
    by = game.login.as_actor()
    players = people(game.world, CROWD)
    first = online(upload, "1.0.0", DASH)
    second = online(upload, "1.1.0", NIGHT, percent=5)
    early = {player for player, version in crowd_of(game, players).items() if version == second}
    time.passes(days=14)
    assert {player for player, version in crowd_of(game, players).items() if version == second} == early
    time.passes(days=1)
    assert set(crowd_of(game, players).values()) == {second}
    (choice,) = actions.rollback_choices(anew(game))
    actions.roll_back(game.pk, to=choice.pk, by=by)
    assert set(crowd_of(game, players).values()) == {first}


@pytest.mark.requirement("REL-9")
def test_the_cast_of_a_world_stays_on_its_sides(game: Account, upload) -> None:
    """The people whose phones one holds are drawn as everybody is."""
    lin = walks.administrator(game.world, "linyue")
    online(upload, "1.0.0", DASH)
    online(upload, "1.1.0", NIGHT, percent=1)
    sides = []
    for percent in (30, 60, 99):
        actions.grow(Release.objects.get(state="phased").pk, percent=percent, by=game.login.as_actor())
        sides.append(cohorts.draw(anew(game), lin.pk).is_in)
    assert sides == sorted(sides)
    assert sides == [cohorts.is_in(anew(game), lin.pk, percent) for percent in (30, 60, 99)]
