"""Guards in the database itself: rows that only grow, columns that never change.

Triggers, installed idempotently after every migrate, since SQLite's table remake drops them
silently. A row may be deleted only inside its world's purge.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Guard:
    """What the database protects on one table.

    `columns` empty: rows are append-only. Else those columns keep their first value that is not
    empty (NULL or ''), and rows may not be deleted.
    """

    model: type[models.Model]
    columns: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """Return the guarded table's name."""
        return self.model._meta.db_table

    def condition(self) -> str:
        """Return the SQL condition under which an UPDATE is refused."""
        if not self.columns:
            return "1 = 1"
        return " OR ".join(
            f"(OLD.{name} IS NOT NULL AND CAST(OLD.{name} AS TEXT) <> '' "
            f"AND (NEW.{name} IS NULL OR NEW.{name} <> OLD.{name}))"
            for name in self.columns
        )


GUARDS: list[Guard] = []


def append_only(model: type[models.Model]) -> None:
    """Let rows of `model` be inserted and read, never changed; deleted in a purge only."""
    GUARDS.append(Guard(model))


def set_once(model: type[models.Model], *columns: str) -> None:
    """Let `columns` of `model` be filled once and never changed (REG-9)."""
    GUARDS.append(Guard(model, columns))


def install(using: str = "default", **_: object) -> None:
    """Create every guard anew; safe to repeat. Tables not migrated yet are left for later."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if "kernel_purge" not in tables:
        return
    for guard in GUARDS:
        if guard.table in tables:
            _install(connection, guard)


def installed(using: str = "default") -> set[str]:
    """Return the names of the guards' triggers that the database holds now."""
    connection = connections[using]
    query = (
        "SELECT DISTINCT trigger_name FROM information_schema.triggers"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall() if row[0].startswith("guard_")}


def names(guard: Guard) -> tuple[str, str]:
    """Return the names of a guard's two triggers: on update, on delete."""
    return f"guard_update_{guard.table}", f"guard_delete_{guard.table}"


def _install(connection: BaseDatabaseWrapper, guard: Guard) -> None:
    on_update, on_delete = names(guard)
    table, refusal = guard.table, f"{guard.table} is guarded"
    purging = "EXISTS (SELECT 1 FROM kernel_purge WHERE world_id = OLD.world_id)"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
                " BEGIN RAISE EXCEPTION '% is guarded', TG_TABLE_NAME"
                " USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            cursor.execute(
                "CREATE OR REPLACE FUNCTION guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$"
                f" BEGIN IF {purging} THEN RETURN OLD; END IF;"
                " RAISE EXCEPTION '% is guarded', TG_TABLE_NAME"
                " USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {on_update} BEFORE UPDATE ON {table} FOR EACH ROW"
                f" WHEN ({guard.condition()}) EXECUTE FUNCTION guard_refuse()"
            )
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {on_delete} BEFORE DELETE ON {table} FOR EACH ROW"
                " EXECUTE FUNCTION guard_delete()"
            )
        else:
            for name, event, condition in (
                (on_update, "UPDATE", guard.condition()),
                (on_delete, "DELETE", f"NOT {purging}"),
            ):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW"
                    f" WHEN ({condition}) BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
                )
