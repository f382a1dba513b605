"""A third-party platform with a Mini Program of its own and a template, for an account that authorized it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from accounts.models import Account
from platforms.models import Platform
from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.simulator import walks
from portal.simulator.walks.platforms import authorize
from releases import actions, packages, qualifications
from releases.models import CodeDraft, Version
from tests.platform import ForAccount, PlatformServer
from tests.releases.conftest import make_game
from tests.server import Caller

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


def commit(caller: ForAccount, template: int | str, ext_json: Any = None, **fields: Any) -> Any:
    """Commit a template to the account that `caller` calls for; ext_json is written as JSON unless text."""
    text = ext_json if isinstance(ext_json, str) else json.dumps(ext_json or {})
    told = {"template_id": template, "ext_json": text, "user_version": "V1.0", "user_desc": "First", **fields}
    return caller.post("/wxa/commit", told)


def hand_in_documents(account: Account) -> None:
    """Hand in what the account's kind of entity has to prove, in the console."""
    for slot in qualifications.slots(account.entity_type):
        picture = walks.made_picture(slot.name)
        actions.put_document(account.pk, slot.name, picture, slot.examples(), by=account.login.as_actor())


def allow_games(world: World) -> None:
    """Let Mini Games be submitted by the server API in this world."""
    worlds.allow_games_by_api(world.pk, True, by=SIMULATOR)


def later(world: World, **span: float) -> None:
    """Let the world's time go on."""
    now = World.objects.get(pk=world.pk).now()
    worlds.advance(world.pk, to=now + timedelta(**span), by=SIMULATOR)


ITEM = {
    "first_class": "Game",
    "second_class": "Casual",
    "first_id": 100,
    "second_id": 101,
    "title": "Home",
    "tag": "lantern run",
    "address": "game",
}


def submit(caller: Caller, **fields: Any) -> Any:
    """Submit what was committed, as one page unless `fields` say otherwise."""
    return caller.post("/wxa/submit_audit", {"item_list": [ITEM], "version_desc": "Festival", **fields})


def ready(caller: ForAccount, template: int, ext_json: Any = None, **fields: Any) -> None:
    """Commit a template, and let its scan for privacy end."""
    assert commit(caller, template, ext_json, **fields)["errcode"] == 0
    later(caller.account.world, minutes=1)


def renew(caller: ForAccount) -> None:
    """Get another token: the one before lived two hours."""
    caller.token = authorize(caller.authorization.platform, caller.account).token
