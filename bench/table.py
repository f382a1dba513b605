"""Rounds in turn, and a small table: only ratios of one run mean anything on a shared machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from statistics import median

Variant = Callable[[], float]


def rounds(variants: Mapping[str, Variant], number: int) -> dict[str, list[float]]:
    """Return what each variant measured in each round; the variants of a round run one after another."""
    found: dict[str, list[float]] = {name: [] for name in variants}
    for _round in range(number):
        for name, variant in variants.items():
            found[name].append(variant())
    return found


def title(text: str) -> None:
    """Print what is measured, and on which engine."""
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
    print(f"{text} ({engine})", flush=True)


def row(name: str, values: list[float], unit: str, aim: str = "") -> None:
    """Print one variant: the median, the range of the rounds, and the aim where there is one."""
    spread = f"({min(values):.3f} to {max(values):.3f})"
    print(f"  {name:<46} {median(values):>10.3f} {unit:<4} {spread}{aim and f'; aim: {aim}'}", flush=True)


def ratio(name: str, over: list[float], under: list[float], aim: str) -> None:
    """Print the median of the rounds' own ratios, its range, and the aim."""
    row(name, [a / b for a, b in zip(over, under, strict=True)], "x", aim)
