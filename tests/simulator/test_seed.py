"""The demonstration that `make run` opens with: made once, whole, and announced (OPS-1)."""

import stat
from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Account, Login
from portal.kernel import breaches
from portal.kernel.models import AuditEvent, Review, World
from portal.kernel.tick import tick
from portal.simulator import seed, walks

pytestmark = pytest.mark.django_db

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    """Keep what the seed keeps in a directory of the test's own."""
    settings.DATA_DIR = tmp_path / "var"
    return settings.DATA_DIR


def states(world):
    return dict(Account.objects.filter(world=world).values_list("email", "state"))


@pytest.mark.requirement("OPS-1")
def test_the_demonstration_has_accounts_in_several_states():
    """OPS-1: seeds a demo world with accounts in several states."""
    world = seed.demo_world(origin=ORIGIN)

    assert states(world) == {
        "desk@copperkettle.example": "expired",
        "ops@lanternbay.example": "verified",
        "meiran@marblelane.example": "verified",
        "hello@heronquay.example": "awaiting_transfer",
        "office@juniperquay.example": "authenticated",
        "desk@quillterrace.example": "awaiting_authentication",
        "team@willowferry.example": "activated",
        "studio@pebblewharf.example": "registered",
        "notes@marblelane.example": "verified",
        "players@lanternbay.example": "authenticated",
        "tickets@cedarpier.example": "authenticated",
    }
    assert (world.name, world.running, world.origin) == ("Autumn class 07", False, ORIGIN)
    assert list(Review.objects.open().values_list("title", flat=True)) == [
        "Nanjing Quill Terrace Evening News"
    ]
    assert breaches.found() == []


def test_the_demonstration_stays_as_it_is_until_somebody_lets_time_pass():
    world = seed.demo_world()

    assert tick().worlds == 0
    assert World.objects.get(pk=world.pk).rings_at is None


def test_the_demonstration_is_made_once():
    first = seed.demo_world()
    walked = AuditEvent.objects.count()

    assert seed.demo_world() == first
    assert (World.objects.count(), AuditEvent.objects.count()) == (1, walked)


def test_a_demonstration_that_was_not_finished_leaves_nothing(monkeypatch):
    """Killed on the way, the next start makes it whole."""
    real = walks.account_at

    def break_off(world, stage, **kwargs):
        if stage == "awaiting_transfer":
            raise KeyboardInterrupt
        return real(world, stage, **kwargs)

    monkeypatch.setattr(walks, "account_at", break_off)
    with pytest.raises(KeyboardInterrupt):
        seed.demo_world()
    assert (World.objects.count(), Account.objects.count()) == (0, 0)

    monkeypatch.setattr(walks, "account_at", real)
    assert len(states(seed.demo_world())) == 11


def test_the_administrators_password_is_told_once_and_kept_for_its_owner_alone(data_dir):
    admin, password = seed.admin()
    again, silence = seed.admin()
    kept = data_dir / "admin-password"

    assert (admin.username, admin.is_superuser, admin.world) == ("admin", True, None)
    assert check_password(password, admin.password)
    assert kept.read_text() == f"{password}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert (again, silence) == (admin, "")


def test_a_new_database_keeps_the_password_that_was_told():
    admin, password = seed.admin()
    Login.objects.filter(pk=admin.pk).delete()

    assert seed.admin()[1] == password


def test_the_command_tells_what_it_made_and_the_password_only_once():
    first, second = StringIO(), StringIO()
    call_command("seed_demo", origin=ORIGIN, stdout=first)
    call_command("seed_demo", stdout=second)
    password = seed.password_path().read_text().strip()

    assert first.getvalue() == (
        "The demonstration world is Autumn class 07.\n"
        f"The desk's administrator is admin, with the password {password}\n"
    )
    assert second.getvalue() == "The demonstration world is Autumn class 07.\n"


def test_what_is_announced_lets_one_in(client):
    world = seed.demo_world(origin=ORIGIN)
    seed.admin()
    told = seed.announce("http://127.0.0.1:8001").splitlines()
    link = f"/w/{world.token}/"

    assert told == [
        f"Autumn class 07: http://127.0.0.1:8001{link}",
        "  ops@lanternbay.example      rehearse-2019  Verified",
        "  meiran@marblelane.example   rehearse-2019  Verified",
        "  hello@heronquay.example     rehearse-2019  Awaiting transfer",
        "  office@juniperquay.example  rehearse-2019  Authenticated",
        "  desk@quillterrace.example   rehearse-2019  Awaiting authentication",
        "  team@willowferry.example    rehearse-2019  Activated",
        "  studio@pebblewharf.example  rehearse-2019  Registered",
        "  notes@marblelane.example    rehearse-2019  Verified, Subscription Account",
        "  players@lanternbay.example  rehearse-2019  Authenticated, Service Account",
        "  tickets@cedarpier.example   rehearse-2019  Authenticated, Service Account",
        "",
        "Review desk: http://127.0.0.1:8001/admin/",
        f"  admin, its password is in {seed.password_path()}",
    ]
    client.get(link)
    for line in told[1:11]:
        email, password, *_state = line.split()
        assert client.login(username=f"{world.pk}/{email}", password=password)
    assert client.get(reverse("simulator:worlds")).status_code == 200


def test_without_a_demonstration_the_desk_is_announced_alone():
    assert seed.announce(ORIGIN).startswith("Review desk: http://127.0.0.1:8000/admin/")
