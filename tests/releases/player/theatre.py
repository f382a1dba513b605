"""A small server that shows one game in its frame as strictly as the portal must, and who plays it."""

from __future__ import annotations

import json
import mimetypes
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import ConsoleMessage, Frame, Page, expect

from releases import player
from tests.chromium import PATIENCE

STATIC = settings.BASE_DIR / "portal" / "static"
HOST_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:"
HOST_PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>Host</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<p id="secret">for the console only</p>
<iframe data-player sandbox="allow-scripts" allow="autoplay" src="/play/" width="375" height="667"
  data-keep="7:player:game" data-ask="/ask/" data-token="form-token"></iframe>
<script src="/static/player/host.js"></script>"""


class Theatre(ThreadingHTTPServer):
    """The server: `package` is what is played, `asked` what the frame wanted to know by way of its host."""

    daemon_threads = True

    def __init__(self, package: dict[str, bytes], **config: Any) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.package = package
        self.asked: list[dict[str, Any]] = []
        self.refuses = self.sells = False
        self.host = f"http://127.0.0.1:{self.server_port}"
        self.base = f"{self.host}/package/4f2a/"
        self.config = {
            "base": self.base,
            "host": self.host,
            "files": [{"path": path, "size": len(content)} for path, content in package.items()],
            "game": json.loads(package.get("game.json", b"{}")),
            "title": "Sample",
            "appid": "wx7c3e91d05ab2f648",
            "version": "1.2.0",
            "environment": "trial",
            "player": {"language": "en"},
            "launch": {"scene": 1001, "query": {"from": "friend"}},
        } | config
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """End serving, and free the port."""
        self.shutdown()
        self.server_close()


class Answers(BaseHTTPRequestHandler):
    """What the portal would answer."""

    server: Theatre
    protocol_version = "HTTP/1.1"

    def answer(self, content: bytes, kind: str, headers: dict[str, str], status: int = 200) -> None:
        """Send one whole response."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/host/":
            headers = {"Content-Security-Policy": HOST_POLICY, "Set-Cookie": "console=signed-in; Path=/"}
            self.answer(HOST_PAGE.encode(), "text/html", headers)
        elif path == "/play/":
            self.play()
        elif path.startswith("/static/"):
            # As Django's own test server, without the header that lets others read it.
            file = STATIC / path.removeprefix("/static/")
            self.answer(file.read_bytes(), mimetypes.guess_type(path)[0] or "application/octet-stream", {})
        elif path.startswith("/package/4f2a/"):
            self.file(unquote(path.removeprefix("/package/4f2a/")))
        else:
            self.answer(b"", "text/plain", {}, 404)

    def play(self) -> None:
        page = render_to_string("releases/player.html", {"title": "Sample", "config": self.server.config})
        policy = player.policy(
            static=f"{self.server.host}/static/", base=self.server.base, host=self.server.host
        )
        self.answer(page.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": policy})

    def file(self, path: str) -> None:
        content = self.server.package.get(path)
        if content is None:
            self.answer(b"", "text/plain", player.FILE_HEADERS, 404)
            return
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        if path.endswith(".js"):
            content, kind = player.wrapped(path, content), "text/javascript; charset=utf-8"
        self.answer(content, kind, player.FILE_HEADERS)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body | {"token": self.headers["X-CSRFToken"]})
        if self.server.refuses:
            refusal = {"code": "suspended", "message": "The game is suspended.", "field": None}
            self.answer(json.dumps(refusal).encode(), "application/json", {}, 409)
        elif body["type"] == "wx.login":
            self.answer(b'{"ok": true, "data": {"code": "081xYz"}}', "application/json", {})
        elif self.server.sells:
            self.answer(b'{"ok": true, "data": {}}', "application/json", {})
        else:
            self.answer(b'{"ok": false, "errMsg": "not opened", "errCode": -1}', "application/json", {})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing: the test looks at what came."""


class Seat:
    """Somebody who plays: one page around one frame, and what the browser complained of."""

    def __init__(self, page: Page, theatre: Theatre) -> None:
        self.page = page
        self.theatre = theatre
        self.complaints: list[str] = []
        page.on("console", self._heard)
        self.open()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self) -> None:
        """Open the game, or open it again: all that was in the frame's memory is gone."""
        self.page.goto(f"{self.theatre.host}/host/")
        expect(self.screen.locator("#splash")).to_have_count(0)
        self._come_within_reach()

    def _come_within_reach(self) -> None:
        """Move until the frame feels it: a frame in a process of its own is there before touches find it."""
        self.frame.evaluate(
            "addEventListener('pointermove', () => document.body.dataset.reached = 'yes', {once: true})"
        )
        for step in range(500):
            self.page.mouse.move(50 + step % 9, 200)
            if self.frame.evaluate("document.body.dataset.reached"):
                return
        raise AssertionError("The frame feels no pointer.")

    @property
    def frame(self) -> Frame:
        """Return the frame, to evaluate something in it."""
        frame = self.page.frame(url=f"{self.theatre.host}/play/")
        assert frame is not None
        return frame

    @property
    def screen(self) -> Any:
        """Return what finds elements inside the frame."""
        return self.page.frame_locator("iframe")

    @property
    def errors(self) -> Any:
        """Return the lines of the log that are errors."""
        return self.screen.locator("#log-lines .error")

    def tell(self, event: str) -> None:
        """Let the page around the frame hide or show the game."""
        script = "name => document.querySelector('iframe').dispatchEvent(new CustomEvent(name))"
        self.page.evaluate(script, f"player:{event}")

    def touch(self, x: float, y: float) -> None:
        """Touch the game at a place in its frame, in logical pixels."""
        box = self.page.locator("iframe").bounding_box()
        assert box is not None
        self.page.touchscreen.tap(box["x"] + 2 + x, box["y"] + 2 + y)  # beside the frame's border

    def until(self, script: str) -> Any:
        """Wait until a sentence of JavaScript holds in the frame; return its value."""
        return holds(self.frame, script)


def holds(place: Page | Frame, script: str) -> Any:
    """Wait until a sentence of JavaScript holds, without the eval that Playwright's own waiting needs."""
    return place.evaluate(
        f"""patience => new Promise((resolve, reject) => {{
          const last = performance.now() + patience;
          const look = () => {{
            const value = ({script});
            if (value) resolve(value);
            else if (performance.now() > last) reject(new Error({json.dumps(script)} + " never held"));
            else setTimeout(look, 20);
          }};
          look();
        }})""",
        PATIENCE,
    )
