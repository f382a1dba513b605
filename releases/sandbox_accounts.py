"""The sandbox account that a reviewer tries the game with: its fields, and whether it can be used (REL-5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from portal.kernel import calendar, sealed, text
from releases.models import Submission

PURPOSE: Final = "releases.sandbox"
# Each field with the most characters that it holds.
FIELDS: Final[Mapping[str, int]] = {
    "type": 10,
    "account": 80,
    "password": 80,
    "server": 80,
    "tester": 64,
    "notes": 200,
    "valid_until": 10,
}
SECRET: Final = ("account", "password")  # shown again masked, and to nobody but who typed them
LONGEST_TYPED: Final = 1000  # characters of a wrong value that are kept, to be corrected


def seal(typed: Mapping[str, str]) -> str:
    """Return a sandbox account sealed, cut where it is absurdly long; one that says nothing is ''."""
    found = {
        name: text.showable(str(value)[:LONGEST_TYPED])
        for name, value in typed.items()
        if name in FIELDS and value
    }
    return sealed.seal(json.dumps(found), purpose=PURPOSE) if found else ""


def of(submission: Submission) -> dict[str, str]:
    """Return a submission's sandbox account, opened; empty when there is none, or it was erased."""
    if not submission.sandbox:
        return {}
    found: dict[str, str] = json.loads(sealed.unseal(submission.sandbox, purpose=PURPOSE))
    return found


def is_usable(details: Mapping[str, str], now: datetime) -> bool:
    """Return whether a reviewer can log in with it at `now` (world time), and for how long it says so."""
    if not all(details.get(name) for name in SECRET):
        return False
    if any(len(details.get(name, "")) > most for name, most in FIELDS.items()):
        return False
    until = details.get("valid_until", "")
    return not until or is_ahead(until, now)


def is_ahead(day: str, now: datetime) -> bool:
    """Return whether `day`, as 2019-04-30, is a day after that of `now` in Asia/Shanghai."""
    try:
        return date.fromisoformat(day) > calendar.start_of_day(now).date()
    except ValueError:
        return False


def masked(value: str) -> str:
    """Return an account with all but its ends hidden: "te****er"; a short one is hidden whole."""
    hidden = "*" * 6
    return f"{value[:2]}{hidden}{value[-2:]}" if len(value) > 5 else hidden
