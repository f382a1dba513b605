"""Where an account stands: its pills, its machines with what may come next, the two rungs (SIM-9)."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Account, Closing
from information.models import Naming
from portal.console import history
from portal.kernel import diagrams, policy
from portal.kernel.compiled import Compiled
from portal.kernel.fsm import Stateful, can_proceed
from portal.kernel.machines import Edge, machine_of
from portal.kernel.terms import AccountState as S
from portal.kernel.terms import Capability
from portal.kernel.wording import day, joined, short_day
from verification.models import AdministratorChange, AuthenticationOrder, WireTransfer

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
    "accounts.Closing": gettext_lazy("Closing the account"),
    "information.Naming": gettext_lazy("The newest name"),
    "verification.AuthenticationOrder": gettext_lazy("The newest application for WeChat authentication"),
    "verification.AdministratorChange": gettext_lazy("The newest change of administrator"),
    "accounts.Category": gettext_lazy("A service category"),
    "accounts.Member": gettext_lazy("A member"),
    "accounts.SignIn": gettext_lazy("A log-in"),
}

# Of these the newest one of the account is drawn where it stands; a closing only while it runs.
NEWEST: Final[tuple[Any, ...]] = (Closing, Naming, AuthenticationOrder, AdministratorChange)
# There are many of these: drawn as they are made, and told where each of them stands on its own page.
OTHERS: Final = ("accounts.Category", "accounts.Member", "accounts.SignIn")

# Transitions that the policy must allow before anybody can make them happen.
NEEDS: Final = {("accounts.Account", "authenticate"): Capability.APPLY_FOR_AUTHENTICATION}


# What each rung means, for a Mini Program and for an Official Account.
_KNOWN: Final = {
    False: gettext_lazy(
        "We know who the entity is: its own bank account paid, or its own WeChat scanned. "
        "It does not run out. Information and submission hang on it."
    ),
    True: gettext_lazy(
        "We know who the entity is: its own bank account paid, or its own WeChat scanned. "
        "It does not run out. Information, association, menu and articles hang on it."
    ),
}
_APPROVED: Final = {
    False: gettext_lazy(
        "A reviewer has approved the entity's materials: WeChat authentication, good for a year. "
        "WeChat Pay hangs on it."
    ),
    True: gettext_lazy(
        "A reviewer has approved the entity's materials: WeChat authentication, good for a year. "
        "A service account's template messages hang on it."
    ),
}


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
    subjects: list[Stateful] = [account, *([wire] if wire else []), *_newest(account)]
    left = history.walked(account, {subject._meta.label for subject in subjects})
    return [
        _machine(account, subject, past=left.get((subject._meta.label, subject.pk), []))
        for subject in subjects
    ]


def other_machines(account: Account) -> list[dict[str, Any]]:
    """Return the machines of what an account has many of, none of them anywhere yet."""
    has_categories = account.type in policy.POLICY[Capability.CHOOSE_CATEGORIES].types
    labels = [label for label in OTHERS if has_categories or label != "accounts.Category"]
    return [_drawn(label, get_language() or "") for label in labels]


@cache
def _drawn(label: str, _language: str) -> dict[str, Any]:
    machine = machine_of(label)
    steps = [
        _("%(what)s (%(who)s)") % {"what": edge.label, "who": edge.who}
        for edge in machine.edges
        if edge.source != edge.target
    ]
    return {
        "title": str(TITLES[label]),
        "svg": diagrams.svg(machine),
        "sentence": _("What can happen to it: %(list)s.") % {"list": joined(dict.fromkeys(steps), by="; ")},
    }


def _newest(account: Account) -> list[Stateful]:
    """Return the newest closing, name, application and change, as far as there are any. One query."""
    row: Any = _NEWEST.first(account.pk)
    found: list[Stateful] = []
    for model in NEWEST:
        name = model._meta.model_name
        pk, state = getattr(row, f"{name}_pk"), getattr(row, f"{name}_state")
        if pk is not None and (model is not Closing or state == Closing.State.FREEZE_PERIOD):
            found.append(model(pk=pk, state=state))
    return found


def _build(account: Any) -> QuerySet[Account]:
    columns = {}
    for model in NEWEST:
        rows: QuerySet[Any] = model._default_manager.filter(account_id=OuterRef("pk")).order_by("-id")
        columns[f"{model._meta.model_name}_pk"] = Subquery(rows.values("id")[:1])
        columns[f"{model._meta.model_name}_state"] = Subquery(rows.values("state")[:1])
    return Account.objects.filter(pk=account).annotate(**columns)


_NEWEST: Final = Compiled(_build)


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
            "hint": _KNOWN[account.type.is_official],
            "value": _since(account.verified_at) if verified else "",
        },
        {
            "label": _("Authenticated"),
            "state": "ok" if authenticated else "",
            "hint": _APPROVED[account.type.is_official],
            "value": _since(account.authenticated_at)
            if authenticated
            else ("" if can_ever else _("not for individuals")),
        },
    ]


def _since(moment: Any) -> str:
    return _("since %(day)s") % {"day": short_day(moment)} if moment else ""
