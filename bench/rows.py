"""Rows by the hundred thousand: one real row, multiplied by INSERT .. SELECT on both engines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, models

NTH = "CAST(n.i AS TEXT)"  # the number of the copy, as text
ABOVE = 1000  # copies get ids that nothing real has


def copy_of(pk: int, nth: str = "n.i") -> str:
    """Return SQL for the id of a row's nth copy."""
    return f"{pk + ABOVE} + {nth}"


def multiply(row: models.Model, copies: int, /, **columns: str) -> None:
    """Insert copies of a saved row; `columns` gives SQL for what differs, `n.i` being the copy's number.

    Their ids are `copy_of(row.pk)`.
    """
    names = [str(field.column) for field in row._meta.concrete_fields]
    columns = {"id": copy_of(row.pk), **columns}
    values = ", ".join(columns.get(name, f't."{name}"') for name in names)
    table, quoted = row._meta.db_table, ", ".join(f'"{name}"' for name in names)
    execute(
        f"INSERT INTO {table} ({quoted})"
        f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies})"
        f" SELECT {values} FROM {table} t CROSS JOIN n WHERE t.id = {row.pk}"
    )


def execute(query: str, *parameters: Any) -> int:
    """Run one statement; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return int(cursor.rowcount)


def moment(value: datetime) -> str:
    """Return a moment as a literal of this database."""
    literal = f"'{connection.ops.adapt_datetimefield_value(value)}'"
    return f"CAST({literal} AS timestamptz)" if connection.vendor == "postgresql" else literal


def unhurried() -> None:
    """Let this connection's statements take as long as they need; a page's have ten seconds."""
    if connection.vendor == "postgresql":
        execute("SET statement_timeout = 0")


def settle() -> None:
    """Let the database learn what it holds now, and PostgreSQL's sequences what was inserted."""
    if connection.vendor == "postgresql":
        for table in connection.introspection.table_names():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_get_serial_sequence(%s, 'id') WHERE EXISTS (SELECT 1 FROM"
                    " information_schema.columns WHERE table_name = %s AND column_name = 'id')",
                    [table, table],
                )
                found = cursor.fetchone()
            if found and found[0]:
                execute(f"SELECT setval('{found[0]}', (SELECT COALESCE(MAX(id), 1) FROM {table}))")
    execute("ANALYZE")
