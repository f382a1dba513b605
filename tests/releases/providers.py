"""A third-party platform with a Mini Program of its own and a template, for an account that authorized it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from accounts.models import Account
from platforms.models import Platform
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.simulator import walks
from releases import actions, packages
from releases.models import CodeDraft, Version
from tests.platform import ForAccount, PlatformServer
from tests.releases.conftest import make_game, upload_to

GAME = {
    "deviceOrientation": "portrait",
    "window": {"title": "Lanterns", "theme": "dark"},
    "subpackages": [{"name": "stages", "root": "stages/"}, {"name": "bonus", "root": "bonus/"}],
}
FILES = {
    "game.js": "console.log('a festival')",
    "game.json": json.dumps(GAME),
    "pages/shop.js": "module.exports = 1",
    "pages/shop.json": '{"title": "Shop", "colour": "red"}',
    "stages/game.js": "// stages",
    "bonus/game.js": "// bonus",
    "project.config.json": '{"appid": "", "compileType": "game"}',
}


def development_program(
    world: World, platform: Platform, name: str = "provider@lanternworks.example"
) -> Account:
    """Return a Mini Game of the platform's own: each upload to it becomes a draft."""
    account = make_game(walks.account_at(world, "verified", email=name))
    actions.bind_program(platform.pk, account.pk, by=SIMULATOR)
    return account


def upload(account: Account, files: Mapping[str, str | bytes] = FILES, number: str = "0.9.0") -> Version:
    """Upload these files to an account, as its administrator."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for path, content in files.items():
            packed.writestr(path, content)
    return actions.upload(
        account.pk,
        packages.read(archive),
        number=number,
        description="Festival template",
        way="console",
        developer_id=account.administrator.person_id,
        by=account.login.as_actor(),
    )


def template_of(server: PlatformServer, version: Version, kind: int = 0) -> int:
    """Take an uploaded version's draft into the library; return the template's id."""
    draft = CodeDraft.objects.get(version=version)
    return actions.add_template(server.platform.pk, draft.pk, kind=kind, by=server.platform.actor).pk


def commit(caller: ForAccount, template: int, ext_json: Any = None, **fields: Any) -> Any:
    """Commit a template to the account that `caller` calls for; ext_json is written as JSON unless text."""
    text = ext_json if isinstance(ext_json, str) else json.dumps(ext_json or {})
    told = {"template_id": template, "ext_json": text, "user_version": "V1.0", "user_desc": "First", **fields}
    return caller.post("/wxa/commit", told)


__all__ = ["FILES", "GAME", "commit", "development_program", "template_of", "upload", "upload_to"]
