"""Everything on one machine by one command."""

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import hosts, tls
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
        listeners = {"web": listen(bind), **listen_as_platform()}
        certificate = str(tls.keep().server) if "tls" in listeners else ""
        origin = f"http://{bind.replace('0.0.0.0', '127.0.0.1')}"  # noqa: S104 -- what to open instead
        call_command("prepare", origin=origin)
        key = os.environ["PORTAL_CONTROL_KEY"] = settings.CONTROL_KEY or seed.control_key()
        descriptors = {name: listener.fileno() for name, listener in listeners.items()}
        descriptors["announcement"] = readable(announcement(origin, key))
        command = [sys.executable, "-m", "portal.supervisor", "--certificate", certificate]
        for option, descriptor in descriptors.items():
            os.set_inheritable(descriptor, True)
            command += [f"--{option}", str(descriptor)]
        if follow_parent:
            command.append("--follow-parent")
        os.chdir(settings.BASE_DIR)
        os.execv(command[0], command)  # noqa: S606 -- no shell is wanted


def listen_as_platform() -> dict[str, socket.socket]:
    """Return the sockets that the environment asks for: of the platform's names, of the proxy to them."""
    if settings.PROXY_BIND and not settings.TLS_BIND:
        raise CommandError("Not started: PORTAL_PROXY_BIND leads to PORTAL_TLS_BIND, which is not set.")
    wanted = {"tls": settings.TLS_BIND, "proxy": settings.PROXY_BIND}
    return {
        name: listen(bind, instead=f"PORTAL_{name.upper()}_BIND=127.0.0.1:8443")
        for name, bind in wanted.items()
        if bind
    }


def listen(bind: str, *, instead: str = "`make run PORT=8001`") -> socket.socket:
    """Return a socket that listens at `bind`, or refuse in one line before anything is prepared.

    `instead` is what the line proposes.
    """
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
            f"Not started: cannot listen on {bind} ({error}). Choose another port, such as {instead}."
        ) from None


def announcement(origin: str, key: str) -> str:
    """Return what to print when the web answers: the address, the demo log-ins, the control API's key."""
    parts = [f"Greenroom: {origin}/", seed.announce(origin), seed.announce_control(origin, key)]
    if settings.TLS_BIND:
        parts.append(announce_platform())
    return "\n" + "\n\n".join(parts) + "\n\nCtrl-C stops it.\n"


def announce_platform() -> str:
    """Return what an SDK needs to take the portal for the platform."""
    lines = [
        f"The platform's host names: https://{hosts.API} and others at {settings.TLS_BIND}",
        f"  trust {tls.keep().authority}",
    ]
    if settings.PROXY_BIND:
        lines.append(f"  https_proxy=http://{settings.PROXY_BIND}")
    return "\n".join([*lines, "  docs/sdk.md tells how an SDK gets there."])


def readable(text: str) -> int:
    """Return a descriptor that gives `text` to the process we become.

    A pipe, as the text tells passwords. It must fit a pipe's buffer (64 KiB on Linux).
    """
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    return reader
