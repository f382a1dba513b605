"""Faults that a world asks its server API for: busy, quota, dead token, late, lost reply (SIM-8).

Whether a call meets one is drawn from the world's seed, so that the same calls fail the same way.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Final

from django.db.models import F, Q
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import WireFault, World
from portal.kernel.wire.endpoints import ENDPOINTS
from portal.kernel.wire.errors import Wrong

Kind = WireFault.Kind

LONGEST_DELAY_MS: Final = 60_000
MOST_LEFT: Final = 1_000_000
_ERRCODES: Final = {Kind.BUSY: -1, Kind.QUOTA: 45009, Kind.TOKEN: 40001}


@action
def set_fault(
    world_id: int,
    kind: str,
    *,
    by: Actor,
    path: str = "",
    percent: int = 100,
    left: int | None = None,
    delay_ms: int = 0,
) -> WireFault:
    """Let calls of `path` ('' for every one) fail from now on, `percent` of them, the next `left` alone.

    One fault of a kind for a path: another replaces it. Raises Refused at the field that is wrong.
    """
    world = World.objects.share(world_id)
    if kind not in Kind.values:
        raise Refused(_("No fault was set: choose one of the kinds."), code="fault", field="kind")
    if path and path not in ENDPOINTS:
        raise Refused(
            _("No fault was set: %(path)s is not served here. The API's page lists what is.")
            % {"path": path[:120]},
            code="fault",
            field="path",
        )
    for field, value, least, most in (
        ("percent", percent, 1, 100),
        ("left", 1 if left is None else left, 1, MOST_LEFT),
        ("delay_ms", delay_ms, 1 if kind == Kind.DELAY else 0, LONGEST_DELAY_MS),
    ):
        if not least <= value <= most:
            raise Refused(
                _("No fault was set: write a number from %(least)d to %(most)d.")
                % {"least": least, "most": most},
                code="fault",
                field=field,
            )
    fault, _created = WireFault.objects.update_or_create(
        world=world,
        path=path,
        kind=kind,
        defaults={
            "percent": percent,
            "left": left,
            "delay_ms": delay_ms if kind == Kind.DELAY else 0,
            "drawn": 0,
            "set_at": world.now(),
        },
    )
    World.objects.filter(pk=world.pk).update(has_faults=True)
    return fault


@action
def lift_fault(world_id: int, fault_id: int, *, by: Actor) -> None:
    """Let calls succeed again; a fault that is not there any more is lifted already."""
    World.objects.share(world_id)
    WireFault.objects.filter(world_id=world_id, pk=fault_id).delete()
    World.objects.filter(pk=world_id).update(has_faults=WireFault.objects.filter(world_id=world_id).exists())


def before(world: World, path: str) -> None:
    """Let a call meet what fails before anything is done: it may wait here. Raises Wrong."""
    if not world.has_faults:
        return
    faults = WireFault.objects.filter(Q(path=path) | Q(path=""), world=world).exclude(kind=Kind.LOST)
    for fault in sorted(faults, key=lambda fault: fault.kind != Kind.DELAY):
        if not _meets(world, fault):
            continue
        if fault.kind == Kind.DELAY:
            time.sleep(fault.delay_ms / 1000)
        else:
            raise Wrong(
                _ERRCODES[Kind(fault.kind)],
                _("This world asks its server API to fail: %(fault)s. Lift the fault on the page of faults.")
                % {"fault": fault.get_kind_display()},
                explained={"fault": fault.kind},
            )


def loses_reply(world: World, path: str) -> bool:
    """Return whether the reply to a call that is done gets lost on the way."""
    if not world.has_faults:
        return False
    faults = WireFault.objects.filter(Q(path=path) | Q(path=""), world=world, kind=Kind.LOST)
    return any(_meets(world, fault) for fault in faults)


def lost() -> HttpResponseBase:
    """Return a reply that breaks off after its first byte: the connection is closed in its midst."""

    def broken() -> Iterator[bytes]:
        yield b"{"
        raise ConnectionResetError("this world loses its replies")

    return StreamingHttpResponse(broken(), content_type="application/json; encoding=utf-8")


def _meets(world: World, fault: WireFault) -> bool:
    """Draw whether this call meets the fault, and use one up if so."""
    WireFault.objects.filter(pk=fault.pk).update(drawn=F("drawn") + 1)
    nth = WireFault.objects.filter(pk=fault.pk).values_list("drawn", flat=True).first()
    chance = random.Random(f"{world.seed} {fault.path} {fault.kind} {nth}").random()  # noqa: S311 -- a simulation
    if chance * 100 >= fault.percent:
        return False
    if fault.left is None:
        return True
    return bool(WireFault.objects.filter(pk=fault.pk, left__gt=0).update(left=F("left") - 1))
