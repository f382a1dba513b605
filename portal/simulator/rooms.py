"""Furnished worlds: a cast with phones, a bank, e-mails in use elsewhere, a reviewer of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts.hashers import MACHINE_MADE
from accounts.models import Login
from accounts.models.login import username_for
from portal.kernel import clock, throttle, worlds
from portal.kernel.action import action
from portal.kernel.actors import VISITOR, Actor
from portal.kernel.models import World
from portal.kernel.wording import short_day
from portal.outside import cast

REVIEWER: Final = "reviewer@desk.example"
NEW_WORLDS_PER_HOUR: Final = 60


@dataclass(frozen=True)
class Room:
    """A new world and the reviewer who sees it alone; the password is told this once."""

    world: World
    reviewer: str
    password: str


def open_world(
    *,
    name: str,
    by: Actor,
    seed: int | None = None,
    now: datetime | None = None,
    frozen: bool = False,
    origin: str = "",
    listed: bool = True,
) -> Room:
    """Make a world with everything a person needs to begin, and tell its reviewer's password (SIM-1).

    Raises Refused (field `now`) for a start out of reach.
    """
    password = secrets.token_urlsafe(12)
    world = _open(
        name=name,
        by=by,
        seed=seed,
        now=now,
        frozen=frozen,
        origin=origin,
        listed=listed,
        password=make_password(password, hasher=MACHINE_MADE),
    )
    return Room(world, username_for(world, REVIEWER), password)


def open_for_visitor(
    *,
    origin: str,
    name: str = "",
    seed: int | None = None,
    now: datetime | None = None,
    frozen: bool = False,
) -> World:
    """Return a world of a visitor's own; its reviewer has no password, the world's people let them in."""
    return _open(
        name=name or _("Rehearsal of %(day)s") % {"day": short_day(clock.real_now())},
        by=VISITOR,
        seed=seed,
        now=now,
        frozen=frozen,
        origin=origin,
        listed=settings.OPEN_WORLDS,
        password=make_password(None),
    )


def throttle_opening(address: str) -> None:
    """Count a world opened from `address`; raises Refused past 60 in an hour of real time."""
    throttle.hit("new_world", address, at_most=NEW_WORLDS_PER_HOUR, within=timedelta(hours=1))


@action
def reset(world_id: int, *, by: Actor) -> World:
    """Empty a world and furnish it anew as on its first day: same name, link, seed, people and reviewer.

    Whatever its clock had planned is gone with the rest. Refused while the clock is moving.
    """
    passwords = Login.objects.filter(world_id=world_id, email=REVIEWER, is_staff=True)
    password = passwords.values_list("password", flat=True).first()
    world = worlds.empty(world_id, by=by)
    _furnish(world, password or make_password(None))
    return world


@action
def _open(
    *,
    name: str,
    by: Actor,
    seed: int | None,
    now: datetime | None,
    frozen: bool,
    origin: str,
    listed: bool,
    password: str,
) -> World:
    world = worlds.create(name=name, by=by, seed=seed, now=now, frozen=frozen, origin=origin, listed=listed)
    _furnish(world, password)
    return world


def _furnish(world: World, password: str) -> None:
    """Put the cast and the reviewer, with a hashed password, into an empty world."""
    cast.settle(world, Random(f"{world.seed}/cast"))  # noqa: S311 -- the seed decides, on purpose
    Login.objects.create(
        world=world,
        email=REVIEWER,
        username=username_for(world, REVIEWER),
        password=password,
        is_staff=True,
    )
