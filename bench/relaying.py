"""A process beside bench.pushes, to be killed: so many threads deliver what waits, until the end."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from django.db import OperationalError

from portal.kernel import outbox

PAUSE = 0.2  # seconds, as the doorbell rings


def main(threads: int) -> None:
    """Deliver in `threads` threads, as a worker does."""
    for _nth in range(threads - 1):
        threading.Thread(target=relay, daemon=True).start()
    print("ready", flush=True)
    relay()


def relay() -> None:
    """Deliver what waits, again and again; where the database was too busy, the next relay does it."""
    while True:
        sent = 0
        with suppress(OperationalError):
            sent = outbox.relay()
        if not sent:
            time.sleep(PAUSE)
