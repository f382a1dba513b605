"""What stands against closing an account: each stage registers its own objection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from accounts.models import Account

Objection = Callable[[Account], str]

OBJECTIONS: Final[list[Objection]] = []


def objection(against: Objection) -> Objection:
    """Register why an account is not closed: a sentence or two that say what to do first, or ''."""
    OBJECTIONS.append(against)
    return against


def objection_to(account: Account) -> str:
    """Return the first objection to closing this account, or ''."""
    return next(filter(None, (against(account) for against in OBJECTIONS)), "")
