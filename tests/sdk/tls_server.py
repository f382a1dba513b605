"""The platform as an SDK meets it: its host names over TLS, behind the portal's own proxy."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import LiveServerThread

from portal import tls


class TlsServer(ThreadedWSGIServer):
    """Django's test server with the portal's certificate."""

    def get_request(self) -> tuple[Any, Any]:
        """Wrap a connection; the thread that serves it shakes hands."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tls.keep().server)
        connection, address = super().get_request()
        wrapped = context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=True
        )
        return wrapped, address

    def setup_environ(self) -> None:
        """Tell the portal that it is asked over TLS."""
        super().setup_environ()
        self.base_environ["HTTPS"] = "on"


class TlsServerThread(LiveServerThread):
    """Serves the test's database over TLS."""

    server_class = TlsServer


class Platform:
    """The portal at the platform's names: `environment` leads an SDK here that heeds https_proxy."""

    def __init__(self) -> None:
        self.authority: Path = tls.keep().authority
        self.thread = TlsServerThread("127.0.0.1", StaticFilesHandler)
        self.thread.daemon = True
        self.thread.start()
        self.thread.is_ready.wait()
        if self.thread.error:
            raise self.thread.error
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.proxy_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            bind = ["--bind", f"fd://{listener.fileno()}", "--to", f"127.0.0.1:{self.thread.port}"]
            self.proxy = subprocess.Popen(
                [sys.executable, "-m", "portal.proxy", *bind], pass_fds=[listener.fileno()]
            )

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables of docs/sdk.md."""
        return {
            "https_proxy": self.proxy_url,
            "no_proxy": "127.0.0.1,localhost",
            "REQUESTS_CA_BUNDLE": str(self.authority),
            "NODE_EXTRA_CA_CERTS": str(self.authority),
        }

    def close(self) -> None:
        """Stop both, and let go of the database."""
        self.proxy.terminate()
        self.proxy.wait()
        self.thread.terminate()
        connections.close_all()
