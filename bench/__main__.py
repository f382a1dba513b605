"""Run the benches, each in a database of its own that is dropped afterwards."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from bench.place import place

NAMES = (
    "pages",
    "tick",
    "expiries",
    "queue",
    "members",
    "log",
    "control",
    "packages",
    "versions",
    "ledger",
    "api",
    "pushes",
    "orders",
    "associations",
    "start",
)


def main() -> int:
    """Run what was asked for, one process each; return 1 when any of them failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(NAMES)}; else all")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not to quote")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    failed: list[str] = []
    root = Path(__file__).parent.parent
    for name in options.names or NAMES:
        command = [sys.executable, "-m", "bench.run", name, *(["--quick"] if options.quick else [])]
        with place() as environment:
            done = subprocess.run(command, env={**os.environ, **environment}, cwd=root)
        if done.returncode:
            failed.append(name)
        print()
    if failed:
        print(f"Did not finish: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
