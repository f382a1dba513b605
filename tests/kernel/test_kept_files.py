"""The sweep of kept files: what a row names stays, what nobody names goes an hour later."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError

from portal.kernel import kept_files, locks, pictures, worlds
from portal.kernel.actors import SIMULATOR
from portal.simulator import walks

pytestmark = pytest.mark.django_db


def kept(world_id: int, content: bytes, *, age: float = 2 * kept_files.SETTLED) -> Path:
    name = hashlib.sha256(content).hexdigest()
    pictures.keep(world_id, name, content)
    path = pictures.path_of(world_id, name)
    grow_old(path, age)
    return path


def grow_old(path: Path, age: float) -> None:
    written = path.stat().st_mtime - age
    os.utime(path, (written, written))


@pytest.fixture
def account(world):
    return walks.account_at(world, "verified")


def test_what_nobody_names_goes_and_what_a_row_names_stays(world, account):
    stray, named = kept(world.pk, b"stray"), kept(world.pk, b"photo")
    type(account).objects.filter(pk=account.pk).update(photo=named.name)
    assert kept_files.sweep() == 1
    assert (stray.exists(), named.exists()) == (False, True)
    assert kept_files.sweep() == 0


def test_a_young_file_may_be_about_to_get_its_row(world):
    path = kept(world.pk, b"young", age=kept_files.SETTLED - 60)
    assert kept_files.sweep() == 0
    assert path.exists()


def test_a_file_that_a_kill_left_half_written_goes_too(world):
    half = kept(world.pk, b"whole").with_name(".half")
    half.write_bytes(b"ha")
    grow_old(half, 2 * kept_files.SETTLED)
    kept_files.sweep()
    assert not half.exists()


def test_a_row_of_another_world_names_nothing_here(world, account, make_world):
    here, there = kept(world.pk, b"photo"), kept(make_world("Class 08", seed=8).pk, b"photo")
    type(account).objects.filter(pk=account.pk).update(photo=here.name)
    kept_files.sweep()
    assert (here.exists(), there.exists()) == (True, False)


def test_the_files_of_a_world_that_is_gone_go(make_world):
    gone = make_world("Class 09", seed=9)
    worlds.delete(gone.pk, by=SIMULATOR)
    path = kept(gone.pk, b"left behind")
    kept_files.sweep()
    assert not path.exists()


def test_what_is_no_worlds_folder_is_left_alone(world):
    for name in ("lost", "0", "-1", "9" * 30):
        (pictures.root() / name).mkdir(parents=True)
        stranger = pictures.root() / name / "x"
        stranger.write_bytes(b"x")
        grow_old(stranger, 2 * kept_files.SETTLED)
        kept_files.sweep()
        assert stranger.exists()


def test_a_world_that_cannot_be_held_is_swept_the_next_time(world, monkeypatch):
    path = kept(world.pk, b"stray")
    with monkeypatch.context() as busy:

        def refuse(world_id):
            raise OperationalError("canceling statement due to lock timeout")

        busy.setattr(locks, "hold_world", refuse)
        assert kept_files.sweep() == 0
    assert kept_files.sweep() == 1
    assert not path.exists()


def test_more_files_than_one_query_asks_for(world):
    for number in range(600):
        kept(world.pk, b"%d" % number)
    assert kept_files.sweep() == 600


def test_nothing_kept_yet_is_nothing_to_sweep(capsys):
    call_command("sweep")
    assert capsys.readouterr().out == "0 files removed.\n"


def test_every_model_that_names_a_file_says_so():
    naming = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name in {"sha256", "photo"}
    }
    assert naming == set(kept_files.NAMES)
