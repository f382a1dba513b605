"""The processes as docs/operations.md tells to start them, several of each, on PostgreSQL and Redis."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

from tests.ops.asking import free_port, get, within

DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "")

pytestmark = pytest.mark.skipif(not (DATABASE_URL and REDIS_URL), reason="needs DATABASE_URL and REDIS_URL")


def documented(process):
    """Return the command that docs/operations.md gives for a process, as words."""
    page = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    match = re.search(rf"^\| {process} \| `([^`]+)`", page, re.MULTILINE)
    assert match, process
    return shlex.split(match[1])


@pytest.fixture
def environment(tmp_path):
    """Return the environment of an installation of its own: a fresh database, the given Redis."""
    name = f"portal_{uuid.uuid4().hex}"
    with psycopg.connect(DATABASE_URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield os.environ | {
        "DATABASE_URL": urlsplit(DATABASE_URL)._replace(path=f"/{name}").geturl(),
        "PORTAL_DATA_DIR": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "WEB_CONCURRENCY": "2",
    }
    with psycopg.connect(DATABASE_URL, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def start(environment):
    started = []

    def start(process, **replaced):
        words = documented(process)
        command = [replaced.get(word, word) for word in words]
        started.append(
            subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)
        )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def last_tick(port):
    return json.loads(get(port, "/healthz")[1])["last_tick_at"]


@pytest.mark.requirement("OPS-3")
def test_several_of_each_serve_one_installation_and_losing_one_changes_nothing(start):
    port = free_port()

    assert start("preparation").wait(timeout=120) == 0
    start("web", **{"0.0.0.0:8000": f"127.0.0.1:{port}"})
    workers = [start("worker"), start("worker")]
    beats = [start("beat"), start("beat")]
    assert within(30, lambda: get(port, "/healthz")[0] == 200), get(port, "/healthz")

    workers[0].kill()
    beats[0].kill()
    before = last_tick(port)

    assert within(10, lambda: last_tick(port) > before)
    assert get(port, "/")[0] == 200

    for process in (workers[1], beats[1]):
        process.terminate()
        assert process.wait(timeout=10) == 0
