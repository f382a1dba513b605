"""A place for one bench: an empty data directory, and with DATABASE_URL an empty database beside it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def place() -> Iterator[dict[str, str]]:
    """Yield the environment of a new, empty installation on the engine of this one; drop it at the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment = {"PORTAL_DATA_DIR": folder, "PORTAL_DEBUG": "0"}
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            yield environment
            return
        parts = urlsplit(url)
        name = f"bench_{os.path.basename(folder)}".replace("-", "_").lower()
        with psycopg.connect(parts._replace(query="").geturl(), autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                yield environment | {"DATABASE_URL": parts._replace(path=f"/{name}").geturl()}
            finally:
                server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
