"""Who acts in the console: the person that scanned, what they are to the account, and what they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from accounts.models import Account, Administrator, Member
from portal.kernel import policy
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.compiled import Compiled
from portal.kernel.policy import Decision
from portal.kernel.terms import Capability, Permission, Role

# What the session keeps beside Django's own: whose scan opened it, and as what.
PERSON: Final = "person"
GUEST: Final = "guest"
SIGN_IN: Final = "sign_in"
WAITING: Final = "waiting"  # the sign-in of a browser that gave the right password and shows its code

MEMBER: Final = Compiled(
    lambda account, person: Member.objects.filter(
        account=account, person=person, state=Member.State.ACTIVE
    ).select_related("person"),
    parameters=2,
)


@dataclass(frozen=True)
class Principal:
    """A signed-in person. Before the entity is confirmed there is none: the log-in itself acts."""

    account: Account
    actor: Actor
    role: Role
    held: frozenset[Permission]

    @property
    def name(self) -> str:
        """Return what the person is called."""
        return self.actor.name

    @property
    def is_administrator(self) -> bool:
        """Return whether this is the administrator, or the registrant."""
        return self.role == Role.ADMINISTRATOR

    def can(self, capability: Capability) -> Decision:
        """Return whether this person may do it here now, or why not: the account first, then the role."""
        decision = self.account.can(capability)
        if not decision:
            return decision
        return policy.decide_for(capability, role=self.role, held=self.held)


def principal_of(request: HttpRequest) -> Principal | None:
    """Return who is signed in, or None: nobody, staff, or somebody who is no member any more.

    Asked for anew with every request, so that a removal takes effect with the next one (DEV-3).
    """
    if not hasattr(request, "_principal"):
        account = getattr(request.user, "account", None)
        request._principal = _principal(request, account) if isinstance(account, Account) else None  # type: ignore[attr-defined]
    found: Principal | None = request._principal  # type: ignore[attr-defined]
    return found


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts, for a view that a door has let through to."""
    principal = principal_of(request)
    if principal is None:
        raise LookupError("nobody is signed in: the view needs a door")
    return principal.actor


def account_of(request: HttpRequest) -> Account | None:
    """Return the account that somebody is signed in to, or None: nobody is, or somebody of the desk."""
    principal = principal_of(request)
    return principal.account if principal else None


def administrator_of(account: Account) -> int | None:
    """Return the person who administers the account, or None before its confirmation."""
    found = Administrator.objects.filter(account=account).values_list("person_id", flat=True)
    return found.first()


def forget(request: HttpRequest) -> None:
    """Ask anew the next time: the session has changed within this request."""
    if hasattr(request, "_principal"):
        del request._principal


def _principal(request: Any, account: Account) -> Principal | None:
    if account.confirmed_at is None:
        return Principal(
            account, account.login.as_actor(), Role.ADMINISTRATOR, policy.permissions(Role.ADMINISTRATOR)
        )
    person_id = request.session.get(PERSON)
    if person_id is None:
        return None
    if person_id == account.administrator.person_id:
        return _seated(account, Role.ADMINISTRATOR, person_id, account.administrator.name)
    if name := request.session.get(GUEST):
        return _seated(account, Role.GUEST, person_id, name)
    member = MEMBER.first(account.pk, person_id)
    if member is None or Permission.LOG_IN not in member.held:
        return None
    actor = Actor(ActorKind.PERSON, person_id, member.person.name, member.role)
    return Principal(account, actor, Role(member.role), member.held)


def _seated(account: Account, role: Role, person_id: int, name: str) -> Principal:
    return Principal(account, Actor(ActorKind.PERSON, person_id, name, role), role, policy.permissions(role))
