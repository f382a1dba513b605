"""What `wx` does in the frame: calls, storage, screen, files, dialogs, sound, and the line to the host."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from releases import sample_games
from tests.releases.player.theatre import Seat

pytestmark = pytest.mark.browser

Plays = Callable[..., Seat]
DASH = "paper-lantern-dash"


def test_a_call_answers_by_listeners_or_by_a_promise(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              GameGlobal.heard = [];
              const hear = (what) => ({ errMsg, data }) => heard.push([what, errMsg, data]);
              wx.setStorageSync("level", { n: 3 });
              (async () => {
                const [success, complete, fail] = ["success", "complete", "fail"].map(hear);
                heard.push(wx.getStorage({ key: "level", success, complete }));
                await new Promise((done) => wx.getStorage({ key: "none", fail, complete: done }));
                hear("promise")(await wx.getStorage({ key: "level" }));
                await wx.getStorage({ key: "none" }).catch(hear("caught"));
                heard.push(wx.getStorageSync("none"), wx.getStorageInfoSync().keys);
                await wx.removeStorage({ key: "level" });
                await wx.login().then(({ code }) => heard.push(code));
                await new Promise((complete) => wx.requestMidasPayment({ mode: "game", fail, complete }));
                wx.requestMidasPayment({ mode: "game" }).catch((shape) => heard.push(shape, "end"));
              })();"""
        }
    )
    seat.until("heard.includes('end')")
    assert seat.frame.evaluate("heard") == [
        None,
        ["success", "getStorage:ok", {"n": 3}],
        ["complete", "getStorage:ok", {"n": 3}],
        ["fail", "getStorage:fail data not found", None],
        ["promise", "getStorage:ok", {"n": 3}],
        ["caught", "getStorage:fail data not found", None],
        "",
        ["level"],
        "081xYz",
        ["fail", "requestMidasPayment:fail not opened", None],
        {"errMsg": "requestMidasPayment:fail not opened", "errCode": -1},
        "end",
    ]
    assert seat.theatre.asked[1]["data"] == {"mode": "game"}
    expect(seat.errors).to_have_count(0)


def test_storage_has_the_platforms_limits(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              const set = (key, text) => {
                try { wx.setStorageSync(key, text); return "ok"; } catch (error) { return error.message; }
              };
              const big = "x".repeat(1024 * 1024 - 2);
              GameGlobal.seen = [set("a", big), set("a", big + 1)];
              for (let n = 0; n < 9; n += 1) set("k" + n, big.slice(9));
              seen.push(set("more", big), set("a", "less"));"""
        }
    )
    assert seat.frame.evaluate("seen") == [
        "ok",
        "setStorageSync:fail entry size limit reached",
        "setStorageSync:fail storage size limit reached",
        "ok",
    ]


def test_the_game_knows_where_it_is(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              const { windowWidth, windowHeight, pixelRatio, language } = wx.getSystemInfoSync();
              const [first, second] = [wx.createCanvas(), wx.createCanvas()];
              GameGlobal.seen = {
                windowWidth, windowHeight, pixelRatio, language, canvas: [first.width, first.height],
                onStage: [first.isConnected, second.isConnected],
                info: wx.getAccountInfoSync().miniProgram, launch: wx.getLaunchOptionsSync(),
              };
              wx.onTouchStart(({ touches }) => (seen.touch = [touches[0].clientX, touches[0].clientY]));"""
        }
    )
    seat.touch(120, 300)
    seat.until("seen.touch")
    assert seat.frame.evaluate("seen") == {
        "windowWidth": 375,
        "windowHeight": 667,
        "pixelRatio": seat.frame.evaluate("devicePixelRatio"),
        "language": "en",
        "canvas": [375, 667],
        "onStage": [True, False],
        "info": {"appId": "wx7c3e91d05ab2f648", "envVersion": "trial", "version": ""},
        "launch": {"scene": 1001, "query": {"from": "friend"}, "path": ""},
        "touch": [120, 300],
    }


def test_the_screen_stays_what_it_was_when_the_frame_becomes_smaller(plays: Plays) -> None:
    seat = plays({"game.js": "wx.onTouchStart(({ touches }) => (GameGlobal.at = touches[0]));"})
    seat.page.evaluate("Object.assign(document.querySelector('iframe'), {width: 300, height: 533.6})")
    seat.until("innerWidth === 300")
    seat.touch(96, 240)
    x, y = seat.until("GameGlobal.at && [at.clientX, at.clientY]")
    assert [round(x), round(y)] == [120, 300]
    assert seat.frame.evaluate("wx.getWindowInfo().windowWidth") == 375


@pytest.mark.parametrize(
    ("orientation", "size"), [("landscape", [375, 211]), ("portrait", [375, 667]), (7, [375, 667])]
)
def test_the_screen_lies_as_game_json_says(plays: Plays, orientation: str | int, size: list[int]) -> None:
    seat = plays({"game.js": "GameGlobal.seen = wx.getWindowInfo()"}, game={"deviceOrientation": orientation})
    assert seat.frame.evaluate("[seen.windowWidth, seen.windowHeight]") == size


def test_files_of_the_package_are_read(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              const files = wx.getFileSystemManager();
              GameGlobal.seen = [
                JSON.parse(files.readFileSync("data/a.json", "utf8")).a,
                files.readFileSync("/data/a.json").byteLength,
                files.readFileSync("data/a.json", "base64"),
              ];
              for (const path of ["gone.json", "game.js", "b.png"]) {
                try { files.readFileSync(path); } catch (error) { seen.push(error.message); }
              }
              const success = ({ data }) => seen.push(data.byteLength, "end");
              files.readFile({ filePath: "b.png", success });""",
            "data/a.json": '{"a": 1}',
            "b.png": b"\x89PNG",
        }
    )
    seat.until("seen.includes('end')")
    assert seat.frame.evaluate("seen") == [
        1,
        8,
        "eyJhIjogMX0=",
        "readFileSync:fail no such file: gone.json is not in this package",
        "readFileSync:fail permission denied, game.js is a script",
        "readFileSync:fail b.png is not read ahead; readFile reads it",
        4,
        "end",
    ]


def test_a_picture_may_be_read_back_from_the_canvas(plays: Plays) -> None:
    """The frame has no origin, so every picture is a stranger's: without CORS it would taint the canvas."""
    seat = plays(
        {
            "game.js": """
              const image = wx.createImage();
              const context = wx.createCanvas().getContext("2d");
              image.onload = () => {
                context.drawImage(image, 0, 0);
                GameGlobal.alpha = [...context.getImageData(96, 150, 1, 1).data][3];
              };
              image.src = "images/lantern.png";""",
            "images/lantern.png": sample_games.files(DASH)["images/lantern.png"],
        }
    )
    assert seat.until("typeof alpha === 'number' && alpha") > 250
    assert seat.complaints == []


def test_toast_and_modal_are_the_platforms(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              wx.showLoading({ title: "Loading" });
              const success = (answer) => (GameGlobal.answer = answer);
              wx.showModal({ title: "Buy?", content: "5 lanterns", success });
              wx.showToast({}).catch(({ errMsg }) => (GameGlobal.refused = errMsg));"""
        }
    )
    expect(seat.screen.get_by_role("alert")).to_have_text("Loading")
    dialog = seat.screen.get_by_role("alertdialog", name="Buy?")
    expect(dialog.get_by_role("button", name="OK")).to_be_focused()
    seat.page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    seat.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert seat.frame.evaluate("[answer, refused]") == [
        {"confirm": False, "cancel": True, "errMsg": "showModal:ok"},
        "showToast:fail parameter error: title is missing",
    ]


def test_the_touch_that_opens_a_modal_does_not_press_its_button(plays: Plays) -> None:
    """A browser clicks where a finger was lifted, by then on what has come there meanwhile."""
    seat = plays(
        {
            "game.js": """
              GameGlobal.ended = 0;
              const open = () => wx.showModal({ content: "Sure?", showCancel: false });
              wx.onTouchStart(open);
              wx.onTouchEnd(() => setTimeout(() => (ended += 1), 200));
              open();"""
        }
    )
    button = seat.screen.get_by_role("button", name="OK")
    box, frame = button.bounding_box(), seat.page.locator("iframe").bounding_box()
    assert box is not None
    assert frame is not None
    seat.page.keyboard.press("Enter")
    expect(button).to_have_count(0)
    seat.touch(box["x"] - frame["x"] + 40, box["y"] - frame["y"] + 20)
    seat.until("ended")
    expect(button).to_be_visible()
    button.tap()
    expect(button).to_have_count(0)


def test_sound_plays_to_its_end_and_is_silent_while_the_game_is_hidden(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              const sound = wx.createInnerAudioContext();
              GameGlobal.heard = [];
              const hear = (name) => () => heard.push(name);
              for (const name of ["Play", "Pause", "Stop", "Ended"]) sound[`on${name}`](hear(name));
              wx.onTouchStart(() => { sound.src = "hit.wav"; sound.loop = !heard.length; sound.play(); });
              wx.onTouchEnd(() => (GameGlobal.paused = () => sound.paused));
              GameGlobal.stop = () => sound.stop();""",
            "hit.wav": sample_games.files(DASH)["audio/hit.wav"],
        }
    )
    seat.touch(100, 100)
    seat.until("heard.join() === 'Play'")
    seat.tell("hide")
    seat.until("heard.join() === 'Play,Pause'")
    seat.tell("show")
    seat.until("heard.join() === 'Play,Pause,Play'")
    seat.frame.evaluate("stop()")
    assert seat.until("paused() && heard.join()") == "Play,Pause,Play,Stop"
    seat.touch(100, 100)
    seat.until("heard.join() === 'Play,Pause,Play,Stop,Play,Ended'")
    assert seat.complaints == []


def test_the_keyboard_plays_too(plays: Plays) -> None:
    seat = plays(sample_games.files(DASH))
    seat.page.keyboard.press("Tab")
    expect(seat.screen.get_by_role("application")).to_be_focused()
    seat.page.keyboard.press("Space")
    seat.until("lanternDash.at === 'running'")
    seat.page.keyboard.press("ArrowRight")
    seat.until("lanternDash.run.lane === 2")


def test_leaving_is_told_to_the_host(plays: Plays) -> None:
    seat = plays({"game.js": ""})
    seat.page.evaluate("document.querySelector('iframe').dataset.exit = '/host/?left'")
    seat.screen.get_by_role("button", name="Leave the game").click()
    seat.page.wait_for_url("**/host/?left")


def test_too_many_questions_at_once_are_not_passed_on(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              GameGlobal.said = [];
              for (let n = 0; n < 30; n += 1) wx.login({ complete: ({ errMsg }) => said.push(errMsg) });"""
        }
    )
    seat.until("said.length === 30")
    assert set(seat.frame.evaluate("said")) == {"login:ok", "login:fail too many at once"}
    assert len(seat.theatre.asked) < 30


def test_a_game_that_keeps_too_much_is_told_so(plays: Plays) -> None:
    game = 'for (const key of ["a", "b"]) wx.setStorageSync(key, "x".repeat(600000));'
    seat = plays({"game.js": "wx.onTouchStart(() => { " + game + " })"})
    seat.page.evaluate(
        "addEventListener('player:log', (event) => document.querySelector('#secret').textContent"
        " = event.detail.text)"
    )
    seat.touch(50, 50)
    expect(seat.page.locator("#secret")).to_have_text("This browser keeps no more of the game's storage.")
    assert seat.page.evaluate("localStorage['player:7:player:game'].length") < 1_000_000
