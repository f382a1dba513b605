"""The phones of players: the games they find, a game in the glass, the platform's page in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel.models import World
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks.information import bind
from releases import actions, cohorts
from releases.models import PlayerLogIn, Service, Version
from tests.releases.conftest import game, upload
from tests.releases.players import NIGHT, anew, online
from tests.simulator.reading import source

__all__ = ["game", "upload"]  # fixtures

Upload = Callable[..., Version]


@pytest.fixture
def wu(world: World) -> Person:
    """Return somebody who has nothing to do with the account."""
    return walks.administrator(world, "wutong")


def attribute(page: Any, name: str) -> str:
    found = re.search(rf'<iframe[^>]* {name}="([^"]*)"', source(page))
    assert found, f"no frame with {name}"
    return found[1]


# --- the list -----------------------------------------------------------------------------


@pytest.mark.requirement("REL-10")
def test_finds_what_is_released_by_its_name(visitor: Client, game: Account, upload: Upload, wu: Person):
    where = f"/phone/{wu.pk}/games/"
    assert "No games yet" in source(visitor.get(where))
    online(upload, "1.0.0")
    page = source(visitor.get(where))
    assert f'href="/phone/{wu.pk}/games/{game.pk}/"' in page
    assert "Run through the lantern festival." in page
    assert "Trial and development versions" not in page
    assert f"/games/{game.pk}/" in source(visitor.get(where, {"q": " lantern "}))
    nothing = source(visitor.get(where, {"q": "<b>harbour"}))
    assert f"/games/{game.pk}/" not in nothing
    assert "&lt;b&gt;harbour" in nothing


def test_lists_what_its_owner_may_try(visitor: Client, game: Account, upload: Upload, wu: Person):
    version = upload("1.2.0")
    actions.set_trial(version.pk, by=game.login.as_actor())
    bind(game, wu.wechat_id, Role.DEVELOPER)
    page = source(visitor.get(f"/phone/{wu.pk}/games/"))
    assert "trial version, 1.2.0" in page
    assert f'href="/phone/{wu.pk}/games/{game.pk}/trial/"' in page
    assert f'href="/phone/{wu.pk}/games/{game.pk}/versions/{version.pk}/"' in page
    assert f'href="/phone/{wu.pk}/games/{game.pk}/"' not in page


def test_the_home_screen_leads_to_the_games(visitor: Client, wu: Person):
    assert f'href="/phone/{wu.pk}/games/"' in source(visitor.get(f"/phone/{wu.pk}/"))


# --- in the glass -------------------------------------------------------------------------


@pytest.mark.requirement("REL-10")
def test_shows_the_version_that_this_player_gets_and_why(
    visitor: Client, game: Account, upload: Upload, wu: Person
):
    online(upload, "1.0.0")
    page = source(visitor.get(f"/phone/{wu.pk}/games/{game.pk}/"))
    assert "1.0.0, released" in page
    assert "One version is released to all players." in page
    online(upload, "1.1.0", NIGHT, percent=20)
    draw = cohorts.draw(anew(game), wu.pk)
    page = source(visitor.get(f"/phone/{wu.pk}/games/{game.pk}/"))
    assert f"Place {draw.place + 1:,} of 10,000" in page
    assert "The phased release of 1.1.0 reaches 20 percent: places 1 to 2,000." in page
    assert f"{'1.1.0' if draw.is_in else '1.0.0'}, released" in page
    lin = game.administrator.person
    theirs = cohorts.served(anew(game), lin.pk)
    assert theirs is not None
    assert f'href="/phone/{lin.pk}/games/{game.pk}/">Lin Yue: {theirs.number}</a>' in page


def test_the_frame_is_fenced_and_keeps_for_one_player_of_one_game(
    visitor: Client, game: Account, upload: Upload, wu: Person
):
    online(upload, "1.0.0")
    page = visitor.get(f"/phone/{wu.pk}/games/{game.pk}/")
    assert attribute(page, "sandbox") == "allow-scripts"
    assert attribute(page, "data-keep") == f"{game.world_id}:{wu.pk}:{game.appid}"
    assert attribute(page, "data-exit") == f"/phone/{wu.pk}/games/"
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in page.headers["Cache-Control"]
    assert visitor.get(attribute(page, "src")).status_code == 200
    lin = visitor.get(f"/phone/{game.administrator.person_id}/games/{game.pk}/")
    assert attribute(lin, "data-keep") != attribute(page, "data-keep")


@pytest.mark.requirement("REL-9", "REL-10")
def test_the_platforms_page_says_why_nothing_opens(
    visitor: Client, game: Account, upload: Upload, wu: Person
):
    where = f"/phone/{wu.pk}/games/{game.pk}/"
    upload("1.0.0")
    assert "This Mini Game is not released yet." in source(visitor.get(where))
    online(upload, "1.0.1")
    actions.suspend(game.pk, reason="Servers move", by=game.login.as_actor())
    page = source(visitor.get(where))
    assert "This Mini Game has suspended its service." in page
    assert "<iframe" not in page
    Account.objects.filter(pk=game.pk).update(closed_at=game.world.now())
    assert "This Mini Game is closed." in source(visitor.get(where))


def test_the_trial_opens_for_members_alone(visitor: Client, game: Account, upload: Upload, wu: Person):
    where = f"/phone/{wu.pk}/games/{game.pk}/trial/"
    version = upload("1.2.0")
    assert "You are no experience member" in source(visitor.get(where))
    actions.set_trial(version.pk, by=game.login.as_actor())
    assert "You are no experience member" in source(visitor.get(where))
    bind(game, wu.wechat_id, Role.EXPERIENCE_MEMBER)
    page = visitor.get(where)
    assert "1.2.0, trial" in source(page)
    assert "<iframe" in source(page)
    develop = f"/phone/{wu.pk}/games/{game.pk}/versions/{version.pk}/"
    assert "You are no developer" in source(visitor.get(develop))
    mine = f"/phone/{game.administrator.person_id}/games/{game.pk}/versions/{version.pk}/"
    assert "1.2.0, development" in source(visitor.get(mine))


def test_another_worlds_games_and_people_are_not_there(
    client: Client, game: Account, upload: Upload, wu: Person, make_world
):
    online(upload, "1.0.0")
    other = make_world("Elsewhere")
    client.cookies["world"] = other.token
    stranger = Person.objects.filter(world=other).first()
    assert stranger is not None
    for person in (stranger, wu):
        for rest in ("", "trial/", "versions/1/"):
            assert client.get(f"/phone/{person.pk}/games/{game.pk}/{rest}").status_code == 404
    assert client.get(f"/phone/{stranger.pk}/games/999999999999999999999/").status_code == 404
    assert client.get(f"/phone/{wu.pk}/games/").status_code == 404


@pytest.mark.parametrize("rest", ["", "trial/", "versions/{version}/"])
def test_the_page_costs_a_bounded_number_of_queries(
    rest: str, visitor: Client, game: Account, upload: Upload, django_assert_max_num_queries
):
    version = online(upload, "1.0.0")
    actions.set_trial(version.pk, by=game.login.as_actor())
    where = f"/phone/{game.administrator.person_id}/games/"
    with django_assert_max_num_queries(9):
        visitor.get(f"{where}{game.pk}/{rest.format(version=version.pk)}")
    with django_assert_max_num_queries(9):
        visitor.get(where)


# --- scanned ------------------------------------------------------------------------------


@pytest.mark.requirement("REL-9")
def test_a_scanned_trial_code_opens_the_trial_for_whoever_scans(
    visitor: Client, game: Account, upload: Upload, wu: Person
):
    version = upload("1.2.0")
    actions.set_trial(version.pk, by=game.login.as_actor())
    code = Service.objects.get(account=game).trial_code
    page = source(visitor.get(f"/s/{code}/"))
    assert "Open the trial version of Paper Lantern Dash" in page
    assert f'action="/phone/{wu.pk}/scan/"' in page
    scanned = visitor.post(f"/phone/{wu.pk}/scan/", {"code": f"http://testserver/s/{code}/"})
    assert scanned.headers["Location"] == f"/phone/{wu.pk}/games/{game.pk}/trial/"
    actions.delete(version.pk, by=game.login.as_actor())
    assert visitor.get(f"/s/{code}/").status_code == 404


def test_another_worlds_trial_code_is_unknown(client: Client, game: Account, upload: Upload, make_world):
    version = upload("1.2.0")
    service = actions.set_trial(version.pk, by=game.login.as_actor())
    other = make_world("Elsewhere")
    client.cookies["world"] = other.token
    assert client.get(f"/s/{service.trial_code}/").status_code == 404


# --- what a game asks ---------------------------------------------------------------------


@pytest.fixture
def asks(visitor: Client, game: Account, upload: Upload, wu: Person) -> Callable[..., Any]:
    """Return a function that asks what Wu Tong's game may ask, as the page around its frame does."""
    online(upload, "1.0.0")
    where = attribute(visitor.get(f"/phone/{wu.pk}/games/{game.pk}/"), "data-ask")

    def ask(body: Any, client: Client = visitor) -> Any:
        asked = isinstance(body, str) and body.startswith("wx.")
        text = json.dumps({"type": body, "data": {}}) if asked else body
        return client.post(where, text, "application/json", headers={"Accept": "application/json"})

    return ask


def test_a_log_in_gives_a_code_and_then_there_is_a_session(asks, game: Account, wu: Person):
    assert asks("wx.checkSession").json()["ok"] is False
    said = asks("wx.login").json()
    assert said["ok"] is True
    assert re.fullmatch(r"[0-9a-f]{32}", said["data"]["code"])
    assert asks("wx.login").json() != said
    assert asks("wx.checkSession").json() == {"ok": True, "data": {}}
    assert [(row.account, row.person) for row in PlayerLogIn.objects.all()] == [(game, wu)]


def test_a_game_without_a_coin_sells_nothing(asks):
    missing = {"ok": False, "errMsg": "missing parameter: mode", "errCode": -15001}
    assert asks("wx.requestMidasPayment").json() == missing


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "{", '{"type": 5}', '{"type": ["wx.login"]}', b"\xff", "wx.hack"]
)
def test_what_no_game_asks_is_turned_away(asks, body: Any):
    answer = asks(body)
    assert answer.status_code == 400
    assert answer.json()["ok"] is False
    assert PlayerLogIn.objects.count() == 0


def test_who_may_no_longer_play_gets_no_answer(asks, game: Account):
    actions.suspend(game.pk, reason="Servers move", by=game.login.as_actor())
    answer = asks("wx.login")
    assert answer.status_code == 409
    assert answer.json()["message"] == "This Mini Game has suspended its service."


def test_another_worlds_browser_asks_nothing(asks, client: Client, make_world):
    client.cookies["world"] = make_world("Elsewhere").token
    assert asks("wx.login", client).status_code == 404
    assert PlayerLogIn.objects.count() == 0


def test_a_question_without_the_form_token_is_refused(asks, world: World):
    client = Client(enforce_csrf_checks=True)
    client.cookies["world"] = world.token
    assert asks("wx.login", client).status_code == 403


def test_a_guessed_opening_asks_nothing(visitor: Client):
    body = json.dumps({"type": "wx.login"})
    assert visitor.post("/phone/ask/nowhere/", body, "application/json").status_code == 404
