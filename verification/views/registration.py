"""Information registration: entity and administrator, confirmed once and for all (REG-5 to REG-11)."""

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

from accounts import steps
from accounts.models import Account, Administrator
from accounts.views import codes
from accounts.views.doors import seat
from portal.kernel import confirmations
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import Confirmation
from portal.kernel.terms import AccountState as S
from portal.kernel.terms import VerificationMethod
from verification import actions as verification
from verification import cards, samples
from verification.actions.entity import LONGEST, SCAN, ShownScan
from verification.forms import EntityForm
from verification.models import Registration
from verification.views import actor_of, for_account

TONES: Final[Mapping[str, str]] = {
    S.AWAITING_TRANSFER: "doing",
    S.AWAITING_AUTHENTICATION: "act",
    S.LAPSED: "fail",
}
# What a verified account goes on with: a Mini Program, and an Official Account.
WHAT_OPENS: Final = {
    False: gettext_lazy("Information, submission, release"),
    True: gettext_lazy("Information, association, messages"),
}
FIRST: Final = {
    False: gettext_lazy("Name, profile photo, introduction and category come first."),
    True: gettext_lazy("Name, profile photo and introduction come first."),
}
CONFIRMED: Final = (S.AWAITING_TRANSFER, S.AWAITING_AUTHENTICATION, S.VERIFIED, S.AUTHENTICATED, S.LAPSED)


# --- the form -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_account(S.ACTIVATED)
def entity(request: WorldRequest, account: Account) -> HttpResponse:
    """Show the form, or do what the pressed button says; every button saves the draft first.

    `do` names the button, `sample` a sample. What is refused stands at its field, and what was
    typed stays.
    """
    if request.method == "POST":
        form, draft = _keep(request, account)
        if "sample" in request.POST:
            return _fill_in(request, account, form, request.POST["sample"])
        act = ACTS.get(request.POST.get("do", ""), _check)
        return act(request, account, form, draft)
    draft = verification.draft_of(account)
    if "check" not in request.GET:
        return _page(request, account, EntityForm(account=account, draft=draft), draft)
    form = EntityForm({name: getattr(draft, name) for name in LONGEST}, account=account, draft=draft)
    form.is_valid()
    form.require_proofs(draft)
    return _page(request, account, form, draft)


@require_POST
@never_cache
@for_account(S.ACTIVATED)
def keep_draft(request: WorldRequest, account: Account) -> HttpResponse:
    """Save while somebody types; a changed entity type is answered with the fields it asks for."""
    form, draft = _keep(request, account)
    form.keep_errors()
    changed_type = request.headers.get("HX-Target") == "owner"
    return render(
        request,
        "verification/_owner_changed.html" if changed_type else "verification/_saved.html",
        {"form": form, "draft": draft, "now": account.world.now(), "methods": cards.methods(account)},
    )


def _keep(request: WorldRequest, account: Account) -> tuple[EntityForm, Registration]:
    form = EntityForm(request.POST, account=account, draft=verification.draft_of(account))
    form.is_valid()
    draft = verification.save_draft(account.pk, form.typed(), complete=False, by=actor_of(request))
    return form, draft


def _check(request: WorldRequest, account: Account, form: EntityForm, draft: Registration) -> HttpResponse:
    """Go on to the confirm page when nothing is left to correct."""
    draft = _prove_phone(request, account, form, draft)
    form.require_proofs(draft)
    if form.errors:
        return _page(request, account, form, draft)
    verification.save_draft(account.pk, form.typed(), complete=True, by=actor_of(request))
    return redirect("verification:confirm")


def _send_code(
    request: WorldRequest, account: Account, form: EntityForm, draft: Registration
) -> HttpResponse:
    """Send six digits to the mobile number (REG-8)."""
    form.keep_errors("admin_phone")
    if phone := form.cleaned_data.get("admin_phone"):
        with form.refusals():
            verification.throttle_code(account.world, phone)
            verification.send_code(account.pk, phone=phone, by=actor_of(request))
    return _answer(request, account, form, draft, "id_admin_phone")


def _show_scan(
    request: WorldRequest, account: Account, form: EntityForm, draft: Registration
) -> HttpResponse:
    """Show a code for the administrator's own WeChat (REG-8); a typed SMS code is tried on the way."""
    form.keep_errors("admin_name")
    if form.cleaned_data.get("admin_name"):
        with form.refusals():
            verification.show_scan(account.pk, by=actor_of(request))
    draft = _prove_phone(request, account, form, draft)
    return _answer(request, account, form, draft, "scan")


def _check_scan(
    request: WorldRequest, account: Account, form: EntityForm, draft: Registration
) -> HttpResponse:
    """Look what became of the scan, where no script waits for it; a typed SMS code is tried on the way."""
    form.keep_errors()
    draft = _prove_phone(request, account, form, draft)
    return _answer(request, account, form, draft, "scan")


def _show_fields(
    request: WorldRequest, account: Account, form: EntityForm, draft: Registration
) -> HttpResponse:
    """Show the fields of the entity type chosen, where no script does."""
    form.keep_errors("entity_type")
    return _answer(request, account, form, draft, "owner")


def _fill_in(request: WorldRequest, account: Account, form: EntityForm, sample: str) -> HttpResponse:
    """Put a sample into the draft, over what was typed."""
    fields = form.typed() | samples.fields(account, sample)
    verification.save_draft(account.pk, fields, complete=False, by=actor_of(request))
    return redirect("verification:entity")


ACTS: Final[
    Mapping[str, Callable[[WorldRequest, Account, EntityForm, Registration], HttpResponse]]
] = {
    "send_code": _send_code,
    "show_scan": _show_scan,
    "check_scan": _check_scan,
    "show_fields": _show_fields,
}  # fmt: skip


def _prove_phone(
    request: WorldRequest, account: Account, form: EntityForm, draft: Registration
) -> Registration:
    """Try the typed SMS code, once, if the number still needs it; return the draft as it is then."""
    phone, code = form.cleaned_data.get("admin_phone"), form.cleaned_data.get("sms_code")
    if phone and code and not draft.phone_is_verified:
        by = actor_of(request)
        form.judge(verification.check_code(account.pk, phone=phone, code=code, by=by))
    return verification.draft_of(account)


def _answer(
    request: WorldRequest, account: Account, form: EntityForm, draft: Registration, anchor: str
) -> HttpResponse:
    """Return to the part of the form that the button stands in, or show what was refused there."""
    if form.errors:
        return _page(request, account, form, draft)
    return redirect(f"{reverse('verification:entity')}#{anchor}")


def _page(request: WorldRequest, account: Account, form: EntityForm, draft: Registration) -> HttpResponse:
    now = account.world.now()
    context: dict[str, Any] = {
        "form": form,
        "draft": draft,
        "now": now,
        "steps": steps.progress(3),
        "account": account,
        "entity_types": cards.entity_types(account),
        "methods": cards.methods(account),
        "samples": samples.offered(account),
        "scan": _scan(account, draft),
    }
    if draft.admin_phone and not draft.phone_is_verified:
        sent = verification.newest_code(account, draft.admin_phone)
        context["send_again_in"] = sent.row.next_in() if sent else 0
        context["sent"] = sent if sent and sent.row.is_good(now) else None
    return render(request, "verification/entity.html", context)


# --- the administrator's scan -------------------------------------------------------------


@require_safe
@never_cache
@for_account(S.ACTIVATED)
def scan_status(request: WorldRequest, account: Account) -> HttpResponse:
    """Answer the waiting page: nothing while `state` is the one it shows, else the scan anew."""
    draft = verification.draft_of(account)
    scan = _scan(account, draft)
    if scan["state"] == request.GET.get("state"):
        return HttpResponse(status=204)
    return render(request, "verification/_scan.html", {"scan": scan, "draft": draft})


@require_safe
@never_cache
@for_account(S.ACTIVATED)
def scan_code(request: WorldRequest, account: Account) -> HttpResponse:
    """Draw the QR code: the absolute address of the newest code on the simulated phone."""
    shown = confirmations.latest(SCAN, account.pk)
    if shown is None:
        raise Http404
    return codes.drawn(request, shown.code)


def _scan(account: Account, draft: Registration) -> dict[str, Any]:
    """Return what `verification/_scan.html` shows; `state` is '' before there is a code to look at."""
    scan: dict[str, Any] = {
        "id": "administrator-qr",
        "text": _("Scan with the administrator's own WeChat. The real name there must be %(name)s.")
        % {"name": draft.admin_name},
        "now": account.world.now(),
        "running": account.world.running,
    }
    shown = None if draft.is_scanned else verification.latest_scan(account, draft)
    if shown and shown.row.state == Confirmation.State.CONFIRMED:
        # Since the draft was read, or the name was changed: then that scan proves nobody any more.
        draft.refresh_from_db(fields=["admin_name", "scanned_by", "scanned_name"])
        shown = None
    if draft.is_scanned and draft.scanned_by:
        return scan | {"state": "confirmed", "who": draft.scanned_by.name, "qr_url": _qr_url("")}
    if shown is None:
        return {"state": ""}
    state = "expired" if shown.row.is_expired(scan["now"]) else shown.row.state
    return scan | {
        "state": state,
        "who": shown.scanner_name,
        "qr_url": _qr_url(shown.row.code[:6]),
        "due_at": shown.row.expires_at,
        "status_url": f"{reverse('verification:scan_status')}?state={state}",
        "refusal": shown.row.refusal,
        "phone_url": _phone_url(shown),
        "any_phone_url": reverse("simulator:scan", args=[shown.row.code]),
    }


def _qr_url(version: str) -> str:
    """Return the picture's address; another code has another one, so that no browser shows the old."""
    return f"{reverse('verification:scan_code')}?{version}"


def _phone_url(shown: ShownScan) -> str:
    """Return where the phone of the administrator-to-be looks at the code, or ''."""
    if shown.expected_id is None:
        return ""
    return reverse("simulator:phone_question", args=[shown.expected_id, shown.row.pk])


# --- confirming ---------------------------------------------------------------------------


@require_safe
@never_cache
@for_account(S.ACTIVATED)
def confirm(request: WorldRequest, account: Account) -> HttpResponse:
    """Show everything once more: it cannot be changed after this page (REG-9)."""
    draft = verification.draft_of(account)
    if not draft.complete:
        return redirect("verification:entity")
    context = {"account": account, "draft": draft, "way": draft.way, "steps": steps.progress(3)}
    if draft.way != VerificationMethod.REAL_NAME_SCAN:
        form = EntityForm(account=account, draft=draft)
        context |= {"name_label": form["entity_name"].label, "number_label": form["entity_number"].label}
    return render(request, "verification/confirm.html", context)


@require_POST
@for_account(S.ACTIVATED)
def confirm_entity(request: WorldRequest, account: Account) -> HttpResponse:
    """Confirm for good; what is refused by now is shown at its field."""
    try:
        verification.confirm_entity(account.pk, by=actor_of(request))
    except Refused as refusal:
        account.refresh_from_db()
        if account.state in CONFIRMED:  # a double click: the first one did it
            return redirect("verification:done")
        messages.error(request, refusal.message)
        return redirect(f"{reverse('verification:entity')}?check=")
    administrator = Administrator.objects.select_related("person").get(account=account)
    # Whoever scanned while registering goes on as the administrator.
    seat(request, account, administrator.person_id, by=administrator.person.as_actor())
    return redirect("verification:done")


@require_safe
@never_cache
@for_account(*CONFIRMED)
def done(request: WorldRequest, account: Account) -> HttpResponse:
    """Tell what comes next for the chosen method (REG-10)."""
    tone = TONES.get(account.state, "done")
    context = {"account": account, "path": _path(account), "tone": tone}
    return render(request, "verification/done.html", context)


def _path(account: Account) -> list[dict[str, Any]]:
    """Return what has come and what comes next, for `_partials/path.html`."""
    console = {"url": reverse("console:home"), "action": _("Go to the console")}
    official = account.type.is_official
    opened: dict[str, Any] = {"title": WHAT_OPENS[official], "text": FIRST[official], "state": ""}
    entity = {"title": _("Entity confirmed"), "text": account.entity and account.entity.name, "state": "done"}
    if account.method == VerificationMethod.REAL_NAME_SCAN:
        scanned = {
            "title": _("Verified by the real-name scan"),
            "text": _("Individuals need no further verification."),
            "state": "done",
        }
        return [entity, scanned, opened | console | {"state": "now", "primary": True}]
    if account.method == VerificationMethod.WECHAT_AUTHENTICATION:
        return [entity, *_path_of_authentication(account, opened, console)]
    wire: dict[str, Any] = {"title": _("Wire transfer"), "url": reverse("verification:wire_transfer")}
    if account.state == S.AWAITING_TRANSFER:
        wire |= {
            "state": "now",
            "text": _("Pay the exact amount from the corporate account within ten days."),
            "action": _("See the transfer details"),
            "primary": True,
        }
        return [entity, wire, opened]
    wire |= {
        "state": "done",
        "text": _("The transfer was validated; the money is returned in full."),
        "action": _("See the transfer"),
    }
    return [entity, wire, opened | console | {"state": "now", "primary": True}]


def _path_of_authentication(
    account: Account, opened: dict[str, Any], console: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return what comes next by Method II: everything waits for the reviewer, and again when it lapsed."""
    passed: dict[str, Any] = {
        "title": _("WeChat authentication"),
        "url": reverse("verification:authentication"),
    }
    if account.state == S.AUTHENTICATED:
        passed |= {
            "state": "done",
            "text": _("A reviewer approved the materials; it is renewed each year."),
            "action": _("See WeChat authentication"),
        }
        return [passed, opened | console | {"state": "now", "primary": True}]
    passed |= {"state": "now", "action": _("Go to WeChat authentication"), "primary": True}
    if account.state == S.LAPSED:
        passed["text"] = _("It lapsed after its year. A new application opens everything again.")
    else:
        passed["text"] = _("Hand in the materials. Without approval within 30 days the registration expires.")
    return [passed, opened]
