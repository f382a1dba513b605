"""Make an installation ready to serve: schema, static files, a demonstration when it is empty."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from accounts.models import Login

STAMP = ".sources"


class Command(BaseCommand):
    """`manage.py prepare`: what a new version or machine needs, and nothing when it is there."""

    help = "Migrate, collect the static files when they changed, seed the demo worlds when empty."
    requires_system_checks: list[str] = []  # migrate runs them

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --no-seed, for an installation that is no demonstration, and its address."""
        parser.add_argument("--no-seed", action="store_false", dest="seed")
        parser.add_argument("--origin", default="", help="such as http://localhost:8000")

    def handle(self, *, seed: bool, origin: str, **options: Any) -> None:
        """Do what is missing, in the order in which one needs the other."""
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        # The desk's administrator is made last: without one the seeding was cut short, or never began.
        if seed and not Login.objects.filter(is_superuser=True).exists():
            call_command("seed_demo", origin=origin)


def collect_static() -> None:
    """Collect and compress the static files, unless none changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    current = fingerprint()
    if not stamp.exists() or stamp.read_text() != current:
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(current)


def fingerprint() -> str:
    """Return a hash of the name, size and time of every file that collectstatic would take."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
