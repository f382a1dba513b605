"""A process beside bench.pushes, to be killed: `python -m bench.relaying THREADS` delivers what waits.

Not begun by bench.run, which migrates first: several do not at once.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress

import django
from django.db import OperationalError

PAUSE = 0.2  # seconds, as the doorbell rings


def main(threads: int) -> None:
    """Deliver in `threads` threads, as a worker does."""
    for _nth in range(threads - 1):
        threading.Thread(target=relay, daemon=True).start()
    relay()


def relay() -> None:
    """Deliver what waits, again and again; where the database was too busy, the next relay does it."""
    from portal.kernel import outbox  # noqa: PLC0415 -- models

    while True:
        sent = 0
        with suppress(OperationalError):
            sent = outbox.relay()
        if not sent:
            time.sleep(PAUSE)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    main(int(sys.argv[1]))
