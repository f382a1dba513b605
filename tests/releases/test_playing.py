"""What opens for whom, and the address of one opening (REL-9, REL-10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Account
from portal.kernel import clock, sealed
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks.information import bind
from releases import actions, playing, shelf
from releases.actions import log_ins
from releases.models import PlayerLogIn, Version
from releases.playing import Environment, Opening, Shut
from tests.releases.conftest import game, upload
from tests.releases.players import anew, online

__all__ = ["game", "upload"]  # fixtures

Upload = Callable[..., Version]


@pytest.fixture
def player(world: World) -> Person:
    """Return somebody who has nothing to do with the account."""
    return walks.administrator(world, "wutong")


def opens(account: Account, person: Person, environment: str = "released", version: int | None = None):
    return playing.open_for(anew(account), person, Environment(environment), version)


# --- what opens ---------------------------------------------------------------------------


@pytest.mark.requirement("REL-10")
def test_players_get_what_is_released_and_else_the_reason(game: Account, upload: Upload, player: Person):
    by = game.login.as_actor()
    upload("1.0.0")
    assert opens(game, player).shut == Shut.UNRELEASED
    version = online(upload, "1.0.1")
    assert opens(game, player) == Opening(Environment.RELEASED, version)
    actions.suspend(game.pk, reason="Servers move", by=by)
    assert opens(game, player).shut == Shut.SUSPENDED
    actions.resume(game.pk, by=by)
    assert opens(game, player).version == version
    Account.objects.filter(pk=game.pk).update(closed_at=game.world.now())
    assert opens(game, player).shut == Shut.CLOSED
    assert opens(game, game.administrator.person, "trial").shut == Shut.CLOSED


@pytest.mark.requirement("REL-9")
def test_the_trial_version_opens_for_members_until_they_are_removed(game: Account, upload, player: Person):
    by = game.login.as_actor()
    version = upload("1.0.0")
    administrator = game.administrator.person
    assert opens(game, administrator, "trial").shut == Shut.NO_TRIAL
    actions.set_trial(version.pk, path="level=3", by=by)
    assert opens(game, administrator, "trial") == Opening(Environment.TRIAL, version, path="level=3")
    assert opens(game, player, "trial").shut == Shut.NO_EXPERIENCE
    member = bind(game, player.wechat_id, Role.EXPERIENCE_MEMBER)
    assert opens(game, player, "trial").version == version
    assert opens(game, player, "develop", version.pk).shut == Shut.NO_DEVELOPER
    member.remove(at=game.world.now(), reason=player.name, by=by)
    member.save()
    assert opens(game, player, "trial").shut == Shut.NO_EXPERIENCE
    actions.delete(version.pk, by=by)
    assert opens(game, administrator, "trial").shut == Shut.NO_TRIAL


def test_a_development_version_opens_for_developers_while_it_stands(game: Account, upload, player: Person):
    first = upload("1.0.0")
    bind(game, player.wechat_id, Role.DEVELOPER)
    assert opens(game, player, "develop", first.pk).version == first
    upload("1.0.1")
    assert opens(game, player, "develop", first.pk).shut == Shut.GONE
    assert opens(game, player, "develop", 999_999).shut == Shut.GONE


def test_another_account_version_is_none_of_this_one(game: Account, upload, make_world):
    version = upload("1.0.0")
    other = walks.account_at(make_world("Elsewhere"), "verified")
    assert opens(other, other.administrator.person, "develop", version.pk).shut == Shut.GONE


@pytest.mark.parametrize(
    ("path", "launch"),
    [
        ("", {"path": "", "query": {}}),
        ("level=3&from=code", {"path": "", "query": {"level": "3", "from": "code"}}),
        ("pages/index?level=3", {"path": "pages/index", "query": {"level": "3"}}),
        ("pages/index", {"path": "pages/index", "query": {}}),
        ("?a=%E7%81%AF", {"path": "", "query": {"a": "灯"}}),
    ],
)
def test_the_path_of_the_trial_is_how_the_game_is_launched(path: str, launch: dict[str, object]) -> None:
    assert playing.launch(Opening(Environment.TRIAL, path=path)) == {"scene": 1011, **launch}


# --- what a phone finds -------------------------------------------------------------------


@pytest.mark.requirement("REL-10")
def test_a_phone_finds_what_is_released_and_what_its_owner_may_try(game: Account, upload, player: Person):
    by = game.login.as_actor()
    assert shelf.games(game.world, player) == []
    (mine,) = shelf.games(game.world, game.administrator.person)
    assert (mine.is_released, mine.trial, mine.developed) == (False, None, [])
    first = online(upload, "1.0.0")
    (found,) = shelf.games(game.world, player)
    assert (found.account, found.is_released, found.trial, found.developed) == (game, True, None, [])
    actions.set_trial(first.pk, by=by)
    bind(game, player.wechat_id, Role.DEVELOPER)
    (found,) = shelf.games(game.world, player)
    assert (found.trial, found.developed) == (first, [first])
    assert shelf.games(game.world, player, called="LANTERN") == [found]
    assert shelf.games(game.world, player, called="harbour") == []


def test_a_phone_finds_nothing_of_another_world_and_nothing_closed(game: Account, upload, make_world):
    online(upload, "1.0.0")
    other = make_world("Elsewhere")
    stranger = Person.objects.filter(world=other).first()
    assert stranger is not None
    assert shelf.games(other, stranger) == []
    Account.objects.filter(pk=game.pk).update(closed_at=game.world.now())
    assert shelf.games(game.world, game.administrator.person) == []


# --- the address --------------------------------------------------------------------------


@pytest.fixture
def token(game: Account, upload, player: Person) -> str:
    """Return the token of an opening that nothing but its seal has tried."""
    return playing.begin(Opening(Environment.TRIAL, upload("1.0.0")), player)


def test_a_token_says_who_plays_what(token: str, game: Account, player: Person) -> None:
    session = playing.read(token)
    version = Version.objects.get(account=game)
    assert (session.account_id, session.person_id, session.version_id) == (game.pk, player.pk, version.pk)
    assert (session.world_id, session.sha256) == (game.world_id, version.sha256)
    assert session.environment is Environment.TRIAL


def test_a_token_is_over_after_some_hours_of_real_time(token: str, monkeypatch) -> None:
    later = clock.real_now() + timedelta(seconds=playing.LASTS)
    monkeypatch.setattr(clock, "real_now", lambda: later - timedelta(seconds=2))
    playing.read(token)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    with pytest.raises(ValueError, match="too long ago"):
        playing.read(token)


def test_no_two_openings_have_the_same_address_and_nothing_in_it_can_be_read(token: str, player: Person):
    again = playing.begin(Opening(Environment.TRIAL, Version.objects.get()), player)
    assert again != token
    assert "version" not in token


@pytest.mark.parametrize(
    "forge", [lambda t: "", lambda t: t[:-4] + "AAAA", lambda t: "nowhere", lambda t: "灯"]
)
def test_what_is_not_ours_says_nothing(forge, token: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- JSON's and ours
        playing.read(forge(token))


def test_what_is_sealed_for_something_else_opens_nothing(token: str) -> None:
    said = json.dumps(vars(playing.read(token)))
    with pytest.raises(ValueError, match="another purpose"):
        playing.read(sealed.seal(said, purpose="releases.sandbox"))


def test_nothing_to_serve_has_no_address(player: Person) -> None:
    with pytest.raises(ValueError, match="nothing opens"):
        playing.begin(Opening(Environment.RELEASED, shut=Shut.UNRELEASED), player)


# --- log-in -------------------------------------------------------------------------------


def test_a_code_is_exchanged_once(game: Account, player: Person, time) -> None:
    by = game.login.as_actor()
    code = log_ins.log_in(game.pk, by=player.as_actor())
    time.passes(minutes=4, seconds=59)
    assert log_ins.exchange(game.pk, code, by=by).person == player
    with pytest.raises(Refused) as refusal:
        log_ins.exchange(game.pk, code, by=by)
    assert refusal.value.code == "40163"


def test_a_code_lasts_five_minutes_and_is_its_own_games(game: Account, player: Person, time) -> None:
    by = game.login.as_actor()
    first = log_ins.log_in(game.pk, by=player.as_actor())
    code = log_ins.log_in(game.pk, by=player.as_actor())
    other = walks.account_at(game.world, "verified", email="other@lanternbay.example")
    for account, given in ((game, first), (game, "nothing"), (game, ""), (other, code)):
        with pytest.raises(Refused) as refusal:
            log_ins.exchange(account.pk, given, by=by)
        assert refusal.value.code == "40029"
    time.passes(minutes=5)
    with pytest.raises(Refused) as refusal:
        log_ins.exchange(game.pk, code, by=by)
    assert refusal.value.code == "40029"
    assert not PlayerLogIn.objects.filter(code=code).exists(), "kept as it was given"
