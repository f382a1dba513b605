"""Furnished worlds: a cast with phones, a bank, e-mails in use elsewhere, a reviewer of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Login
from portal.kernel import clock, worlds
from portal.kernel.action import action
from portal.kernel.actors import VISITOR, Actor
from portal.kernel.models import World
from portal.kernel.wording import short_day
from portal.outside import cast


@dataclass(frozen=True)
class Room:
    """A new world and the reviewer who sees it alone; the password is told this once."""

    world: World
    reviewer: str
    password: str


@action
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
    """Make a world with everything a person needs to begin (SIM-1)."""
    world = worlds.create(name=name, by=by, seed=seed, now=now, frozen=frozen, origin=origin, listed=listed)
    cast.settle(world, Random(f"{world.seed}/cast"))  # noqa: S311 -- the seed decides, on purpose
    password = secrets.token_urlsafe(12)
    reviewer = Login.objects.create_login(
        world=world, email="reviewer@desk.example", password=password, is_staff=True
    )
    return Room(world, reviewer.username, password)


def open_for_visitor(*, origin: str) -> World:
    """Return a world of their own for somebody who came without one."""
    name = _("Rehearsal of %(day)s") % {"day": short_day(clock.real_now())}
    return open_world(name=name, by=VISITOR, origin=origin, listed=settings.OPEN_WORLDS).world
