import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from portal.supervisor import Tree
from tests.ops.asking import within
from tests.ops.running import environment, manage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for orphans in /proc")


@pytest.mark.requirement("OPS-1")
def test_one_command_starts_everything_and_ctrl_c_leaves_nobody(start):
    portal = start()

    assert f"http://127.0.0.1:{portal.port}/" in portal.announced
    assert portal.get("/")[0] == 200
    # 200 only when beat, broker, worker and database have carried a tick.
    assert within(20, lambda: portal.get("/healthz")[0] == 200), portal.get("/healthz")
    assert json.loads(portal.get("/healthz")[1])["broker"] is True
    roles = sorted(portal.processes().values())
    assert roles == ["beat", "gunicorn", "gunicorn", "portal.supervisor", "worker"]

    os.killpg(portal.process.pid, signal.SIGINT)

    assert portal.process.wait(timeout=10) == 0
    assert portal.out.read().splitlines()[-1] == "Stopped."
    assert portal.gone()


def test_killing_the_supervisor_leaves_nobody(start):
    portal = start()

    portal.process.kill()

    assert within(5, portal.gone), portal.processes()


def test_the_end_of_the_parent_ends_all(start):
    portal = start(wrapped=True)

    portal.process.kill()

    assert within(10, portal.gone), portal.processes()


@pytest.mark.parametrize(("role", "name"), [("worker", "worker"), ("gunicorn", "web")])
def test_the_end_of_one_ends_all(start, role, name):
    portal = start()

    os.kill(portal.pid(role), signal.SIGKILL)

    assert portal.process.wait(timeout=10) == 1
    said = portal.out.read()
    assert f"Ended by itself: {name} (-9). Stopping the rest." in said
    assert portal.gone()


def test_a_taken_port_is_refused_in_one_line(data_dir):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = subprocess.run(
            manage("portal", "--bind", f"127.0.0.1:{port}"),
            env=environment(data_dir),
            capture_output=True,
            text=True,
            check=False,
        )

    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert line.startswith(f"CommandError: Not started: cannot listen on 127.0.0.1:{port}")
    assert line.endswith("Choose another port, such as `make run PORT=8001`.")


def test_who_does_not_hear_is_killed_after_the_grace():
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    tree = Tree(
        {
            "deaf": [sys.executable, "-c", f"{deaf}; time.sleep(60)"],
            "good": [sys.executable, "-c", "import time; time.sleep(60)"],
        },
        {},
    )
    assert within(5, lambda: ignores_term(tree.processes["deaf"].pid))

    assert tree.stop(grace=0.5) == ["deaf"]

    assert {name: process.returncode for name, process in tree.processes.items()} == {
        "deaf": -signal.SIGKILL,
        "good": -signal.SIGTERM,
    }


def ignores_term(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    [mask] = [line.split()[1] for line in status.splitlines() if line.startswith("SigIgn:")]
    return bool(int(mask, 16) & 1 << signal.SIGTERM - 1)
