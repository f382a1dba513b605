"""A pytest plugin: which test proves which requirement, written into docs/requirements.md and checked.

`pytest --collect-only -q --write-requirements` writes the lists; a test of the architecture compares
them whenever the whole suite is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "requirements.md"
HEADING = re.compile(r"^### (?P<id>[A-Z]{3}-\d+)$")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-requirements", action="store_true", help="write docs/requirements.md from the tests' marks"
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.getoption("write_requirements"):
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), proofs(session.items)), encoding="utf-8")


def proofs(items: Iterable[pytest.Item]) -> dict[str, list[str]]:
    """Return the tests of each requirement id, sorted, once each whatever their parameters."""
    found: dict[str, set[str]] = {}
    for item in items:
        name = item.nodeid.partition("[")[0]
        for mark in item.iter_markers("requirement"):
            for requirement in mark.args:
                found.setdefault(requirement, set()).add(name)
    return {requirement: sorted(names) for requirement, names in found.items()}


def filled(page: str, tests: dict[str, list[str]]) -> str:
    """Return the page with the list of tests under each id replaced.

    Raises LookupError when a test names an id that the page has not.
    """
    lines: list[str] = []
    known: set[str] = set()
    for line in page.splitlines():
        if line.startswith("- `"):
            continue
        if not line and lines and not lines[-1]:
            continue
        lines.append(line)
        if heading := HEADING.match(line):
            known.add(heading["id"])
    if unknown := set(tests) - known:
        raise LookupError(f"docs/requirements.md has no {', '.join(sorted(unknown))}")
    written: list[str] = []
    current = ""
    for line in [*lines, "# end"]:
        if line.startswith("#"):
            if current in tests:
                written += [*(f"- `{name}`" for name in tests[current]), ""]
            heading = HEADING.match(line)
            current = heading["id"] if heading else ""
        written.append(line)
    return "\n".join(written[:-1]).rstrip("\n") + "\n"


def is_whole(session: pytest.Session) -> bool:
    """Return whether every test file is being run, with nothing picked out by keyword or mark."""
    option = session.config.option
    collected = {item.path for item in session.items}
    return not (option.keyword or option.markexpr) and collected >= set((ROOT / "tests").rglob("test_*.py"))
