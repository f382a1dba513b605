"""Uploads in many hands at once, and processes killed in the middle of one (R25, REL-1)."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import time as real
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import Account, Member
from portal.kernel import kept_files, pictures
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from releases import actions, archives, packages
from releases.breaches import breaches
from releases.models import Service, Version
from releases.sample_packages import packed
from tests.kernel.test_kept_files import grow_old
from tests.races.rig import CHECK_TO_WRITE, race, without_constraint, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

MANY = 20


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


def package(nth: int) -> packages.Package:
    """Return a package of its own."""
    return packages.read(io.BytesIO(packed({"game.js": b"// %d\n" % nth, "game.json": b"{}"})))


def uploading(
    account: Account, nth: int, *, number: str = "1.0.1", person: Person | None = None
) -> Callable[[], Any]:
    developer = person or account.administrator.person
    return partial(
        actions.upload, account.pk, package(nth), number="1.0.1", description="", way="command_line",
        developer_id=developer.pk, by=developer.as_actor(),
    )  # fmt: skip


@pytest.mark.requirement("REL-1")
def test_twenty_uploads_of_one_number_at_once_leave_one_developed_version_and_lose_none(account):
    outcomes = race([uploading(account, nth) for nth in range(MANY)])
    assert words(outcomes) == {"done": MANY}
    versions = Version.objects.order_by("pk")
    assert [version.state for version in versions] == ["replaced"] * (MANY - 1) + ["developed"]
    assert {version.sha256 for version in versions} == {package(nth).sha256 for nth in range(MANY)}
    for version in versions:
        assert archives.is_whole(version)
    assert Service.objects.count() == 1
    assert breaches() == []


@pytest.mark.requirement("REL-1")
def test_the_same_number_twice_in_parallel_from_different_packages(account):
    for round_ in range(10):
        outcomes = race([uploading(account, 2 * round_ + nth) for nth in range(2)])
        assert words(outcomes) == {"done": 2}
        standing = Version.objects.get(state="developed")
        assert standing.sha256 in {package(2 * round_ + nth).sha256 for nth in range(2)}
        assert archives.is_whole(standing)


@pytest.mark.requirement("REL-1")
def test_the_very_same_upload_twenty_times_at_once_is_one_version(account):
    outcomes = race([uploading(account, 0)] * MANY)
    assert words(outcomes) == {"done": MANY}
    assert Version.objects.count() == 1
    assert sum(outcome.value.was_there for outcome in outcomes) == MANY - 1


@pytest.mark.requirement("REL-1")
def test_members_who_upload_at_once_keep_one_each(account, world):
    people = [Person.objects.get(world=world, wechat_id=who) for who in ("chenxi", "guoan")]
    for person in people:
        Member.objects.create(
            world=world, account=account, person=person, role=Role.DEVELOPER, added_at=world.now()
        )
    people.append(account.administrator.person)
    calls = [uploading(account, nth, person=people[nth % 3]) for nth in range(12)]
    assert words(race(calls)) == {"done": 12}
    assert sorted(Version.objects.filter(state="developed").values_list("developer_id", flat=True)) == sorted(
        person.pk for person in people
    )


@pytest.mark.requirement("REL-2")
def test_a_version_uploaded_over_and_deleted_at_once_is_one_of_the_two(account):
    by = account.administrator.person.as_actor()
    for round_ in range(5):
        standing = uploading(account, 3 * round_)()
        outcomes = race([uploading(account, 3 * round_ + 1), partial(actions.delete, standing.pk, by=by)])
        assert outcomes[0].word == "done"
        assert outcomes[1].word in {"done", "not_developed"}
        standing.refresh_from_db()
        assert standing.state == ("deleted" if outcomes[1].word == "done" else "replaced")
        assert Version.objects.filter(state="developed").count() == 1


def naive(account: Account, nth: int) -> Callable[[], Any]:
    """Return an upload that looks, waits and writes without a lock, into a file named by the number."""

    def upload() -> Version:
        content = package(nth)
        developer = account.administrator.person
        Version.objects.filter(account=account, state="developed").exists()
        real.sleep(CHECK_TO_WRITE)
        path = pictures.path_of(account.world_id, hashlib.sha256(b"1.0.1").hexdigest())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.content)
        return Version.objects.create(
            world=account.world, account=account, developer=developer, role=Role.ADMINISTRATOR, way="console",
            number="1.0.1", sha256=content.sha256, archive_size=1, size=1, main_size=1, contents={},
            uploaded_at=account.world.now(),
        )  # fmt: skip

    return upload


def test_control_without_lock_and_constraint_there_are_several_and_files_do_not_match(account):
    with without_constraint(Version, "one_developed_version_per_member"):
        race([naive(account, nth) for nth in range(5)])
        assert Version.objects.filter(state="developed").count() > 1
        by_number = pictures.path_of(account.world_id, hashlib.sha256(b"1.0.1").hexdigest())
        content = hashlib.sha256(by_number.read_bytes()).hexdigest()
        assert any(version.sha256 != content for version in Version.objects.all())


# --- a process killed in the middle -------------------------------------------------------


@pytest.mark.requirement("REL-1", "OPS-3")
@pytest.mark.parametrize("stop", ["writing", "kept"])
def test_an_upload_killed_before_its_row_leaves_no_row_and_after_the_sweep_no_file(account, media, stop):
    arguments = [str(connection.settings_dict["NAME"]), str(media.parent), str(account.pk), stop]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.races.upload_process", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=django_settings.BASE_DIR,
        env=os.environ.copy(),
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin, child.stdout:
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert not Version.objects.exists()
    left = list((media / str(account.world_id)).glob("*"))
    assert len(left) == 1
    assert kept_files.sweep() == 0  # it might still be about to get its row
    grow_old(Path(left[0]), 2 * kept_files.SETTLED)
    assert kept_files.sweep() == 1
    uploading(account, 7)()
    assert archives.is_whole(Version.objects.get())
    assert breaches() == []


@pytest.mark.requirement("REL-1", "OPS-3")
def test_a_sweep_beside_uploads_takes_nothing_that_gets_a_row(account):
    """Old files of the very same content lie there, nobody's: each upload writes its own anew."""
    for nth in range(8):
        content = package(nth)
        pictures.keep(account.world_id, content.sha256, content.content)
        grow_old(pictures.path_of(account.world_id, content.sha256), 2 * kept_files.SETTLED)
    sweeps = [kept_files.sweep] * 4
    outcomes = race([*(uploading(account, nth) for nth in range(8)), *sweeps])
    assert words(outcomes) == {"done": 12}
    assert Version.objects.count() == 8
    assert breaches() == []
