"""Faults of a world's pushes: lost, late, twice, drawn from its seed (SIM-8)."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _

from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import World
from pushes.models import PushFault

Kind = PushFault.Kind

LATE: Final = timedelta(minutes=10)


@action
def set_fault(world_id: int, kind: str, *, percent: int, by: Actor) -> None:
    """Let `percent` of a world's pushes meet this fault from now on; 0 lifts it. Raises Refused."""
    world = World.objects.share(world_id)
    if kind not in Kind.values:
        raise Refused(_("No fault was set: choose one of the kinds."), code="fault", field="kind")
    if not 0 <= percent <= 100:
        raise Refused(
            _("No fault was set: write a number from %(least)d to %(most)d.") % {"least": 0, "most": 100},
            code="fault",
            field="percent",
        )
    if percent:
        values = {"percent": percent, "drawn": 0, "set_at": world.now()}
        PushFault.objects.update_or_create(world=world, kind=kind, defaults=values)
    else:
        PushFault.objects.filter(world=world, kind=kind).delete()


def met_by(world: World, event: str) -> str:
    """Return the kind of fault that the next push of a world meets, or ''. Belongs inside its action."""
    met = ""
    for fault in PushFault.objects.filter(world=world).order_by("pk"):
        PushFault.objects.filter(pk=fault.pk).update(drawn=F("drawn") + 1)
        chance = random.Random(f"{world.seed} {fault.kind} {fault.drawn}").random()  # noqa: S311 -- a simulation
        if not met and chance * 100 < fault.percent:
            met = fault.kind
    return met
