"""`manage.py render_docs`: write what the code knows into docs/, between its markers."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from portal.kernel import documents

DOCS = Path("docs")


class Command(BaseCommand):
    """Writes the generated parts of the documents, or with `--check` says which are stale."""

    requires_system_checks = []
    help = "Write the generated parts of docs/ anew; --check only says which are stale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept `--check`."""
        parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write what changed, or name it."""
        stale = []
        with override("en"):
            for name, body in documents.BODIES.items():
                path = Path(settings.BASE_DIR) / DOCS / name
                text = path.read_text(encoding="utf-8")
                fresh = documents.filled(text, body())
                if fresh == text:
                    continue
                stale.append(name)
                if not options["check"]:
                    path.write_text(fresh, encoding="utf-8")
                    self.stdout.write(f"{DOCS / name} written.")
        if stale and options["check"]:
            names = ", ".join(str(DOCS / name) for name in stale)
            raise CommandError(f"Stale: {names}. Run: python manage.py render_docs")
