"""What the frame is answered: its page, the files below its address, and nothing else (REL-10)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from portal.kernel.models import World
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks.information import bind
from releases import actions, playing, sample_games
from releases.models import Version
from releases.playing import Environment, Opening
from releases.views.play import kind_of
from tests.releases.conftest import game, upload
from tests.releases.players import DASH, online

__all__ = ["game", "upload"]  # fixtures

Upload = Callable[..., Version]


@pytest.fixture
def player(world: World) -> Person:
    """Return somebody who has nothing to do with the account."""
    return walks.administrator(world, "wutong")


@pytest.fixture
def trial(game: Account, upload: Upload) -> str:
    """Return the address of the administrator's trial, launched at level 3; the browser knows no world."""
    version = upload("1.0.0", DASH)
    actions.set_trial(version.pk, path="?level=3", by=game.login.as_actor())
    return address(Opening(Environment.TRIAL, version), game.administrator.person)


def address(opening: Opening, person: Person) -> str:
    return reverse("releases:play_page", args=[playing.begin(opening, person)])


def config(page: Any) -> dict[str, Any]:
    found = re.search(r'<script id="wx-config"[^>]*>(.*?)</script>', page.content.decode())
    assert found
    said: dict[str, Any] = json.loads(found[1])
    return said


# --- the page -----------------------------------------------------------------------------


def test_the_page_tells_the_player_what_it_needs(client: Client, trial: str, game: Account):
    said = config(client.get(trial))
    files = said.pop("files")
    assert said == {
        "base": f"http://testserver{trial}files/",
        "host": "http://testserver",
        "game": {"deviceOrientation": "portrait", "subpackages": []},
        "title": "Paper Lantern Dash",
        "appid": game.appid,
        "version": "1.0.0",
        "environment": "trial",
        "player": {"language": "en"},
        "launch": {"scene": 1011, "path": "", "query": {"level": "3"}},
    }
    assert {file["path"]: file["size"] for file in files} == {
        path: len(content) for path, content in sample_games.files(DASH).items()
    }


def test_the_page_is_a_strangers_and_ours_alone_may_frame_it(client: Client, trial: str):
    page = client.get(trial)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith(
        "default-src 'none'; sandbox allow-scripts; script-src http://testserver/static/"
    )
    assert f"connect-src http://testserver{trial}files/;" in policy
    assert policy.endswith("frame-ancestors http://testserver")
    assert "'self'" not in policy
    assert "unsafe" not in policy
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.cookies == {}


def test_the_game_speaks_the_language_of_the_console(client: Client, trial: str):
    client.cookies["language"] = "zh-hans"
    assert config(client.get(trial))["player"] == {"language": "zh_CN"}


@pytest.mark.requirement("REL-9", "REL-10")
def test_an_address_is_over_when_its_version_is_no_longer_the_players(
    client: Client, game: Account, upload: Upload, player: Person
):
    by = game.login.as_actor()
    first = online(upload, "1.0.0")
    mine = address(Opening(Environment.RELEASED, first), player)
    assert client.get(mine).status_code == 200
    actions.suspend(game.pk, reason="Servers move", by=by)
    over = client.get(mine)
    assert over.status_code == 410
    assert b"no longer served" in over.content
    assert b"wx-config" not in over.content
    assert over.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox allow-scripts")
    actions.resume(game.pk, by=by)
    assert client.get(mine).status_code == 200
    online(upload, "1.1.0")
    assert client.get(mine).status_code == 410


def test_a_removed_member_opens_the_trial_no_more(client: Client, game: Account, trial: str, player: Person):
    member = bind(game, player.wechat_id, Role.EXPERIENCE_MEMBER)
    mine = address(Opening(Environment.TRIAL, Version.objects.get()), player)
    assert client.get(mine).status_code == 200
    member.remove(at=game.world.now(), reason=player.name, by=game.login.as_actor())
    member.save()
    assert client.get(mine).status_code == 410


def test_who_plays_and_what_is_played_are_of_one_world(client: Client, trial: str, make_world):
    stranger = Person.objects.filter(world=make_world("Elsewhere")).first()
    assert stranger is not None
    assert client.get(address(Opening(Environment.TRIAL, Version.objects.get()), stranger)).status_code == 404


# --- the files ----------------------------------------------------------------------------


def test_a_script_comes_wrapped_and_everything_comes_as_a_strangers(client: Client, trial: str):
    answer = client.get(f"{trial}files/js/main.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.content.startswith(b'wxDefine("js/main.js",function(require,module,exports){')
    assert sample_games.files(DASH)["js/main.js"] in answer.content
    picture = client.get(f"{trial}files/images/lantern.png")
    assert picture.content == sample_games.files(DASH)["images/lantern.png"]
    assert picture.headers["Content-Type"] == "image/png"
    for given in (answer, picture):
        assert given.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert given.headers["Access-Control-Allow-Origin"] == "*"
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert given.headers["X-Frame-Options"] == "DENY"
        assert given.headers["Cache-Control"].startswith("private, ")
        assert given.cookies == {}


def test_a_file_costs_no_query(client: Client, trial: str, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(f"{trial}files/game.json").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "nothing.js",
        "js/",
        "js",
        "../js/main.js",
        "js/../game.js",
        "./game.js",
        "/etc/hostname",
        "..%2f..%2f..%2fetc/hostname",
        "GAME.JS",
        "game.js/",
    ],
)
def test_nothing_but_the_package_is_there(client: Client, trial: str, path: str):
    assert client.get(f"{trial}files/{path}").status_code == 404


@pytest.mark.parametrize("forge", [lambda t: t[:-8] + "AAAAAA==", lambda t: "nowhere", lambda t: t + "A"])
def test_a_guessed_address_is_not_there(client: Client, trial: str, forge):
    token = trial.split("/")[2]
    guessed = trial.replace(token, forge(token))
    assert client.get(guessed).status_code == 404
    assert client.get(f"{guessed}files/game.js").status_code == 404
    assert World.objects.count() == 1, "a visitor without a world needs none here"


def test_files_of_a_version_that_was_swept_away_are_not_there(client: Client, trial: str, media):
    for kept in media.rglob("*"):
        if kept.is_file():
            kept.unlink()
    assert client.get(f"{trial}files/game.js").status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("js/a.js", "text/javascript; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.png", "image/png"),
        ("a.svg", "image/svg+xml"),
        ("a.html", "text/html; charset=utf-8"),
        ("a.mp3", "audio/mpeg"),
        ("a.ogg", "audio/ogg"),
        ("a.json.gz", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a.nothing", "application/octet-stream"),
    ],
)
def test_what_a_file_is_called_says_what_it_is(path: str, kind: str):
    assert kind_of(path) == kind


# --- the trial's code ---------------------------------------------------------------------


@pytest.mark.requirement("REL-9")
def test_the_code_of_the_trial_is_drawn_once_there_is_one(signed_in, game: Account, upload: Upload):
    client = signed_in(game)
    assert client.get("/console/development/trial/code/").status_code == 404
    version = upload("1.0.0")
    actions.set_trial(version.pk, by=game.login.as_actor())
    drawn = client.get("/console/development/trial/code/")
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawn.content
    actions.delete(version.pk, by=game.login.as_actor())
    assert client.get("/console/development/trial/code/").status_code == 404
