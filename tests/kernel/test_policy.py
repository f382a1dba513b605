"""One table says who may do what; the sentences are what people read (VER-6)."""

from collections.abc import Iterator
from itertools import product

import pytest
from django.urls import reverse
from django.utils.translation import override

from portal.kernel import policy
from portal.kernel.policy import METHODS, NOT_YET, POLICY, Decision, decide
from portal.kernel.terms import AccountState as S
from portal.kernel.terms import Capability as C
from portal.kernel.terms import EntityType as E


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.mark.parametrize("capability", C)
def test_every_cell_is_open_or_says_why_not(capability: C) -> None:
    rule = POLICY[capability]
    for entity, state in product([None, *E], S):
        decision = decide(capability, entity=entity, state=state)
        assert decision.allowed == ((entity is None or entity in rule.entities) and state in rule.states)
        assert bool(decision.reason) != decision.allowed
        assert decision.allowed or decision.reason.endswith(".")


@pytest.mark.requirement("VER-6")
def test_before_the_transfer_the_reason_and_the_way_out_are_the_transfer() -> None:
    assert decide(C.SUBMIT_FOR_VERIFICATION, entity=E.ENTERPRISE, state=S.AWAITING_TRANSFER) == Decision(
        False,
        "The entity is not verified yet. It opens when the wire transfer is validated.",
        "verification:wire_transfer",
    )


@pytest.mark.requirement("VER-6")
def test_a_verified_company_is_told_what_wechat_pay_needs() -> None:
    assert decide(C.OPEN_WECHAT_PAY, entity=E.ENTERPRISE, state=S.VERIFIED) == Decision(
        False,
        "It needs WeChat authentication, which this account does not have.",
        "verification:authentication",
    )


def test_before_the_transfer_wechat_pay_names_what_it_needs_and_not_the_transfer() -> None:
    assert decide(C.OPEN_WECHAT_PAY, entity=E.ENTERPRISE, state=S.AWAITING_TRANSFER) == Decision(
        False,
        "It needs WeChat authentication, which this account does not have.",
        "verification:authentication",
    )


@pytest.mark.requirement("REG-9")
@pytest.mark.parametrize("state", sorted(policy.CONFIRMED))
def test_what_is_confirmed_once_is_done(state: S) -> None:
    assert decide(C.CONFIRM_ENTITY, entity=E.ENTERPRISE, state=state) == Decision(
        False, "This is already done for this account."
    )


def test_an_individual_is_told_that_it_never_opens() -> None:
    assert decide(C.APPLY_FOR_AUTHENTICATION, entity=E.INDIVIDUAL, state=S.VERIFIED) == Decision(
        False, "WeChat authentication is not supported for individuals."
    )
    assert decide(C.OPEN_VIRTUAL_PAYMENT, entity=E.INDIVIDUAL, state=S.VERIFIED) == Decision(
        False,
        "It is open to: Enterprises, Enterprises (individual business). "
        "This account belongs to: Individuals.",
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
