"""What a message wakes. The work itself is the kernel's, and safe to run twice or in parallel."""

from threading import BoundedSemaphore, Lock

from portal.celery import THREADS, app
from portal.kernel import outbox
from portal.kernel import tick as clockwork

_ticking = Lock()
_relaying = BoundedSemaphore(THREADS - 1)  # receivers that hang must leave a thread to the tick


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
    """Deliver what waits to leave the process, unless all threads but one are at it already."""
    if _relaying.acquire(blocking=False):
        try:
            outbox.relay()
        finally:
            _relaying.release()
