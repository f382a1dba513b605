"""A console page with its log-in, in the CPU of the web process, as a multiple of an empty Django view.

Both run under gunicorn's sync worker, one process each; the empty view stands in a project as
`startproject` makes it. Requests come one at a time, rounds take turns.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from accounts.principals import PERSON, administrator_of
from bench import table
from portal.kernel.actors import SIMULATOR
from portal.simulator import rooms, walks

HERTZ = os.sysconf("SC_CLK_TCK")
AIM = {"postgresql": "15 at most", "sqlite": "12 at most"}
MOST_QUERIES = 8


def main(*, quick: bool) -> None:
    """Measure and print."""
    table.title("A console page with its log-in, CPU of the web process")
    call_command("prepare", seed=False)
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7).world
    account = walks.account_at(world, "awaiting_transfer")
    client = signed_in(account)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    path = reverse("console:home")
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(path)
    connection.close()
    requests = 50 if quick else 300
    with (
        gunicorn("bench.empty:application") as (empty, empty_pid),
        gunicorn("portal.wsgi:application") as (page, page_pid),
    ):
        variants = {
            "an empty view": lambda: cpu(empty, empty_pid, "/", "", 4 * requests),
            "the console's home": lambda: cpu(page, page_pid, path, cookie, requests),
        }
        for variant in variants.values():
            variant()  # caches fill
        found = table.rounds(variants, 2 if quick else 9)
    for name, values in found.items():
        table.row(name, values, "ms")
    table.ratio(
        "page over empty view",
        found["the console's home"],
        found["an empty view"],
        AIM[connection.vendor],
    )
    print(f"  {len(response.content) / 1024:.0f} KiB in {len(queries)} queries; aim: {MOST_QUERIES} at most")


def signed_in(account: Account) -> Client:
    """Return a browser in which the account's administrator is signed in."""
    client = Client(headers={"host": "localhost"})
    client.force_login(account.login)
    session = client.session
    session[PERSON] = administrator_of(account)
    session.save()
    return client


@contextmanager
def gunicorn(application: str) -> Iterator[tuple[int, int]]:
    """Run one sync worker; yield its port and the worker's process id."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"]
        command += ["--workers", "1", "--worker-class", "sync", "--no-control-socket", "--log-level", "error"]
        child = subprocess.Popen([*command, application], pass_fds=[listener.fileno()])
    try:
        get(port, "/", "")  # waits until the worker answers
        workers = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        yield port, int(workers[0])
    finally:
        child.terminate()
        child.wait()


def cpu(port: int, pid: int, path: str, cookie: str, requests: int) -> float:
    """Return the milliseconds of CPU that one of so many requests takes in the worker."""
    before = cpu_seconds(pid)
    for _request in range(requests):
        get(port, path, cookie)
    return (cpu_seconds(pid) - before) / requests * 1000


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has taken so far, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / HERTZ


def get(port: int, path: str, cookie: str) -> None:
    """Ask for a page and read it whole; anything but 200 ends the bench."""
    stop = time.monotonic() + 60
    while True:
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            server.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
            response = server.getresponse()
            response.read()
            assert response.status == 200, f"{path} answered {response.status}"
            return
        except ConnectionError:
            if time.monotonic() > stop:
                raise
            time.sleep(0.1)
        finally:
            server.close()
