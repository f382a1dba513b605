"""The audit names what releases, submissions, deadlines and accounts contradict (OPS-3)."""

from __future__ import annotations

import pytest
from django.db import connection

from portal.kernel import deadlines
from portal.kernel.actors import SIMULATOR
from portal.simulator import walks
from releases import actions, words
from releases.breaches_releases import breaches
from releases.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("OPS-3")]


@pytest.fixture
def phased(world) -> Release:
    return walks.publish(walks.account_at(world, "released"), "1.1.0", 5)


def spoil(table: str, column: str, value: str, pk: int) -> None:
    """Write past every rule but the database's own."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {value} WHERE id = %s", [pk])


def test_all_is_well_after_the_real_walk(phased) -> None:
    assert breaches() == []


def test_a_phased_release_without_its_deadline(phased) -> None:
    deadlines.cancel(words.FULL, subject_id=phased.pk)
    assert breaches() == [f"release {phased.pk}: is phased, and nothing completes it"]


def test_a_release_of_what_was_not_approved(phased) -> None:
    spoil("releases_submission", "state", "'approved'", phased.submission_id)
    assert breaches() == [f"release {phased.pk}: its submission was never approved"]


def test_a_released_account_without_a_release(world, phased) -> None:
    other = walks.account_at(world, "verified", email="two@kite.example", name="Paper Kite Two")
    spoil("accounts_account", "released_at", "confirmed_at", other.pk)
    assert breaches() == [f"account {other.pk}: is released, and has no release"]


def test_a_release_of_an_unreleased_account(phased) -> None:
    spoil("accounts_account", "released_at", "NULL", phased.account_id)
    assert breaches() == [f"account {phased.account_id}: has a release, and is not released"]


def test_a_full_release_that_not_all_have_and_a_history_without_end(phased) -> None:
    full = Release.objects.get(state="full")
    spoil("releases_release", "percent", "50", full.pk)
    assert breaches() == [f"release {full.pk}: reaches all players, but not all of them"]
    spoil("releases_release", "percent", "100", full.pk)
    spoil("releases_release", "state", "'replaced'", full.pk)
    assert breaches() == [
        f"release {full.pk}: is history, and has no end",
        f"account {full.account_id}: was online, and nothing is",
    ]


def test_a_suspension_that_account_and_service_tell_differently(phased) -> None:
    pk = phased.account_id
    actions.suspend(pk, reason="Moving house", by=SIMULATOR)
    assert breaches() == []
    spoil("accounts_account", "suspended_at", "NULL", pk)
    assert breaches() == [f"account {pk}: its service is suspended, and it does not know"]
    spoil("accounts_account", "suspended_at", "confirmed_at", pk)
    actions.resume(pk, by=SIMULATOR)
    assert breaches() == []
    spoil("accounts_account", "suspended_at", "confirmed_at", pk)
    assert breaches() == [f"account {pk}: is suspended, and its service runs"]
