"""`manage.py sweep`: take away kept files that no row names (reliability 4.2)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.kernel import kept_files


class Command(BaseCommand):
    """Sweeps every world's folder once; safe at any time, also beside a running portal."""

    help = "Remove pictures and packages that no row names, an hour after they were written."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, and say how many files went."""
        self.stdout.write(f"{kept_files.sweep()} files removed.")
