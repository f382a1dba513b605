"""The joint debug: which calls a game must have made in the sandbox before its coin goes online (PAY-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from payments.models import Environment, GameCall, GameCoin

REQUIRED: Final = (GameCall.Name.BALANCE, GameCall.Name.PAY, GameCall.Name.CANCEL)


@dataclass(frozen=True)
class Required:
    """One call that is required: the newest that succeeded, and the newest of all, if any."""

    name: GameCall.Name
    passed: GameCall | None
    latest: GameCall | None


def progress(coin: GameCoin) -> list[Required]:
    """Return the required calls, and what became of them in the sandbox. One query a call and outcome."""
    made = GameCall.objects.filter(coin=coin, environment=Environment.SANDBOX)
    found = []
    for name in REQUIRED:
        calls = made.filter(name=name).order_by("-pk")
        latest = calls.first()
        passed = latest if latest is None or not latest.errcode else calls.filter(errcode=0).first()
        found.append(Required(name, passed, latest))
    return found


def missing(coin: GameCoin) -> list[GameCall.Name]:
    """Return the required calls that have not succeeded yet. One query."""
    passed = set(
        GameCall.objects.filter(coin=coin, environment=Environment.SANDBOX, errcode=0, name__in=REQUIRED)
        .order_by()
        .values_list("name", flat=True)
        .distinct()
    )
    return [name for name in REQUIRED if name not in passed]
