"""What is open to an account and what is not, read from the policy table (VER-6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.principals import Principal
from portal.console.menu import address
from portal.kernel import policy
from portal.kernel.policy import POLICY, Grant, Rule
from portal.kernel.terms import AccountState, AccountType, Capability, EntityType, Fact, Role
from portal.kernel.wording import joined, listed, short_day

# What the home lists as open or not: what an account grows into. The rest is there from its confirmation on.
LISTED: Final = (
    Capability.EDIT_INFORMATION,
    Capability.SUBMIT_FOR_VERIFICATION,
    Capability.APPLY_FOR_AUTHENTICATION,
    Capability.ASSOCIATE_MINI_PROGRAMS,
    Capability.OPEN_WECHAT_PAY,
    Capability.OPEN_VIRTUAL_PAYMENT,
)

# The page of a capability, where there is one.
PAGES: Final = {
    Capability.MANAGE_PROJECT_MEMBERS: "accounts:members",
    Capability.MANAGE_EXPERIENCE_MEMBERS: "accounts:members",
    Capability.CHANGE_ADMINISTRATOR: "verification:administrator_change",
    Capability.AUTHORIZE_PLATFORMS: "platforms:authorized",
    Capability.EDIT_INFORMATION: "information:information",
    Capability.SUBMIT_FOR_VERIFICATION: "releases:development",
    Capability.APPLY_FOR_AUTHENTICATION: "verification:authentication",
    Capability.ASSOCIATE_MINI_PROGRAMS: "associations:mini_programs",
    Capability.WRITE_ARTICLES: "associations:articles",
    Capability.SEND_TEMPLATE_MESSAGES: "associations:templates",
    Capability.OPEN_WECHAT_PAY: "payments:wechat_pay",
    Capability.OPEN_VIRTUAL_PAYMENT: "payments:virtual_payment",
    Capability.MANAGE_GAME_COIN: "payments:coin",
    Capability.READ_PAYMENT_ORDERS: "payments:orders",
}

# What a gate calls the facts that it wants recorded.
FACTS: Final = {
    Fact.GAME: (
        gettext_lazy("Mini Game"),
        gettext_lazy("The service category Game makes a Mini Program a Mini Game."),
    ),
    Fact.INFORMATION: (
        gettext_lazy("Information complete"),
        gettext_lazy("Name, photo, introduction and at least one service category."),
    ),
    Fact.RELEASED: (gettext_lazy("Released"), gettext_lazy("A version is released to players.")),
    Fact.WECHAT_PAY: (
        gettext_lazy("WeChat Pay"),
        gettext_lazy("A merchant number is linked to the AppID."),
    ),
    Fact.VIRTUAL_PAYMENT: (
        gettext_lazy("Virtual payment"),
        gettext_lazy("The payment agreement is signed and the deposit account verified."),
    ),
    Fact.GAME_COIN: (gettext_lazy("Game coin"), gettext_lazy("The game coin is online.")),
}

# What the one way out of a gate is called.
WAYS_OUT: Final = {
    "verification:wire_transfer": gettext_lazy("Pay the wire transfer"),
    "verification:authentication": gettext_lazy("Go to WeChat authentication"),
    "information:information": gettext_lazy("Fill in the information"),
    "accounts:closing": gettext_lazy("Keep the account"),
    "accounts:members": gettext_lazy("See who may"),
    "payments:wechat_pay": gettext_lazy("Open WeChat Pay"),
    "payments:virtual_payment": gettext_lazy("Open virtual payment"),
    "payments:coin": gettext_lazy("Go to the game coin"),
}


def rows(principal: Principal) -> list[dict[str, Any]]:
    """Return one row for each capability, as `_partials/reqs.html` wants it: open since, or why not."""
    has = [capability for capability in LISTED if principal.account.type in POLICY[capability].types]
    return [_row(principal, capability) for capability in has]


def _row(principal: Principal, capability: Capability) -> dict[str, Any]:
    account = principal.account
    row: dict[str, Any] = {"label": policy.label(capability, account.type)}
    decision = principal.can(capability)
    if not decision and not _is_done(account, capability):
        row |= {"state": "", "hint": decision.reason}
        if _is_for(account, capability):
            row |= {"url": address("console:gate", capability.value), "action": _("What opens it")}
        return row
    since = _since(account, capability)
    row |= {"state": "ok", "value": _("since %(day)s") % {"day": short_day(since)} if since else ""}
    return row | {"url": address(PAGES[capability]), "action": _("Open")}


def gate(principal: Principal, capability: Capability) -> dict[str, Any]:
    """Return what a gate shows: what is met, what is missing, and the one way out."""
    account = principal.account
    rule, decision = POLICY[capability], principal.can(capability)
    if account.type not in rule.types:
        return {
            "label": policy.label(capability, account.type),
            "reason": decision.reason,
            "rows": [_type_row(account, capability)],
            "url": "",
            "action": "",
        }
    requirements = [_entity_row(account, capability)]
    verified = account.state in policy.VERIFIED
    if rule.states & policy.VERIFIED:
        requirements.append(
            {
                "label": _("Entity verified"),
                "state": "ok" if verified or account.state == AccountState.LAPSED else "",
                "hint": _("By wire transfer or real-name scan, or with WeChat authentication."),
            }
        )
    if rule.states == policy.AUTHENTICATED:
        requirements.append(
            {
                "label": _("WeChat authentication"),
                "state": "ok" if account.state == AccountState.AUTHENTICATED else "",
                "hint": _("A reviewer has approved the entity's materials within the last year."),
            }
        )
    for fact in rule.facts:
        label, hint = FACTS[fact]
        requirements.append({"label": label, "state": "ok" if fact in account.facts else "", "hint": hint})
    if rule.permission is not None:
        requirements.append(_role_row(principal, capability))
    way_out = decision.way_out
    if not way_out and account.can(capability):
        way_out = "accounts:members"  # only the role is missing
    return {
        "label": policy.label(capability, account.type),
        "reason": decision.reason,
        "rows": requirements,
        "url": address(way_out) if way_out else "",
        "action": WAYS_OUT.get(way_out, _("Go on")),
    }


def _type_row(account: Account, capability: Capability) -> dict[str, Any]:
    """Return that accounts of other types have it, and this one never will (REG-2)."""
    names = [str(kind.label) for kind in AccountType if kind in POLICY[capability].types]
    return {
        "label": _("Account type: %(type)s") % {"type": account.type.label},
        "state": "no",
        "hint": _("Open to: %(names)s.") % {"names": listed(names)},
    }


def _entity_row(account: Account, capability: Capability) -> dict[str, Any]:
    names = [str(kind.label) for kind in EntityType if kind in POLICY[capability].entities]
    return {
        "label": _("Entity type: %(type)s") % {"type": account.get_entity_type_display()},
        "state": "ok" if _is_for(account, capability) else "no",
        "hint": _("Open to: %(names)s.") % {"names": listed(names)},
    }


def _role_row(principal: Principal, capability: Capability) -> dict[str, Any]:
    """Return whether the reader's role covers it, and whose does."""
    decision = policy.decide_for(capability, role=principal.role, held=principal.held)
    return {
        "label": _("Your role: %(role)s") % {"role": principal.role.label},
        "state": "ok" if decision else "no",
        "hint": _("Open to: %(names)s.") % {"names": listed(roles(capability))},
    }


def roles(capability: Capability) -> list[str]:
    """Return the roles that may exercise a capability, with those that can be granted it marked so."""
    needed = POLICY[capability].permission
    if needed is None:
        return [str(Role.ADMINISTRATOR.label)]
    row = policy.ROLES[needed]
    may = [str(role.label) for role in Role if row[role] in {Grant.YES, Grant.SCAN}]
    granted = [
        _("%(role)s, when granted") % {"role": role.label} for role in Role if row[role] == Grant.GRANTABLE
    ]
    return may + granted


def table(principal: Principal) -> list[dict[str, Any]]:
    """Return the policy table, one row a capability: to which types and roles, in which states, and here."""
    account = principal.account
    return [
        {
            "label": policy.label(capability, account.type),
            "cells": [
                {"label": kind.label, "open": kind in rule.entities, "mine": kind == account.entity_type}
                for kind in EntityType
            ],
            "states": _when(rule.states),
            "facts": [FACTS[fact][0] for fact in rule.facts],
            "roles": roles(capability),
            "permission": rule.permission.called(account.type) if rule.permission else "",
            "decision": principal.can(capability),
        }
        for capability, rule in _rules(account)
    ]


def _rules(account: Account) -> list[tuple[Capability, Rule]]:
    """Return the rows of the policy table that an account of this type has."""
    return [(capability, rule) for capability, rule in POLICY.items() if account.type in rule.types]


def _when(states: frozenset[AccountState]) -> str:
    """Return the states in words, many of them in few."""
    if states == policy.CONFIRMED:
        return _("From the confirmation of the entity on")
    return joined(state.label for state in AccountState if state in states)


def of_role(principal: Principal) -> dict[str, Any]:
    """Return what the role covers, whatever the account may: labels, and rows of what it does not."""
    kind = principal.account.type
    decisions = {
        capability: policy.decide_for(capability, role=principal.role, held=principal.held)
        for capability, rule in _rules(principal.account)
        if rule.permission is not None
    }
    return {
        "may": [policy.label(capability, kind) for capability, decision in decisions.items() if decision],
        "rows": [
            {"label": policy.label(capability, kind), "state": "", "hint": decision.reason}
            for capability, decision in decisions.items()
            if not decision
        ],
    }


def entity_types(account: Account) -> list[dict[str, Any]]:
    """Return the table's columns, with the account's own marked."""
    return [{"label": kind.label, "mine": kind == account.entity_type} for kind in EntityType]


def _is_done(account: Account, capability: Capability) -> bool:
    """Return whether the account already has what the capability is for."""
    return capability == Capability.APPLY_FOR_AUTHENTICATION and account.state == AccountState.AUTHENTICATED


def _is_for(account: Account, capability: Capability) -> bool:
    return account.entity_type in POLICY[capability].entities


def _since(account: Account, capability: Capability) -> datetime | None:
    """Return when the account came to have the capability, where its own dates tell."""
    if POLICY[capability].states == frozenset({AccountState.AUTHENTICATED}):
        return account.authenticated_at
    return account.verified_at or account.authenticated_at
