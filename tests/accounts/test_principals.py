"""Who acts in a request, found anew each time (DEV-3)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import Account, Administrator
from accounts.principals import GUEST, PERSON, actor_of, administrator_of, principal_of
from portal.kernel.actors import ActorKind
from portal.kernel.terms import Capability, Permission, Role
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts import bound


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


def request(account: Account, **session: Any) -> Any:
    account = Account.objects.select_related("administrator").get(pk=account.pk)
    return SimpleNamespace(user=SimpleNamespace(account=account), session=session)


def test_the_administrator_is_whoever_administers_it_now(account):
    person = account.administrator.person
    principal = principal_of(request(account, **{PERSON: person.pk}))

    assert principal is not None
    assert (principal.role, principal.name, principal.is_administrator) == (
        Role.ADMINISTRATOR,
        person.name,
        True,
    )
    assert principal.actor.kind == ActorKind.PERSON
    assert administrator_of(account) == person.pk
    other = Person.objects.exclude(pk=person.pk).filter(world=account.world)[0]
    Administrator.objects.filter(account=account).update(person=other)
    assert principal_of(request(account, **{PERSON: person.pk})) is None


def test_before_the_confirmation_the_log_in_itself_acts(world):
    account = walks.account_at(world, "activated")
    found: Any = SimpleNamespace(user=SimpleNamespace(account=account), session={})

    principal = principal_of(found)

    assert principal is not None
    assert principal.actor == account.login.as_actor()
    assert administrator_of(account) is None


@pytest.mark.parametrize("role", ["operator", "developer", "data_analyst"])
def test_a_member_is_what_the_membership_says(account, role):
    member = bound.bind(account, "chenxi", role)
    principal = principal_of(request(account, **{PERSON: member.person_id}))

    assert principal is not None
    assert (principal.role, principal.held) == (role, member.held)
    assert not principal.can(Capability.CHANGE_PASSWORD)
    assert principal.can(Capability.CHANGE_PASSWORD).reason


def test_an_experience_member_may_not_log_in(account):
    member = bound.bind(account, "chenxi", "experience_member")
    assert principal_of(request(account, **{PERSON: member.person_id})) is None


def test_a_guest_may_do_nothing_at_all(account):
    stranger = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)[0]
    principal = principal_of(request(account, **{PERSON: stranger.pk, GUEST: stranger.name}))

    assert principal is not None
    assert (principal.role, principal.held) == (Role.GUEST, frozenset({Permission.LOG_IN}))
    assert [capability for capability in Capability if principal.can(capability)] == []


@pytest.mark.parametrize("session", [{}, {PERSON: None}, {PERSON: 0}, {PERSON: 2**62}])
def test_a_session_without_a_person_is_nobody(account, session):
    found = request(account, **session)
    assert principal_of(found) is None
    with pytest.raises(LookupError):
        actor_of(found)


def test_staff_and_strangers_are_nobody():
    nobody: Any = SimpleNamespace(user=SimpleNamespace(), session={})
    assert principal_of(nobody) is None


def test_it_is_found_once_a_request(account, django_assert_num_queries):
    member = bound.bind(account, "chenxi")
    found = request(account, **{PERSON: member.person_id})
    with django_assert_num_queries(1):
        assert principal_of(found) is principal_of(found)
