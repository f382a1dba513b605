"""Whether this installation works: web, database, broker, and the tick that moves everything."""

from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kernel import outbox
from portal.kernel.clock import real_now
from portal.kernel.tick import last_tick_at

TICK_IS_STALE_AFTER = timedelta(seconds=60)
PATIENCE_SECONDS = 1


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and broker answer and the last tick is fresh, else 503.

    The age of the oldest undelivered message is told and not judged: somebody else's server that
    is down must not take this one out of service.
    """
    database, ticked_at, lag = _database()
    broker = broker_answers()
    ticking = ticked_at is not None and real_now() - ticked_at < TICK_IS_STALE_AFTER
    facts = {
        "web": True,
        "database": database,
        "broker": broker,
        "last_tick_at": ticked_at,
        "outbox_lag_seconds": lag,
    }
    response = JsonResponse(facts, status=200 if database and broker and ticking else 503)
    # Probes come every few seconds; the answer says what is wrong, a line of log for each does not.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def broker_answers() -> bool:
    """Return whether a message could be published now; takes two seconds at most."""
    if not settings.REDIS_URL:
        return _folder_takes_files()
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _folder_takes_files() -> bool:
    probe = settings.BROKER_DIR / "probe"
    try:
        settings.BROKER_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch(mode=0o600)
    except OSError:
        return False
    return True


def _database() -> tuple[bool, datetime | None, float | None]:
    """Return whether the database answers, when the last tick ended, and the outbox's lag."""
    try:
        return True, last_tick_at(), outbox.lag_seconds()
    except DatabaseError:
        return False, None, None
