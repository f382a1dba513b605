"""5,000 pushes to a receiver that fails 30 %, hangs 10 % and resets 10 %, workers killed (API-3, OPS-4).

Nothing may be lost: each push ends delivered or visibly not, the receiver has seen it, and what comes again
is the same, word for word. Workers are processes of their own, killed and begun anew in turn.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import transaction

from accounts.message_push import SEALED, make_key
from accounts.models import Account, DevelopmentSettings
from bench import table
from portal.kernel import breaches, sealed
from portal.kernel.actors import SIMULATOR
from portal.simulator import rooms, walks
from pushes import actions
from pushes.families import SCHEDULES, Family
from pushes.models import Attempt, Push

FAILS, HANGS, RESETS = 0.30, 0.10, 0.10
WORKERS, THREADS = 4, 12
BETWEEN_KILLS = 10.0  # seconds
LIMIT = 1800.0
AT_ONCE = 100


def main(*, quick: bool) -> None:
    """Put them on their way, kill, wait for the last, and print what became of all."""
    many = 200 if quick else 5_000
    table.title(f"{many:,} pushes to a bad receiver, its workers killed")
    receiver = Receiver()
    account = told(receiver.url)
    for first in range(0, many, AT_ONCE):
        with transaction.atomic():
            for nth in range(first, first + AT_ONCE):
                actions.put(account, "weapp_audit_success", {"Nth": nth})
    started = time.monotonic()
    kills = work(receiver, started)
    seconds = time.monotonic() - started

    states = Counter(Push.objects.values_list("state", flat=True))
    outcomes = Counter(Attempt.objects.values_list("outcome", flat=True))
    unseen = [nth for nth in range(many) if nth not in receiver.bodies]
    altered = [nth for nth, bodies in receiver.bodies.items() if len(bodies) > 1]
    again = sum(max(0, count - SCHEDULES[Family.EVENT].tries) for count in receiver.came.values())
    written = Push.objects.filter(state="delivered").values_list("written", flat=True)
    delivered = {json.loads(each)["Nth"] for each in written}
    false, untold = delivered - receiver.taken, receiver.taken - delivered
    table.row("until the last has ended", [seconds], "s")
    print(f"  {kills} workers killed; pushes: {dict(states)}; tries: {dict(outcomes)}")
    print(f"  never seen {len(unseen)}, altered {len(altered)}, falsely delivered {len(false)}; aim: 0 each")
    print(f"  by workers that died: {again} requests beyond the tries, {len(untold)} taken but undelivered")
    print(f"  {len(breaches.found())} invariants broken; aim: 0", flush=True)
    if unseen or altered or false or set(states) - {"delivered", "undelivered"} or breaches.found():
        sys.exit(1)


def work(receiver: Receiver, started: float) -> int:
    """Let workers deliver, one of them killed every few seconds; return how many were, when nothing waits."""
    kills = 0
    with workers(receiver.netloc) as running:
        killed_at = time.monotonic()
        while Push.objects.filter(state="waiting").exists():
            if time.monotonic() - started > LIMIT:
                break
            time.sleep(0.5)
            if time.monotonic() - killed_at > BETWEEN_KILLS:
                victim = running.pop(0)
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                running.append(begun(receiver.netloc))
                kills, killed_at = kills + 1, time.monotonic()
    return kills


@contextmanager
def workers(netloc: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Yield running workers; end whoever runs then."""
    running = [begun(netloc) for _nth in range(WORKERS)]
    try:
        yield running
    finally:
        for each in running:
            each.kill()
            each.wait()


def begun(netloc: str) -> subprocess.Popen[str]:
    """Return a worker that delivers."""
    command = [sys.executable, "-m", "bench.relaying", str(THREADS)]
    environment = {**os.environ, "PORTAL_PUSH_ALLOWLIST": netloc}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, text=True)


def told(url: str) -> Account:
    """Return an account whose messages go to `url`."""
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7, frozen=True).world
    account = walks.account_at(world, "verified", entity_type="individual")
    DevelopmentSettings.objects.update_or_create(
        account=account,
        defaults={
            "world": world,
            "push_url": url,
            "push_token": sealed.seal("lantern2019", purpose=SEALED),
            "push_key": sealed.seal(make_key(), purpose=SEALED),
            "push_mode": DevelopmentSettings.Mode.PLAIN,
            "push_format": DevelopmentSettings.Format.JSON,
        },
    )
    return account


class Receiver:
    """A server that takes half of what comes.

    `bodies` are the different texts of each push, `came` says how often it came, `taken` which were.
    """

    def __init__(self) -> None:
        self.bodies: dict[int, set[str]] = defaultdict(set)
        self.came: Counter[int] = Counter()
        self.taken: set[int] = set()
        self.lock = threading.Lock()
        self.random = random.Random(2019)  # noqa: S311 -- a bench
        server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.netloc = f"127.0.0.1:{server.server_port}"
        self.url = f"http://{self.netloc}/wechat"

    def drawn(self, body: str) -> float:
        """Write down what came, and draw what becomes of it."""
        nth = json.loads(body)["Nth"]
        with self.lock:
            self.bodies[nth].add(body)
            self.came[nth] += 1
            drawn = self.random.random()
            if drawn >= RESETS + HANGS + FAILS:
                self.taken.add(nth)
            return drawn

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Return what answers one connection."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                drawn = receiver.drawn(body)
                if drawn < RESETS:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    self.connection.close()
                    return
                if drawn < RESETS + HANGS:
                    time.sleep(SCHEDULES[Family.EVENT].seconds + 1)
                    return
                self.send_response(500 if drawn < RESETS + HANGS + FAILS else 200)
                self.send_header("Content-Length", "7")
                self.end_headers()
                self.wfile.write(b"success")

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

        return Handler
