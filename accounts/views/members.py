"""User Identity: who works on the account, as what, and what waits for the administrator's scan (DEV-1)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, member_forms, places
from accounts.actions.members import ADD, CHANGE, REMOVE, SCANS
from accounts.member_forms import MemberForm, RoleForm
from accounts.models import Account, Member
from accounts.principals import Principal
from accounts.samples import Sample
from accounts.views import administrator_scans
from accounts.views.doors import for_principal
from portal.kernel import confirmations, keyset, policy
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import Confirmation
from portal.kernel.policy import Decision
from portal.kernel.terms import Capability, Role
from portal.outside.models import Person

PAGE: Final = "accounts:members"
SHOWN_AT_ONCE: Final = 20  # experience members
LONGEST_SEARCH: Final = 40
WHAT: Final = {ADD: gettext_lazy("Add"), CHANGE: gettext_lazy("Edit"), REMOVE: gettext_lazy("Remove")}
WAITING: Final = (Confirmation.State.SHOWN, Confirmation.State.SCANNED)


# --- the list -----------------------------------------------------------------------------


@require_safe
@never_cache
@for_principal
def members(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show project members, experience members by key, what waits, and what each role may do."""
    account = principal.account
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_SEARCH]
    may = _may(principal)
    # Put in order here: an ORDER BY would have the database walk through all members of the account.
    of_project = places.active(account, places.PROJECT).select_related("person")
    project = sorted(of_project[: places.MOST], key=lambda member: member.pk)
    experience = places.active(account, places.EXPERIENCE).select_related("person")
    page = keyset.turn(request, _found(experience, query), size=SHOWN_AT_ONCE)
    waiting = _waiting(account) if may["project"] else []
    counted = Person.objects.annotate(experience=places.number_of(account, places.EXPERIENCE))
    people = counted.in_bulk([account.administrator.person_id, *(row.facts["person"] for row in waiting)])
    administrator = people[account.administrator.person_id]
    context = {
        "project_places": places.taken(account, Role.OPERATOR, len(project)),
        "experience_places": places.taken(account, Role.EXPERIENCE_MEMBER, administrator.experience),
        "account": account,
        "query": query,
        "administrator": administrator if _is_sought(administrator, query) else None,
        "project": [member for member in project if _is_sought(member.person, query)],
        "page": page,
        "waiting": [_shown(request, account, row, people[row.facts["person"]]) for row in waiting],
        "has_experience": _has_experience(account),
        "matrix": _matrix(account),
        "roles": [role.label for role in (Role.ADMINISTRATOR, *_roles(account))],
        "may": may,
        "why_not": may["experience" if _has_experience(account) else "project"].reason,
        "now": account.world.now(),
        "running": account.world.running,
        "me": principal.actor.id,
    }
    return render(request, "accounts/members.html", context)


def _found(rows: QuerySet[Member], query: str) -> QuerySet[Member]:
    if query:
        rows = rows.filter(Q(person__name__icontains=query) | Q(person__wechat_id__icontains=query))
    return rows


def _is_sought(person: Person, query: str) -> bool:
    sought = query.casefold()
    return sought in person.name.casefold() or sought in person.wechat_id


def _counts(account: Account) -> dict[str, Any]:
    project = places.of_account(account, Role.OPERATOR)
    experience = places.of_account(account, Role.EXPERIENCE_MEMBER)
    return {"project_places": project, "experience_places": experience}


def _may(principal: Principal) -> dict[str, Decision]:
    return {
        "project": principal.can(Capability.MANAGE_PROJECT_MEMBERS),
        "experience": principal.can(Capability.MANAGE_EXPERIENCE_MEMBERS),
        "change": principal.can(Capability.CHANGE_ADMINISTRATOR),
    }


def _waiting(account: Account) -> list[Confirmation]:
    """Return each scan that the administrator has not answered yet."""
    rows = Confirmation.objects.filter(
        purpose__in=SCANS,
        subject_id=account.pk,
        state__in=WAITING,
        expires_at__gt=account.world.now(),
    )
    return list(rows.order_by("-pk"))


def _shown(request: WorldRequest, account: Account, waiting: Confirmation, person: Person) -> dict[str, Any]:
    waiting.world = account.world
    return {
        "scan": administrator_scans.shown(waiting, account, here=request.path),
        "person": person,
        "role": Role(waiting.facts["role"]).label,
        "what": WHAT[waiting.purpose],
    }


def _has_experience(account: Account) -> bool:
    """Return whether an account of this type has an experience version, and members for it."""
    return account.type in policy.POLICY[Capability.MANAGE_EXPERIENCE_MEMBERS].types


def _roles(account: Account) -> tuple[Role, ...]:
    """Return the roles that a member of this account can have."""
    experience = (Role.EXPERIENCE_MEMBER,) if _has_experience(account) else ()
    return (*policy.PROJECT_ROLES, *experience)


def _matrix(account: Account) -> list[dict[str, Any]]:
    """Return what each role may do here, from the table that the rules read (5.3).

    A guest was let in once, and has no column.
    """
    shown = (Role.ADMINISTRATOR, *_roles(account))
    return [
        {"label": permission.called(account.type), "cells": [row[role] for role in shown]}
        for permission, row in policy.used_by(account.type).items()
    ]


# --- adding -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def add(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Ask who and as what; a project member then waits for the scan, an experience member is there at once.

    `show` among what was sent asks for the permissions of the role chosen, where no script does.
    """
    account, roles = principal.account, _roles(principal.account)
    if request.method != "POST" or "show" in request.POST:
        sent = request.POST if request.method == "POST" else request.GET
        initial = {"role": sent.get("role", ""), "wechat_id": sent.get("wechat_id", "")[:LONGEST_SEARCH]}
        if initial["role"] not in roles:
            initial["role"] = Role.DEVELOPER if _may(principal)["project"] else roles[-1]
        form = MemberForm(account=account, roles=roles, initial=initial)
        return _add_page(request, principal, form)
    form = MemberForm(request.POST, account=account, roles=roles)
    if form.is_valid():
        try:
            return _add(request, principal, form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
    return _add_page(request, principal, form)


def _add(request: WorldRequest, principal: Principal, typed: dict[str, Any]) -> HttpResponse:
    account, by = principal.account, principal.actor
    if typed["role"] == Role.EXPERIENCE_MEMBER:
        member = actions.add_experience_member(account.pk, wechat_id=typed["wechat_id"], by=by)
        added = _("%(name)s may open the experience version now.") % {"name": member.person.name}
        messages.success(request, added)
        return redirect(f"{reverse(PAGE)}#experience")
    asked = actions.ask_to_add(
        account.pk, wechat_id=typed["wechat_id"], role=typed["role"], granted=typed["granted"], by=by
    )
    return redirect("accounts:member_scan", asked.pk)


def _add_page(request: WorldRequest, principal: Principal, form: MemberForm) -> HttpResponse:
    may = _may(principal)
    shut = {} if may["project"] else dict.fromkeys(policy.PROJECT_ROLES, may["project"].reason)
    if not may["experience"]:
        shut[Role.EXPERIENCE_MEMBER] = may["experience"].reason
    context = _counts(principal.account) | {
        "form": form,
        "has_experience": _has_experience(principal.account),
        "cards": member_forms.cards(principal.account, _roles(principal.account), shut),
        "brings": _brings(principal.account, form),
        "may": may,
        "samples": _samples(principal.account),
    }
    return render(request, "accounts/members_add.html", context)


def _brings(account: Account, form: RoleForm) -> list[str]:
    """Return what the role chosen may do without being granted anything."""
    held = policy.permissions(form.chosen)
    return [
        permission.called(account.type) for permission in policy.used_by(account.type) if permission in held
    ]


def _samples(account: Account) -> list[Sample]:
    """Return three people of this world who are no members yet, and two WeChat IDs that are refused."""
    bound = Member.objects.filter(account=account, state=Member.State.ACTIVE).values("person")
    free = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)
    people = free.exclude(pk__in=bound).order_by("pk")[:3]
    samples: list[Sample] = [
        {
            "label": f"{person.name} ({person.wechat_id})",
            "fields": {"wechat_id": person.wechat_id},
            "valid": True,
        }
        for person in people
    ]
    samples += [
        {"label": _("A WeChat ID nobody has"), "fields": {"wechat_id": "nobody-here"}, "valid": False},
        {"label": _("With a look-alike letter"), "fields": {"wechat_id": "ch\u0435nxi"}, "valid": False},
    ]
    return samples


# --- one member ---------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def edit(request: WorldRequest, principal: Principal, member_id: int) -> HttpResponse:
    """Choose another role or other permissions, which the administrator's scan then gives."""
    member = _own(principal, member_id)
    account, roles, may = principal.account, _roles(principal.account), _may(principal)
    if request.method != "POST" or "show" in request.POST:
        sent = request.POST if request.method == "POST" else request.GET
        role = sent.get("role", "") if sent.get("role", "") in roles else member.role
        form = RoleForm(account=account, roles=roles, initial={"role": role, "granted": member.granted})
    else:
        form = RoleForm(request.POST, account=account, roles=roles)
        if form.is_valid():
            try:
                asked = actions.ask_to_change(account.pk, member.pk, **form.cleaned_data, by=principal.actor)
                return redirect("accounts:member_scan", asked.pk)
            except Refused as refusal:
                form.refuse(refusal)
    shut = {} if may["project"] else dict.fromkeys(roles, may["project"].reason)
    context = {
        "member": member,
        "form": form,
        "cards": member_forms.cards(account, roles, shut),
        "brings": _brings(account, form),
        "may": may,
    }
    return render(request, "accounts/members_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def remove(request: WorldRequest, principal: Principal, member_id: int) -> HttpResponse:
    """Ask once more, then remove an experience member, or ask for the administrator's scan."""
    member = _own(principal, member_id)
    capability = (
        Capability.MANAGE_PROJECT_MEMBERS
        if member.is_project_member
        else Capability.MANAGE_EXPERIENCE_MEMBERS
    )
    if request.method != "POST":
        context = {"member": member, "may": principal.can(capability)}
        return render(request, "accounts/members_remove.html", context)
    account, by = principal.account, principal.actor
    if member.is_project_member:
        return redirect("accounts:member_scan", actions.ask_to_remove(account.pk, member.pk, by=by).pk)
    actions.remove_experience_member(account.pk, member.pk, by=by)
    messages.success(request, _("%(name)s is no experience member any more.") % {"name": member.person.name})
    return redirect(f"{reverse(PAGE)}#experience")


@require_POST
@for_principal
def leave(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Let a member go by themselves: their session ends with it."""
    account = principal.account
    actions.leave(account.pk, by=principal.actor)
    logout(request)
    messages.success(
        request, _("You are no member of %(account)s any more.") % {"account": account.name or account.entity}
    )
    return redirect("accounts:log_in")


def _own(principal: Principal, member_id: int) -> Member:
    """Return an active member of the account signed in; everybody else's is not found."""
    found = Member.objects.filter(pk=member_id, account=principal.account, state=Member.State.ACTIVE)
    member = found.select_related("person").first()
    if member is None:
        raise Http404
    return member


# --- the scan -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def scan(request: WorldRequest, principal: Principal, confirmation_id: int) -> HttpResponse:
    """Show the code that waits, or by POST a new one for the same; once confirmed the list shows it."""
    account = principal.account
    found = Confirmation.objects.filter(
        pk=confirmation_id, purpose__in=SCANS, subject_id=account.pk, world=account.world
    ).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        return redirect("accounts:member_scan", _ask_again(principal, found).pk)
    if found.state == Confirmation.State.CONFIRMED:
        return redirect(PAGE)
    found.world = account.world
    context = {
        "scan": administrator_scans.shown(found, account, here=request.path),
        "told": confirmations.PURPOSES[found.purpose].facts(found),
    }
    return render(request, "accounts/members_scan.html", context)


def _ask_again(principal: Principal, found: Confirmation) -> Confirmation:
    account_id, by, asked = principal.account.pk, principal.actor, found.facts
    if found.purpose == ADD:
        person = Person.objects.get(pk=asked["person"])
        return actions.ask_to_add(
            account_id, wechat_id=person.wechat_id, role=asked["role"], granted=asked["granted"], by=by
        )
    if found.purpose == CHANGE:
        return actions.ask_to_change(
            account_id, asked["member"], role=asked["role"], granted=asked["granted"], by=by
        )
    return actions.ask_to_remove(account_id, asked["member"], by=by)
