"""The console's menu, in the platform's order. Stages add their entries here as their pages come."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel import policy
from portal.kernel.terms import Capability, VerificationMethod

if TYPE_CHECKING:
    from collections.abc import Callable

ADMINISTRATOR: Final = _("Administrator")


@dataclass(frozen=True)
class Entry:
    """One page of the console; `shown` decides whether this account has it at all.

    With `has_steps` the pages whose addresses go on from its own are its steps.
    """

    label: Promise
    url_name: str
    icon: str
    shown: Callable[[Account], bool] = lambda _account: True
    has_steps: bool = False


@dataclass(frozen=True)
class Gate:
    """A page to come that this account could not enter yet: it says why, and goes when it is open."""

    label: Promise
    capability: Capability
    icon: str


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    heading: Promise | str
    entries: tuple[Entry | Gate, ...]


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
    Group(
        _("Payment"),
        (
            Gate(policy.label(Capability.OPEN_WECHAT_PAY), Capability.OPEN_WECHAT_PAY, "credit-card-2-front"),
            Gate(policy.label(Capability.OPEN_VIRTUAL_PAYMENT), Capability.OPEN_VIRTUAL_PAYMENT, "coin"),
        ),
    ),
    Group(
        _("Settings"),
        (
            Entry(_("Basic Settings"), "console:settings", "gear"),
            Entry(_("WeChat authentication"), "verification:authentication", "patch-check", has_steps=True),
        ),
    ),
)


@cache
def address(url_name: str, *arguments: str) -> str:
    """Return the address of a page, looked up once: a menu asks for the same ten on every page."""
    return reverse(url_name, args=arguments)


def build(path: str, account: Account) -> list[dict[str, object]]:
    """Return the menu as the template wants it, with the entry of `path` marked."""
    menu: list[dict[str, object]] = []
    for group in MENU:
        items = [item for entry in group.entries if (item := _item(entry, account, path))]
        if items:
            menu.append({"heading": group.heading, "items": items})
    return menu


def _item(entry: Entry | Gate, account: Account, path: str) -> dict[str, object] | None:
    if isinstance(entry, Entry):
        if not entry.shown(account):
            return None
        url, shut_reason = address(entry.url_name), ""
        current = path.startswith(url) if entry.has_steps else path == url
    else:
        decision = account.can(entry.capability)
        if decision:
            return None
        url, shut_reason = address("console:gate", entry.capability.value), decision.reason
        current = path == url
    return {
        "label": entry.label,
        "url": url,
        "icon": entry.icon,
        "shut_reason": shut_reason,
        "current": current,
    }
