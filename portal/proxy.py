"""A proxy that leads an SDK with fixed host names to the portal: CONNECT, to nowhere else.

It knows the platform's names only and connects to the portal's TLS port only, so it opens no way to
anything that its user could not reach. It sees ciphertext. It needs nothing of Django.
"""

import argparse
import asyncio
import contextlib
import functools
import socket
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence

from portal import hosts

HEAD_BYTES = 16_384
HEAD_SECONDS = 10
CHUNK_BYTES = 65_536


async def serve(reader: StreamReader, writer: StreamWriter, *, to: tuple[str, int]) -> None:
    """Answer one client: join it with the portal, or say in a sentence why not."""
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        if trouble := objection(head):
            writer.write(answer(403, "Forbidden", trouble))
            return
        try:
            there_reader, there_writer = await asyncio.open_connection(*to)
        except OSError:
            writer.write(answer(502, "Bad Gateway", f"The portal does not listen on port {to[1]}."))
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pipe(reader, there_writer), pipe(there_reader, writer))
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # a client that left, is silent, or does not speak HTTP
    finally:
        writer.close()


def objection(head: bytes) -> str:
    """Return why a request is not served, '' if it is: CONNECT to a host name of the platform, port 443."""
    method, _space, rest = head.decode("latin-1").partition(" ")
    host, _colon, port = rest.partition(" ")[0].rpartition(":")
    if method != "CONNECT":
        return "This proxy joins by CONNECT alone: set https_proxy, not http_proxy."
    if host.lower().rstrip(".") not in hosts.PLATFORM or port != "443":
        return f"This proxy leads to {', '.join(hosts.PLATFORM)} (port 443) only. Name others in no_proxy."
    return ""


def answer(status: int, reason: str, sentence: str) -> bytes:
    """Return a whole answer with one sentence."""
    body = f"{sentence}\n".encode()
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body


async def pipe(reader: StreamReader, writer: StreamWriter) -> None:
    """Hand on what comes until it ends, then say that it ended."""
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def run(listener: socket.socket, to: tuple[str, int]) -> None:
    """Serve until the process is ended."""
    joined = functools.partial(serve, to=to)
    async with await asyncio.start_server(joined, sock=listener, limit=HEAD_BYTES) as server:
        await server.serve_forever()


def main(arguments: Sequence[str]) -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="portal.proxy")
    parser.add_argument("--bind", required=True, help="host:port, or fd://N of an inherited socket")
    parser.add_argument("--to", required=True, help="host:port of the portal's TLS")
    options = parser.parse_args(arguments)
    host, _colon, port = options.to.rpartition(":")
    if options.bind.startswith("fd://"):
        listener = socket.socket(fileno=int(options.bind.removeprefix("fd://")))
    else:
        own_host, _colon, own_port = options.bind.rpartition(":")
        listener = socket.create_server((own_host, int(own_port)))
    asyncio.run(run(listener, (host.strip("[]"), int(port))))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(sys.argv[1:])
