"""The README's second command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.requirement("OPS-2")
def test_make_test_runs_tests_and_tells_how_they_went(tmp_path):
    """On one file that passes and on one that fails: the exit code is what a pipeline goes by."""
    failing = tmp_path / "test_failing.py"
    failing.write_text("def test_that_fails():\n    assert False\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    def make_test(path: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "test", f"VENV={sys.prefix}", f"PYTHON={sys.executable}", f"ARGS=-n 0 -q {path}"],
            cwd=ROOT,
            env=kept | {"PORTAL_DATA_DIR": str(tmp_path / "data")},
            capture_output=True,
            text=True,
        )

    passed, failed = make_test("tests/kernel/test_money.py"), make_test(str(failing))
    assert (passed.returncode, " passed" in passed.stdout) == (0, True), passed.stdout + passed.stderr
    assert (failed.returncode != 0, "1 failed" in failed.stdout) == (True, True)
