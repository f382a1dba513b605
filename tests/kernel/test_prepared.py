"""Statements that PostgreSQL plans once: bound on the server, a part of Django's transaction."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from portal.kernel import prepared
from portal.kernel.models import Purge

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own"),
]

INSERT = "INSERT INTO kernel_purge (world_id) VALUES (%(world)s) RETURNING world_id"


def plans():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


def test_a_statement_is_planned_at_its_first_use_and_django_plans_none():
    before = plans()
    for number in range(7):
        assert prepared.fetch_one("SELECT %(number)s::bigint + 1", {"number": number}) == (number + 1,)
        assert Purge.objects.count() == 0
    assert plans() == before + 1


def test_it_is_a_part_of_the_transaction():
    with transaction.atomic():
        assert prepared.fetch_one(INSERT, {"world": 7}) == (7,)
        assert list(Purge.objects.values_list("world_id", flat=True)) == [7]
        transaction.set_rollback(True)
    assert not Purge.objects.exists()


def test_no_row_is_none_and_errors_are_djangos():
    assert prepared.fetch_one("SELECT 1 WHERE %(no)s", {"no": False}) is None
    with pytest.raises(DataError), transaction.atomic():
        prepared.fetch_one("SELECT 1 / %(zero)s::bigint", {"zero": 0})
    prepared.fetch_one(INSERT, {"world": 7})
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.fetch_one(INSERT, {"world": 7})
    assert Purge.objects.count() == 1
