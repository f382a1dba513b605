"""One bench in this process, `python -m bench.run NAME [--quick]`, on the database of the environment."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django
from django.core.management import call_command


def main(name: str, *arguments: str) -> None:
    """Set the portal up, migrate, and run the bench, or the process that serves one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    module = import_module(f"bench.{name}")
    if arguments and arguments[0].isdecimal():
        module.main(int(arguments[0]))
    else:
        module.main(quick="--quick" in arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
