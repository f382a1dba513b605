"""The banks to choose from, and how an account's number is shown (console-rules 8.2 C)."""

from __future__ import annotations

from typing import Final

# All of them invented; a name has one form, in Latin letters, in both languages of the pages.
BANKS: Final = (
    "Harbour Bank",
    "Lantern Commercial Bank",
    "Paper Kite Bank",
    "Red Kiln Bank",
    "Riverside Savings Bank",
)


def masked(number: str) -> str:
    """Return an account number of 8 to 30 digits as pages show it: the first six and the last four.

    A short one shows less, so that four digits at least stay hidden.
    """
    head, tail = (6, 4) if len(number) >= 14 else (2, 2)
    return f"{number[:head]}{'*' * (len(number) - head - tail)}{number[-tail:]}"
