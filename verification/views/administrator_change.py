"""Change administrator: the present one's ID number and scan, then the new one's proofs (5.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from accounts.principals import Principal
from accounts.samples import Sample
from accounts.views import administrator_scans, codes
from accounts.views.doors import for_principal
from portal.kernel import confirmations, limits
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability, EntityType
from portal.outside.models import Person
from verification import actions as verification
from verification.actions import administrator_change as change_of
from verification.actions.administrator_change import AGREE, TAKE_OVER, State
from verification.administrator_forms import PresentForm, SuccessorForm
from verification.models import AdministratorChange

PAGE: Final = "verification:administrator_change"
STEPS: Final = (
    gettext_lazy("The administrator's ID number"),
    gettext_lazy("The administrator's scan"),
    gettext_lazy("The new administrator"),
)


# --- the page -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def administrator_change(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the step at which the change stands, or do what its form says."""
    may = principal.can(Capability.CHANGE_ADMINISTRATOR)
    if not may:
        individual = principal.account.entity_type == EntityType.INDIVIDUAL
        way_out = reverse(may.way_out) if may.way_out else ""
        context = {"may": may, "individual": individual, "way_out": way_out}
        return render(request, "verification/administrator_shut.html", context)
    change = change_of.current(principal.account)
    if change is None:
        return _begin(request, principal)
    change.account, change.world = principal.account, principal.account.world
    if change.state == State.ASKED:
        return _agreement(request, principal, change)
    return _successor(request, principal, change)


@require_POST
@for_principal
def drop(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Drop the change: everything stays as it was."""
    change_of.drop(principal.account.pk, by=principal.actor)
    messages.success(request, _("The change was dropped. Everything stays as it was."))
    return redirect(PAGE)


def _steps(now: int) -> list[dict[str, object]]:
    return [
        {"label": label, "state": "done" if number < now else "now" if number == now else ""}
        for number, label in enumerate(STEPS, start=1)
    ]


def _frame(account: Account, now: int) -> dict[str, Any]:
    return {
        "account": account,
        "steps": _steps(now),
        "now": account.world.now(),
        "running": account.world.running,
    }


def _begin(request: WorldRequest, principal: Principal) -> HttpResponse:
    account = principal.account
    form = PresentForm(request.POST if request.method == "POST" else None, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            change_of.begin(account.pk, id_number=form.cleaned_data["id_number"], by=principal.actor)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect(PAGE)
    known = account.administrator.id_number
    samples: list[Sample] = [
        {"label": _("The right one"), "fields": {"id_number": known}, "valid": True},
        {"label": _("Somebody else's"), "fields": {"id_number": _other(account)}, "valid": False},
    ]
    context = _frame(account, 1) | {"form": form, "samples": samples}
    return render(request, "verification/administrator_begin.html", context)


def _other(account: Account) -> str:
    """Return the ID number of somebody in this world who is not the administrator, or ''."""
    others = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)
    return others.order_by("pk").values_list("id_number", flat=True).first() or ""


def _agreement(request: WorldRequest, principal: Principal, change: AdministratorChange) -> HttpResponse:
    account = principal.account
    if request.method == "POST":
        change_of.show_agreement(account.pk, by=principal.actor)
        return redirect(PAGE)
    context = _frame(account, 2) | {
        "scan": administrator_scans.current(request, account, AGREE),
        "void_at": change.asked_at + limits.ADMINISTRATOR_CHANGE,
    }
    return render(request, "verification/administrator_agreement.html", context)


# --- the new administrator ----------------------------------------------------------------


def _successor(request: WorldRequest, principal: Principal, change: AdministratorChange) -> HttpResponse:
    """Show the form, or do what the pressed button says; every button saves first."""
    if request.method != "POST":
        return _successor_page(request, SuccessorForm(change=change), change)
    form = SuccessorForm(request.POST, change=change)
    form.is_valid()
    try:
        change = change_of.save_successor(change.account_id, form.typed(), by=principal.actor)
        change.account = principal.account
        act = ACTS.get(request.POST.get("do", ""), _show_scan)
        act(principal, form, change)
    except Refused as refusal:
        if refusal.code == "change_over":  # scanned, dropped or void meanwhile
            return redirect(PAGE)
        raise
    if form.errors:
        return _successor_page(request, form, change_of.current(principal.account) or change)
    return redirect(f"{reverse(PAGE)}#scan")


def _send_code(principal: Principal, form: SuccessorForm, change: AdministratorChange) -> None:
    """Send six digits to the new administrator's number."""
    form.keep_errors("admin_phone")
    if phone := form.cleaned_data.get("admin_phone"):
        with form.refusals():
            verification.throttle_code(change.account.world, phone)
            change_of.send_code(change.account_id, phone=phone, by=principal.actor)


def _show_scan(principal: Principal, form: SuccessorForm, change: AdministratorChange) -> None:
    """Try the typed code, once, if the number still needs it; then show the code to scan."""
    phone, code = form.cleaned_data.get("admin_phone"), form.cleaned_data.get("sms_code")
    if phone and code and change.verified_phone != phone:
        form.judge(change_of.check_code(change.account_id, phone=phone, code=code, by=principal.actor))
    if not form.errors:
        with form.refusals():
            change_of.show_take_over(change.account_id, by=principal.actor)


def _check_scan(_principal: Principal, form: SuccessorForm, _change: AdministratorChange) -> None:
    """Look what became of the scan, where no script waits for it."""
    form.keep_errors()


ACTS: Final[Mapping[str, Callable[[Principal, SuccessorForm, AdministratorChange], None]]] = {
    "send_code": _send_code,
    "show_scan": _show_scan,
    "check_scan": _check_scan,
}


def _successor_page(request: WorldRequest, form: SuccessorForm, change: AdministratorChange) -> HttpResponse:
    account = form.change.account
    proved = bool(change.phone) and change.phone == change.verified_phone
    context = _frame(account, 3) | {
        "form": form,
        "change": change,
        "proved": proved,
        "samples": _samples(account),
        "scan": _scan(account, change),
        "void_at": change.asked_at + limits.ADMINISTRATOR_CHANGE,
    }
    if change.phone and not proved:
        sent = verification.newest_code(account, change.phone)
        context["send_again_in"] = sent.row.next_in() if sent else 0
        context["sent"] = sent if sent and sent.row.is_good(context["now"]) else None
    return render(request, "verification/administrator_successor.html", context)


def _samples(account: Account) -> list[Sample]:
    """Return two people of this world who could take over, and one whose name is not the ID card's."""
    others = Person.objects.filter(world=account.world, real_name_certified=True)
    people = list(others.exclude(pk=account.administrator.person_id).order_by("pk")[:2])
    samples: list[Sample] = [
        {"label": person.name, "fields": _filled(person, person.name), "valid": True} for person in people
    ]
    if len(people) > 1:
        first, second = people
        label = _("%(name)s, with another name") % {"name": first.name}
        samples.append({"label": label, "fields": _filled(first, second.name), "valid": False})
    return samples


def _filled(person: Person, name: str) -> dict[str, str]:
    return {"admin_name": name, "admin_id_number": person.id_number, "admin_phone": person.phone}


# --- the scan -----------------------------------------------------------------------------


@require_safe
@never_cache
@for_principal
def scan_status(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Answer the waiting page: nothing while `state` is the one it shows, else the scan anew.

    Once it is done the old administrator is signed out: the door leads to the log-in.
    """
    account = principal.account
    change = change_of.current(account)
    if change is None or change.state != State.AGREED:
        return HttpResponse(headers={"HX-Redirect": reverse(PAGE)})
    scan = _scan(account, change)
    if scan["state"] == request.GET.get("state"):
        return HttpResponse(status=204)
    context = {"scan": scan, "change": change}
    return render(request, "verification/administrator_scan.html", context)


@require_safe
@never_cache
@for_principal
def scan_code(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Draw the QR code: the absolute address of the newest code on the simulated phone."""
    shown = confirmations.latest(TAKE_OVER, principal.account.pk)
    if shown is None:
        raise Http404
    return codes.drawn(request, shown.code)


def _scan(account: Account, change: AdministratorChange) -> dict[str, Any]:
    """Return what `verification/administrator_scan.html` shows; `state` is '' before there is a code."""
    shown = confirmations.latest(TAKE_OVER, account.pk)
    if shown is None or shown.facts.get("change") != change.pk:
        return {"state": ""}
    now = account.world.now()
    state = "expired" if shown.is_expired(now) else str(shown.state)
    by = Person.objects.filter(pk=shown.person_id).first() if shown.person_id else None
    wanted = Person.objects.filter(world=account.world, name=change.name).order_by("pk").first()
    return {
        "id": "successor-qr",
        "state": state,
        "text": _("Scan with the new administrator's own WeChat. The real name there must be %(name)s.")
        % {"name": change.name},
        "who": by.name if by else "",
        "qr_url": f"{reverse('verification:administrator_scan_code')}?{shown.code[:6]}",
        "due_at": shown.expires_at,
        "now": now,
        "running": account.world.running,
        "status_url": f"{reverse('verification:administrator_scan_status')}?state={state}",
        "refusal": shown.refusal if state == Confirmation.State.REFUSED else "",
        "phone_url": reverse("simulator:phone_question", args=[wanted.pk, shown.pk]) if wanted else "",
        "any_phone_url": reverse("simulator:scan", args=[shown.code]),
    }
