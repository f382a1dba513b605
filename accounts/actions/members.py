"""Members: added, changed and removed by the administrator's scan; experience members by a button (DEV-1).

Console-rules 5. Everything is checked when it is asked for, and again when the phone confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import notices, places, scans
from accounts.actions.sign_ins import end_sign_ins_of
from accounts.models import Account, Administrator, Member
from portal.kernel import audit, policy
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability, Permission, Role
from portal.kernel.wording import joined
from portal.outside import letters
from portal.outside.models import Person

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ADD: Final = "accounts.add_member"
CHANGE: Final = "accounts.change_member"
REMOVE: Final = "accounts.remove_member"
SCANS: Final = (ADD, CHANGE, REMOVE)
PAGE: Final = "accounts:members"

BECOMES_MEMBER: Final = audit.register("accounts.member_added", gettext_lazy("adds a member"))

ADDED: Final = notices.register(
    "accounts.member_added",
    gettext_lazy("%(name)s is a member of this account now: %(role)s."),
    url_name=PAGE,
)
CHANGED: Final = notices.register(
    "accounts.member_changed",
    gettext_lazy("The role and the permissions of %(name)s were changed: %(role)s."),
    url_name=PAGE,
)
REMOVED: Final = notices.register(
    "accounts.member_removed",
    gettext_lazy("%(name)s is no member of this account any more."),
    url_name=PAGE,
)
LEFT: Final = notices.register(
    "accounts.member_left", gettext_lazy("%(name)s has left this account."), url_name=PAGE
)


# --- asking -------------------------------------------------------------------------------


@action
def ask_to_add(
    account_id: int, *, wechat_id: str, role: str, granted: Iterable[str] = (), by: Actor
) -> Confirmation:
    """Ask the administrator's phone to make somebody a project member, with what is granted besides."""
    account = Account.objects.lock(account_id)
    account.require(Capability.MANAGE_PROJECT_MEMBERS, by=by)
    _require_role(role, policy.PROJECT_ROLES)
    kept = _grantable(account, role, granted)
    person = places.find(account, wechat_id)
    _require_stranger(account, person)
    places.require_one(account, person, role)
    return scans.ask(ADD, account, by=by, facts={"person": person.pk, "role": role, "granted": kept})


@action
def ask_to_change(
    account_id: int, member_id: int, *, role: str, granted: Iterable[str] = (), by: Actor
) -> Confirmation:
    """Ask the administrator's phone to give a member another role, or other permissions."""
    account = Account.objects.lock(account_id)
    account.require(Capability.MANAGE_PROJECT_MEMBERS, by=by)
    member = _lock_member(account, member_id)
    _require_role(role, (*policy.PROJECT_ROLES, Role.EXPERIENCE_MEMBER))
    kept = _grantable(account, role, granted)
    if (member.role, set(member.granted)) == (role, set(kept)):
        raise Refused(
            _("Nothing was changed: role and permissions are the same as before. Choose others."),
            code="unchanged",
            field="role",
        )
    _require_place_for_change(account, member, role)
    facts = {"member": member.pk, "person": member.person_id, "role": role, "granted": kept}
    return scans.ask(CHANGE, account, by=by, facts=facts)


@action
def ask_to_remove(account_id: int, member_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone to remove a member."""
    account = Account.objects.lock(account_id)
    account.require(Capability.MANAGE_PROJECT_MEMBERS, by=by)
    member = _lock_member(account, member_id)
    facts = {"member": member.pk, "person": member.person_id, "role": member.role, "granted": member.granted}
    return scans.ask(REMOVE, account, by=by, facts=facts)


# --- what needs no scan -------------------------------------------------------------------


@action
def add_experience_member(account_id: int, *, wechat_id: str, by: Actor) -> Member:
    """Let somebody open the experience version; the administrator and project members may (5.1)."""
    account = Account.objects.lock(account_id)
    account.require(Capability.MANAGE_EXPERIENCE_MEMBERS, by=by)
    person = places.find(account, wechat_id)
    return _add(account, person.pk, Role.EXPERIENCE_MEMBER, [], by)


@action
def remove_experience_member(account_id: int, member_id: int, *, by: Actor) -> Member:
    """Take the experience version away from somebody; a project member goes by the administrator's scan."""
    account = Account.objects.lock(account_id)
    account.require(Capability.MANAGE_EXPERIENCE_MEMBERS, by=by)
    member = _lock_member(account, member_id)
    if member.is_project_member:
        raise Refused(
            _("Nobody was removed: a project member is removed by the administrator's scan. Ask for it."),
            code="needs_scan",
        )
    return end_membership(member, notice=REMOVED, by=by)


@action
def leave(account_id: int, *, by: Actor) -> Member:
    """Stop being a member by oneself; what somebody uploaded stays. The administrator hands over instead."""
    account = Account.objects.lock(account_id)
    mine = membership(account, by.id or 0)
    if mine is None:
        raise Refused(
            _("Nothing was changed: you are no member of this account. An administrator hands over instead."),
            code="no_member",
            way_out=PAGE,
        )
    return end_membership(mine, notice=LEFT, by=by)


def end_membership(member: Member, *, notice: str, by: Actor) -> Member:
    """Make a locked member no member: sessions end, both sides are told; belongs inside an action.

    The next request of this person is refused; one under way is, as soon as it wants the account.
    """
    account, person = member.account, member.person
    member.remove(at=account.world.now(), reason=person.name, by=by)
    member.save()
    end_sign_ins_of(account, person_id=person.pk, reason=_("No member any more."), by=by)
    notices.tell(account, notice, name=person.name)
    with override(account.language):
        message = _("You are no member of %(account)s any more.") % {"account": _called(account)}
    letters.chat_message(person, text=message)
    return member


def membership(account: Account, person_id: int) -> Member | None:
    """Return what makes a person a member of a locked account, locked too, or None."""
    found = Member.objects.filter(account=account, person_id=person_id, state=Member.State.ACTIVE).first()
    return _lock_member(account, found.pk) if found else None


# --- carried out --------------------------------------------------------------------------


def _add(account: Account, person_id: int, role: str, granted: list[str], by: Actor) -> Member:
    """Add somebody to a locked account.

    A person's places are counted over the world, so whoever counts them holds the person's row.
    """
    people = Person.objects.select_for_update(of=("self",), no_key=True)
    person = people.get(pk=person_id, world=account.world)
    _require_stranger(account, person)
    places.require_one(account, person, role)
    member = Member.objects.create(
        world=account.world,
        account=account,
        person=person,
        role=role,
        granted=granted,
        added_at=account.world.now(),
    )
    audit.act(member, BECOMES_MEMBER, by=by, detail=_detail(account, person, role))
    notices.tell(account, ADDED, name=person.name, role=role)
    _tell(member, gettext_lazy("You are a member of %(account)s now. Role: %(role)s."))
    return member


def _confirmed_add(confirmation: Confirmation, by: Actor) -> None:
    account = Account.objects.lock(confirmation.subject_id)
    account.require(Capability.MANAGE_PROJECT_MEMBERS, by=by)
    facts = confirmation.facts
    _add(account, facts["person"], facts["role"], facts["granted"], by)


def _confirmed_change(confirmation: Confirmation, by: Actor) -> None:
    account = Account.objects.lock(confirmation.subject_id)
    account.require(Capability.MANAGE_PROJECT_MEMBERS, by=by)
    facts = confirmation.facts
    member = _lock_member(account, facts["member"])
    _require_place_for_change(account, member, facts["role"])
    detail = _detail(account, member.person, facts["role"])
    member.change(role=facts["role"], granted=facts["granted"], reason=detail, by=by)
    member.save()
    if Permission.LOG_IN not in member.held:
        reason = _("The role does not log in to the console.")
        end_sign_ins_of(account, person_id=member.person_id, reason=reason, by=by)
    notices.tell(account, CHANGED, name=member.person.name, role=member.role)
    _tell(member, gettext_lazy("What you may do in %(account)s was changed. Role: %(role)s."))


def _confirmed_remove(confirmation: Confirmation, by: Actor) -> None:
    account = Account.objects.lock(confirmation.subject_id)
    account.require(Capability.MANAGE_PROJECT_MEMBERS, by=by)
    end_membership(_lock_member(account, confirmation.facts["member"]), notice=REMOVED, by=by)


# --- rules --------------------------------------------------------------------------------


def _lock_member(account: Account, member_id: int) -> Member:
    """Return an active member of a locked account, locked after it."""
    member = Member.objects.lock(member_id)
    if member.account_id != account.pk or member.state != Member.State.ACTIVE:
        raise Refused(
            _("Nothing was changed: this person is no member any more. Look at the list again."),
            code="no_member",
            way_out=PAGE,
        )
    member.account, member.world = account, account.world
    return member


def _require_role(role: str, allowed: Iterable[str]) -> None:
    if role not in allowed:
        raise Refused(
            _("Nothing was asked for: a member's role is one of those shown. Choose one."),
            code="role",
            field="role",
        )


def _grantable(account: Account, role: str, granted: Iterable[str]) -> list[str]:
    """Return what is granted, in the matrix's order. Raises Refused for what this role cannot be granted."""
    wanted, grantable = set(granted), policy.grantable(Role(role), account.type)
    if wanted - set(grantable):
        raise Refused(
            _("Nothing was asked for: this role cannot be granted all of that. Look at its permissions."),
            code="granted",
            field="granted",
        )
    return [permission.value for permission in grantable if permission in wanted]


def _require_stranger(account: Account, person: Person) -> None:
    """Raise Refused for the administrator, and for who is a member already (85004)."""
    if Administrator.objects.filter(account=account, person=person).exists():
        raise Refused(
            _("Nobody was added: %(name)s is the administrator, who may do everything already.")
            % {"name": person.name},
            code="administrator",
            field="wechat_id",
        )
    bound = Member.objects.filter(account=account, person=person, state=Member.State.ACTIVE).first()
    if bound:
        raise Refused(
            _("Nobody was added: %(name)s is a member already (%(role)s). Edit the role in the list.")
            % {"name": person.name, "role": Role(bound.role).label},
            code="already_member",
            field="wechat_id",
        )


def _require_place_for_change(account: Account, member: Member, role: str) -> None:
    """Raise Refused when a member would come to the other group, and there is no place in it."""
    if member.is_project_member == (role != Role.EXPERIENCE_MEMBER):
        return
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=member.person_id)
    places.of_account(account, role).require(field="role")
    places.of_person(person, role).require(field="role")


# --- words --------------------------------------------------------------------------------


def _called(account: Account) -> str:
    return account.name or str(account.entity)


def _detail(account: Account, person: Person, role: str) -> str:
    with override(account.language):
        return _("%(name)s (%(wechat_id)s), %(role)s") % {
            "name": person.name,
            "wechat_id": person.wechat_id,
            "role": Role(role).label,
        }


def _tell(member: Member, sentence: StrOrPromise) -> None:
    """Write to a member's phone, in the account's language."""
    with override(member.account.language):
        text = str(sentence) % {"account": _called(member.account), "role": Role(member.role).label}
    letters.chat_message(member.person, text=text)


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    asked: dict[str, Any] = confirmation.facts
    person = Person.objects.get(pk=asked["person"])
    facts: list[tuple[StrOrPromise, str]] = [
        (
            _("Member"),
            _("%(name)s (%(wechat_id)s)") % {"name": person.name, "wechat_id": person.wechat_id},
        ),
        (_("Role"), str(Role(asked["role"]).label)),
    ]
    if asked["granted"] and confirmation.purpose != REMOVE:
        labels = [Permission(permission).label for permission in asked["granted"]]
        facts.append((_("Granted"), joined(labels)))
    return facts


scans.register(
    ADD,
    capability=Capability.MANAGE_PROJECT_MEMBERS,
    title=lambda _confirmation: gettext_lazy("Add a project member"),
    carry_out=_confirmed_add,
    facts=_facts,
    waits_at=PAGE,
)
scans.register(
    CHANGE,
    capability=Capability.MANAGE_PROJECT_MEMBERS,
    title=lambda _confirmation: gettext_lazy("Change what a member may do"),
    carry_out=_confirmed_change,
    facts=_facts,
    waits_at=PAGE,
)
scans.register(
    REMOVE,
    capability=Capability.MANAGE_PROJECT_MEMBERS,
    title=lambda _confirmation: gettext_lazy("Remove a project member"),
    carry_out=_confirmed_remove,
    facts=_facts,
    waits_at=PAGE,
)
