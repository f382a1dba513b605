"""A developer's own server, as the tests play it: it takes what is pushed, and answers as it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Taken:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


Behave = Callable[[Taken], Any]  # returns (status, body), or raises to break the connection off


class Receiver:
    """An HTTP server on a port of its own. `behave` says what to answer; at first `success` to everything."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.behave: Behave = lambda taken: (200, b"success")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def netloc(self) -> str:
        """Return its host and port."""
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        """Return the address that messages are pushed to."""
        return f"http://{self.netloc}/wechat"

    def close(self) -> None:
        """Stop it."""
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                parts = urlsplit(self.path)
                taken = Taken(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query, keep_blank_values=True)),
                    dict(self.headers.items()),
                    self.rfile.read(length).decode(),
                )
                receiver.taken.append(taken)
                try:
                    status, body = receiver.behave(taken)
                except ConnectionResetError:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("Location", receiver.url)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    super().handle()

        return Handler
