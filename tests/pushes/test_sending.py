"""One request to a receiver that is slow, endless, half or false: bounded in time and size (API-3)."""

from __future__ import annotations

import socket
import ssl
import threading
import time as real
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from portal import tls
from pushes import sending
from pushes.guard import Target

pytestmark = pytest.mark.requirement("API-3")

HERE = "127.0.0.1"
LIMIT = 0.5
PIECES = 40  # of a tenth of a second each: four seconds, if nobody cuts
NAME = "api.weixin.qq.com"  # what the portal's own certificate is for
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"


@contextmanager
def answering(answer: Callable[[socket.socket], Any]) -> Iterator[Target]:
    """Return where one connection is answered by `answer`, bytes by bytes."""
    listening = socket.create_server((HERE, 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _from = listening.accept()
            with connection:
                answer(connection)

    threading.Thread(target=serve, daemon=True).start()
    with listening:
        yield Target("http", "push.example", listening.getsockname()[1], (HERE,), "/")


def take(connection: socket.socket) -> None:
    """Read a whole request: closed over a rest of it, a connection is reset, and its answer with it."""
    asked = b""
    while not asked.endswith(b"{}"):
        asked += connection.recv(4096)


def ask(target: Target) -> tuple[sending.Answer, float]:
    """Return the answer, and how many seconds it took."""
    started = real.monotonic()
    answer = sending.send(target, "POST", "/", b"{}", {"Host": target.host}, seconds=LIMIT)
    return answer, real.monotonic() - started


def drip(connection: Any, head: bytes) -> None:
    connection.sendall(head)
    for _nth in range(PIECES):
        connection.sendall(b"a")
        real.sleep(0.1)


@pytest.mark.parametrize("head", [HEAD, b"HTTP/1.1 200 OK\r\nX: ", b"", b"HTTP/1.1 100 \r\n\r\n"])
def test_what_drips_in_is_cut_off(head):
    def answer(connection):
        take(connection)
        drip(connection, head)

    with answering(answer) as target:
        answer_, took = ask(target)

    assert answer_.fault == "timeout"
    assert took < LIMIT + 0.3


def test_an_endless_answer_is_cut_off_at_its_size():
    def answer(connection):
        take(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * (sending.MOST_ANSWERED * 3))

    with answering(answer) as target:
        answer_, _took = ask(target)

    assert (answer_.fault, len(answer_.body)) == ("", sending.MOST_ANSWERED)


@pytest.mark.parametrize("sent", [b"", b"success"])
def test_an_answer_that_breaks_off_is_none(sent):
    """Its empty rest would pass for a receiver that took the message."""

    def answer(connection):
        take(connection)
        connection.sendall(HEAD + sent)

    with answering(answer) as target:
        answer_, _took = ask(target)

    assert (answer_.status, answer_.body, answer_.fault) == (200, sent, "connection")
    assert not answer_.is_ok


@pytest.mark.parametrize("said", [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100_000])
def test_what_is_no_http_is_a_fault(said):
    def answer(connection):
        take(connection)
        connection.sendall(said)

    with answering(answer) as target:
        answer_, _took = ask(target)

    assert (answer_.fault, answer_.is_ok) == ("connection", False)


def test_where_nobody_listens_it_says_so():
    with socket.socket() as bound:  # the port is nobody else's, and nobody listens
        bound.bind((HERE, 0))
        answer, _took = ask(Target("http", "push.example", bound.getsockname()[1], (HERE,), "/"))

    assert (answer.fault, answer.reason) == ("connection", "Connection refused")


def test_a_name_with_two_addresses_is_reached_at_the_second():
    """`localhost` is often IPv6 first, where a receiver on IPv4 does not listen."""

    def answer(connection):
        take(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess")

    with answering(answer) as target:
        answer_, _took = ask(replace(target, addresses=("127.0.0.9", HERE)))

    assert (answer_.body, answer_.fault) == (b"success", "")


# --- TLS -----------------------------------------------------------------------------------------


@pytest.fixture
def identity(tmp_path, settings, monkeypatch):
    """Return the server's side of TLS; the client trusts its authority."""
    settings.DATA_DIR = tmp_path
    kept = tls.keep()
    monkeypatch.setenv("SSL_CERT_FILE", str(kept.authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kept.server)
    return context


def test_a_receiver_is_asked_over_tls(identity):
    def answer(connection):
        with identity.wrap_socket(connection, server_side=True) as locked:
            take(locked)
            locked.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess")

    with answering(answer) as target:
        answer_, _took = ask(replace(target, scheme="https", host=NAME))

    assert (answer_.body, answer_.fault, answer_.is_ok) == (b"success", "", True)


def test_a_certificate_of_another_name_is_refused_and_said(identity):
    def answer(connection):
        identity.wrap_socket(connection, server_side=True)

    with answering(answer) as target:
        answer_, _took = ask(replace(target, scheme="https"))

    assert answer_.fault == "connection"
    assert "certificate is not valid for 'push.example'" in answer_.reason


def test_a_receiver_without_tls_is_said(identity):
    def answer(connection):
        connection.recv(4096)
        connection.sendall(HEAD)

    with answering(answer) as target:
        answer_, _took = ask(replace(target, scheme="https", host=NAME))

    assert answer_.reason == "TLS: WRONG_VERSION_NUMBER"


def test_a_handshake_beyond_the_time_does_not_let_the_rest_drip(identity, monkeypatch):
    """Connecting took most of the time; the handshake ends after it, within a time of its own."""
    connect = socket.create_connection

    def slow(*arguments, **options):
        real.sleep(LIMIT * 0.6)
        return connect(*arguments, **options)

    def answer(connection):
        real.sleep(LIMIT * 0.6)
        with identity.wrap_socket(connection, server_side=True) as locked:
            drip(locked, b"")

    monkeypatch.setattr(socket, "create_connection", slow)
    with answering(answer) as target:
        answer_, took = ask(replace(target, scheme="https", host=NAME))

    assert answer_.fault == "timeout"
    assert took < LIMIT + 0.3
