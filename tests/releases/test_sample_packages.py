"""Every sample does what it says."""

from __future__ import annotations

import io

import pytest

from portal.kernel.errors import Refused
from releases import packages, sample_games, sample_packages
from releases.sample_packages import OTHER_APPID, SAMPLES


def read(name: str) -> packages.Package:
    return packages.read(io.BytesIO(sample_packages.build(name)))


@pytest.mark.parametrize("name", [name for name in SAMPLES if SAMPLES[name].code in {"", OTHER_APPID}])
def test_a_good_sample_is_taken(name: str) -> None:
    assert read(name).files


@pytest.mark.parametrize("name", [name for name in SAMPLES if SAMPLES[name].code not in {"", OTHER_APPID}])
def test_a_broken_sample_is_refused_for_what_it_shows(name: str) -> None:
    with pytest.raises(Refused) as refused:
        read(name)
    assert refused.value.code == SAMPLES[name].code


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_the_same_each_time_and_fits_an_upload(name: str) -> None:
    made = sample_packages.build(name)
    assert made == sample_packages.build(name)
    assert len(made) <= packages.PLATFORM.archive
    assert str(SAMPLES[name].title)
    assert str(SAMPLES[name].shows).endswith(".")
    assert SAMPLES[name].is_valid is (SAMPLES[name].code == "")


def test_every_game_is_a_sample_without_anything_odd() -> None:
    games = sample_games.names()
    assert games
    assert set(games) <= set(sample_packages.names())
    for name in games:
        assert read(name).findings == ()
        assert [file.path for file in read(name).files] == sorted(sample_games.files(name))


def test_the_odd_one_is_kept_with_what_is_odd() -> None:
    assert {finding.code for finding in read("odd").findings} == {
        *("kind_left_out", "hidden_left_out", "orientation", "network_timeout", "subpackage_empty")
    }


def test_the_other_accounts_names_its_appid() -> None:
    project = read("other-appid").project
    assert project is not None
    assert project.appid.startswith("wx")


def test_a_project_without_an_appid_names_none() -> None:
    project = read("odd").project
    assert project is not None
    assert project.appid == ""


def test_an_unknown_sample_is_no_sample() -> None:
    with pytest.raises(KeyError):
        sample_packages.build("nothing")
