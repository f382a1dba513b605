"""The console's menu, in the platform's order. Stages add their entries here as their pages come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel.terms import VerificationMethod

if TYPE_CHECKING:
    from collections.abc import Callable

ADMINISTRATOR: Final = _("Administrator")


@dataclass(frozen=True)
class Entry:
    """One page of the console; `shown` decides whether this account has it at all."""

    label: Promise
    url_name: str
    icon: str
    shown: Callable[[Account], bool] = lambda _account: True


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    heading: Promise | str
    entries: tuple[Entry, ...]


MENU: Final = (
    Group(
        "",
        (
            Entry(_("Home"), "console:home", "house"),
            Entry(
                _("Wire transfer"),
                "verification:wire_transfer",
                "bank",
                lambda account: account.method == VerificationMethod.WIRE_TRANSFER,
            ),
            Entry(_("Where this stands"), "console:state", "diagram-3"),
            Entry(_("Notification centre"), "console:notices", "bell"),
        ),
    ),
    Group(_("Settings"), (Entry(_("Basic Settings"), "console:settings", "gear"),)),
)


def build(path: str, account: Account) -> list[dict[str, object]]:
    """Return the menu as the template wants it, with the entry of `path` marked."""
    return [
        {
            "heading": group.heading,
            "items": [
                {
                    "label": entry.label,
                    "url": (url := reverse(entry.url_name)),
                    "icon": entry.icon,
                    "current": path == url,
                    "shut_reason": "",
                }
                for entry in group.entries
                if entry.shown(account)
            ],
        }
        for group in MENU
    ]
