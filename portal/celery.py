"""The Celery application: a doorbell that wakes the tick and the relay, never a memory.

What is due and what must leave are rows; a message says only "look". So a message may be lost,
doubled or late without harm, none carries an eta, and each expires before its successors matter.
"""

import os
import warnings
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import setup_logging
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from portal import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

TRANSPORT_ALIASES[broker.ALIAS] = f"{broker.Transport.__module__}:{broker.Transport.__qualname__}"

QUEUE = "portal"
THREADS = 4
SOCKET_SECONDS = 5
VISIBILITY_SECONDS = 60

REDIS_OPTIONS = {
    "visibility_timeout": VISIBILITY_SECONDS,
    # Kombu acts on every tenth look unless told otherwise: recovery would take 100 s longer.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": SOCKET_SECONDS,
    "socket_connect_timeout": SOCKET_SECONDS,
    "socket_keepalive": True,
}
FILE_OPTIONS = {"folder": str(settings.BROKER_DIR)}

# Celery warns a root user of messages that carry code. Ours are JSON and name two tasks.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("portal", include=["portal.tasks"])
app.conf.update(
    broker_url=settings.REDIS_URL or f"{broker.ALIAS}://localhost",
    broker_transport_options=REDIS_OPTIONS if settings.REDIS_URL else FILE_OPTIONS,
    broker_connection_timeout=SOCKET_SECONDS,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    accept_content=["json"],
    task_serializer="json",
    task_default_queue=QUEUE,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # Threads: the work is SQL and sockets, and a slow receiver must not hold up the tick.
    worker_pool="threads",
    worker_concurrency=THREADS,
    worker_enable_remote_control=False,
    worker_soft_shutdown_timeout=5,
    beat_scheduler="portal.beat:Doorbell",
    beat_schedule={
        "tick": {"task": "portal.tasks.tick", "schedule": 1.0, "options": {"expires": 5}},
        "relay": {"task": "portal.tasks.relay", "schedule": 1.0, "options": {"expires": 5}},
    },
)


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Let the LOGGING setting stand: with a receiver here Celery adds no handlers of its own."""
