"""A prepared installation, and portals that run on it."""

import os
import signal
import subprocess

import pytest

from tests.ops.running import Portal, environment, manage


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    """Return a data directory that is prepared, as on the second start."""
    folder = tmp_path_factory.mktemp("portal")
    subprocess.run(manage("prepare"), env=environment(folder), check=True, capture_output=True)
    return folder


@pytest.fixture
def start(data_dir):
    """Return a function that starts the portal; none outlives the test."""
    started = []

    def start(**kwargs):
        started.append(Portal(data_dir, **kwargs))
        return started[-1]

    yield start
    for portal in started:
        for pid in portal.processes():
            os.kill(pid, signal.SIGKILL)
        portal.out.close()
        portal.process.wait()
