"""The desk's queue: its page with 1,000,000 open reviews beside 100, for each filter (SIM-7).

Each of the two has a database and a process of its own, so that rounds can take turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from bench import table
from bench.place import place
from bench.queueing import FEW, PAGES

Ask = Callable[[str], float]


def main(*, quick: bool) -> None:
    """Measure and print; a process of its own per size answers the pages."""
    many = 10_000 if quick else 1_000_000
    sizes = {f"{FEW} reviews": FEW, f"{many:,} reviews": many}
    table.title("A page of the reviewers' queue, the median of 20")
    with ExitStack() as stack:
        asks = {name: stack.enter_context(queueing(reviews)) for name, reviews in sizes.items()}
        for page in PAGES:
            variants = {name: partial(ask, page) for name, ask in asks.items()}
            found = table.rounds(variants, 2 if quick else 7)
            few, lots = sizes
            for name in sizes:
                table.row(f"{page}, {name}", found[name], "ms")
            table.ratio(f"{page}, many over few", found[lots], found[few], "1.3 at most")


@contextmanager
def queueing(reviews: int) -> Iterator[Ask]:
    """Yield a measurement in milliseconds, made by a process with so many reviews; end it afterwards."""
    command = [sys.executable, "-m", "bench.run", "queueing", str(reviews)]
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

        def ask(page: str) -> float:
            asked.write(f"{page}\n")
            asked.flush()
            return float(answered.readline())

        yield ask
        asked.close()
