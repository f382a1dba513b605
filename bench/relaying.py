"""A process beside bench.pushes, to be killed: so many threads deliver what waits, until the end."""

from __future__ import annotations

import threading
import time

from portal.kernel import outbox

PAUSE = 0.2  # seconds, as the doorbell rings


def main(threads: int) -> None:
    """Deliver in `threads` threads, as a worker does."""
    for _nth in range(threads - 1):
        threading.Thread(target=relay, daemon=True).start()
    print("ready", flush=True)
    relay()


def relay() -> None:
    """Deliver what waits, again and again."""
    while True:
        if not outbox.relay():
            time.sleep(PAUSE)
