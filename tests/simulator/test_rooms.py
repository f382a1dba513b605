"""Furnished worlds: everybody there from the start, and again after a reset (SIM-1)."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password

from accounts.models import Account, Login
from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.outside import cast
from portal.outside.models import BankAccount, DirectoryEntry, Person
from portal.simulator import rooms, walks
from tests.conftest import BEGINNING

pytestmark = pytest.mark.django_db


def furniture(world):
    """Return what a world was furnished with, as far as its seed decides it."""
    return {
        "people": list(
            Person.objects.filter(world=world).order_by("id").values_list("name", "id_number", "phone")
        ),
        "elsewhere": list(DirectoryEntry.objects.filter(world=world).order_by("id").values_list("email")),
        "companies": list(BankAccount.objects.filter(world=world, kind="corporate").values_list("holder")),
        "log-ins": list(Login.objects.filter(world=world).values_list("username", "is_staff")),
    }


def test_a_room_has_a_cast_a_bank_e_mails_in_use_and_a_reviewer_of_its_own():
    room = rooms.open_world(name="Class 07", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True)
    found = furniture(room.world)
    reviewer = Login.objects.get(username=room.reviewer)

    assert [name for name, _number, _phone in found["people"]] == [
        *(name for name, *_rest in cast.PEOPLE),
        cast.MINOR[0],
    ]
    assert found["elsewhere"] == [(email,) for email, _where in cast.ELSEWHERE]
    assert found["companies"] == [(cast.OTHER_COMPANY,)]
    assert found["log-ins"] == [(f"{room.world.pk}/{rooms.REVIEWER}", True)]
    assert check_password(room.password, reviewer.password)
    assert (room.world.now(), room.world.running) == (BEGINNING, False)


def test_the_seed_decides_the_numbers_and_nothing_else_does(make_world):
    one, same, other = make_world("One", seed=7), make_world("Same", seed=7), make_world("Other", seed=8)

    assert furniture(one)["people"] == furniture(same)["people"]
    assert furniture(one)["people"] != furniture(other)["people"]
    assert one.token != same.token


def test_a_visitors_world_is_listed_only_where_worlds_are_open(db, settings):
    settings.OPEN_WORLDS = False
    shut = rooms.open_for_visitor(origin="http://localhost:8000")
    settings.OPEN_WORLDS = True
    listed = rooms.open_for_visitor(origin="http://localhost:8000", name="Mine", now=BEGINNING, frozen=True)

    assert (shut.listed, shut.running) == (False, True)
    assert (listed.listed, listed.name, listed.now()) == (True, "Mine", BEGINNING)
    assert not Login.objects.get(world=listed).has_usable_password()


def test_a_world_that_cannot_start_then_is_not_half_made():
    with pytest.raises(Refused):
        rooms.open_for_visitor(origin="http://localhost:8000", now=BEGINNING - timedelta(days=9000))

    assert not World.objects.exists()


def test_a_reset_world_is_as_on_its_first_day():
    room = rooms.open_world(name="Class 07", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True)
    world = room.world
    first_day = furniture(world)
    walks.account_at(world, "awaiting_transfer")
    worlds.advance(world.pk, to=BEGINNING + timedelta(days=30), by=SIMULATOR)

    again = rooms.reset(world.pk, by=SIMULATOR)

    assert furniture(world) == first_day
    assert (again.now(), again.token, again.name, again.seed) == (BEGINNING, world.token, "Class 07", 7)
    assert not Account.objects.filter(world=world).exists()
    assert check_password(room.password, Login.objects.get(world=world).password)
    assert [event.name for event in worlds.history(world.pk)] == ["reset"]


def test_a_reset_world_lives_as_it_did_the_first_time():
    """The same story again meets the same amount, and none of what the first had planned."""
    world = rooms.open_world(name="Class 07", by=SIMULATOR, seed=7, now=BEGINNING, frozen=True).world
    first = walks.account_at(world, "awaiting_transfer").wiretransfer.amount_fen
    rooms.reset(world.pk, by=SIMULATOR)
    second = walks.account_at(world, "awaiting_transfer")

    report = worlds.advance(world.pk, to=BEGINNING + timedelta(days=11), by=SIMULATOR)

    assert second.wiretransfer.amount_fen == first
    assert [fired.outcome for fired in report.fired] == ["reminded"] * 3 + ["expired"]


def test_opening_worlds_is_throttled_by_address():
    for _ in range(rooms.NEW_WORLDS_PER_HOUR):
        rooms.throttle_opening("203.0.113.7")
    with pytest.raises(Refused) as refusal:
        rooms.throttle_opening("203.0.113.7")
    rooms.throttle_opening("203.0.113.8")

    assert refusal.value.code == "throttled"
