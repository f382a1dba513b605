"""The sample games play."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from releases import sample_games
from tests.releases.player.theatre import Seat

pytestmark = pytest.mark.browser

Plays = Callable[..., Seat]
DASH = "paper-lantern-dash"
NIGHT = "paper-lantern-dash-night"
SCORE = "lanternDash.run.score"


@pytest.mark.parametrize("name", [DASH, NIGHT])
def test_the_dash_is_played(plays: Plays, name: str) -> None:
    seat = plays(sample_games.files(name))
    assert seat.frame.evaluate("lanternDash.at") == "title"
    seat.touch(180, 400)
    seat.until("lanternDash.at === 'running'")
    seat.touch(300, 400)
    seat.until("lanternDash.run.lane === 2")
    seat.touch(60, 400)
    seat.until("lanternDash.run.lane === 1")
    assert seat.until(f"{SCORE} >= 3 && {SCORE}") >= 3
    assert seat.complaints == []
    expect(seat.screen.locator("#log-lines p")).to_have_count(0)


def test_a_touch_flies_the_lantern_into_a_kite_and_the_best_score_outlives_the_frame(plays: Plays) -> None:
    seat = plays(sample_games.files(DASH))
    seat.touch(180, 400)
    seat.until(f"{SCORE} > 0")
    seat.frame.evaluate(
        "lanternDash.run.things.push({kind: 'kite', lane: 1, y: lanternDash.run.lanternY - 50, turn: 0})"
    )
    seat.until("lanternDash.at === 'over'")
    best = seat.frame.evaluate("lanternDash.best")
    assert best > 0
    seat.open()
    assert seat.frame.evaluate("[lanternDash.at, lanternDash.best]") == ["title", best]
    kept = f'{{"best":"{best}"}}'
    assert seat.page.evaluate("localStorage['player:7:player:game']") == kept
    assert seat.complaints == []


def test_the_run_waits_while_the_phone_is_away(plays: Plays) -> None:
    seat = plays(sample_games.files(DASH))
    seat.touch(180, 400)
    seat.until("lanternDash.at === 'running'")
    seat.tell("hide")
    seat.until("lanternDash.at === 'paused'")
    seat.tell("show")
    seat.touch(180, 400)
    seat.until("lanternDash.at === 'running'")


def test_the_night_version_brings_its_fireworks_as_a_subpackage(plays: Plays) -> None:
    seat = plays(sample_games.files(NIGHT))
    assert seat.until("typeof festivalFireworks === 'function'")
    assert sample_games.files(DASH)["js/scene.js"] != sample_games.files(NIGHT)["js/scene.js"]
    assert sample_games.files(DASH)["js/run.js"] == sample_games.files(NIGHT)["js/run.js"]


def figures(seat: Seat, typed: str) -> None:
    """Type a pass at the door of the guild."""
    for figure in typed:
        n = (int(figure) + 9) % 10 if figure != "0" else 10
        seat.touch(375 * (0.27 + 0.23 * (n % 3)), 667 * (0.5 + 0.112 * (n // 3)))


def test_the_guild_stays_shut_without_its_pass(plays: Plays) -> None:
    seat = plays(sample_games.files("lantern-guild"))
    seat.touch(180, 400)
    seat.until("lanternGuild.at === 'door'")
    assert seat.theatre.asked == [{"type": "wx.login", "data": {}, "token": "form-token"}]
    figures(seat, "2019")
    seat.screen.get_by_role("button", name="OK").click()
    assert seat.frame.evaluate("[lanternGuild.at, lanternGuild.wrong]") == ["door", 1]
    figures(seat, "3141")
    seat.until("lanternGuild.at === 'hall'")
    expect(seat.screen.get_by_role("alert")).to_have_text("Come in")
    seat.touch(375 * 0.22, 667 * 0.32)
    seat.until("lanternGuild.lit.length === 1")
    assert seat.complaints == []


def test_a_refused_log_in_is_shown(plays: Plays) -> None:
    seat = plays(sample_games.files("lantern-guild"))
    seat.theatre.refuses = True
    seat.touch(180, 400)
    expect(seat.screen.get_by_role("alertdialog")).to_contain_text("login:fail The game is suspended.")


def test_the_fair_sells_coins_and_lights_lanterns_for_them(plays: Plays) -> None:
    seat = plays(sample_games.files("lantern-fair"), environment="released")
    stall, lantern = (187, 667 * 0.9), (375 * 0.22, 667 * 0.36)
    seat.touch(*lantern)
    expect(seat.screen.get_by_role("alert")).to_have_text("Not enough coins")
    seat.touch(*stall)
    seat.until("lanternFair.at === 'offer'")
    for figure in "2289962496":
        n = (int(figure) + 9) % 10 if figure != "0" else 10
        seat.touch(375 * (0.27 + 0.23 * (n % 3)), 667 * (0.45 + 0.1 * (n // 3)))
    seat.until("lanternFair.at === 'stall'")
    six = (187, 667 * (0.34 + 0.105 + 0.04))
    seat.touch(*six)
    dialog = seat.screen.get_by_role("alertdialog")
    expect(dialog).to_contain_text("requestMidasPayment:fail not opened (-1)")
    seat.screen.get_by_role("button", name="OK").click()
    seat.theatre.sells = True
    seat.touch(*six)
    seat.until("lanternFair.at === 'fair'")
    seat.touch(*lantern)
    seat.until("lanternFair.lit.length === 1")
    assert seat.frame.evaluate("wx.getStorageSync('coins')") == 50
    asked = seat.theatre.asked[-1]["data"]
    assert asked.pop("outTradeNo").startswith("fair-")
    assert asked == {
        "mode": "game", "env": 0, "offerId": "2289962496", "currencyType": "CNY", "platform": "android",
        "zoneId": "1", "buyQuantity": 60,
    }  # fmt: skip
    assert seat.complaints == []


def test_a_fair_that_is_not_released_sells_in_the_sandbox(plays: Plays) -> None:
    launch = {"scene": 1011, "query": {"offerId": "2289962496", "rate": "100", "zone": "2"}}
    seat = plays(sample_games.files("lantern-fair"), launch=launch)
    seat.touch(187, 667 * 0.9)
    seat.touch(187, 667 * (0.34 + 0.04))
    seat.until("lanternFair.told")
    asked = seat.theatre.asked[-1]["data"]
    assert (asked["env"], asked["zoneId"], asked["buyQuantity"]) == (1, "2", 100)
