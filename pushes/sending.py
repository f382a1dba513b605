"""One HTTP request to a receiver: to the address that was judged, within its time, its answer bounded."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from pushes.guard import Target

MOST_ANSWERED: Final = 64 * 1024
_PIECE: Final = 8192
_OK: Final = range(200, 300)


@dataclass(frozen=True)
class Answer:
    """What came back. `fault` says why there is no whole answer: "timeout" or "connection"."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str = ""
    milliseconds: int = 0

    @property
    def is_ok(self) -> bool:
        """Return whether it is a whole answer with a status of success; redirects are none."""
        return not self.fault and self.status in _OK


def send(
    target: Target, method: str, path: str, body: bytes, headers: dict[str, str], *, seconds: float
) -> Answer:
    """Return what a receiver answers within so many real seconds, its body cut off at 64 KB."""
    started = time.monotonic()

    def took() -> int:
        return int((time.monotonic() - started) * 1000)

    connection = _connection(target, seconds)
    cut = threading.Event()
    try:
        with _watched(connection, seconds, cut):
            connection.request(method, path, body=body or None, headers={**headers, "Connection": "close"})
            response = connection.getresponse()
            received = response.read(MOST_ANSWERED)
            told = {name: value[:500] for name, value in response.getheaders()[:50]}
            if cut.is_set():
                return Answer(response.status, told, received, "timeout", took())
            return Answer(response.status, told, received, "", took())
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = cut.is_set() or isinstance(error, TimeoutError)
        return Answer(fault="timeout" if late else "connection", milliseconds=took())
    finally:
        connection.close()


@contextmanager
def _watched(connection: http.client.HTTPConnection, seconds: float, cut: threading.Event) -> Iterator[None]:
    """Cut the connection when the time is over, however slowly its bytes drip in."""

    def end() -> None:
        cut.set()
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connection(target: Target, seconds: float) -> http.client.HTTPConnection:
    if target.scheme == "https":
        return _PinnedTLS(target, seconds)
    return _Pinned(target, seconds)


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was judged, whatever the name means now."""

    def __init__(self, target: Target, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.target = target

    def connect(self) -> None:
        """Connect to that address."""
        self.sock = socket.create_connection((self.target.address, self.target.port), self.timeout)


class _PinnedTLS(_Pinned):
    """The same, locked by TLS: the certificate has to be the name's."""

    def connect(self) -> None:
        """Connect to that address, and check who is there."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.target.host)
