"""Nothing of one world points into another, and the audit would see it if it did (SIM-1, R26)."""

import pytest
from django.apps import apps

from accounts.models import Account
from portal.kernel import breaches, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Deadline
from portal.outside.models import BankTransfer, Letter, Person
from portal.simulator import rooms, walks
from tests.conftest import BEGINNING
from verification.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(make_world):
    """Return two worlds in which the same e-mail and the same company have come equally far."""
    pair = make_world("One"), make_world("Two")
    for world in pair:
        account = walks.account_at(world, "awaiting_transfer", email="ops@kite.example", name="Paper Kite")
        walks.pay(account, amount_fen=account.wiretransfer.amount_fen % 99 + 1)
        walks.account_at(world, "registered", email="hello@kite.example")
    return pair


def test_worlds_that_lived_alike_do_not_touch(two):
    one, other = two
    worlds.advance(one.pk, to=BEGINNING + 4 * (BEGINNING - BEGINNING.replace(day=8)), by=SIMULATOR)
    rooms.reset(other.pk, by=SIMULATOR)

    assert breaches.leaks() == []


def test_a_row_in_the_wrong_world_is_found(two):
    """The negative control: moved to the other world, what points at it is told."""
    one, other = two
    received = BankTransfer.objects.get(world=one).to_account
    type(received).objects.filter(pk=received.pk).update(world=other)

    assert set(breaches.leaks()) == {
        "outside.BankTransfer.to_account: 1 rows point into another world",
        "verification.WireTransfer.payee: 1 rows point into another world",
    }


def test_a_key_into_another_world_is_found(two):
    one, other = two
    stranger = Person.objects.filter(world=other)[0]
    Registration.objects.filter(world=one, scanned_by__isnull=False).update(scanned_by=stranger)

    assert breaches.leaks() == ["verification.Registration.scanned_by: 1 rows point into another world"]


def test_a_log_in_that_belongs_to_no_world_is_not_an_accounts(two):
    one, _other = two
    account = Account.objects.filter(world=one).order_by("pk")[0]
    type(account.login).objects.filter(pk=account.login_id).update(world=None)

    assert "accounts.Account.login: 1 rows point into another world" in breaches.leaks()


def test_every_table_of_a_world_is_looked_at():
    """A model without a world is one that belongs to none: the list is short and known."""
    ours = {
        "kernel",
        "outside",
        "accounts",
        "pushes",
        "platforms",
        "verification",
        "information",
        "releases",
        "payments",
        "associations",
    }
    without = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ours and not breaches._has_world(model)
    }

    assert without == {"kernel.World", "kernel.Throttle", "kernel.Pulse"}
    assert all(breaches._has_world(model) for model in (Deadline, Letter, Person))
