"""The pages every confirmed account has: home, notices, settings, where it stands, and its gates."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import categories as tree
from accounts import notices as told
from accounts.models import Account, Category, Notice
from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.console import capabilities, glance, history, menu, operation_log, release_path, standing
from portal.console import home as front
from portal.kernel import keyset
from portal.kernel.compiled import Compiled
from portal.kernel.policy import POLICY, Decision
from portal.kernel.terms import Capability, EntityType
from portal.kernel.wording import near_moment
from verification.models import WireTransfer

NOTICES_AT_HOME = 5
LINES = 20  # of the operation log on one page
NEWEST_NOTICES: Final = Compiled(
    lambda account: Notice.objects.filter(account=account).order_by("-id")[:NOTICES_AT_HOME]
)
WIRE: Final = Compiled(lambda account: WireTransfer.objects.filter(account=account).select_related("receipt"))


@require_safe
@for_principal
def home(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show where the account stands and what comes next."""
    account, now = principal.account, principal.account.world.now()
    seen = glance.look(account)
    path = release_path.steps(principal, seen)
    return render(
        request,
        "console/home.html",
        {
            "account": account,
            "pills": standing.pills(account),
            "path": path,
            "path_title": release_path.title(account),
            "path_summary": release_path.summary(path),
            "quotas": front.quotas(seen.usages),
            "notices": [_shown(notice, now) for notice in NEWEST_NOTICES.fetch(account.pk)],
            "capabilities": capabilities.rows(principal),
            "actors": front.actors(account, seen, here=request.path),
            "history": history.latest(account, planned=front.planned(account, seen)),
        },
    )


@require_safe
@for_principal
def notices(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List what the platform told the account, newest first, by key; with `unread` only what is new."""
    account, now = principal.account, principal.account.world.now()
    only_unread = "unread" in request.GET
    page = keyset.turn(
        request, told.unread(account) if only_unread else Notice.objects.filter(account=account)
    )
    return render(
        request,
        "console/notices.html",
        {
            "account": account,
            "notices": [_shown(notice, now) for notice in page.rows],
            "newest": page.rows[0].pk if page.rows else 0,
            "only_unread": only_unread,
            "newer_url": page.newer_url,
            "older_url": page.older_url,
        },
    )


@require_POST
@for_principal
def read_notices(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Mark read every notice up to the newest one the page showed; later ones stay new."""
    account = principal.account
    newest = request.POST.get("up_to", "")
    if newest.isascii() and newest.isdigit():
        told.read_all(account, up_to=min(int(newest), 2**63 - 1))
    return redirect("console:notices")


@require_safe
@for_principal
def open_notice(request: HttpRequest, principal: Principal, notice_id: int) -> HttpResponse:
    """Mark one notice read and go to the page it is about."""
    account = principal.account
    try:
        notice = told.read(account, min(notice_id, 2**63 - 1))
    except Notice.DoesNotExist:
        raise Http404 from None
    return redirect(told.url_name(notice) or "console:notices")


@require_safe
@for_principal
def settings(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the account's own facts, and that its entity cannot be changed (REG-9)."""
    account = principal.account
    in_use = Category.objects.filter(account=account, state=Category.State.IN_USE).order_by("pk")
    has_successors = account.entity_type in POLICY[Capability.CHANGE_ADMINISTRATOR].entities
    return render(
        request,
        "console/settings.html",
        {
            "account": account,
            "pills": standing.pills(account),
            "none_yet": _("none yet"),
            "has_categories": account.type in POLICY[Capability.CHOOSE_CATEGORIES].types,
            "categories": [tree.label(*pair) for pair in in_use.values_list("first", "second")],
            "closing": Decision(True) if account.closes_at else principal.can(Capability.CLOSE_ACCOUNT),
            "closing_url": menu.address("accounts:closing"),
            "closing_action": _("Keep the account") if account.closes_at else _("Close the account"),
            "change": principal.can(Capability.CHANGE_ADMINISTRATOR),
            "change_url": menu.address("verification:administrator_change") if has_successors else "",
            "change_action": _("Change administrator"),
            "authentication": standing.authentication(account),
            "number_label": _("ID number")
            if account.entity_type == EntityType.INDIVIDUAL
            else _("Licence number"),
        },
    )


@require_safe
@for_principal
def state(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show each machine where it stands, what may come next, and what is open to whom (SIM-9)."""
    account = principal.account
    return render(
        request,
        "console/state.html",
        {
            "account": account,
            "pills": standing.pills(account),
            "machines": standing.machines_of(account, _wire(account)),
            "rungs": standing.rungs(account),
            "has_categories": account.type in POLICY[Capability.CHOOSE_CATEGORIES].types,
            "other_machines": standing.other_machines(account),
            "policy": capabilities.table(principal),
            "role": principal.role.label,
            "mine": capabilities.of_role(principal),
            "entity_types": capabilities.entity_types(account),
        },
    )


@require_safe
@for_principal
def log(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List what was done to the account, newest first, by key; filtered by the form (DEV-4)."""
    may = principal.can(Capability.READ_OPERATION_LOG)
    form = operation_log.LogForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    context: dict[str, Any] = {
        "account": principal.account,
        "form": form,
        "may": may,
        "asked": any(asked.values()),
    }
    if may:
        page = keyset.turn(request, operation_log.events(principal.account, asked), size=LINES)
        context |= {
            "asked": any(asked.values()),
            "lines": [operation_log.line(event) for event in page.rows],
            "newer_url": page.newer_url,
            "older_url": page.older_url,
            "export_url": f"{reverse('console:log_export')}?{request.GET.urlencode()}",
        }
    return render(request, "console/log.html", context)


@require_safe
@for_principal
def log_export(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Answer the same lines as a CSV file, written while it is read; who may not read them is told why."""
    if not principal.can(Capability.READ_OPERATION_LOG):
        return redirect("console:log")
    form = operation_log.LogForm(request.GET or None)
    rows = operation_log.events(principal.account, form.cleaned_data if form.is_valid() else {})
    answer = StreamingHttpResponse(operation_log.as_csv(rows), content_type="text/csv; charset=utf-8")
    name = f"operation-log-{principal.account.appid}.csv"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


@require_safe
@for_principal
def gate(request: HttpRequest, principal: Principal, capability: str) -> HttpResponse:
    """Show why a capability is shut for this account or this person, and what opens it (VER-6)."""
    if capability not in set(Capability):
        raise Http404
    wanted = Capability(capability)
    if principal.can(wanted):
        return redirect("console:state")
    return render(
        request,
        "console/gate.html",
        {"account": principal.account, "gate": capabilities.gate(principal, wanted)},
    )


def _wire(account: Account) -> WireTransfer | None:
    return WIRE.first(account.pk)


def _shown(notice: Notice, now: datetime) -> dict[str, object]:
    return {
        "id": notice.pk,
        "text": told.text(notice),
        "topic": told.topic(notice),
        "when": near_moment(notice.at, now),
        "at": notice.at,
        "new": notice.read_at is None,
    }
