"""One table says who may do what: types x account states x roles x facts, or why not in a sentence.

Actions enforce it; pages, menus, docs and tests read it. Pure data, no database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.terms import AccountState as S
from portal.kernel.terms import AccountType as T
from portal.kernel.terms import Capability as C
from portal.kernel.terms import EntityType as E
from portal.kernel.terms import Fact, Role
from portal.kernel.terms import Permission as P
from portal.kernel.wording import joined

MINI_PROGRAMS: Final = frozenset({T.MINI_PROGRAM})
OFFICIAL_ACCOUNTS: Final = frozenset({T.SUBSCRIPTION, T.SERVICE})
SERVICE_ACCOUNTS: Final = frozenset({T.SERVICE})
EVERY_TYPE: Final = OFFICIAL_ACCOUNTS | MINI_PROGRAMS  # that can be registered here

ANYONE: Final = frozenset(E)
ORGANIZATIONS: Final = ANYONE - {E.INDIVIDUAL}
MERCHANTS: Final = frozenset({E.ENTERPRISE, E.INDIVIDUAL_BUSINESS})
WIRERS: Final = MERCHANTS

VERIFIED: Final = frozenset({S.VERIFIED, S.AUTHENTICATED})
AUTHENTICATED: Final = frozenset({S.AUTHENTICATED})
CONFIRMED: Final = frozenset(S) - {S.REGISTERED, S.ACTIVATED, S.EXPIRED}

# Who may open an account of which type (console-rules 1.2).
OPENERS: Final[Mapping[T, frozenset[E]]] = {
    T.SUBSCRIPTION: ANYONE,
    T.SERVICE: ORGANIZATIONS,
    T.MINI_PROGRAM: ANYONE,
}

# What is done once and for all, and from when on it is.
AFTER: Final[Mapping[C, frozenset[S]]] = {C.CONFIRM_ENTITY: CONFIRMED}


class Grant(StrEnum):
    """Whether a role has a permission: yes, with a scan each time, when it is granted, or never."""

    YES = "yes"
    SCAN = "scan"
    GRANTABLE = "grantable"
    NO = "no"


_LETTERS: Final = {"Y": Grant.YES, "s": Grant.SCAN, "o": Grant.GRANTABLE, "-": Grant.NO}


def _roles(grants: str) -> Mapping[Role, Grant]:
    return dict(zip(Role, map(_LETTERS.__getitem__, grants), strict=True))


# Who may what (console-rules 5.3): administrator, operator, developer, data analyst, experience
# member, guest. Members and their permissions are one account's; this is the frame they move in.
ROLES: Final[Mapping[P, Mapping[Role, Grant]]] = {
    P.DEVELOPER: _roles("Y-Y---"),
    P.EXPERIENCE: _roles("YYYYY-"),
    P.LOG_IN: _roles("YYYY-Y"),
    P.INFORMATION: _roles("YY----"),
    P.DATA_ANALYSIS: _roles("YYoY--"),
    P.PAYMENT: _roles("YY----"),
    P.PROMOTION: _roles("YY----"),
    P.DEVELOPMENT_MANAGEMENT: _roles("Yoo---"),
    P.DEVELOPMENT_SETTINGS: _roles("Y-Y---"),
    P.SUSPEND_SERVICE: _roles("YY----"),
    P.ASSOCIATION: _roles("s-----"),
    P.DISASSOCIATE: _roles("YY----"),
    P.CONTENT: _roles("YY----"),
    P.PLUGINS: _roles("YoY---"),
    P.GAME_OPERATION: _roles("YY----"),
    P.EXPERIENCE_MEMBERS: _roles("YYYY--"),
    P.OPERATION_LOG: _roles("YYo---"),
    P.PROJECT_MEMBERS: _roles("s-----"),
    P.SECRETS: _roles("s-----"),
    P.IDENTITY: _roles("s-----"),
    P.SIGNING: _roles("s-----"),
}

# Permissions that accounts of some types alone have a use for; the others are everybody's.
ONLY_OF: Final[Mapping[P, frozenset[T]]] = {
    P.DEVELOPER: MINI_PROGRAMS,
    P.EXPERIENCE: MINI_PROGRAMS,
    P.PROMOTION: MINI_PROGRAMS,
    P.DEVELOPMENT_MANAGEMENT: MINI_PROGRAMS,
    P.SUSPEND_SERVICE: MINI_PROGRAMS,
    P.ASSOCIATION: OFFICIAL_ACCOUNTS,
    P.CONTENT: OFFICIAL_ACCOUNTS,
    P.PLUGINS: MINI_PROGRAMS,
    P.GAME_OPERATION: MINI_PROGRAMS,
    P.EXPERIENCE_MEMBERS: MINI_PROGRAMS,
}

PROJECT_ROLES: Final = (Role.OPERATOR, Role.DEVELOPER, Role.DATA_ANALYST)


def permissions(role: Role, granted: Iterable[str] = ()) -> frozenset[P]:
    """Return what a role may, with those of `granted` that can be granted to it."""
    extra = set(granted)
    return frozenset(
        permission
        for permission, row in ROLES.items()
        if row[role] in {Grant.YES, Grant.SCAN} or (row[role] == Grant.GRANTABLE and permission in extra)
    )


def used_by(account_type: T) -> Mapping[P, Mapping[Role, Grant]]:
    """Return the rows of ROLES that an account of this type has a use for."""
    return {
        permission: row
        for permission, row in ROLES.items()
        if account_type in ONLY_OF.get(permission, EVERY_TYPE)
    }


def grantable(role: Role, account_type: T) -> tuple[P, ...]:
    """Return the permissions that an administrator may grant to a member of this role, one by one."""
    rows = used_by(account_type).items()
    return tuple(permission for permission, row in rows if row[role] == Grant.GRANTABLE)


@dataclass(frozen=True)
class Rule:
    """One row: what it is called, to which entity types it is open, in which states, to whom.

    `permission` None: whoever holds the registration. `facts` are what must be recorded besides,
    `types` the account types that have it at all. A label may say `%(kind)s`: ask `label` for it.
    """

    label: Promise
    entities: frozenset[E]
    states: frozenset[S]
    permission: P | None = None
    facts: tuple[Fact, ...] = ()
    types: frozenset[T] = MINI_PROGRAMS


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
        gettext_lazy("Confirm the entity"), ANYONE, frozenset({S.ACTIVATED}), types=EVERY_TYPE
    ),
    C.PAY_WIRE_TRANSFER: Rule(
        gettext_lazy("Pay the wire transfer"), WIRERS, frozenset({S.AWAITING_TRANSFER}), types=EVERY_TYPE
    ),
    C.MANAGE_PROJECT_MEMBERS: Rule(
        gettext_lazy("Project members"), ANYONE, CONFIRMED, P.PROJECT_MEMBERS, types=EVERY_TYPE
    ),
    C.MANAGE_EXPERIENCE_MEMBERS: Rule(
        gettext_lazy("Experience members"), ANYONE, CONFIRMED, P.EXPERIENCE_MEMBERS
    ),
    C.EDIT_DEVELOPMENT_SETTINGS: Rule(
        gettext_lazy("Development settings"), ANYONE, CONFIRMED, P.DEVELOPMENT_SETTINGS, types=EVERY_TYPE
    ),
    C.MANAGE_SECRETS: Rule(
        gettext_lazy("AppSecret"), ANYONE, CONFIRMED, P.SECRETS, types=EVERY_TYPE
    ),
    C.AUTHORIZE_PLATFORMS: Rule(
        gettext_lazy("Authorized platforms"), ANYONE, CONFIRMED, P.SECRETS, types=EVERY_TYPE
    ),
    C.MANAGE_UPLOAD_KEY: Rule(
        gettext_lazy("Upload key"), ANYONE, CONFIRMED, P.SECRETS
    ),
    C.MANAGE_SERVER_DOMAINS: Rule(
        gettext_lazy("Server domains"), ANYONE, CONFIRMED, P.SECRETS
    ),
    C.READ_OPERATION_LOG: Rule(
        gettext_lazy("Operation log"), ANYONE, CONFIRMED, P.OPERATION_LOG, types=EVERY_TYPE
    ),
    C.CHANGE_PASSWORD: Rule(
        gettext_lazy("Change of password"), ANYONE, CONFIRMED, P.IDENTITY, types=EVERY_TYPE
    ),
    C.CHANGE_ADMINISTRATOR: Rule(
        gettext_lazy("Change of administrator"), ORGANIZATIONS, CONFIRMED, P.IDENTITY, types=EVERY_TYPE
    ),
    C.CLOSE_ACCOUNT: Rule(
        gettext_lazy("Closing the account"), ANYONE, VERIFIED | {S.LAPSED}, P.IDENTITY, types=EVERY_TYPE
    ),
    C.RENAME: Rule(
        gettext_lazy("%(kind)s name"), ANYONE, VERIFIED, P.IDENTITY, types=EVERY_TYPE
    ),
    C.EDIT_INFORMATION: Rule(
        gettext_lazy("%(kind)s information"), ANYONE, VERIFIED, P.INFORMATION, types=EVERY_TYPE
    ),
    C.CHOOSE_CATEGORIES: Rule(
        gettext_lazy("Service categories"), ANYONE, VERIFIED, P.INFORMATION
    ),
    C.SUBMIT_FOR_VERIFICATION: Rule(
        gettext_lazy("Submission for verification"),
        ANYONE,
        VERIFIED,
        P.DEVELOPMENT_MANAGEMENT,
        (Fact.INFORMATION, Fact.GAME),
    ),
    C.UPLOAD_VERSION: Rule(
        gettext_lazy("Upload of versions"), ANYONE, CONFIRMED, P.DEVELOPER
    ),
    C.SET_TRIAL_VERSION: Rule(
        gettext_lazy("Trial version"), ANYONE, CONFIRMED, P.DEVELOPER
    ),
    C.DELETE_VERSION: Rule(
        gettext_lazy("Deletion of versions"), ANYONE, CONFIRMED, P.DEVELOPMENT_MANAGEMENT
    ),
    C.RELEASE: Rule(
        gettext_lazy("Release and rollback"), ANYONE, VERIFIED | {S.LAPSED}, P.DEVELOPMENT_MANAGEMENT
    ),
    C.SUSPEND_SERVICE: Rule(
        gettext_lazy("Suspension of the service"),
        ANYONE,
        VERIFIED | {S.LAPSED},
        P.SUSPEND_SERVICE,
        (Fact.RELEASED,),
    ),
    C.APPLY_FOR_AUTHENTICATION: Rule(
        gettext_lazy("WeChat authentication"),
        ORGANIZATIONS,
        frozenset({S.AWAITING_AUTHENTICATION, S.VERIFIED, S.LAPSED}),
        P.IDENTITY,
        types=EVERY_TYPE,
    ),
    C.RENEW_AUTHENTICATION: Rule(
        gettext_lazy("Renewal of WeChat authentication"),
        ORGANIZATIONS,
        AUTHENTICATED,
        P.IDENTITY,
        types=EVERY_TYPE,
    ),
    C.OPEN_WECHAT_PAY: Rule(
        gettext_lazy("WeChat Pay"), ORGANIZATIONS, AUTHENTICATED, P.PAYMENT, types=EVERY_TYPE
    ),
    C.OPEN_VIRTUAL_PAYMENT: Rule(
        gettext_lazy("Virtual Payment"), MERCHANTS, AUTHENTICATED, P.PAYMENT, (Fact.GAME, Fact.WECHAT_PAY)
    ),
    C.SIGN_PAYMENT_AGREEMENT: Rule(
        gettext_lazy("Payment agreement"), MERCHANTS, AUTHENTICATED, P.SIGNING, (Fact.GAME, Fact.WECHAT_PAY)
    ),
    C.MANAGE_DEPOSIT_ACCOUNT: Rule(
        gettext_lazy("Deposit account"), MERCHANTS, AUTHENTICATED, P.SIGNING, (Fact.GAME, Fact.WECHAT_PAY)
    ),
    C.MANAGE_GAME_COIN: Rule(
        gettext_lazy("Game coin"), MERCHANTS, AUTHENTICATED, P.PAYMENT, (Fact.GAME, Fact.VIRTUAL_PAYMENT)
    ),
    C.SEE_PAYMENT_KEYS: Rule(
        gettext_lazy("Keys of the game coin"), MERCHANTS, AUTHENTICATED, P.SECRETS, (Fact.VIRTUAL_PAYMENT,)
    ),
    C.READ_PAYMENT_ORDERS: Rule(
        gettext_lazy("Payment orders"),
        MERCHANTS,
        VERIFIED | {S.LAPSED},
        P.PAYMENT,
        (Fact.VIRTUAL_PAYMENT,),
    ),
    C.REFUND_PAYMENT_ORDERS: Rule(
        gettext_lazy("Refunds"),
        MERCHANTS,
        VERIFIED | {S.LAPSED},
        P.SIGNING,
        (Fact.VIRTUAL_PAYMENT,),
    ),
    C.WITHDRAW_SETTLEMENT: Rule(
        gettext_lazy("Withdrawal"),
        MERCHANTS,
        VERIFIED | {S.LAPSED},
        P.SIGNING,
        (Fact.VIRTUAL_PAYMENT,),
    ),
    C.ASSOCIATE_MINI_PROGRAMS: Rule(
        gettext_lazy("Association of Mini Programs"), ANYONE, VERIFIED, P.ASSOCIATION, types=OFFICIAL_ACCOUNTS
    ),
    C.ANSWER_INVITATIONS: Rule(
        gettext_lazy("Answers to invitations"), ANYONE, VERIFIED, P.IDENTITY, (Fact.INFORMATION,)
    ),
    C.DISASSOCIATE: Rule(
        gettext_lazy("Disassociation"), ANYONE, VERIFIED | {S.LAPSED}, P.DISASSOCIATE, types=EVERY_TYPE
    ),
    C.EDIT_MENU: Rule(
        gettext_lazy("Custom menu"), ANYONE, VERIFIED, P.CONTENT, types=OFFICIAL_ACCOUNTS
    ),
    C.WRITE_ARTICLES: Rule(
        gettext_lazy("Graphic messages"), ANYONE, VERIFIED, P.CONTENT, types=OFFICIAL_ACCOUNTS
    ),
    C.ANSWER_FOLLOWERS: Rule(
        gettext_lazy("Customer-service messages"), ANYONE, AUTHENTICATED, P.CONTENT, types=OFFICIAL_ACCOUNTS
    ),
    C.SEND_TEMPLATE_MESSAGES: Rule(
        gettext_lazy("Template messages"), ORGANIZATIONS, AUTHENTICATED, P.CONTENT, types=SERVICE_ACCOUNTS
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


# What is missing when a fact is not there, and the page that brings it.
NOT_RECORDED: Final[Mapping[Fact, tuple[Promise, str]]] = {
    Fact.GAME: (
        gettext_lazy("It is open to Mini Games. Choose the category Game first."),
        "information:information",
    ),
    Fact.INFORMATION: (
        gettext_lazy("Name, photo, introduction and category are not complete yet. Fill them in first."),
        "information:information",
    ),
    Fact.RELEASED: (gettext_lazy("No version is released yet."), ""),
    Fact.WECHAT_PAY: (
        gettext_lazy("WeChat Pay is not open yet. Open it first."),
        "payments:wechat_pay",
    ),
    Fact.VIRTUAL_PAYMENT: (
        gettext_lazy(
            "Virtual payment is not open yet. Sign the agreement and set the deposit account first."
        ),
        "payments:virtual_payment",
    ),
    Fact.GAME_COIN: (
        gettext_lazy("The game coin is not online yet."),
        "payments:coin",
    ),
}


def decide(
    capability: C,
    *,
    account_type: T,
    entity: E | None,
    state: S,
    facts: Collection[Fact] = (),
    closing: bool = False,
) -> Decision:
    """Return whether an account of these types, state and facts has `capability`.

    `entity` is None until the entity is confirmed; then it refuses nothing. An account that is
    being closed has none.
    """
    rule = POLICY[capability]
    if account_type not in rule.types:
        return Decision(False, _type_reason(rule, account_type))
    if entity is not None and entity not in rule.entities:
        return Decision(False, _entity_reason(capability, entity))
    if closing:
        return Decision(
            False, _("This account is being closed. Keep it first, then go on."), "accounts:closing"
        )
    if state in rule.states:
        for fact in rule.facts:
            if fact not in facts:
                reason, way_out = NOT_RECORDED[fact]
                return Decision(False, str(reason), way_out)
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


def decide_for(capability: C, *, role: Role, held: Collection[P]) -> Decision:
    """Return whether somebody of this role, holding these permissions, may exercise `capability`.

    What the account itself may not do is `decide`'s to say first.
    """
    needed = POLICY[capability].permission
    if needed is None or needed in held:
        return Decision(True)
    mine = role.label
    if all(
        grant in {Grant.NO, Grant.SCAN}
        for other, grant in ROLES[needed].items()
        if other != Role.ADMINISTRATOR
    ):
        return Decision(False, _("Only the administrator may do this. You are: %(role)s.") % {"role": mine})
    return Decision(
        False,
        _("It needs the permission %(permission)s, which you do not have. You are: %(role)s.")
        % {"permission": needed.label, "role": mine},
    )


def may_open(account_type: T, entity: E) -> Decision:
    """Return whether an entity of this type may open an account of this type (REG-2)."""
    if entity in OPENERS[account_type]:
        return Decision(True)
    names = joined(kind.label for kind in E if kind in OPENERS[account_type])
    return Decision(
        False,
        _("%(type)s is open to: %(names)s. This entity is of the type: %(entity)s.")
        % {"type": account_type.label, "names": names, "entity": entity.label},
    )


def _type_reason(rule: Rule, account_type: T) -> str:
    names = joined(kind.label for kind in T if kind in rule.types)
    return _("It is open to: %(names)s. This account is: %(type)s.") % {
        "names": names,
        "type": account_type.label,
    }


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


def label(capability: C, account_type: T) -> str:
    """Return what a page of an account of this type calls the capability."""
    return str(POLICY[capability].label) % {"kind": account_type.kind}
