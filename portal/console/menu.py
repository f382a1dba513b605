"""The console's menu, in the platform's order. Stages add their entries here as their pages come."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.principals import Principal
from portal.kernel import policy
from portal.kernel.terms import AccountType, Capability, VerificationMethod

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Entry:
    """One page of the console; `types` and `shown` decide whether this account has it at all.

    A label may say `%(kind)s`. It is shut for a role that may not exercise `capability`. With
    `has_steps` the pages whose addresses go on from its own are its steps; `leads_to` are pages that
    have no entry of their own.
    """

    label: Promise
    url_name: str
    icon: str
    shown: Callable[[Account], bool] = lambda _account: True
    has_steps: bool = False
    capability: Capability | None = None
    leads_to: tuple[str, ...] = ()
    types: frozenset[AccountType] = policy.EVERY_TYPE


@dataclass(frozen=True)
class Gate:
    """A page that not every account may enter: until it may, the entry leads to why not.

    Whoever may do what `also` says may enter, too.
    """

    capability: Capability
    url_name: str
    icon: str
    leads_to: tuple[str, ...] = ()
    label: Promise | str = ""
    types: frozenset[AccountType] = policy.MINI_PROGRAMS
    also: Capability | None = None


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
            Entry(_("%(kind)s information"), "information:information", "card-text", has_steps=True),
            Entry(
                _("Development Management"),
                "releases:development",
                "box-seam",
                has_steps=True,
                types=policy.MINI_PROGRAMS,
            ),
            Entry(_("User Identity"), "accounts:members", "people", has_steps=True),
        ),
    ),
    Group(
        _("Functions"),
        (
            Gate(
                Capability.EDIT_MENU,
                "associations:menu",
                "menu-button-wide",
                label=_("Custom Menu"),
                types=policy.OFFICIAL_ACCOUNTS,
            ),
        ),
    ),
    Group(
        _("Mini Program"),
        (
            Gate(
                Capability.ASSOCIATE_MINI_PROGRAMS,
                "associations:mini_programs",
                "link-45deg",
                label=_("Mini Program Management"),
                types=policy.OFFICIAL_ACCOUNTS,
                also=Capability.DISASSOCIATE,
            ),
            Gate(
                Capability.WRITE_ARTICLES,
                "associations:articles",
                "newspaper",
                label=_("Graphic Messages"),
                types=policy.OFFICIAL_ACCOUNTS,
            ),
            Gate(
                Capability.SEND_TEMPLATE_MESSAGES,
                "associations:templates",
                "chat-left-text",
                label=_("Template Messages"),
                types=policy.OFFICIAL_ACCOUNTS,
            ),
        ),
    ),
    Group(
        _("Payment"),
        (
            Gate(Capability.OPEN_WECHAT_PAY, "payments:wechat_pay", "credit-card-2-front"),
            Entry(
                _("Virtual Payment"),
                "payments:virtual_payment",
                "wallet2",
                leads_to=("payments:agreement", "payments:deposit"),
                types=policy.MINI_PROGRAMS,
            ),
            Gate(Capability.MANAGE_GAME_COIN, "payments:coin", "coin"),
            Gate(
                Capability.READ_PAYMENT_ORDERS,
                "payments:orders",
                "receipt",
                leads_to=("payments:income",),
            ),
            Gate(
                Capability.READ_PAYMENT_ORDERS,
                "payments:settlements",
                "cash-stack",
                leads_to=("payments:reconciliation", "payments:withdrawals"),
                label=_("Settlement"),
            ),
        ),
    ),
    Group(
        _("Settings"),
        (
            Entry(
                _("Basic Settings"),
                "console:settings",
                "gear",
                leads_to=("accounts:closing", "verification:administrator_change"),
            ),
            Entry(
                _("Development Settings"),
                "accounts:development",
                "code-slash",
                has_steps=True,
                capability=Capability.EDIT_DEVELOPMENT_SETTINGS,
            ),
            Entry(_("Authorized Platforms"), "platforms:authorized", "diagram-2"),
            Entry(
                _("Associated Official Accounts"),
                "associations:official_accounts",
                "link-45deg",
                has_steps=True,
                capability=Capability.DISASSOCIATE,
                types=policy.MINI_PROGRAMS,
            ),
            Entry(_("WeChat authentication"), "verification:authentication", "patch-check", has_steps=True),
            Entry(_("Security"), "accounts:security", "shield-lock", has_steps=True),
            Entry(
                _("Operation log"),
                "console:log",
                "journal-text",
                capability=Capability.READ_OPERATION_LOG,
            ),
        ),
    ),
    Group(
        pgettext_lazy("menu", "Account"),
        (
            Entry(_("Where this stands"), "console:state", "diagram-3"),
            Entry(_("Notification centre"), "console:notices", "bell"),
        ),
    ),
)


@cache
def address(url_name: str, *arguments: str) -> str:
    """Return the address of a page, looked up once: a menu asks for the same ten on every page."""
    return reverse(url_name, args=arguments)


def build(path: str, principal: Principal) -> list[dict[str, object]]:
    """Return the menu as the template wants it, with the entry of `path` marked."""
    menu: list[dict[str, object]] = []
    for group in MENU:
        items = [item for entry in group.entries if (item := _item(entry, principal, path))]
        if items:
            menu.append({"heading": group.heading, "items": items})
    return menu


def _item(entry: Entry | Gate, principal: Principal, path: str) -> dict[str, object] | None:
    if principal.account.type not in entry.types:
        return None
    return _page(entry, principal, path) if isinstance(entry, Entry) else _gate(entry, principal, path)


def _page(entry: Entry, principal: Principal, path: str) -> dict[str, object] | None:
    if not entry.shown(principal.account):
        return None
    url = address(entry.url_name)
    reason = _not_for_the_role(entry.capability, principal)
    return {
        "label": str(entry.label) % {"kind": principal.account.type.kind},
        "url": "" if reason else url,
        "icon": entry.icon,
        "shut_reason": reason,
        "current": _is_within(path, entry),
    }


def _is_within(path: str, entry: Entry | Gate) -> bool:
    url = address(entry.url_name)
    if path == url or ((isinstance(entry, Gate) or entry.has_steps) and path.startswith(url)):
        return True
    return any(path.startswith(address(page)) for page in entry.leads_to)


def _gate(entry: Gate, principal: Principal, path: str) -> dict[str, object]:
    decision = principal.can(entry.capability)
    if not decision and entry.also and (other := principal.can(entry.also)):
        decision = other
    shut = address("console:gate", entry.capability.value)
    return {
        "label": entry.label or policy.label(entry.capability, principal.account.type),
        "url": address(entry.url_name) if decision else shut,
        "icon": entry.icon,
        "shut_reason": decision.reason,
        "current": _is_within(path, entry) or (not decision and path == shut),
    }


def _not_for_the_role(capability: Capability | None, principal: Principal) -> str:
    """Return why the person's role may not use an entry, in a few words, or ''."""
    if capability is None or policy.decide_for(capability, role=principal.role, held=principal.held):
        return ""
    return gettext("Not open to your role: %(role)s") % {"role": principal.role.label}
