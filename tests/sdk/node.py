"""Stories told to SDKs for Node.js: each is a file that gets JSON and answers JSON.

package.json names the SDKs, https-proxy-agent, which the one without a setting for proxies is given, and
the last node-socialite that node-easywechat can load.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
LISTS = ("package.json", "package-lock.json")
NEEDED = ("node", "npm")
# Of a machine that reaches its registry by a proxy or a certificate of its own, npm's business alone.
OTHERS_WAYS = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "node_extra_ca_certs", "ssl_cert_file")
SECONDS = 60


class Node:
    """Runs stories with the packages of package-lock.json."""

    def __init__(self, modules: Path, files: Path) -> None:
        self.modules, self.files = modules, files

    def tell(self, story: str, given: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
        """Return what a story answers; one that breaks off fails the test with what it said."""
        kept = {name: value for name, value in os.environ.items() if name.lower() not in OTHERS_WAYS}
        told = subprocess.run(
            ["node", HERE / "stories" / f"{story}.cjs"],
            input=json.dumps({**given, "files": str(self.files)}),
            env={**kept, **environment, "NODE_PATH": str(self.modules)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert told.returncode == 0, f"{told.stdout}\n{told.stderr}"
        return json.loads(told.stdout)


def installed() -> Path:
    """Return the folder of the packages, installed once for a lock file; without them the test is skipped.

    With CI=true it fails.
    """
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        _give_up(f"There is no {' and no '.join(missing)} on the PATH, so no SDK for Node.js was tried.")
    content = b"".join((HERE / name).read_bytes() for name in LISTS)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "greenroom"
    folder = cache / f"sdk-{hashlib.sha256(content).hexdigest()[:16]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the processes that test side by side
        if not folder.exists():
            _install(folder)
    return folder / "node_modules"


def _install(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
        for name in LISTS:
            shutil.copy(HERE / name, fresh)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            _give_up(f"npm could not install the SDKs: {done.stderr[-2000:]}")
        shutil.copytree(fresh, folder)


def _give_up(sentence: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
