"""Documents and migrations are as the code has them."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.kernel import documents
from tests import requirements

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def test_generated_documents_are_fresh() -> None:
    call_command("render_docs", "--check")


def test_a_stale_document_is_named_and_written_anew(tmp_path: Path, settings) -> None:
    (tmp_path / "docs").mkdir()
    for name in documents.BODIES:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    page = tmp_path / "docs" / "limits.md"
    page.write_text(page.read_text().replace("| `sms_per_day` | 5 |", "| `sms_per_day` | 6 |"))
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"Stale: docs/limits\.md"):
        call_command("render_docs", "--check")
    call_command("render_docs", stdout=StringIO())
    assert page.read_text() == (ROOT / "docs" / "limits.md").read_text()


def test_requirements_are_fresh(request: pytest.FixtureRequest) -> None:
    """`pytest --collect-only -q --write-requirements` writes them."""
    if not requirements.is_whole(request.session):
        pytest.skip("only a run of the whole suite knows every test")
    page = requirements.PAGE.read_text(encoding="utf-8")
    assert requirements.filled(page, requirements.proofs(request.session.items)) == page


def test_a_mark_with_an_unknown_id_is_an_error() -> None:
    with pytest.raises(LookupError, match="ABC-1"):
        requirements.filled("### REG-1\n\nText.\n", {"ABC-1": ["tests/a.py::test_b"]})


def test_tests_stand_under_their_requirement() -> None:
    page = "# R\n\n### REG-1\n\nText.\n\n- `gone`\n\n### REG-2\n\nMore.\n"
    assert requirements.filled(page, {"REG-1": ["a", "b"]}) == (
        "# R\n\n### REG-1\n\nText.\n\n- `a`\n- `b`\n\n### REG-2\n\nMore.\n"
    )


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_in_a_document_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())
