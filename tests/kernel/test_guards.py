"""Guards in the database itself (REG-9): raw SQL gets no further than an action."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Account
from portal.kernel import guards, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent, World
from portal.simulator import walks


def execute(sql: str, *params: str | int | None) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "verified")


@pytest.mark.requirement("REG-9")
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("accounts_entity", "name", "Another Company"),
        ("accounts_entity", "number", "990000000000000000"),
        ("accounts_entity", "entity_type", "media"),
    ],
)
def test_the_database_refuses_to_change_an_entity(
    account: Account, table: str, column: str, value: str
) -> None:
    with pytest.raises(IntegrityError, match="accounts_entity is guarded"):
        execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", value, account.entity_id)


@pytest.mark.requirement("REG-9")
@pytest.mark.parametrize(
    ("column", "value"),
    [("entity_type", "media"), ("method", "real_name_scan"), ("appid", "wx0"), ("appid", None)],
)
def test_the_database_refuses_to_change_what_was_confirmed(
    account: Account, column: str, value: str | None
) -> None:
    with pytest.raises(IntegrityError, match="accounts_account is guarded"):
        execute(f"UPDATE accounts_account SET {column} = %s WHERE id = %s", value, account.pk)


def test_what_is_still_empty_may_be_filled_once(world: World) -> None:
    account = walks.account_at(world, "activated")
    assert execute("UPDATE accounts_account SET appid = 'wx1' WHERE id = %s", account.pk) == 1
    with pytest.raises(IntegrityError):
        execute("UPDATE accounts_account SET appid = 'wx2' WHERE id = %s", account.pk)


def test_a_guarded_column_may_be_written_unchanged(account: Account) -> None:
    assert execute("UPDATE accounts_account SET appid = appid WHERE id = %s", account.pk) == 1


@pytest.mark.parametrize("table", ["accounts_entity", "accounts_account", "kernel_auditevent"])
def test_no_guarded_row_is_deleted_outside_its_worlds_purge(account: Account, table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is guarded"):
        execute(f"DELETE FROM {table} WHERE world_id = %s", account.world_id)


def test_the_audit_only_grows(account: Account) -> None:
    event = AuditEvent.objects.filter(account_id=account.pk).latest("id")
    with pytest.raises(IntegrityError, match="kernel_auditevent is guarded"):
        execute("UPDATE kernel_auditevent SET by_name = 'nobody' WHERE id = %s", event.pk)


def test_a_deleted_world_takes_its_guarded_rows_along(account: Account) -> None:
    worlds.delete(account.world_id, by=SIMULATOR)
    assert not Account.objects.filter(pk=account.pk).exists()
    assert not AuditEvent.objects.filter(world_id=account.world_id).exists()


def test_installing_again_brings_back_what_a_remade_table_lost(account: Account) -> None:
    (guard,) = [guard for guard in guards.GUARDS if guard.model is Account]
    on_update, _on_delete = guards.names(guard)
    table = " ON accounts_account" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER {on_update}{table}")
    assert on_update not in guards.installed()
    guards.install()
    assert on_update in guards.installed()
    with pytest.raises(IntegrityError):
        execute("UPDATE accounts_account SET appid = 'wx2' WHERE id = %s", account.pk)
