#!/usr/bin/env python3
"""Django's command line, with this project's settings."""

import os
import sys


def main() -> None:
    """Run the management command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- needs the line above

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
