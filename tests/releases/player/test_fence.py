"""A game in its frame can reach nothing else, and its host takes only what it knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.releases.player.theatre import Seat, holds

pytestmark = pytest.mark.browser

Plays = Callable[..., Seat]

REACHES = {
    "the page around it": "parent.document.body.innerHTML",
    "its cookies": "document.cookie",
    "what the browser keeps": "localStorage.length",
    "the way to another page": "top.location.assign('/host/?taken')",
    "code from a text": "eval('1')",
    "code from a text, made a function": "new Function('return 1')()",
}


@pytest.mark.parametrize("script", REACHES.values(), ids=REACHES)
def test_the_frame_reaches_nothing_else(plays: Plays, script: str) -> None:
    """A frame that could would answer; it throws."""
    game = f"try {{ {script}; GameGlobal.got = 'reached'; }} catch (error) {{ GameGlobal.got = error.name; }}"
    seat = plays({"game.js": game})
    assert seat.frame.evaluate("got") in {"SecurityError", "EvalError"}
    assert seat.page.url.endswith("/host/")
    expect(seat.page.locator("#secret")).to_have_text("for the console only")


@pytest.mark.parametrize(
    ("script", "directive"),
    [
        ("fetch('/host/').catch(() => 0)", "connect-src"),
        (
            "document.head.append(Object.assign(document.createElement('script'), {src: '/ask/'}))",
            "script-src-elem",
        ),
        ("new Image().src = '/host/?leak'", "img-src"),
        (
            "document.body.append(Object.assign(document.createElement('iframe'), {src: '/host/'}))",
            "frame-src",
        ),
    ],
)
def test_what_the_policy_turns_away_is_in_the_log(plays: Plays, script: str, directive: str) -> None:
    seat = plays({"game.js": script})
    expect(seat.errors.first).to_contain_text(f"({directive})")


def test_the_frame_leads_nowhere_else(plays: Plays) -> None:
    """The host's own policy holds it: what the game knows is not carried away in an address."""
    seat = plays({"game.js": "wx.onTouchStart(() => location.assign('http://localhost:9/?known'));"})
    with seat.page.expect_console_message(lambda message: "frame-src" in message.text):
        seat.touch(50, 50)


def test_the_page_alone_in_a_tab_has_no_origin_either(plays: Plays) -> None:
    """Not the attribute but the header keeps somebody's game from being opened as a page of ours."""
    seat = plays({"game.js": "GameGlobal.mine = self.origin"})
    seat.page.goto(f"{seat.theatre.host}/play/")
    expect(seat.page.locator("#splash")).to_have_count(0)
    assert seat.page.evaluate("mine") == "null"


def test_what_comes_from_elsewhere_is_no_answer(plays: Plays) -> None:
    """The game itself cannot play its host: only the page around the frame is heard."""
    seat = plays(
        {
            "game.js": """
              wx.onHide(() => (GameGlobal.hidden = true));
              postMessage({ from: "host", type: "hide" }, "*");
              setTimeout(() => (GameGlobal.end = true), 0);"""
        }
    )
    seat.until("end")
    assert seat.frame.evaluate("typeof hidden") == "undefined"


def test_the_host_takes_only_what_it_knows(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              const say = (message) => parent.postMessage({ from: "player", ...message }, "*");
              say({ type: "wx.nothing", id: 9 });
              say({ type: "storage.change", data: { key: 5, value: "1" } });
              say({ type: "storage.change", data: null });
              parent.postMessage(null, "*");
              say({ type: "storage.change", data: { key: "__proto__", value: "1" } });"""
        }
    )
    holds(seat.page, "localStorage['player:7:player:game']")
    assert seat.page.evaluate("localStorage['player:7:player:game']") == '{"__proto__":"1"}'
    assert seat.theatre.asked == []
