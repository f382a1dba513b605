"""What a message wakes. The work itself is the kernel's, and safe to run twice or in parallel."""

from threading import Lock

from portal.celery import app
from portal.kernel import outbox
from portal.kernel import tick as clockwork

_ticking = Lock()


@app.task
def tick() -> None:
    """Fire what is due, unless this process is at it already: a long tick keeps its one thread."""
    if _ticking.acquire(blocking=False):
        try:
            clockwork.tick()
        finally:
            _ticking.release()


@app.task
def relay() -> None:
    """Deliver what waits to leave the process."""
    outbox.relay()
