"""A tick that finds nothing due: 1,000,000 open deadlines in 10,000 worlds beside 100 in one.

Each of the two has a database and a process of its own, so that rounds can take turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from bench import table
from bench.place import place
from bench.ticking import IN_A_WORLD, TICKS


def main(*, quick: bool) -> None:
    """Measure and print; a process of its own per size does the ticking."""
    many = 100 if quick else 10_000
    sizes = {f"{IN_A_WORLD} deadlines in one world": 1, f"{many * IN_A_WORLD:,} in {many:,} worlds": many}
    table.title(f"A tick with nothing due, the mean of {TICKS}")
    with ExitStack() as stack:
        variants = {name: stack.enter_context(ticking(worlds)) for name, worlds in sizes.items()}
        found = table.rounds(variants, 2 if quick else 9)
    few, lots = sizes
    for name in sizes:
        table.row(name, found[name], "ms")
    table.ratio("many over few", found[lots], found[few], "2 at most")


@contextmanager
def ticking(worlds: int) -> Iterator[Callable[[], float]]:
    """Yield a measurement in milliseconds, made by a process with so many worlds; end it afterwards."""
    command = [sys.executable, "-m", "bench.run", "ticking", str(worlds)]
    with (
        place() as environment,
        subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child,
    ):
        asked, answered = child.stdin, child.stdout
        assert asked is not None
        assert answered is not None
        assert answered.readline() == "ready\n"

        def ask() -> float:
            asked.write("go\n")
            asked.flush()
            return float(answered.readline())

        yield ask
        asked.close()
