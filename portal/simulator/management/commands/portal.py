"""Everything on one machine by one command."""

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.simulator import seed


class Command(BaseCommand):
    """`manage.py portal`: prepare, then run web, worker and beat until Ctrl-C."""

    help = "Prepare the installation, then run web, worker and beat until Ctrl-C."
    requires_system_checks: list[str] = []  # migrate runs them

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to listen, and whether to end with whoever started this."""
        parser.add_argument("--bind", default="127.0.0.1:8000", help="host:port of the web server")
        parser.add_argument(
            "--follow-parent", action="store_true", help="stop when the parent process is gone"
        )

    def handle(self, *, bind: str, follow_parent: bool, **options: Any) -> None:
        """Prepare, then become the supervisor: the same process id, a fifth of the memory."""
        listener = listen(bind)
        origin = f"http://{bind.replace('0.0.0.0', '127.0.0.1')}"  # noqa: S104 -- what to open instead
        call_command("prepare", origin=origin)
        key = os.environ["PORTAL_CONTROL_KEY"] = settings.CONTROL_KEY or seed.control_key()
        descriptors = {
            "--listener": listener.fileno(),
            "--announcement": readable(announcement(origin, key)),
        }
        command = [sys.executable, "-m", "portal.supervisor"]
        for option, descriptor in descriptors.items():
            os.set_inheritable(descriptor, True)
            command += [option, str(descriptor)]
        if follow_parent:
            command.append("--follow-parent")
        os.chdir(settings.BASE_DIR)
        os.execv(command[0], command)  # noqa: S606 -- no shell is wanted


def listen(bind: str) -> socket.socket:
    """Return a socket that listens at `bind`, or refuse in one line before anything is prepared."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal():
        raise CommandError(f"Not started: {bind} is not host:port.")
    host = host.strip("[]")
    try:
        return socket.create_server(
            (host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except (OSError, OverflowError) as error:
        raise CommandError(
            f"Not started: cannot listen on {bind} ({error}). "
            "Choose another port, such as `make run PORT=8001`."
        ) from None


def announcement(origin: str, key: str) -> str:
    """Return what to print when the web answers: the address, the demo log-ins, the control API's key."""
    parts = (f"Greenroom: {origin}/", seed.announce(origin), seed.announce_control(origin, key))
    return "\n" + "\n\n".join(parts) + "\n\nCtrl-C stops it.\n"


def readable(text: str) -> int:
    """Return a descriptor that gives `text` to the process we become.

    A pipe, as the text tells passwords. It must fit a pipe's buffer (64 KiB on Linux).
    """
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    return reader
