"""Whatever goes wrong in a game is in its log and told to the host; nothing is silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.releases.player.theatre import Seat

pytestmark = pytest.mark.browser

Plays = Callable[..., Seat]
BADLY_NAMED = "Error: getStorageSync:fail parameter error: key is a text and not empty game.js:1"


def said(seat: Seat, *lines: str) -> None:
    """Look at the log: it is open, and these are its errors."""
    expect(seat.errors).to_have_text(list(lines))
    expect(seat.screen.locator("#log")).to_be_visible()


def test_a_call_that_is_not_simulated_is_named_and_stops_the_caller_alone(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              GameGlobal.known = [wx.canIUse("login"), wx.canIUse("connectSocket"), "connectSocket" in wx];
              const { connectSocket, cloud } = wx; // looked at and copied, as adapters do
              wx.onTouchStart(() => connectSocket({}));
              setTimeout(() => cloud.init({}));"""
        }
    )
    said(seat, "Error: wx.cloud.init is not simulated game.js:5")
    seat.touch(100, 100)
    said(
        seat,
        "Error: wx.cloud.init is not simulated game.js:5",
        "Error: wx.connectSocket is not simulated game.js:4",
    )
    assert seat.frame.evaluate("known") == [True, False, False]


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {"game.js": "\nrequire('./js/gone')"},
            'Error: game.js requires "./js/gone", and this package has no such module game.js:2',
        ),
        (
            {"game.js": "require('../game.js')"},
            'Error: game.js requires "../game.js", and this package has no such module game.js:1',
        ),
        (
            {"readme.txt": "no game"},
            'Error: The player requires "/game.js", and this package has no such module',
        ),
        (
            {
                "game.json": '{"subpackages": [{"name": "stage", "root": "stage/"}]}',
                "game.js": "require('./stage/two.js')",
                "stage/two.js": "",
            },
            'Error: game.js requires "./stage/two.js", but stage/two.js is in the subpackage "stage":'
            " wx.loadSubpackage comes first game.js:1",
        ),
        (
            {"game.json": '{"subpackages": [{"name": "stage"}]}', "game.js": ""},
            "game.json names a subpackage without a root",
        ),
        ({"game.js": "\n\nnull.x"}, "TypeError: Cannot read properties of null (reading 'x') game.js:3"),
        ({"game.js": "setTimeout(() => gone())"}, "ReferenceError: gone is not defined game.js:1"),
        ({"game.js": "requestAnimationFrame(() => gone())"}, "ReferenceError: gone is not defined game.js:1"),
        ({"game.js": "Promise.reject(new Error('lost'))"}, "Error: lost game.js:1"),
        ({"game.js": "Promise.reject(7)"}, "Thrown: 7"),
        ({"game.js": "wx.getStorage({ key: 'none' })"}, "getStorage:fail data not found"),
        ({"game.js": "console.error('mine', {a: 1})"}, 'mine {"a":1}'),
        ({"game.js": "wx.createImage().src = 'gone.png'"}, "The picture gone.png did not load"),
        (
            {"game.js": "wx.createInnerAudioContext().src = 'gone.wav'"},
            "no such file: gone.wav is not in this package",
        ),
        (
            {"game.js": "wx.setPreferredFramesPerSecond(0)"},
            "RangeError: setPreferredFramesPerSecond takes 1 to 60 game.js:1",
        ),
        ({"game.js": "setTimeout(() => wx.getStorageSync(''))"}, BADLY_NAMED),
    ],
)  # fmt: skip
def test_an_error_is_in_the_log(plays: Plays, files: dict[str, str], line: str) -> None:
    seat = plays(files)
    said(seat, line)


def test_the_host_hears_of_it(plays: Plays) -> None:
    seat = plays({"game.js": "wx.onTouchStart(() => { throw new TypeError('lost') })"})
    seat.page.evaluate(
        "addEventListener('player:log', (event) => document.querySelector('#secret').textContent"
        " = JSON.stringify(event.detail))"
    )
    seat.touch(50, 50)
    expect(seat.page.locator("#secret")).to_have_text(
        '{"level":"error","text":"TypeError: lost","where":"game.js:1"}'
    )


def test_an_error_in_every_frame_is_said_ten_times(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              GameGlobal.frames = 0;
              const frame = () => { requestAnimationFrame(frame); frames += 1; throw new Error("again"); };
              requestAnimationFrame(frame);"""
        }
    )
    seat.until("frames > 20")
    expect(seat.errors).to_have_count(10)
    expect(seat.errors.last).to_have_text("Error: again (10 times, no more of it is shown) game.js:3")


def test_a_syntax_error_is_the_games_own(plays: Plays) -> None:
    seat = plays({"game.js": "require('./broken.js')", "broken.js": "let a = 1;\nlet = ;"})
    expect(seat.errors.first).to_have_text("SyntaxError: Unexpected token ';' broken.js:2")
    expect(seat.errors.last).to_contain_text("broken.js did not load; the reason is in the lines before")


def test_what_the_server_does_not_give_is_named(plays: Plays) -> None:
    files = [{"path": path, "size": 9} for path in ("game.js", "gone.js", "gone.json")]
    seat = plays({"game.js": "require('./gone.js')"}, files=files)
    lines = seat.errors.all_text_contents()
    assert "gone.js could not be fetched" in lines
    assert "gone.json could not be fetched" in lines
