"""`manage.py audit`: derive the invariants anew from the rows (OPS-3)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.kernel import breaches


class Command(BaseCommand):
    """Prints every breach, one a line or as a JSON list; exit code 1 when there is one."""

    help = "Derive the invariants anew from the rows; exit code 1 and a list on a breach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept `--json`."""
        parser.add_argument("--json", action="store_true", help="print a JSON list of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, print, and fail on a breach."""
        found = breaches.found()
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(found) or f"{len(breaches.CHECKS)} checks, no breach.")
        if found:
            raise CommandError(f"{len(found)} invariants are broken.", returncode=1)
