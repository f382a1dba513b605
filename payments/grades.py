"""The price grades: what a single purchase may cost (PAY-6; wechat-api 11.3, console-rules 8.2 D)."""

from __future__ import annotations

from typing import Final

YUAN: Final = (
    1, 3, 6, 8, 12, 18, 25, 30, 40, 45, 50, 60, 68, 73, 78, 88, 98,
    108, 118, 128, 148, 168, 188, 198, 328, 648,
)  # fmt: skip
FEN: Final = frozenset(yuan * 100 for yuan in YUAN)


def coins(yuan: int, rate: int) -> int:
    """Return how many coins a grade buys at `rate` coins for one yuan. ValueError for what is no grade."""
    if yuan not in YUAN:
        raise ValueError(f"{yuan} yuan is no price grade")
    return yuan * rate


def price(coins: int, rate: int) -> int | None:
    """Return what this many coins cost, in fen, or None when that is no grade."""
    fen, rest = divmod(coins * 100, rate)
    return fen if not rest and fen in FEN else None
