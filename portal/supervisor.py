"""Web, worker and beat as one process tree: start together, stop together, leave nobody behind.

Run by `manage.py portal`, which replaces itself with this small process once the database is
ready: Django's 50 MB stay with those who serve.
"""

import argparse
import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

GRACE_SECONDS = 10
START_SECONDS = 60
LOOK_SECONDS = 0.2
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process the moment its parent, process id `parent`, is gone.

    KILL, because nobody is left to insist: what was being done is a transaction, and the next
    start finds it undone. Linux only; elsewhere it does nothing.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before we asked
            os.kill(os.getpid(), signal.SIGKILL)


def commands(listeners: Mapping[str, socket.socket], certificate: str = "") -> dict[str, list[str]]:
    """Return the command of each process, as docs/operations.md has them for running one alone.

    `listeners` are the listening sockets by process: the web's, and if they are wanted that of the
    platform's names (`tls`, which serves `certificate`) and of the proxy that leads to it.
    """
    web = [sys.executable, "-m", "gunicorn", "-c", "python:portal.web"]
    celery = [sys.executable, "-m", "celery", "-A", "portal", "--quiet"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    made = {
        "web": [*web, "--bind", f"fd://{listeners['web'].fileno()}"],
        "worker": [*celery, "worker", *alone],
        "beat": [*celery, "beat", "--pidfile="],
    }
    if tls := listeners.get("tls"):
        made["tls"] = [*web, "--certfile", certificate, "--bind", f"fd://{tls.fileno()}"]
    if tls and (proxy := listeners.get("proxy")):
        host, port = tls.getsockname()[:2]
        bind = ["--bind", f"fd://{proxy.fileno()}", "--to", f"{host}:{port}"]
        made["proxy"] = [sys.executable, "-m", "portal.proxy", *bind]
    return made


class Tree:
    """Running processes by name. One that ends by itself is a reason to end them all."""

    def __init__(self, commands: Mapping[str, Sequence[str]], listeners: Mapping[str, socket.socket]) -> None:
        """Start each command in a session of its own: the terminal's Ctrl-C reaches only us."""
        parent = os.getpid()
        self.processes = {
            name: subprocess.Popen(  # noqa: S603 -- our own commands
                command,
                pass_fds=[listeners[name].fileno()] if name in listeners else [],
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent),
            )
            for name, command in commands.items()
        }

    def ended(self) -> list[str]:
        """Return the names of the processes that no longer run."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def stop(self, grace: float) -> list[str]:
        """End all: TERM to each, KILL to the session of each that is left after `grace` seconds.

        Returns the names of those that had to be killed.
        """
        for process in self.processes.values():
            process.terminate()
        until = time.monotonic() + grace
        while len(self.ended()) < len(self.processes) and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        killed = [name for name in self.processes if name not in self.ended()]
        for name in killed:
            os.killpg(self.processes[name].pid, signal.SIGKILL)
            self.processes[name].wait()
        return killed


def answers(host: str, port: int) -> bool:
    """Return whether the web answers within a second, whatever it says."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def supervise(
    listeners: Mapping[str, socket.socket], *, certificate: str, announcement: str, follow_parent: bool
) -> int:
    """Run the tree until a signal comes or a process ends; return the exit code.

    0 after INT, TERM or HUP; 1 when a process ended by itself or the web did not answer in time.
    With `follow_parent` our parent's end counts as a signal: make, killed, cannot pass one on.
    """
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup's wish stands
        signal.signal(signal.SIGHUP, ask)
    parent = os.getppid()
    host, port = listeners["web"].getsockname()[:2]
    started = time.monotonic()
    tree = Tree(commands(listeners, certificate), listeners)
    for listener in listeners.values():
        listener.close()  # the process's alone from here, so that it refuses when that one stops
    announced = False
    trouble = ""
    while not asked and not trouble:
        if ended := tree.ended():
            codes = ", ".join(f"{name} ({tree.processes[name].returncode})" for name in ended)
            trouble = f"Ended by itself: {codes}. Stopping the rest."
        elif follow_parent and os.getppid() != parent:
            break
        elif not announced and answers(host, port):
            say(announcement)
            announced = True
        elif not announced and time.monotonic() - started > START_SECONDS:
            trouble = f"The web did not answer within {START_SECONDS} seconds. Stopping."
        time.sleep(LOOK_SECONDS)
    if trouble:
        say(trouble)
    killed = tree.stop(GRACE_SECONDS)
    say(f"Stopped; had to be killed: {', '.join(killed)}." if killed else "Stopped.")
    return 1 if trouble else 0


def say(text: str) -> None:
    """Write `text` to whoever started us; a terminal that is gone is no reason to fail."""
    with contextlib.suppress(OSError):
        print(text, flush=True)  # noqa: T201 -- the supervisor's only voice


def main(arguments: Sequence[str]) -> int:
    """Parse the command line that `manage.py portal` makes, and supervise."""
    parser = argparse.ArgumentParser(prog="portal.supervisor")
    parser.add_argument("--web", type=int, required=True, help="an inherited descriptor, listening")
    parser.add_argument("--tls", type=int, help="another, for the platform's names")
    parser.add_argument("--proxy", type=int, help="another, for the proxy that leads there")
    parser.add_argument("--certificate", default="", help="what the platform's names are served with")
    parser.add_argument("--announcement", type=int, required=True, help="a descriptor to read from")
    parser.add_argument("--follow-parent", action="store_true")
    options = parser.parse_args(arguments)
    with open(options.announcement, encoding="utf-8") as stream:
        announcement = stream.read()
    return supervise(
        {
            name: socket.socket(fileno=descriptor)
            for name in ("web", "tls", "proxy")
            if (descriptor := getattr(options, name)) is not None
        },
        certificate=options.certificate,
        announcement=announcement,
        follow_parent=options.follow_parent,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
