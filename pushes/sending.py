"""One HTTP request to a receiver: to the addresses that were judged, within its time, its answer bounded."""

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
    """What came back. `fault` says why there is no whole answer: "timeout" or "connection".

    `reason` is what the network said about it, in its own words, if anything.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str = ""
    milliseconds: int = 0
    reason: str = ""

    @property
    def is_ok(self) -> bool:
        """Return whether it is a whole answer with a status of success; redirects are none."""
        return not self.fault and self.status in _OK


def send(
    target: Target, method: str, path: str, body: bytes, headers: dict[str, str], *, seconds: float
) -> Answer:
    """Return what a receiver answers within so many real seconds, its body cut off at 64 KB.

    An answer that ends before its announced length is a fault: an empty rest must not pass for `success`.
    """
    started = time.monotonic()

    def took() -> int:
        return int((time.monotonic() - started) * 1000)

    connection = _connection(target, seconds)
    cut = threading.Event()
    try:
        with _watched(connection, seconds, cut):
            connection.connect()
            if cut.is_set():  # the time was over before there was a socket to cut
                raise TimeoutError
            connection.request(method, path, body=body or None, headers={**headers, "Connection": "close"})
            response = connection.getresponse()
            received = response.read(MOST_ANSWERED)
            told = {name: value[:500] for name, value in response.getheaders()[:50]}
            is_short = bool(response.length) and len(received) < MOST_ANSWERED
            fault = "timeout" if cut.is_set() else "connection" if is_short else ""
            return Answer(response.status, told, received, fault, took())
    except (OSError, http.client.HTTPException, ValueError) as error:
        if cut.is_set() or isinstance(error, TimeoutError):
            return Answer(fault="timeout", milliseconds=took())
        return Answer(fault="connection", milliseconds=took(), reason=_reason(error))
    finally:
        connection.close()


@contextmanager
def _watched(connection: http.client.HTTPConnection, seconds: float, cut: threading.Event) -> Iterator[None]:
    """Cut the connection when the time is over, however slowly its bytes drip in."""

    def end() -> None:
        cut.set()
        if connection.sock is not None:
            with suppress(OSError):
                # Past TLS, whose own shutdown would take its state from under a reader.
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _reason(error: Exception) -> str:
    """Return what went wrong, as far as a receiver's owner can use it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    return getattr(error, "strerror", None) or ""


def _connection(target: Target, seconds: float) -> http.client.HTTPConnection:
    if target.scheme == "https":
        return _PinnedTLS(target, seconds)
    return _Pinned(target, seconds)


class _Pinned(http.client.HTTPConnection):
    """A connection to the addresses that were judged, whatever the name means now."""

    def __init__(self, target: Target, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.target = target
        self.until = time.monotonic() + seconds

    def connect(self) -> None:
        """Connect to the first of those addresses where somebody listens."""
        self.sock = self._connected()
        self.sock.settimeout(self.timeout)

    def _connected(self) -> socket.socket:
        failed: OSError = TimeoutError()
        for address in self.target.addresses:
            left = self.until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                return socket.create_connection((address, self.target.port), left)
            except OSError as error:
                failed = error
        raise failed


class _PinnedTLS(_Pinned):
    """The same, locked by TLS: the certificate has to be the name's."""

    def connect(self) -> None:
        """Connect, and check who is there."""
        super().connect()
        context = ssl.create_default_context()
        locked = context.wrap_socket(
            self.sock, server_hostname=self.target.host, do_handshake_on_connect=False
        )
        self.sock = locked  # before the handshake, so that it can be cut as well
        locked.do_handshake()
