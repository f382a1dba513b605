"""A pytest plugin: one real Chromium for all tests that drive a browser, which run after all others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

PROGRAM = "chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PATIENCE = 10_000  # milliseconds until what should be seen counts as missing
ASYNC_UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last: what `chromium` lifts stays in force for everybody else."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the Chromium found on the PATH; without one the test is skipped, with CI=true it fails.

    Playwright keeps an event loop in this thread, in which Django forbids its ORM. Nothing of ours
    runs in that loop, so the ORM stays allowed while it lasts.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        missing = f"There is no {PROGRAM} on the PATH, so nothing was tried in a browser."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv(ASYNC_UNSAFE, "true")
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
