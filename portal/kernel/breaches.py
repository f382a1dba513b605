"""Invariants that `manage.py audit` derives anew from the rows, each app's own (OPS-3)."""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[[], list[str]]

CHECKS: list[Check] = []


def register(check: Check) -> Check:
    """Add a check: it returns one sentence for each breach it finds, none when all is well."""
    if check not in CHECKS:
        CHECKS.append(check)
    return check


def found() -> list[str]:
    """Return every breach that any check finds, in the order the checks were registered."""
    return [breach for check in CHECKS for breach in check()]
