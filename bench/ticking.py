"""The process beside bench.tick: fills its database with worlds, then ticks when it is asked."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from bench.rows import ABOVE, NTH, copy_of, moment, multiply, settle, unhurried
from portal.kernel.actors import SIMULATOR
from portal.kernel.clock import real_now
from portal.kernel.models import Deadline, World
from portal.kernel.tick import tick
from portal.simulator import rooms, walks

TICKS = 50
IN_A_WORLD = 100


def main(worlds: int) -> None:
    """Answer each line of the input with the milliseconds that one of many ticks took."""
    fill(worlds)
    print("ready", flush=True)
    for _line in sys.stdin:
        started = time.perf_counter()
        for _tick in range(TICKS):
            assert tick().worlds == 0
        print((time.perf_counter() - started) / TICKS * 1000, flush=True)


def fill(worlds: int) -> None:
    """Make running worlds, each with open deadlines that are due in the next thirty days."""
    unhurried()
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7).world
    account = walks.register(world, "ada@kite.example")
    deadline = Deadline.objects.get(account_id=account.pk)
    soon = real_now() + timedelta(days=1)
    World.objects.filter(pk=world.pk).update(rings_at=soon)
    multiply(world, worlds, token=f"'bench-' || {NTH}")
    due_at = [moment(soon + timedelta(hours=7 * step)) for step in range(100)]
    cases = " ".join(f"WHEN {step} THEN {at}" for step, at in enumerate(due_at))
    multiply(
        deadline,
        worlds * IN_A_WORLD,
        world_id=copy_of(world.pk, f"1 + (n.i - 1) / {IN_A_WORLD}"),
        subject_id=f"{ABOVE} + n.i",
        due_at=f"CASE n.i % 100 {cases} END",
    )
    settle()
