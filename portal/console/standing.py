"""Where an account stands: its pills, its machines with what may come next, the two rungs (SIM-9)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from portal.console import history
from portal.kernel import diagrams, policy
from portal.kernel.fsm import Stateful, can_proceed
from portal.kernel.machines import Edge, machine_of
from portal.kernel.terms import AccountState as S
from portal.kernel.terms import Capability
from portal.kernel.wording import day, short_day
from verification.models import WireTransfer

TONES: Final = {
    S.REGISTERED: "doing",
    S.ACTIVATED: "doing",
    S.AWAITING_TRANSFER: "doing",
    S.AWAITING_AUTHENTICATION: "doing",
    S.VERIFIED: "done",
    S.AUTHENTICATED: "done",
    S.LAPSED: "act",
    S.EXPIRED: "fail",
}

TITLES: Final = {
    "accounts.Account": gettext_lazy("The account"),
    "verification.WireTransfer": gettext_lazy("The wire transfer"),
}

# Transitions that the policy must allow before anybody can make them happen.
NEEDS: Final = {("accounts.Account", "authenticate"): Capability.APPLY_FOR_AUTHENTICATION}


def pills(account: Account) -> list[dict[str, Any]]:
    """Return the account's state as pills: label and tone."""
    state = S(account.state)
    found: list[dict[str, Any]] = [{"label": state.label, "tone": TONES[state]}]
    if state == S.VERIFIED and account.can(Capability.APPLY_FOR_AUTHENTICATION):
        found.append({"label": _("Not authenticated"), "tone": "not"})
    if account.closes_at is not None:
        found.append({"label": _("Being closed"), "tone": "act"})
    return found


def authentication(account: Account) -> dict[str, Any]:
    """Return the row of WeChat authentication in the settings: label, tone, and what is to know beside it."""
    if account.state == S.AUTHENTICATED and account.authenticated_until is not None:
        until = _("valid until %(day)s") % {"day": day(account.authenticated_until)}
        return {"label": S.AUTHENTICATED.label, "tone": "done", "hint": until}
    decision = account.can(Capability.APPLY_FOR_AUTHENTICATION)
    lapsed = account.authenticated_until is not None
    return {
        "label": S.LAPSED.label if lapsed else _("Not authenticated"),
        "tone": "act" if lapsed else "not",
        "hint": decision.reason,
    }


def machines_of(account: Account, wire: WireTransfer | None) -> list[dict[str, Any]]:
    """Return each of the account's machines: drawn where it stands, said in words, and what is next."""
    left = history.walked(account)
    subjects: list[Stateful] = [account, *([wire] if wire else [])]
    return [
        _machine(account, subject, past=left.get((subject._meta.label, subject.pk), []))
        for subject in subjects
    ]


def _machine(account: Account, subject: Any, *, past: list[str]) -> dict[str, Any]:
    machine = machine_of(subject._meta.label)
    following = [
        edge
        for edge in machine.leaving(subject.state)
        if edge.target != subject.state
        and can_proceed(getattr(subject, edge.name))
        and _is_allowed(account, machine.name, edge)
    ]
    return {
        "title": TITLES[machine.name],
        "id": machine.name.rsplit(".", 1)[-1].lower(),
        "svg": diagrams.svg(machine, here=subject.state, past=past, following=following),
        "sentence": diagrams.sentence(machine, subject.state, following),
        "next": [
            {
                "what": capfirst(str(edge.label)),
                "who": capfirst(str(edge.who)),
                "state": diagrams.label(machine, edge.target),
                "tone": "fail" if edge.target in diagrams.DEAD_ENDS else "not",
            }
            for edge in following
        ],
    }


def _is_allowed(account: Account, machine: str, edge: Edge) -> bool:
    capability = NEEDS.get((machine, edge.name))
    return capability is None or bool(account.can(capability))


def rungs(account: Account) -> list[dict[str, Any]]:
    """Return the two rungs an account can stand on, and whether this one does."""
    verified = account.state in policy.VERIFIED
    authenticated = account.state == S.AUTHENTICATED
    can_ever = account.entity_type in policy.POLICY[Capability.APPLY_FOR_AUTHENTICATION].entities
    return [
        {
            "label": _("Verified"),
            "state": "ok" if verified else "",
            "hint": _(
                "We know who the entity is: its own bank account paid, or its own WeChat scanned. "
                "It does not run out. Information and submission hang on it."
            ),
            "value": _since(account.verified_at) if verified else "",
        },
        {
            "label": _("Authenticated"),
            "state": "ok" if authenticated else "",
            "hint": _(
                "A reviewer has approved the entity's materials: WeChat authentication, good for a year. "
                "WeChat Pay hangs on it."
            ),
            "value": _since(account.authenticated_at)
            if authenticated
            else ("" if can_ever else _("not for individuals")),
        },
    ]


def _since(moment: Any) -> str:
    return _("since %(day)s") % {"day": short_day(moment)} if moment else ""
