"""Fill an installation with a demonstration."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.simulator import seed


class Command(BaseCommand):
    """`manage.py seed_demo`: the demonstration world and the desk's administrator, each made once."""

    help = "Make the demonstration world and the desk's administrator, unless they are there."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address that links in letters begin with."""
        parser.add_argument("--origin", default="", help="such as http://localhost:8000")

    def handle(self, *, origin: str, **options: Any) -> None:
        """Make what is missing; a password just made is told this once."""
        world = seed.demo_world(origin=origin)
        _login, password = seed.admin()
        self.stdout.write(f"The demonstration world is {world.name}.")
        if password:
            self.stdout.write(f"The desk's administrator is {seed.ADMIN}, with the password {password}")
