"""One table says who may do what; the sentences are what people read (VER-6)."""

from collections.abc import Iterator
from itertools import product

import pytest
from django.urls import reverse
from django.utils.translation import override

from portal.kernel import policy
from portal.kernel.policy import METHODS, NOT_RECORDED, NOT_YET, POLICY, ROLES, Decision, decide
from portal.kernel.terms import AccountState as S
from portal.kernel.terms import AccountType as T
from portal.kernel.terms import Capability as C
from portal.kernel.terms import EntityType as E
from portal.kernel.terms import Fact, Permission, Role


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.mark.parametrize("capability", C)
def test_every_cell_is_open_or_says_why_not(capability: C) -> None:
    rule = POLICY[capability]
    for kind, entity, state in product(policy.EVERY_TYPE, [None, *E], S):
        decision = decide(capability, account_type=kind, entity=entity, state=state, facts=tuple(Fact))
        assert decision.allowed == (
            kind in rule.types and (entity is None or entity in rule.entities) and state in rule.states
        )
        assert bool(decision.reason) != decision.allowed
        assert decision.allowed or decision.reason.endswith(".")


@pytest.mark.parametrize("capability", [capability for capability in C if POLICY[capability].facts])
def test_what_is_not_recorded_yet_is_named_with_the_page_that_brings_it(capability: C) -> None:
    rule = POLICY[capability]
    kind, entity, state = sorted(rule.types)[0], sorted(rule.entities)[0], sorted(rule.states)[0]
    for fact in rule.facts:
        decision = decide(capability, account_type=kind, entity=entity, state=state, facts=set(Fact) - {fact})
        assert not decision
        assert decision.reason == str(NOT_RECORDED[fact][0])


@pytest.mark.parametrize("capability", C)
def test_an_account_that_is_being_closed_may_nothing(capability: C) -> None:
    for kind, entity, state in product(policy.EVERY_TYPE, E, S):
        assert not decide(
            capability, account_type=kind, entity=entity, state=state, facts=tuple(Fact), closing=True
        )


@pytest.mark.requirement("INF-4")
@pytest.mark.parametrize("state", [S.AWAITING_TRANSFER, S.AWAITING_AUTHENTICATION])
def test_development_goes_on_beside_verification(state: S) -> None:
    """From the confirmed registration on; what describes the Mini Program waits."""
    entity = E.ENTERPRISE
    for capability in (C.MANAGE_PROJECT_MEMBERS, C.MANAGE_EXPERIENCE_MEMBERS,
                       C.EDIT_DEVELOPMENT_SETTINGS, C.MANAGE_SECRETS):  # fmt: skip
        assert decide(capability, account_type=T.MINI_PROGRAM, entity=entity, state=state)
    for capability in (C.RENAME, C.EDIT_INFORMATION, C.SUBMIT_FOR_VERIFICATION):
        assert not decide(
            capability, account_type=T.MINI_PROGRAM, entity=entity, state=state, facts=tuple(Fact)
        )


# --- roles --------------------------------------------------------------------------------


@pytest.mark.requirement("DEV-1")
def test_the_matrix_is_complete_and_the_administrator_has_all_of_it() -> None:
    assert set(ROLES) == set(Permission)
    assert all(set(row) == set(Role) for row in ROLES.values())
    assert policy.permissions(Role.ADMINISTRATOR) == set(Permission)


@pytest.mark.requirement("DEV-1")
def test_experience_members_and_guests_may_next_to_nothing() -> None:
    """console-rules 5.1: an experience member opens the experience version and cannot log in."""
    assert policy.permissions(Role.EXPERIENCE_MEMBER) == {Permission.EXPERIENCE}
    assert policy.permissions(Role.GUEST) == {Permission.LOG_IN}


@pytest.mark.requirement("DEV-1")
@pytest.mark.parametrize("role", Role)
def test_only_what_can_be_granted_is_granted(role: Role) -> None:
    own, all_granted = policy.permissions(role), policy.permissions(role, Permission)
    assert all_granted - own == {one for kind in policy.EVERY_TYPE for one in policy.grantable(role, kind)}


@pytest.mark.requirement("DEV-3")
@pytest.mark.parametrize("capability", C)
@pytest.mark.parametrize("role", Role)
def test_who_may_not_is_told_why(capability: C, role: Role) -> None:
    needed = POLICY[capability].permission
    decision = policy.decide_for(capability, role=role, held=policy.permissions(role))
    assert decision.allowed == (needed is None or needed in policy.permissions(role))
    assert decision.allowed or str(role.label) in decision.reason


@pytest.mark.requirement("VER-6")
def test_before_the_transfer_the_reason_and_the_way_out_are_the_transfer() -> None:
    assert decide(
        C.SUBMIT_FOR_VERIFICATION, account_type=T.MINI_PROGRAM, entity=E.ENTERPRISE, state=S.AWAITING_TRANSFER
    ) == Decision(
        False,
        "The entity is not verified yet. It opens when the wire transfer is validated.",
        "verification:wire_transfer",
    )


@pytest.mark.requirement("VER-6")
def test_a_verified_company_is_told_what_wechat_pay_needs() -> None:
    assert decide(
        C.OPEN_WECHAT_PAY, account_type=T.MINI_PROGRAM, entity=E.ENTERPRISE, state=S.VERIFIED
    ) == Decision(
        False,
        "It needs WeChat authentication, which this account does not have.",
        "verification:authentication",
    )


def test_before_the_transfer_wechat_pay_names_what_it_needs_and_not_the_transfer() -> None:
    assert decide(
        C.OPEN_WECHAT_PAY, account_type=T.MINI_PROGRAM, entity=E.ENTERPRISE, state=S.AWAITING_TRANSFER
    ) == Decision(
        False,
        "It needs WeChat authentication, which this account does not have.",
        "verification:authentication",
    )


@pytest.mark.requirement("REG-9")
@pytest.mark.parametrize("state", sorted(policy.CONFIRMED))
def test_what_is_confirmed_once_is_done(state: S) -> None:
    assert decide(
        C.CONFIRM_ENTITY, account_type=T.MINI_PROGRAM, entity=E.ENTERPRISE, state=state
    ) == Decision(False, "This is already done for this account.")


def test_an_individual_is_told_that_it_never_opens() -> None:
    assert decide(
        C.APPLY_FOR_AUTHENTICATION, account_type=T.MINI_PROGRAM, entity=E.INDIVIDUAL, state=S.VERIFIED
    ) == Decision(False, "WeChat authentication is not supported for individuals.")
    assert decide(
        C.OPEN_VIRTUAL_PAYMENT, account_type=T.MINI_PROGRAM, entity=E.INDIVIDUAL, state=S.VERIFIED
    ) == Decision(
        False,
        "It is open to: Enterprises, Enterprises (individual business). "
        "This account belongs to: Individuals.",
    )


def test_what_another_type_of_account_has_names_the_types() -> None:
    assert decide(C.UPLOAD_VERSION, account_type=T.SERVICE, entity=E.MEDIA, state=S.VERIFIED) == Decision(
        False, "It is open to: Mini Program. This account is: Service Account."
    )
    assert decide(
        C.EDIT_MENU, account_type=T.MINI_PROGRAM, entity=E.INDIVIDUAL, state=S.VERIFIED
    ) == Decision(
        False, "It is open to: Subscription Account, Service Account. This account is: Mini Program."
    )


@pytest.mark.requirement("REG-2")
def test_individuals_open_everything_but_service_accounts() -> None:
    """console-rules 1.2."""
    shut = [
        (kind, entity)
        for kind, entity in product(T, E)
        if kind in policy.OPENERS and not policy.may_open(kind, entity)
    ]
    assert shut == [(T.SERVICE, E.INDIVIDUAL)]
    assert policy.may_open(T.SERVICE, E.INDIVIDUAL).reason == (
        "Service Account is open to: Enterprises, Enterprises (individual business), Government, Media, "
        "Other organizations. This entity is of the type: Individuals."
    )
    assert set(policy.OPENERS) == policy.EVERY_TYPE


def test_a_label_says_what_kind_of_account_it_is_about() -> None:
    assert policy.label(C.RENAME, T.MINI_PROGRAM) == "Mini Program name"
    assert (
        policy.label(C.RENAME, T.SERVICE) == policy.label(C.RENAME, T.SUBSCRIPTION) == "Official Account name"
    )


@pytest.mark.requirement("REG-7")
def test_each_entity_type_proves_itself_in_its_own_ways() -> None:
    assert METHODS == {
        E.INDIVIDUAL: ("real_name_scan",),
        E.ENTERPRISE: ("wire_transfer", "wechat_authentication"),
        E.INDIVIDUAL_BUSINESS: ("wire_transfer", "wechat_authentication"),
        E.GOVERNMENT: ("wechat_authentication",),
        E.MEDIA: ("wechat_authentication",),
        E.OTHER_ORGANIZATION: ("wechat_authentication",),
    }


def test_every_state_that_shuts_something_says_why() -> None:
    assert set(NOT_YET) == set(S) - policy.VERIFIED


@pytest.mark.parametrize("way_out", sorted({way for _reason, way in NOT_YET.values() if way}))
def test_every_way_out_is_a_page(way_out: str) -> None:
    assert reverse(way_out).startswith("/")
