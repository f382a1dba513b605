"""A released game on somebody's phone: played, kept, and fenced (REL-9, REL-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from portal.kernel import pictures
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks.information import made_photo
from releases import actions, cohorts
from releases.models import Release
from tests.browser.conftest import NARROW
from tests.browser.playing import begun, touch
from tests.browser.visitor import Name, Visitor
from tests.releases.conftest import make_game, upload
from tests.releases.player.theatre import holds
from tests.releases.players import DASH, NIGHT, anew, online, people

__all__ = ["upload"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


SCORE = "lanternDash.run.score"
REACHES = (
    "parent.document.body.innerHTML",
    "document.cookie",
    "localStorage.length",
    "top.location.assign('/console/')",
)


@pytest.fixture
def game(world: World) -> Account:
    """Return a game that has all its information, with a photo that a browser can load."""
    account = make_game(walks.account_at(world, "verified"))
    photo = made_photo(account)
    pictures.store(world.pk, photo)
    Account.objects.filter(pk=account.pk).update(photo=photo.sha256)
    return anew(account)


@pytest.fixture
def enters(opens: Callable[..., Visitor], world: World) -> Callable[..., Visitor]:
    """Return a function that opens a browser in the world."""

    def enter(**options: Any) -> Visitor:
        visitor = opens(**options)
        visitor.page.context.add_cookies([{"name": "world", "value": world.token, "url": visitor.address}])
        return visitor

    return enter


@pytest.mark.requirement("REL-10")
def test_a_released_game_is_found_played_left_and_remembers(enters, game: Account, upload, world: World):
    """From the phone's home to a score, out by the game's own button, and the score is there again."""
    online(upload, "1.0.0", DASH)
    wu = Person.objects.get(world=world, wechat_id="wutong")
    visitor: Visitor = enters()
    visitor.goes_to(f"/phone/{wu.pk}/", to="Phone")
    visitor.follows("Games", to="Phone")
    visitor.clicks(visitor.page.get_by_role("link", name="Paper Lantern Dash"), to="Phone")
    visitor.sees(Name("1.0.0, released"))
    frame = begun(visitor)
    touch(visitor)
    holds(frame, f"{SCORE} > 0")
    frame.evaluate(
        "lanternDash.run.things.push({kind: 'kite', lane: 1, y: lanternDash.run.lanternY - 50, turn: 0})"
    )
    holds(frame, "lanternDash.at === 'over'")
    best = frame.evaluate("lanternDash.best")
    assert best > 0
    leave = visitor.page.frame_locator("iframe").get_by_role("button", name="Leave the game")
    visitor.clicks(leave, to="Phone")
    assert visitor.page.url.endswith(f"/phone/{wu.pk}/games/")
    visitor.clicks(visitor.page.get_by_role("link", name="Paper Lantern Dash"), to="Phone")
    assert begun(visitor).evaluate("lanternDash.best") == best
    visitor.follows("Lin Yue: 1.0.0", to="Phone")
    assert begun(visitor).evaluate("lanternDash.best") == 0, "another player's phone knows the score"


@pytest.mark.requirement("REL-9", "REL-10")
def test_a_phased_version_is_the_cohorts_alone(enters, game: Account, upload, world: World):
    """The festival night opens on the phones it reaches, at 390 px as well; after a cancel on none."""
    online(upload, "1.0.0", DASH)
    online(upload, "1.1.0", NIGHT, percent=50)
    crowd = people(world, 40)
    draws = dict(zip(crowd, cohorts.draws(anew(game), [one.pk for one in crowd]), strict=True))
    inside = next(one for one, draw in draws.items() if draw.is_in)
    outside = next(one for one, draw in draws.items() if not draw.is_in)
    visitor: Visitor = enters(**NARROW)

    def plays(player: Person) -> bool:
        visitor.goes_to(f"/phone/{player.pk}/games/{game.pk}/", to="Phone")
        expect(visitor.page.frame_locator("iframe").locator("#splash")).to_have_count(0)
        return bool(visitor.page.frames[-1].evaluate("typeof festivalFireworks === 'function'"))

    assert [plays(inside), plays(outside)] == [True, False]
    actions.cancel(Release.objects.get(state="phased").pk, by=game.login.as_actor())
    assert [plays(inside), plays(outside)] == [False, False]
    actions.suspend(game.pk, reason="Servers move", by=game.login.as_actor())
    visitor.goes_to(f"/phone/{inside.pk}/games/{game.pk}/", to="Phone")
    visitor.sees("This Mini Game has suspended its service.")
    assert visitor.page.locator("iframe").count() == 0


@pytest.mark.requirement("REL-10")
def test_the_game_reaches_nothing_of_the_console(enters, game: Account, upload, world: World):
    """In the glass and opened by itself: no origin, no cookie, nothing of the page around it."""
    online(upload, "1.0.0", DASH)
    wu = Person.objects.get(world=world, wechat_id="wutong")
    visitor: Visitor = enters()
    visitor.goes_to(f"/phone/{wu.pk}/games/{game.pk}/", to="Phone")
    frame = begun(visitor)
    for script in REACHES:
        found = frame.evaluate(
            f"(() => {{ try {{ {script}; return 'reached'; }} catch (e) {{ return e.name; }} }})()"
        )
        assert found == "SecurityError", script
    assert frame.evaluate("self.origin") == "null"
    alone = visitor.page.context.new_page()
    alone.goto(frame.url)
    assert alone.evaluate("self.origin") == "null"
    visitor.complaints.clear()  # what the frame tried was refused, and the browser says so


@pytest.mark.requirement("REL-9")
def test_the_trial_knows_its_path_and_logs_its_player_in(enters, game: Account, upload, world: World):
    """The guild calls wx.login at its door; the trial was launched with the path that was chosen."""
    version = upload("1.2.0", "lantern-guild")
    actions.set_trial(version.pk, path="?level=3", by=game.login.as_actor())
    visitor: Visitor = enters()
    visitor.goes_to(f"/phone/{game.administrator.person_id}/games/{game.pk}/trial/", to="Phone")
    frame = begun(visitor)
    assert frame.evaluate("wx.getLaunchOptionsSync().query") == {"level": "3"}
    assert frame.evaluate("wx.getAccountInfoSync().miniProgram.envVersion") == "trial"
    assert frame.evaluate("wx.checkSession().catch(() => 'none')") == "none"
    touch(visitor)
    holds(frame, "lanternGuild.at === 'door'")
    assert frame.evaluate("wx.checkSession()") == {"errMsg": "checkSession:ok"}
