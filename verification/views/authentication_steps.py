"""Applying for WeChat authentication, step by step: agreement, materials, name, invoice, submit (VER-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.files.base import File
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from portal.kernel import limits, pictures, reviews, throttle, uploads
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, is_htmx
from verification import authentication_samples, materials, specimens
from verification.actions import authentication
from verification.authentication_forms import InvoiceForm, MaterialsForm, NameForm, StepForm, checked
from verification.materials import Slot
from verification.models import AuthenticationOrder, Document
from verification.views import actor_of, for_account
from verification.views.authentication import CONFIRMED, State, done, for_application, last_verdict, steps

EDITABLE: Final = (State.DRAFT, State.RETURNED)
UPLOADS_PER_HOUR: Final = 120

# What stands together on the materials page, and which fields want the narrow face or letters of one width.
LEGAL: Final = ("legal_person",)
BANK: Final = ("bank_holder", "bank_name", "bank_number")
CONTACT: Final = ("contact_name", "contact_id_number", "contact_phone", "contact_email", "contact_landline")
NUMBERS: Final = frozenset(
    {
        "bank_number",
        "contact_id_number",
        "contact_phone",
        "contact_landline",
        "trademark_number",
        "tax_number",
        "invoice_account",
        "invoice_phone",
    }
)


@dataclass(frozen=True)
class Row:
    """A field on a page, with what the reviewer said about it."""

    field: BoundField
    reasons: list[str]

    @property
    def mono(self) -> bool:
        """Return whether it holds a number, shown in letters of one width."""
        return self.field.name in NUMBERS


@dataclass(frozen=True)
class Place:
    """A slot on the page: its pictures, what was refused just now, what the reviewer said."""

    slot: Slot
    documents: list[Document]
    errors: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Return whether nothing more can be added."""
        return self.slot.at_most > 1 and len(self.documents) >= self.slot.at_most


# --- opening and dropping -----------------------------------------------------------------


@require_POST
@for_account(*CONFIRMED)
def open_application(request: WorldRequest, account: Account) -> HttpResponse:
    """Open an application, or go on with the one there is."""
    order = authentication.open_order(account.pk, by=actor_of(request))
    return redirect(
        "verification:authentication_agreement"
        if order.state == State.DRAFT
        else "verification:authentication"
    )


@require_POST
@for_application(State.DRAFT, State.AWAITING_PAYMENT)
def drop(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Give the application up before it is paid."""
    authentication.drop(order.pk, by=actor_of(request))
    messages.success(request, _("The application was dropped. Nothing was paid, nothing is owed."))
    return redirect("verification:authentication")


# --- the agreement ------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_application(*EDITABLE)
def agreement(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Show the whole agreement, with the tick at its end; accept it."""
    error = ""
    if request.method == "POST":
        if request.POST.get("agree") == "on":
            authentication.agree(order.pk, person=account.administrator.name, by=actor_of(request))
            return redirect("verification:authentication_materials")
        error = _("Not accepted: read the agreement to its end and tick the box there.")
    return render(
        request,
        "verification/authentication/agreement.html",
        {
            "order": order,
            "error": error,
            "fee_fen": max(limits.AUTHENTICATION_FEE_FEN.values()),
            "steps": _steps("agreement", account, order),
        },
    )


# --- the materials ------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_application(*EDITABLE)
def fill_in(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Show the fields and slots, or do what the pressed button says; every button saves what is typed.

    `do` names the button: continue, save, upload:<slot>, remove:<document>, specimen:<slot> or
    another sample of `specimens.SAMPLES`. What is refused stands at its field or slot.
    """
    if order.agreed_at is None:
        return redirect("verification:authentication_agreement")
    if request.method != "POST":
        form = MaterialsForm(account=account, kept=order.materials)
        if "check" in request.GET:
            form = MaterialsForm(order.materials, account=account, kept=order.materials)
            form.is_valid()
        return _materials_page(request, account, order, form, {})
    form = MaterialsForm(request.POST, account=account, kept=order.materials)
    form.is_valid()
    cut_off = uploads.cut_off(request)
    if not cut_off:
        _keep(request, account, order, materials_typed=form.typed())
    if "sample" in request.POST:
        return _fill_in_sample(
            request, account, order, request.POST["sample"], "verification:authentication_materials"
        )
    action, _colon, target = request.POST.get("do", "continue").partition(":")
    refused = _take_pictures(request, account, order)
    _press(request, account, order, action, target, refused)
    if cut_off:
        refused.setdefault("", []).append(
            _("The files are larger than 16 MB together, or one is far larger than 2 MB. Nothing was kept.")
        )
    if is_htmx(request):
        return _slot_answer(request, account, order, target, refused)
    if action == "continue" and not cut_off:
        missing = materials.missing(account, order, authentication.documents_of(order))
        for slot in materials.slots(account):
            if slot.name in missing:
                refused.setdefault(slot.name, []).append(_("Add a picture here."))
        if not form.errors and not refused:
            return redirect("verification:authentication_name")
        return _materials_page(request, account, order, form, refused)
    if refused:
        shown = MaterialsForm(account=account, kept=order.materials)
        return _materials_page(request, account, order, form if cut_off else shown, refused)
    if action == "save":
        messages.success(request, _("The application is saved."))
        return redirect("verification:authentication")
    anchor = "" if action == "remove" else f"#slot-{target}"
    return redirect(reverse("verification:authentication_materials") + anchor)


def _press(
    request: WorldRequest,
    account: Account,
    order: AuthenticationOrder,
    action: str,
    target: str,
    refused: dict[str, list[str]],
) -> None:
    """Do what a slot's own button says."""
    by = actor_of(request)
    if action == "remove" and target.isascii() and target.isdigit():
        found = get_object_or_404(Document, pk=min(int(target), 2**63 - 1), order=order)
        authentication.remove_document(found.pk, by=by)
    elif action in specimens.SAMPLES:
        for slot in materials.slots(account):
            if slot.name == target:
                _take(request, account, order, slot, specimens.SAMPLES[action].upload(account, slot), refused)


def _take_pictures(
    request: WorldRequest, account: Account, order: AuthenticationOrder
) -> dict[str, list[str]]:
    """Put every file that came into its slot; return what was refused, by slot."""
    refused: dict[str, list[str]] = {}
    for slot in materials.slots(account):
        for file in request.FILES.getlist(f"file-{slot.name}"):
            if isinstance(file, File):
                _take(request, account, order, slot, file, refused)
    return refused


def _take(
    request: WorldRequest,
    account: Account,
    order: AuthenticationOrder,
    slot: Slot,
    file: File[bytes],
    refused: dict[str, list[str]],
) -> None:
    try:
        throttle.hit("documents", str(account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1))
        picture = pictures.read(file)
        authentication.add_document(order.pk, slot.name, picture, by=actor_of(request))
    except Refused as refusal:
        refused.setdefault(slot.name, []).append(refusal.message)


def _materials_page(
    request: WorldRequest,
    account: Account,
    order: AuthenticationOrder,
    form: MaterialsForm,
    refused: Mapping[str, list[str]],
) -> HttpResponse:
    told = _told(order)
    places = _places(account, order, refused, told)
    return render(
        request,
        "verification/authentication/materials.html",
        {
            "account": account,
            "order": order,
            "form": form,
            "legal": _rows(form, LEGAL, told),
            "bank": _rows(form, BANK, told),
            "contact": _rows(form, CONTACT, told),
            "places": places,
            "refused": sum(len(place.errors) for place in places),
            "whole": refused.get("", []),
            "steps": _steps("materials", account, order),
            "samples": authentication_samples.MATERIALS,
            "pictures": specimens.SAMPLES,
            "magic": [
                {"value": f"{name}@magic.example", "label": magic.label}
                for name, magic in reviews.MAGIC.items()
            ],
        },
    )


def _slot_answer(
    request: WorldRequest,
    account: Account,
    order: AuthenticationOrder,
    target: str,
    refused: Mapping[str, list[str]],
) -> HttpResponse:
    """Answer an upload that the page sent by itself with the slot anew."""
    for place in _places(account, order, refused, _told(order)):
        if place.slot.name == target:
            errors = [*place.errors, *refused.get("", [])]
            shown = Place(place.slot, place.documents, errors, place.reasons)
            return render(
                request,
                "verification/authentication/_slot.html",
                {"place": shown, "pictures": specimens.SAMPLES},
            )
    return HttpResponse(headers={"HX-Redirect": reverse("verification:authentication_materials")})


def _places(
    account: Account,
    order: AuthenticationOrder,
    refused: Mapping[str, list[str]],
    told: Mapping[str, list[str]],
) -> list[Place]:
    standing = Document.objects.filter(order=order, removed_at__isnull=True).order_by("pk")
    found: dict[str, list[Document]] = {}
    for document in standing:
        found.setdefault(document.slot, []).append(document)
    return [
        Place(slot, found.get(slot.name, []), refused.get(slot.name, []), told.get(slot.name, []))
        for slot in materials.slots(account)
    ]


# --- name and invoice ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_application(*EDITABLE)
def name(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Say where the name comes from; it is judged apart from the qualification."""
    if order.agreed_at is None:
        return redirect("verification:authentication_agreement")
    form = NameForm(account=account, kept=order.materials)
    if request.method == "POST":
        form = NameForm(request.POST, account=account, kept=order.materials)
        form.is_valid()
        _keep(request, account, order, materials_typed=form.typed())
        if request.POST.get("do") == "save":
            messages.success(request, _("The application is saved."))
            return redirect("verification:authentication")
        if not form.errors:
            return redirect("verification:authentication_invoice")
    told = _told(order)
    return render(
        request,
        "verification/authentication/name.html",
        {
            "account": account,
            "order": order,
            "form": form,
            "source": _rows(form, ("name_source",), told)[0],
            "trademark": _rows(form, ("trademark_number",), told),
            "steps": _steps("name", account, order),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_application(*EDITABLE)
def invoice(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Choose an invoice for the fee, or none."""
    if order.agreed_at is None:
        return redirect("verification:authentication_agreement")
    form = InvoiceForm(account=account, kept={"kind": "none", **order.invoice})
    if request.method == "POST":
        form = InvoiceForm(request.POST, account=account, kept=order.invoice)
        form.is_valid()
        _keep(request, account, order, invoice_typed=form.typed())
        if "sample" in request.POST:
            return _fill_in_sample(
                request, account, order, request.POST["sample"], "verification:authentication_invoice"
            )
        if request.POST.get("do") == "save":
            messages.success(request, _("The application is saved."))
            return redirect("verification:authentication")
        if not form.errors:
            return redirect("verification:authentication_submit")
    told = _told(order)
    return render(
        request,
        "verification/authentication/invoice.html",
        {
            "account": account,
            "order": order,
            "form": form,
            "kind": _rows(form, ("kind",), told)[0],
            "title": _rows(form, ("invoice_title", "tax_number"), told),
            "vat": _rows(form, materials.INVOICE_FIELDS["vat"][2:], told),
            "steps": _steps("invoice", account, order),
            "samples": authentication_samples.INVOICES,
        },
    )


# --- submitting ---------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_application(*EDITABLE)
def submit(request: WorldRequest, account: Account, order: AuthenticationOrder) -> HttpResponse:
    """Show everything once more, and submit it: to be paid, or straight to the desk."""
    if order.agreed_at is None:
        return redirect("verification:authentication_agreement")
    if request.method == "POST":
        _keep(request, account, order)
        authentication.submit_materials(order.pk, by=actor_of(request))
        return redirect("verification:authentication")
    told = _told(order)
    places = _places(account, order, {}, told)
    there = {place.slot.name: [document.pk for document in place.documents] for place in places}
    ready = done(account, order, materials.missing(account, order, there))
    typed = MaterialsForm(account=account, kept=order.materials)
    paid = InvoiceForm(account=account, kept=order.invoice)
    wanted = materials.INVOICE_FIELDS.get(order.invoice.get("kind", ""), ())
    return render(
        request,
        "verification/authentication/submit.html",
        {
            "account": account,
            "order": order,
            "steps": steps("submit", done=ready),
            "complete": all(ready.values()),
            "incomplete": [
                {"label": step["label"], "url": reverse(f"verification:authentication_{key}") + "?check="}
                for key, step in zip(ready, steps("submit", done=ready), strict=False)
                if not ready[key]
            ],
            "typed": [(typed[key].label, order.materials.get(key, "")) for key in typed.fields],
            "places": places,
            "source": dict(NameForm.base_fields["name_source"].choices).get(  # type: ignore[attr-defined]
                order.materials.get("name_source", ""), ""
            ),
            "trademark": order.materials.get("trademark_number", ""),
            "invoice_kind": dict(InvoiceForm.base_fields["kind"].choices).get(  # type: ignore[attr-defined]
                order.invoice.get("kind", ""), ""
            ),
            "invoice": [(paid[key].label, order.invoice.get(key, "")) for key in wanted],
        },
    )


# --- shared -------------------------------------------------------------------------------


def _keep(
    request: WorldRequest,
    account: Account,
    order: AuthenticationOrder,
    *,
    materials_typed: Mapping[str, str] | None = None,
    invoice_typed: Mapping[str, str] | None = None,
) -> None:
    """Save what one page holds over what is kept of it, and whether everything is right now."""
    kept = {**order.materials, **(materials_typed or {})}
    paid = {**order.invoice, **(invoice_typed or {})}
    complete = all(checked(account, kept, paid).values())
    saved = authentication.save_materials(order.pk, kept, paid, complete=complete, by=actor_of(request))
    order.materials, order.invoice, order.complete = saved.materials, saved.invoice, saved.complete


def _fill_in_sample(
    request: WorldRequest, account: Account, order: AuthenticationOrder, sample: str, page: str
) -> HttpResponse:
    """Put a sample over what was typed, and show it."""
    found = authentication_samples.fields(account, sample)
    if sample in authentication_samples.INVOICES:
        _keep(request, account, order, invoice_typed=found)
    else:
        _keep(request, account, order, materials_typed=found)
    return redirect(page)


def _steps(now: str, account: Account, order: AuthenticationOrder) -> list[dict[str, Any]]:
    ready = {"agreement": order.agreed_at is not None, **checked(account, order.materials, order.invoice)}
    return steps(now, done=ready)


def _told(order: AuthenticationOrder) -> dict[str, list[str]]:
    """Return the reviewer's reasons by field, of an application that came back."""
    verdict = last_verdict(order) if order.state == State.RETURNED else None
    told: dict[str, list[str]] = {}
    for reason in verdict.reasons if verdict else []:
        told.setdefault(reason["field"], []).append(reason["text"])
    return told


def _rows(form: StepForm, names: Sequence[str], told: Mapping[str, list[str]]) -> list[Row]:
    return [Row(form[each], told.get(each, [])) for each in names]
