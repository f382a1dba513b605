"""The demonstration: a world with accounts in several states, and the desk's administrator."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.urls import reverse

from accounts.models import Account, Login
from portal.kernel import worlds
from portal.kernel.action import transactional
from portal.kernel.actors import SIMULATOR
from portal.kernel.calendar import SHANGHAI
from portal.kernel.models import World
from portal.kernel.terms import AccountType, EntityType, Role
from portal.simulator import rooms, walks

WORLD: Final = "Autumn class 07"
SEED: Final = 7
START: Final = datetime(2019, 3, 1, 9, 12, tzinfo=SHANGHAI)
ADMIN: Final = "admin"
PASSWORD_FILE: Final = "admin-password"  # noqa: S105 -- a file's name
CONTROL_KEY_FILE: Final = "control-key"


@transactional
def demo_world(*, origin: str = "") -> World:
    """Return the demonstration world, made on the first call: all of it or, when killed, nothing.

    It is frozen, so that its accounts are tomorrow where they are today; whoever enters lets time pass.
    """
    found = _demo_world()
    if found:
        return found
    world = rooms.open_world(name=WORLD, by=SIMULATOR, seed=SEED, now=START, frozen=True, origin=origin).world
    walks.account_at(
        world, "expired", email="desk@copperkettle.example", name="Ningbo Copper Kettle Software Co., Ltd."
    )
    game = walks.account_at(
        world,
        "verified",
        email="ops@lanternbay.example",
        name="Hangzhou Lantern Bay Network Technology Co., Ltd.",
    )
    _pass(world, timedelta(days=3, hours=1, minutes=20))
    walks.perfect(Account.objects.get(pk=game.pk), name="Paper Lantern Dash")
    walks.bind(Account.objects.get(pk=game.pk), "chenxi", Role.DEVELOPER)
    walks.bind(Account.objects.get(pk=game.pk), "guoan", Role.OPERATOR)
    walks.publish(Account.objects.get(pk=game.pk), walks.FIRST)
    walks.account_at(world, "verified", entity_type=EntityType.INDIVIDUAL, email="meiran@marblelane.example")
    walks.account_at(
        world,
        "awaiting_transfer",
        email="hello@heronquay.example",
        name="Xiamen Heron Quay Interactive Technology Co., Ltd.",
    )
    walks.account_at(
        world,
        "authenticated",
        entity_type=EntityType.GOVERNMENT,
        email="office@juniperquay.example",
        name="Qingdao Juniper Quay Tourism Office",
    )
    _pass(world, timedelta(days=3, hours=4, minutes=15))
    press = walks.account_at(
        world,
        "awaiting_authentication",
        entity_type=EntityType.MEDIA,
        email="desk@quillterrace.example",
        name="Nanjing Quill Terrace Evening News",
    )
    walks.apply(press)
    walks.account_at(world, "activated", email="team@willowferry.example")
    walks.account_at(world, "registered", email="studio@pebblewharf.example")
    _official_accounts(world)
    return World.objects.get(pk=world.pk)


def _official_accounts(world: World) -> None:
    """Add a subscription and two service accounts; one belongs to the entity that has the game."""
    accounts = (
        (
            "Marble Lane Notes",
            walks.account_at(
                world,
                "verified",
                account_type=AccountType.SUBSCRIPTION,
                entity_type=EntityType.INDIVIDUAL,
                email="notes@marblelane.example",
            ),
        ),
        (
            "Lantern Bay Players",
            walks.account_at(
                world,
                "authenticated",
                account_type=AccountType.SERVICE,
                name="Hangzhou Lantern Bay Network Technology Co., Ltd.",
                email="players@lanternbay.example",
                wechat_id="guoan",
            ),
        ),
        (
            "Cedar Pier Tickets",
            walks.account_at(
                world,
                "authenticated",
                account_type=AccountType.SERVICE,
                name="Dalian Cedar Pier Ticketing Co., Ltd.",
                email="tickets@cedarpier.example",
                wechat_id="chenxi",
            ),
        ),
    )
    for name, account in accounts:
        walks.perfect(account, name=name)


def admin() -> tuple[Login, str]:
    """Return the platform's administrator, made on the first call, and the password if it was made now.

    The password is kept in the data directory, for its owner alone to read. An administrator who
    was there already keeps the password they have.
    """
    found = Login.objects.filter(username=ADMIN).first()
    if found:
        return found, ""
    password = _kept(password_path(), length=12)
    return Login.objects.create_superuser(ADMIN, password), password


def announce(origin: str = "") -> str:
    """Return what `make run` prints: the demonstration's link and log-ins, and where the desk is.

    `origin` is the address of this server, such as "http://127.0.0.1:8000"; without it the world's own.
    """
    world = _demo_world()
    lines = []
    if world:
        origin = origin or world.origin
        lines += [f"{world.name}: {origin}{reverse('simulator:enter', args=[world.token])}"]
        accounts = Account.objects.filter(world=world, login__is_active=True).select_related("entity")
        rows = [(account.email, _standing(account)) for account in accounts.order_by("pk")]
        width = max((len(email) for email, _standing in rows), default=0)
        lines += [f"  {email.ljust(width)}  {walks.PASSWORD}  {standing}" for email, standing in rows]
        lines += [""]
    lines += [
        f"Review desk: {origin}{reverse('admin:index')}",
        f"  {ADMIN}, its password is in {password_path()}",
    ]
    return "\n".join(lines)


def _standing(account: Account) -> str:
    state = str(account.get_state_display())
    return f"{state}, {account.type.label}" if account.type.is_official else state


def password_path() -> Path:
    """Return the file that keeps the administrator's password."""
    return Path(settings.DATA_DIR) / PASSWORD_FILE


def control_key() -> str:
    """Return the control API's key that `make run` keeps in the data directory, made on the first call."""
    return _kept(control_key_path(), length=32)


def control_key_path() -> Path:
    """Return the file that keeps the control API's key."""
    return Path(settings.DATA_DIR) / CONTROL_KEY_FILE


def announce_control(origin: str, key: str) -> str:
    """Return what `make run` prints of the control API: where its page is, and its key."""
    kept = control_key_path()
    told = f", kept in {kept}" if kept.exists() and kept.read_text().strip() == key else ""
    return f"Control API: {origin}/sim/api/v1/docs\n  key {key}{told}"


def _demo_world() -> World | None:
    return World.objects.filter(name=WORLD, seed=SEED).order_by("pk").first()


def _pass(world: World, length: timedelta) -> None:
    moment = World.objects.get(pk=world.pk).now()
    worlds.advance(world.pk, to=moment + length, by=SIMULATOR)


def _kept(path: Path, *, length: int) -> str:
    """Return the secret in this file, made now from `length` random bytes if there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(length)
        file.write(f"{secret}\n")
    return secret
