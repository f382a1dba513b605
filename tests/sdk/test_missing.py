"""A machine without Node.js skips what needs it; in CI that is a failure."""

import pytest

from tests.sdk.node import installed

SENTENCE = "There is no node and no npm on the PATH, so no SDK for Node.js was tried."


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_node_nothing_is_tried(monkeypatch, tmp_path, ci, outcome):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)

    with pytest.raises(outcome) as told:
        installed()

    assert str(told.value) == SENTENCE
