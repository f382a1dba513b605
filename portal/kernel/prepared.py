"""Statements that PostgreSQL parses and plans once for a connection.

Django binds values in the client, so that every execution is planned anew: for a statement that is
short and always the same, that costs more than to run it. What runs here is bound on the server and
prepared at its first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def fetch_one(statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Run a statement with its `%(name)s` values on Django's connection; return its first row, if any.

    Outside a transaction it is one of its own. Raises Django's exceptions of `django.db`.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchone()
