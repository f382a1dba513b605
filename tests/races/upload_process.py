"""A process that uploads, to be killed: `python -m tests.races.upload_process DATABASE FOLDER ACCOUNT STOP`.

It prints `ready` and waits where STOP says: `writing`, its file written and not in place yet, or `kept`, the
file in place and no row committed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings


def main(database: str, folder: str, account_id: str, stop: str) -> None:
    """Upload into the database of this name, of the engine that the environment chooses, and never end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    settings.DATABASES["default"]["NAME"] = database
    settings.DATA_DIR = Path(folder)
    django.setup()
    # Models cannot be imported before this.
    from accounts.models import Account  # noqa: PLC0415
    from portal.kernel import pictures  # noqa: PLC0415
    from tests.races.test_upload import uploading  # noqa: PLC0415

    if stop == "writing":
        os.replace = wait  # type: ignore[assignment]
    else:
        keep = pictures.keep

        def keep_and_wait(*given: Any) -> None:
            keep(*given)
            wait()

        pictures.keep = keep_and_wait  # type: ignore[assignment]
    uploading(Account.objects.get(pk=int(account_id)), 7)()


def wait(*_names: Any) -> None:
    """Tell the parent, and wait to be killed."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
