"""`make run`'s command on a prepared environment: time to the first page, and the tree's memory at rest.

Memory is PSS: what processes share is divided among them, so that the sum is what the tree costs.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from bench import table

SECONDS = "3 at most"
MEGABYTES = "250 at most"
REST_SECONDS = 10
PARTS = ("gunicorn", "celery -A portal --quiet worker", "celery -A portal --quiet beat", "portal.supervisor")


def main(*, quick: bool) -> None:
    """Measure and print."""
    table.title("Start on a prepared environment")
    with contextlib.redirect_stdout(io.StringIO()):  # it tells a password
        call_command("prepare")
    connection.close()
    seconds, memory = [], []
    for _round in range(1 if quick else 5):
        took, sizes = start(1 if quick else REST_SECONDS)
        seconds.append(took)
        memory.append(sizes)
    table.row("first page", seconds, "s", SECONDS)
    table.row("PSS of the whole tree", [sum(sizes.values()) for sizes in memory], "MB", MEGABYTES)
    for part in PARTS:
        table.row(f"  {part}", [sizes[part] for sizes in memory], "MB")


def start(rest: float) -> tuple[float, dict[str, float]]:
    """Return the seconds to the first page and the megabytes of each process, then stop the tree."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "manage.py", "portal", "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
    )
    try:
        while not answers(port):
            assert child.poll() is None, "it ended by itself"
            time.sleep(0.02)
        took = time.perf_counter() - began
        time.sleep(rest)
        sizes = dict.fromkeys(PARTS, 0.0)
        for part, size in map(process, tree(child.pid)):
            sizes[part] += size
        return took, sizes
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


def answers(port: int) -> bool:
    """Return whether the home page comes whole."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        server.request("GET", "/", headers={"Accept": "text/html"})
        response = server.getresponse()
        return response.status == 200 and b"</html>" in response.read()
    except (ConnectionError, http.client.HTTPException):
        return False
    finally:
        server.close()


def tree(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for each in (task / "children").read_text().split():
            found += tree(int(each))
    return found


def process(pid: int) -> tuple[str, float]:
    """Return which part of the portal a process is, and its PSS in megabytes."""
    command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    part = next(part for part in PARTS if part in command)
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (line,) = [line for line in rollup.splitlines() if line.startswith("Pss:")]
    return part, int(line.split()[1]) / 1024
