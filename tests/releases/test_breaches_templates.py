"""The audit names what drafts, templates and platforms' submissions contradict (OPS-3)."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import Account
from portal.kernel.models import World
from releases.breaches_templates import breaches
from releases.models import CodeDraft, CodeTemplate, Submission, Version
from tests.platform import PlatformServer
from tests.releases.providers import (
    allow_games,
    development_program,
    hand_in_documents,
    ready,
    submit,
    template_of,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("OPS-3")]


def spoil(table: str, column: str, value: int, pk: int) -> None:
    """Write past every rule, the database's own among them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pk])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="triggers are dropped as SQLite does")
def test_rows_that_another_platform_owns_in_part(world: World, game: Account) -> None:
    allow_games(world)
    hand_in_documents(game)
    server, other = PlatformServer(world), PlatformServer(world, "Paper Works")
    template = template_of(server, upload(development_program(world, server.platform)))
    caller = server.as_account(game)
    ready(caller, template)
    submission = Submission.objects.get(pk=submit(caller)["auditid"])
    assert breaches() == []
    draft = CodeDraft.objects.get()
    spoil("releases_codetemplate", "platform_id", other.platform.pk, template)
    spoil("releases_submission", "platform_id", other.platform.pk, submission.pk)
    spoil("releases_codedraft", "version_id", submission.version_id, draft.pk)
    assert CodeTemplate.objects.get().platform == other.platform
    assert Version.objects.get(pk=submission.version_id).platform == server.platform
    assert breaches() == [
        f"draft {draft.pk}: was not uploaded, but committed",
        f"template {template}: is of another platform's draft",
        f"submission {submission.pk}: another platform committed it",
    ]
