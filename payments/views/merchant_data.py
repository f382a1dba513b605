"""Filling in the merchant data: fields, pictures, samples; every button keeps what is typed (PAY-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.core.files.base import File
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.principals import Principal
from payments import merchants, opening_samples, specimens
from payments.actions import wechat_pay as actions
from payments.merchant_forms import MerchantForm
from payments.merchants import Slot
from payments.models import MerchantApplication, MerchantDocument
from payments.views.wechat_pay import PAGE, merchant_door, reasons_of, steps
from portal.kernel import pictures, reviews, throttle, uploads
from portal.kernel.errors import Refused

FILL_IN: Final = "payments:wechat_pay_fill_in"
UPLOADS_PER_HOUR: Final = 120
NUMBERS: Final = frozenset({"service_phone", "contact_phone", "number"})
GROUPS: Final = {
    "merchant": ("category", "short_name", "service_phone"),
    "contact": ("contact_name", "contact_phone", "contact_email"),
    "settlement": ("holder", "bank", "branch", "number"),
}


@dataclass(frozen=True)
class Row:
    """A field on the page, with what was said about it when the application came back."""

    field: BoundField
    reasons: list[str]

    @property
    def mono(self) -> bool:
        """Return whether it holds a number, shown in letters of one width."""
        return self.field.name in NUMBERS


@dataclass(frozen=True)
class Place:
    """A slot on the page: its picture, what was refused just now, what the reviewer said."""

    slot: Slot
    document: MerchantDocument | None
    errors: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_door
def fill_in(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the fields and slots, or do what the pressed button says; every button saves what is typed.

    `do` names the button: continue, save, upload:<slot>, or a sample of `specimens.SAMPLES` with its
    slot; `sample` fills the fields. What is refused stands at its field or slot.
    """
    account = principal.account
    application = actions.latest(account)
    if application is None or application.state != MerchantApplication.State.EDITING:
        return redirect(PAGE)
    if request.method != "POST":
        form = MerchantForm(account=account, kept=application.data)
        if "check" in request.GET:
            form = MerchantForm(application.data, account=account, kept=application.data)
            form.is_valid()
        return _page(request, principal, application, form, {})
    form = MerchantForm(request.POST, account=account, kept=application.data)
    form.is_valid()
    if uploads.cut_off(request):
        sentence = _(
            "The files are larger than 16 MB together, or one is far larger than 2 MB. Nothing was kept."
        )
        return _page(request, principal, application, form, {"": [sentence]})
    application = actions.save(application.pk, form.typed(), by=principal.actor)
    if "sample" in request.POST:
        typed = opening_samples.fields(
            account.pk,
            opening_samples.for_merchant(account),
            request.POST["sample"],
            by=principal.actor,
        )
        actions.save(application.pk, typed, by=principal.actor)
        return redirect(FILL_IN)
    do, _colon, target = request.POST.get("do", "continue").partition(":")
    refused = _take(request, principal, application, do, target)
    if do == "save" and not refused:
        messages.success(request, _("The merchant data is saved."))
        return redirect(PAGE)
    if do != "continue" and not refused:
        return redirect(f"{reverse(FILL_IN)}#slot-{target}")
    there = actions.documents_of(application)
    if do == "continue":
        for slot in merchants.slots(account):
            if slot.name not in there:
                refused.setdefault(slot.name, []).append(_("Add a picture here."))
        if not form.errors and not refused:
            return redirect(PAGE)
    elif refused:
        form = MerchantForm(account=account, kept=application.data)
    return _page(request, principal, application, form, refused)


def _take(
    request: HttpRequest, principal: Principal, application: MerchantApplication, do: str, target: str
) -> dict[str, list[str]]:
    """Put every file that came into its slot; return what was refused, by slot."""
    refused: dict[str, list[str]] = {}
    for slot in merchants.slots(principal.account):
        file: File[bytes] | None = request.FILES.get(f"file-{slot.name}")
        if do in specimens.SAMPLES and target == slot.name:
            file = specimens.SAMPLES[do].upload(principal.account, slot.name)
        if file is None:
            continue
        try:
            throttle.hit(
                "documents", str(principal.account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1)
            )
            actions.put_document(application.pk, slot.name, pictures.read(file), by=principal.actor)
        except Refused as refusal:
            refused.setdefault(slot.name, []).append(refusal.message)
    return refused


def _page(
    request: HttpRequest,
    principal: Principal,
    application: MerchantApplication,
    form: MerchantForm,
    refused: Mapping[str, list[str]],
) -> HttpResponse:
    account = principal.account
    told: dict[str, list[str]] = {}
    for reason in reasons_of(application):
        sentence = _("%(who)s: %(reason)s") % {"who": reason["who"], "reason": reason["text"]}
        told.setdefault(reason["field"], []).append(sentence)
    there = actions.documents_of(application)
    places = [
        Place(slot, there.get(slot.name), refused.get(slot.name, []), told.get(slot.name, []))
        for slot in merchants.slots(account)
    ]
    choice = len(merchants.holders(account)) > 1
    context = {
        "account": account,
        "form": form,
        "steps": steps(application),
        "groups": {
            name: [Row(form[each], told.get(each, [])) for each in fields if choice or each != "holder"]
            for name, fields in GROUPS.items()
        },
        "remark": form["remark"],
        "choice": choice,
        "places": places,
        "whole": [*refused.get("", []), *told.get("", [])],
        "wrong": sum(len(place.errors) for place in places),
        "samples": opening_samples.for_merchant(account),
        "pictures": specimens.SAMPLES,
        "magic": [
            {"value": f"{name}@magic.example", "label": magic.label} for name, magic in reviews.MAGIC.items()
        ],
    }
    return render(request, "payments/merchant_data.html", context)
