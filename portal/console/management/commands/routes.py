"""`manage.py routes`: every address, what it may be asked, and who may open it (OPS-3)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from portal.routes import routes


class Command(BaseCommand):
    """Prints every route, one a line or as a JSON list of `{path, methods, name, who}`."""

    help = "List every route with its methods, its name and who may open it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept `--json`."""
        parser.add_argument("--json", action="store_true", help="print a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        found = routes()
        if options["json"]:
            rows = [asdict(route) for route in found]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for route in found:
            self.stdout.write(f"{','.join(route.methods):14} {route.path}  ({route.who})")
