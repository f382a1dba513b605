"""Gunicorn's settings, for `gunicorn -c python:portal.web`. The measurements are in ADR 0003."""

import ssl
from collections.abc import Callable

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from portal.logs import JsonFormatter
from portal.supervisor import die_with_parent

wsgi_app = "portal.wsgi:application"
# A page that waits (an advance, a scan) holds a thread, not the server. WEB_CONCURRENCY says how
# many such processes there are; gunicorn reads it itself.
worker_class = "gthread"
threads = 8
graceful_timeout = 5
loglevel = "warning"
# It would be one file in the home folder, shared by all installations of one user.
control_socket_disable = True


HANDSHAKE_SECONDS = 5


class PatientSocket(ssl.SSLSocket):
    """A connection over TLS that holds its thread for seconds only, until it has shaken hands."""

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands; who does not in time counts as gone, which gunicorn takes in silence."""
        self.settimeout(HANDSHAKE_SECONDS)
        try:
            super().do_handshake(block)
        except TimeoutError:
            raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "no handshake in time") from None
        self.settimeout(None)


def ssl_context(config: Config, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """Return what `--certfile` serves with."""
    context = default()
    context.sslsocket_class = PatientSocket
    return context


class Log(Logger):
    """Gunicorn's own log in the portal's format."""

    def setup(self, cfg: Config) -> None:
        """Format what gunicorn writes as every other line."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())


logger_class = Log


def post_fork(server: Arbiter, worker: Worker) -> None:
    """End each worker with its master, however that one ends."""
    die_with_parent(server.pid)
