"""Beat's schedule: in memory, and silent while the bell already rings."""

import logging
from typing import Any

from celery.beat import ScheduleEntry, Scheduler

logger = logging.getLogger(__name__)

MOST_WAITING = 20


class Doorbell(Scheduler):
    """Celery's schedule without a state file, that stops publishing while nobody listens.

    The entries recur each second, so there is nothing to remember over a restart. With all workers
    down messages would pile up for as long as beat runs; one that waits says as much as a million.
    """

    reachable = True

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Publish the message of `entry`, unless many wait or the broker is away."""
        try:
            if self._waiting() < MOST_WAITING:
                self.apply_async(entry, producer=producer, advance=False)
        except Exception:
            if self.reachable:
                logger.exception("The broker is not reachable; beat goes on trying.")
            self.reachable = False
        else:
            if not self.reachable:
                logger.warning("The broker is reachable again.")
            self.reachable = True

    def _waiting(self) -> int:
        """Return how many messages wait in the portal's queue."""
        queue = self.app.conf.task_default_queue
        channel = self.connection.default_channel
        return int(channel.queue_declare(queue=queue, durable=True).message_count)
