"""Pictures on disk: whole or not at all, private, gone with their world."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from portal.kernel import pictures
from portal.kernel.pictures import Picture

WORLD, OTHER = 41, 42


def picture(content: bytes) -> Picture:
    return Picture(content, "image/png", 1, 1, hashlib.sha256(content).hexdigest(), "one.png")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_picture_is_kept_once_for_its_world_alone(media: Path):
    one = picture(b"one")
    for _time in range(2):
        pictures.store(WORLD, one)

    assert names(media / str(WORLD)) == [one.sha256]
    assert pictures.load(WORLD, one.sha256) == b"one"
    assert stat.S_IMODE((media / str(WORLD)).stat().st_mode) == 0o700
    assert stat.S_IMODE(pictures.path_of(WORLD, one.sha256).stat().st_mode) == 0o600
    with pytest.raises(FileNotFoundError):
        pictures.load(OTHER, one.sha256)


def test_what_breaks_off_leaves_nothing(media: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        pictures.store(WORLD, picture(b"one"))

    assert names(media / str(WORLD)) == []


@pytest.mark.parametrize("name", ["", "..", "../secret-key", "0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n"])
def test_no_other_file_is_named(name: str):
    with pytest.raises(ValueError, match="SHA-256"):
        pictures.load(WORLD, name)


@pytest.mark.django_db
def test_a_world_forgets_its_pictures_when_that_is_certain(
    media: Path, django_capture_on_commit_callbacks: Any
):
    for world in (WORLD, OTHER):
        pictures.store(world, picture(b"one"))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        pictures.forget(WORLD)
        transaction.set_rollback(True)
    assert len(names(media / str(WORLD))) == 1

    with django_capture_on_commit_callbacks(execute=True):
        pictures.forget(WORLD)

    assert (names(media / str(WORLD)), len(names(media / str(OTHER)))) == ([], 1)
    assert not (media / str(WORLD)).exists()


@pytest.mark.django_db
def test_what_is_uploaded_after_the_reset_stays(media: Path, django_capture_on_commit_callbacks: Any):
    one, two = picture(b"one"), picture(b"two")
    pictures.store(WORLD, one)
    pictures.store(WORLD, two)
    with django_capture_on_commit_callbacks(execute=True):
        pictures.forget(WORLD)
        pictures.store(WORLD, two)

    assert names(media / str(WORLD)) == [two.sha256]
