"""The sample games are whole packages, and small."""

from __future__ import annotations

import pytest

from releases import sample_games


@pytest.mark.parametrize("name", sample_games.names())
def test_a_sample_is_a_package_and_small(name: str) -> None:
    package = sample_games.files(name)
    assert {"game.js", "game.json", "project.config.json"} <= set(package)
    assert sum(map(len, package.values())) < 60_000


def test_an_unknown_sample_is_an_error() -> None:
    with pytest.raises(KeyError):
        sample_games.files("../packages")
