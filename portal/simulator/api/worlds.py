"""Worlds: make, look, reset, delete (SIM-1)."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from portal.kernel import clock, worlds
from portal.kernel.actors import CONTROL
from portal.kernel.models import World
from portal.kernel.wording import short_day
from portal.simulator import rooms
from portal.simulator.api import lists
from portal.simulator.api.once import once, once_in_steps
from portal.simulator.api.reading import Body, Id, Moment, MomentIn, Shape, as_text, iso, world_of
from portal.simulator.world_forms import LARGEST_SEED

router = Router(tags=["Worlds"])


class NewWorld(Body):
    """What may be said about a new world; what is left out is chosen."""

    name: as_text(60) = ""  # type: ignore[valid-type]
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] | None = None
    now: MomentIn | None = None
    frozen: bool = False


class WorldShape(Shape):
    """A world, and the address that lets a browser into it."""

    world: int
    name: str
    seed: int
    now: Moment
    frozen: bool
    link: str


class Reviewer(Shape):
    """A member of staff who sees one world alone."""

    username: str
    password: str


class MadeWorld(WorldShape):
    """A new world with its reviewer, whose password is told this once."""

    reviewer: Reviewer


@router.post("/worlds", response={201: MadeWorld})
def make_world(request: HttpRequest, asked: NewWorld = NewWorld()) -> HttpResponse:  # noqa: B008 -- never changed
    """Make a world with its people, bank and reviewer."""

    def act() -> MadeWorld:
        room = rooms.open_world(
            name=asked.name or _("Tests of %(day)s") % {"day": short_day(clock.real_now())},
            by=CONTROL,
            seed=asked.seed,
            now=asked.now,
            frozen=asked.frozen,
            origin=_origin(request),
        )
        reviewer = Reviewer(username=room.reviewer, password=room.password)
        return MadeWorld(**dict(_shape(request, room.world)), reviewer=reviewer)

    return once(request, None, act, status=201)


@router.get("/worlds", response=lists.Listed[WorldShape])
def list_worlds(request: HttpRequest, after: lists.After = "") -> lists.Listed[WorldShape]:
    """List all worlds, oldest first."""
    return lists.page(World.objects.all(), after, lambda world: _shape(request, world))


@router.get("/worlds/{world}", response=WorldShape)
def get_world(request: HttpRequest, world: Id) -> WorldShape:
    """Return a world."""
    return _shape(request, world_of(world))


@router.delete("/worlds/{world}", response={204: None})
def delete_world(request: HttpRequest, world: Id) -> HttpResponse:
    """Delete a world and everything in it."""
    worlds.delete(world_of(world).pk, by=CONTROL)
    return HttpResponse(status=204)


@router.post("/worlds/{world}/reset", response=WorldShape)
def reset_world(request: HttpRequest, world: Id) -> HttpResponse:
    """Begin a world again: same link, seed, people and reviewer, and nothing that has happened."""
    there = world_of(world)
    return once_in_steps(request, there, lambda: _shape(request, rooms.reset(there.pk, by=CONTROL)))


def _shape(request: HttpRequest, world: World) -> WorldShape:
    return WorldShape(
        world=world.pk,
        name=world.name,
        seed=world.seed,
        now=iso(world.now()),
        frozen=not world.running,
        link=f"{_origin(request)}{reverse('simulator:enter', args=[world.token])}",
    )


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
