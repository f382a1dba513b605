"""A player falls on the same side for ever, and a larger share holds everybody of a smaller one (REL-9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Account
from portal.kernel.models import World
from releases import cohorts
from releases.cohorts import Draw

PERCENT = st.integers(1, 100)
PEOPLE = st.integers(1, 2**40)


def a_game(seed: int = 7, appid: str = "wx0123456789abcdef") -> Account:
    return Account(world=World(seed=seed), appid=appid)


@pytest.mark.requirement("REL-9")
@given(seed=st.integers(0, 2**31), person=PEOPLE, smaller=PERCENT, larger=PERCENT)
def test_growth_is_a_superset(seed: int, person: int, smaller: int, larger: int) -> None:
    smaller, larger = sorted((smaller, larger))
    game = a_game(seed)
    assert cohorts.is_in(game, person, smaller) <= cohorts.is_in(game, person, larger)
    assert cohorts.is_in(game, person, 100)


@given(person=PEOPLE)
def test_a_place_is_the_same_each_time_and_among_them_all(person: int) -> None:
    place = cohorts.place_of(a_game(), person)
    assert place == cohorts.place_of(a_game(), person)
    assert 0 <= place < cohorts.SHARES


def test_a_share_reaches_about_as_many_as_it_says() -> None:
    """Of 10,000 players 5 percent are 500; four standard deviations are 87."""
    reached = sum(cohorts.is_in(a_game(), person, 5) for person in range(10_000))
    assert abs(reached - 500) < 87


def test_another_game_and_another_world_draw_others() -> None:
    def places(game: Account) -> list[int]:
        return [cohorts.place_of(game, person) for person in range(20)]

    assert places(a_game()) != places(a_game(appid="wxfedcba9876543210"))
    assert places(a_game()) != places(a_game(seed=8))


def test_without_a_release_nothing_is_drawn() -> None:
    draw = Draw(place=0, phased=None, full=None, suspended=False)
    assert (draw.is_in, draw.release, draw.version) == (False, None, None)
