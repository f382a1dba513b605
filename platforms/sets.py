"""Permission sets: what an account may grant to a third-party platform, by the platform's own numbers.

Only those that an endpoint here asks for, or that a server commonly looks for, are listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from portal.kernel.policy import MINI_PROGRAMS, OFFICIAL_ACCOUNTS
from portal.kernel.terms import AccountType


@dataclass(frozen=True)
class PermissionSet:
    """One set: its number, what a page calls it, and which accounts have it to grant."""

    number: int
    label: Promise
    types: frozenset[AccountType]


SETS: Final = tuple(
    PermissionSet(number, label, types)
    for types, rows in (
        (
            OFFICIAL_ACCOUNTS,
            (
                (1, pgettext_lazy("permission set", "Messages")),
                (2, pgettext_lazy("permission set", "Users")),
                (3, pgettext_lazy("permission set", "Account service")),
                (4, pgettext_lazy("permission set", "Web pages")),
                (7, pgettext_lazy("permission set", "Mass messages and notifications")),
                (11, pgettext_lazy("permission set", "Materials")),
                (15, pgettext_lazy("permission set", "Custom menu")),
                (33, pgettext_lazy("permission set", "Mini Program management")),
            ),
        ),
        (
            MINI_PROGRAMS,
            (
                (17, pgettext_lazy("permission set", "Account management")),
                (18, pgettext_lazy("permission set", "Development management and data analysis")),
                (19, pgettext_lazy("permission set", "Customer service messages")),
                (25, pgettext_lazy("permission set", "Open platform accounts")),
                (30, pgettext_lazy("permission set", "Basic information")),
                (31, pgettext_lazy("permission set", "WeChat authentication")),
                (40, pgettext_lazy("permission set", "Plugins")),
                (86, pgettext_lazy("permission set", "Trial version")),
                (88, pgettext_lazy("permission set", "URL Schemes and URL Links")),
            ),
        ),
    )
    for number, label in rows
)
ALL: Final = frozenset(each.number for each in SETS)


def offered(account_type: AccountType) -> tuple[PermissionSet, ...]:
    """Return the sets that an account of this type may grant."""
    return tuple(each for each in SETS if account_type in each.types)


def of(numbers: Iterable[int]) -> tuple[PermissionSet, ...]:
    """Return the sets of these numbers, in the table's order; an unknown number is passed over."""
    wanted = set(numbers)
    return tuple(each for each in SETS if each.number in wanted)
