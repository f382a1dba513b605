"""Packages of a few files, for tests that look at what is in them."""

from __future__ import annotations

import io

from accounts.models import Account
from releases import actions, packages, sample_packages
from releases.models import Version

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def upload_files(account: Account, number: str = "1.0.0", **replaced: bytes) -> Version:
    """Upload a tiny game with more files, by keyword: js__main is js/main.js, data__a_json data/a.json."""
    files = {"game.js": b"wx.createCanvas();\n", "game.json": b"{}"}
    for name, content in replaced.items():
        path = name.replace("__", "/")
        stem, _underscore, ending = path.rpartition("_")
        files[f"{stem}.{ending}" if stem else f"{path}.js"] = content
    package = packages.read(io.BytesIO(sample_packages.packed(files)))
    return actions.upload(
        account.pk, package, number=number, description="A version", way="console",
        developer_id=account.administrator.person_id, by=account.login.as_actor(),
    )  # fmt: skip
