"""Prepared worlds stand where their title says, walked there by the real actions."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Account
from portal.kernel.models import AuditEvent, Deadline, Review, World
from portal.outside.models import BankTransfer, Letter
from portal.simulator import prepared
from portal.simulator.prepared import PREPARED, START
from verification.models import AuthenticationOrder

pytestmark = pytest.mark.django_db

ORIGIN = "http://localhost:8000"
LONG = {"month_settled": 31, "year_ends": 360}  # stories of more than ten days


def enter(name):
    world, account = prepared.enter(name, origin=ORIGIN)
    return World.objects.get(pk=world.pk), Account.objects.get(pk=account.pk)


def passed(world):
    """Return how much world time the story took, in whole days."""
    return (world.now() - START).days


@pytest.mark.parametrize("name", PREPARED)
def test_every_story_is_a_running_world_of_2019_with_a_page_to_go_on(name):
    world, account = enter(name)
    story = PREPARED[name]

    assert (world.name, world.running, world.origin) == (str(story.title), True, ORIGIN)
    assert START <= world.now() < START + timedelta(days=LONG.get(name, 10))
    assert account.world == world
    assert reverse(story.page).startswith("/")
    assert not Deadline.objects.due(world.now()).exists()


def test_a_story_that_nobody_told_is_not_entered():
    with pytest.raises(KeyError):
        prepared.enter("happy_end", origin=ORIGIN)

    assert not World.objects.exists()


def test_letter_waiting():
    world, account = enter("letter_waiting")

    assert (account.state, passed(world)) == ("registered", 0)
    assert [letter.to for letter in Letter.objects.filter(world=world, read_at=None)] == [account.email]


def test_a_day_left():
    world, account = enter("a_day_left")
    wire = account.wiretransfer
    reminders = Deadline.objects.filter(world=world, kind="verification.wire_reminder")

    assert (account.state, passed(world)) == ("awaiting_transfer", 9)
    assert timedelta(hours=23, minutes=59) < wire.due_at - world.now() <= timedelta(days=1)
    assert sorted(reminders.values_list("detail", "status")) == [
        ("1", "fired"),
        ("3", "fired"),
        ("7", "fired"),
    ]
    assert Letter.objects.filter(world=world, to=account.email).count() == 5  # link, asked, three reminders


def test_near_miss():
    world, account = enter("near_miss")
    parked = BankTransfer.objects.get(world=world)

    assert (account.state, passed(world)) == ("awaiting_transfer", 1)
    assert (parked.state, parked.reason) == ("parked", "wrong_amount")
    assert abs(parked.amount_fen - account.wiretransfer.amount_fen) == 1
    assert Deadline.objects.open().filter(kind="verification.wire_return", subject_id=parked.pk).exists()


def test_verified_yesterday():
    world, account = enter("verified_yesterday")

    assert (account.state, account.wiretransfer.state) == ("verified", "validated")
    assert timedelta(days=1) <= world.now() - account.verified_at < timedelta(days=1, minutes=1)


def test_individual():
    _world, account = enter("individual")

    assert (account.state, account.entity_type, account.method) == (
        "verified",
        "individual",
        "real_name_scan",
    )
    events = AuditEvent.objects.filter(subject_type="accounts.Account", subject_id=account.pk)
    assert [event.name for event in events.order_by("id")] == ["activate", "verify_by_scan"]


def test_at_the_desk():
    world, account = enter("at_the_desk")
    order = AuthenticationOrder.objects.get(account=account)

    assert (account.entity_type, order.state, order.fee_fen) == ("government", "under_review", 0)
    assert Review.objects.open().get(world=world).subject_id == order.pk


def test_returned():
    world, account = enter("returned")
    order = AuthenticationOrder.objects.get(account=account)

    assert (account.entity_type, order.state, order.refills) == ("media", "returned", 1)
    assert timedelta(days=29, hours=23) < order.refill_by - world.now() <= timedelta(days=30)
    assert not Review.objects.open().filter(world=world).exists()


def test_year_ends():
    world, account = enter("year_ends")

    assert (account.state, account.method) == ("authenticated", "wire_transfer")
    left = account.authenticated_until - world.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    subjects = Letter.objects.filter(world=world, to=account.email).values_list("subject", flat=True)
    reminders = [subject for subject in subjects if "runs out in" in subject]
    assert sorted(reminders) == sorted(
        f"WeChat authentication runs out in {days} days" for days in (90, 60, 30, 7)
    )


@pytest.mark.requirement("INF-2")
def test_name_at_the_desk():
    world, account = enter("name_at_the_desk")

    assert Review.objects.open().get(world=world).kind == "information.name"
    assert account.name == ""


@pytest.mark.requirement("INF-3", "DEV-1")
def test_complete_game():
    _world, account = enter("complete_game")

    assert account.is_game
    assert sorted(account.members.values_list("role", flat=True)) == ["developer", "operator"]
