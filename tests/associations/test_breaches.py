"""The audit names what associations, counts and promises contradict (OPS-3)."""

from __future__ import annotations

import pytest
from django.db import connection

from associations import words
from associations.breaches import breaches
from associations.models import Association, Follower
from portal.kernel import deadlines
from portal.kernel.models import Tally
from portal.simulator import walks
from tests.associations import crowd

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("OPS-3")]


@pytest.fixture
def pair(world):
    return crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]


def spoil(table: str, column: str, value: str, pk: int) -> None:
    """Write past every rule but the database's own."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {value} WHERE id = %s", [pk])


def test_an_invitation_that_nothing_ends(pair):
    association = walks.invite(*pair)
    assert breaches() == []
    deadlines.cancel(words.END, subject_id=association.pk)
    assert breaches() == [f"association {association.pk}: waits, and nothing will end it"]


def test_a_promise_about_what_waits_for_nothing(pair):
    association = walks.associate(*pair)
    row = deadlines.schedule(words.END, subject=association, due_at=association.expires_at)
    assert breaches() == [f"deadline {row.pk}: ends an association that waits for nothing"]


def test_additions_that_are_not_what_was_made(pair):
    here, there = pair
    walks.associate(here, there)
    Tally.objects.filter(subject_id=here.pk).update(used=2)
    Tally.objects.filter(subject_id=there.pk).delete()
    assert breaches() == [
        f"account {here.pk}: 2 additions_by_official_account counted in 2019-03, 1 made",
        f"account {there.pk}: 0 additions_of_mini_program counted in 2019-03, 1 made",
    ]


def test_more_places_than_there_are(world, pair):
    here = pair[0]
    others = crowd.accounts(world, 4, company=crowd.THEIRS)
    crowd.associated([(here, there) for there in others])
    assert breaches() == [f"account {here.pk}: 4 of 3 other_entity_mini_programs held"]


def test_accounts_of_the_wrong_types(world):
    one, other = crowd.accounts(world, 2)
    (row,) = crowd.associated([(one, other)])
    assert breaches() == [f"association {row.pk}: joins accounts of the wrong types"]


def test_entities_that_are_told_wrong_and_moments_that_are_missing(pair):
    association = walks.associate(*pair)
    fresh = Association.objects.bulk_create(
        [
            Association(
                world=association.world,
                official_account=association.official_account,
                mini_program=association.mini_program,
                is_same_entity=False,
                state="refused",
                asked_at=association.asked_at,
                expires_at=association.expires_at,
            )
        ]
    )
    assert breaches() == [
        f"association {fresh[0].pk}: says of its entities what is not so",
        f"association {fresh[0].pk}: is over, and has no end",
    ]
    spoil("associations_association", "ended_at", "asked_at", association.pk)
    assert f"association {association.pk}: goes on, and has an end" in breaches()


def test_what_only_an_official_account_has(pair):
    here, there = pair
    menu = walks.publish_menu(here)
    spoil("associations_menu", "account_id", str(there.pk), menu.pk)
    assert breaches() == [f"menu {menu.pk}: is no Official Account's"]


@pytest.mark.requirement("ASC-4")
def test_more_answers_than_an_act_is_worth(world, pair):
    follower = walks.follow(walks.administrator(world, "chenxi"), pair[0])
    Follower.objects.filter(pk=follower.pk).update(answers=5)
    assert breaches() == []
    Follower.objects.filter(pk=follower.pk).update(answers=6)
    assert breaches() == [f"follower {follower.pk}: got more messages than one act is answered with"]
