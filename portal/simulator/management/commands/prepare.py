"""Make an installation ready to serve: schema, static files, a demonstration when it is empty."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from portal.kernel.models import World

STAMP = ".sources"


class Command(BaseCommand):
    """`manage.py prepare`: what a new version or machine needs, and nothing when it is there."""

    help = "Migrate, collect the static files when they changed, seed the demo worlds when empty."
    requires_system_checks: list[str] = []  # migrate runs them

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --no-seed, for an installation that is no demonstration."""
        parser.add_argument("--no-seed", action="store_false", dest="seed")

    def handle(self, *, seed: bool, **options: Any) -> None:
        """Do what is missing, in the order in which one needs the other."""
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        if seed and not World.objects.exists():
            call_command("seed_demo")


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
