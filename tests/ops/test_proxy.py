"""The proxy that leads SDKs with fixed host names to the portal, and nowhere else (API-1)."""

import asyncio
import contextlib
import socket

import pytest

from portal import proxy
from tests.ops.asking import free_port

pytestmark = pytest.mark.requirement("API-1")


def ask(*sent, to=None):
    """Return all that a client hears that sends these pieces, each after the proxy answered the one before.

    Behind the proxy is a server that echoes what it hears in capitals until it hears `end`.
    """
    return asyncio.run(_ask(sent, to))


async def _ask(sent, to):
    async def shout(reader, writer):
        while (heard := await reader.read(1024)) and heard != b"end":
            writer.write(heard.upper())
        writer.close()

    there = await asyncio.start_server(shout, "127.0.0.1", 0)
    port = to or there.sockets[0].getsockname()[1]
    listener = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(proxy.run(listener, ("127.0.0.1", port)))
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    heard = []
    for piece in sent:
        writer.write(piece)
        heard.append(await asyncio.wait_for(reader.read(65_536), 5))
    writer.close()
    running.cancel()
    there.close()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return heard


def refusal(status, sentence):
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(sentence) + 1}\r\n"
        f"Connection: close\r\n\r\n{sentence}\n"
    ).encode()


ONLY_THERE = (
    "This proxy leads to api.weixin.qq.com, api2.weixin.qq.com, sh.api.weixin.qq.com, sz.api.weixin.qq.com, "
    "hk.api.weixin.qq.com, mp.weixin.qq.com, servicewechat.com (port 443) only. Name others in no_proxy."
)


@pytest.mark.parametrize("host", ["api.weixin.qq.com", "API.weixin.qq.com.", "servicewechat.com"])
def test_what_is_said_comes_back_from_the_portal(host):
    assert ask(f"CONNECT {host}:443 HTTP/1.1\r\nHost: x\r\n\r\n".encode(), b"hello", b"again", b"end") == [
        b"HTTP/1.1 200 Connection established\r\n\r\n",
        b"HELLO",
        b"AGAIN",
        b"",
    ]


@pytest.mark.parametrize(
    "target",
    [
        "example.com:443",
        "api.weixin.qq.com:80",
        "api.weixin.qq.com.example.com:443",
        "127.0.0.1:443",
        "",
        "\xff",
    ],
)
def test_it_leads_nowhere_else(target):
    request = f"CONNECT {target} HTTP/1.1\r\n\r\n".encode("latin-1")

    assert ask(request) == [refusal("403 Forbidden", ONLY_THERE)]


def test_it_fetches_nothing_itself():
    sentence = "This proxy joins by CONNECT alone: set https_proxy, not http_proxy."

    assert ask(b"GET http://api.weixin.qq.com/ HTTP/1.1\r\n\r\n") == [refusal("403 Forbidden", sentence)]


def test_a_portal_that_is_away_is_told():
    port = free_port()

    assert ask(b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\n\r\n", to=port) == [
        refusal("502 Bad Gateway", f"The portal does not listen on port {port}.")
    ]


@pytest.mark.parametrize("sent", [b"\x16\x03\x01 no end", b"GET / HTTP/1.1\r\n" + b"a" * 20_000])
def test_who_does_not_speak_http_is_left(monkeypatch, sent):
    monkeypatch.setattr(proxy, "HEAD_SECONDS", 0.2)

    assert ask(sent) == [b""]
