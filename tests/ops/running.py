"""The portal as `manage.py portal` runs it, on SQLite and the file broker."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.ops.asking import free_port, get


def environment(data_dir):
    """Return ours without the other engine: what runs here runs on SQLite and the file broker."""
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    return kept | {"PORTAL_DATA_DIR": str(data_dir), "PORTAL_OPEN_WORLDS": "1"}


def manage(*arguments):
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


class Portal:
    """`manage.py portal` on a free port, and whoever carries its data directory about.

    `more` is environment; `wrapped` starts it below a shell.
    """

    def __init__(self, data_dir, *, wrapped=False, **more):
        self.data_dir = data_dir
        self.port = free_port()
        command = manage("portal", "--bind", f"127.0.0.1:{self.port}", "--follow-parent")
        self.process = subprocess.Popen(
            # A shell that stays is what make is to the supervisor.
            ["sh", "-c", '"$@"; exit $?', "sh", *command] if wrapped else command,
            env=environment(data_dir) | more,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.out = self.process.stdout
        self.announced = ""
        while "Ctrl-C stops it." not in self.announced:
            said = self.out.readline()
            assert said, self.announced
            self.announced += said

    def processes(self):
        """Return process id -> role of everything that this start brought into the world."""
        mine = f"PORTAL_DATA_DIR={self.data_dir}\0".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdecimal() and mine in (entry / "environ").read_bytes():
                    words = (entry / "cmdline").read_text().split("\0")
                    roles = {"portal.supervisor", "portal.proxy", "gunicorn", "worker", "beat"} & set(words)
                    found[int(entry.name)] = roles.pop() if roles else words[0]
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue  # gone meanwhile, or not ours to see
        return found

    def pid(self, role):
        return min(pid for pid, its in self.processes().items() if its == role)

    def get(self, path):
        return get(self.port, path)

    def gone(self):
        return self.processes() == {}
