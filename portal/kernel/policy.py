"""One table says who may do what: entity types x account states, or the reason in a sentence.

Actions enforce it; pages, menus, docs and tests read it. Pure data, no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.terms import AccountState as S
from portal.kernel.terms import Capability as C
from portal.kernel.terms import EntityType as E
from portal.kernel.wording import joined

ANYONE: Final = frozenset(E)
ORGANIZATIONS: Final = ANYONE - {E.INDIVIDUAL}
MERCHANTS: Final = frozenset({E.ENTERPRISE, E.INDIVIDUAL_BUSINESS})
WIRERS: Final = MERCHANTS

VERIFIED: Final = frozenset({S.VERIFIED, S.AUTHENTICATED})
AUTHENTICATED: Final = frozenset({S.AUTHENTICATED})
CONFIRMED: Final = frozenset(S) - {S.REGISTERED, S.ACTIVATED, S.EXPIRED}

# What is done once and for all, and from when on it is.
AFTER: Final[Mapping[C, frozenset[S]]] = {C.CONFIRM_ENTITY: CONFIRMED}


@dataclass(frozen=True)
class Rule:
    """One row: what it is called, to which entity types it is open, in which states."""

    label: Promise
    entities: frozenset[E]
    states: frozenset[S]


@dataclass(frozen=True)
class Decision:
    """The answer to "may I?": true, or the reason in a sentence and the page that opens it."""

    allowed: bool
    reason: str = ""
    way_out: str = ""

    def __bool__(self) -> bool:
        return self.allowed


POLICY: Final[Mapping[C, Rule]] = {
    C.CONFIRM_ENTITY: Rule(
        gettext_lazy("Confirm the entity"), ANYONE, frozenset({S.ACTIVATED})
    ),
    C.PAY_WIRE_TRANSFER: Rule(
        gettext_lazy("Pay the wire transfer"), WIRERS, frozenset({S.AWAITING_TRANSFER})
    ),
    C.EDIT_INFORMATION: Rule(
        gettext_lazy("Mini Program information"), ANYONE, VERIFIED
    ),
    C.SUBMIT_FOR_VERIFICATION: Rule(
        gettext_lazy("Submission and release"), ANYONE, VERIFIED
    ),
    C.APPLY_FOR_AUTHENTICATION: Rule(
        gettext_lazy("WeChat authentication"),
        ORGANIZATIONS,
        frozenset({S.AWAITING_AUTHENTICATION, S.VERIFIED, S.LAPSED}),
    ),
    C.RENEW_AUTHENTICATION: Rule(
        gettext_lazy("Renewal of WeChat authentication"), ORGANIZATIONS, AUTHENTICATED
    ),
    C.OPEN_WECHAT_PAY: Rule(
        gettext_lazy("WeChat Pay"), ORGANIZATIONS, AUTHENTICATED
    ),
    C.OPEN_VIRTUAL_PAYMENT: Rule(
        gettext_lazy("Virtual Payment"), MERCHANTS, AUTHENTICATED
    ),
}  # fmt: skip

# Why a state is not enough yet, and the page that moves on from it.
NOT_YET: Final[Mapping[S, tuple[Promise, str]]] = {
    S.REGISTERED: (
        gettext_lazy("The e-mail is not activated yet. Open the link in the activation letter."),
        "accounts:activation",
    ),
    S.ACTIVATED: (
        gettext_lazy("The entity is not confirmed yet. Finish the registration first."),
        "verification:entity",
    ),
    S.AWAITING_TRANSFER: (
        gettext_lazy("The entity is not verified yet. It opens when the wire transfer is validated."),
        "verification:wire_transfer",
    ),
    S.AWAITING_AUTHENTICATION: (
        gettext_lazy("The entity is not verified yet. It opens with WeChat authentication."),
        "verification:authentication",
    ),
    S.LAPSED: (
        gettext_lazy("WeChat authentication lapsed. It opens again with a new one."),
        "verification:authentication",
    ),
    S.EXPIRED: (
        gettext_lazy("This registration expired and its e-mail is free. Register again."),
        "accounts:register",
    ),
}


def decide(capability: C, *, entity: E | None, state: S) -> Decision:
    """Return whether an account of this entity type and state has `capability`.

    `entity` is None until the entity is confirmed; then only the state can refuse.
    """
    rule = POLICY[capability]
    if entity is not None and entity not in rule.entities:
        return Decision(False, _entity_reason(capability, entity))
    if state in rule.states:
        return Decision(True)
    if (state in VERIFIED and rule.states != AUTHENTICATED) or state in AFTER.get(capability, ()):
        return Decision(False, _("This is already done for this account."))
    if state in VERIFIED | {S.AWAITING_TRANSFER} and rule.states == AUTHENTICATED:
        return Decision(
            False,
            _("It needs WeChat authentication, which this account does not have."),
            "verification:authentication" if entity in ORGANIZATIONS else "",
        )
    reason, way_out = NOT_YET[state]
    return Decision(False, str(reason), way_out)


def _entity_reason(capability: C, entity: E) -> str:
    if entity == E.INDIVIDUAL and capability == C.APPLY_FOR_AUTHENTICATION:
        return _("WeChat authentication is not supported for individuals.")
    names = joined(kind.label for kind in E if kind in POLICY[capability].entities)
    return _("It is open to: %(names)s. This account belongs to: %(entity)s.") % {
        "names": names,
        "entity": entity.label,
    }


# How each entity type may prove itself (REG-7).
METHODS: Final[Mapping[E, tuple[str, ...]]] = {
    E.INDIVIDUAL: ("real_name_scan",),
    E.ENTERPRISE: ("wire_transfer", "wechat_authentication"),
    E.INDIVIDUAL_BUSINESS: ("wire_transfer", "wechat_authentication"),
    E.GOVERNMENT: ("wechat_authentication",),
    E.MEDIA: ("wechat_authentication",),
    E.OTHER_ORGANIZATION: ("wechat_authentication",),
}


def label(capability: C) -> Promise:
    """Return what a page calls the capability."""
    return POLICY[capability].label
