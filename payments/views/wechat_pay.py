"""WeChat Pay: where the application stands, its submission, its contact's code, its pictures (PAY-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.administrator_scans import Shown
from accounts.views.doors import for_principal
from payments import merchants, opening_words, specimens
from payments.actions import wechat_pay as actions
from payments.banks import masked
from payments.merchants import FIELDS, is_right
from payments.models import MerchantApplication, MerchantDocument
from payments.views.opening_door import bank_at, for_payment, reviewer
from portal.kernel import shown
from portal.kernel.models import Deadline, Review, Verdict
from portal.kernel.terms import Capability
from portal.kernel.wording import joined
from portal.outside.models import Person

State: Final = MerchantApplication.State
PAGE: Final = opening_words.WECHAT_PAY
TONES: Final = {
    State.EDITING: "act",
    State.UNDER_REVIEW: "doing",
    State.AWAITING_CONTACT: "act",
    State.AWAITING_BANK: "doing",
    State.PASSED: "done",
    State.REJECTED: "fail",
}
STEPS: Final = (
    gettext_lazy("Merchant data"),
    pgettext_lazy("WeChat Pay", "Review"),
    gettext_lazy("The contact's WeChat"),
    gettext_lazy("The bank"),
)
AT: Final = {State.EDITING: 0, State.REJECTED: 1, State.UNDER_REVIEW: 1, State.AWAITING_CONTACT: 2}

merchant_door = for_payment(
    Capability.OPEN_WECHAT_PAY, keeps=lambda account: actions.latest(account) is not None
)


@require_safe
@never_cache
@merchant_door
def wechat_pay(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show where the application stands, who acts next, and what it holds."""
    account = principal.account
    application = actions.latest(account)
    context: dict[str, Any] = {
        "account": account,
        "application": application,
        "may": principal.can(Capability.OPEN_WECHAT_PAY),
        "now": account.world.now(),
        "running": account.world.running,
    }
    if application is not None:
        context |= _standing(request, account, application)
    return render(request, "payments/wechat_pay.html", context)


def _standing(request: HttpRequest, account: Account, application: MerchantApplication) -> dict[str, Any]:
    state = State(application.state)
    documents = actions.documents_of(application)
    review = Review.objects.filter(kind=opening_words.REVIEW, subject_id=application.pk).last()
    found: dict[str, Any] = {
        "tone": TONES[state],
        "steps": steps(application),
        "lines": _lines(account, application.data),
        "documents": [
            {"label": slot.label, "document": documents.get(slot.name)} for slot in merchants.slots(account)
        ],
        "review": review,
    }
    if state == State.EDITING:
        missing = merchants.without_picture(account, documents)
        right = is_right(account, application.data)
        found |= {"reasons": reasons_of(application), "ready": right and not missing}
        found["missing"] = joined(missing) if missing else ""
        found["right"] = right
    elif state == State.REJECTED:
        found["reasons"] = reasons_of(application)
    elif state == State.UNDER_REVIEW:
        text = _("Looks at the merchant data and decides: approve, return or refuse.")
        found["actors"] = [reviewer(account, review, text)]
    elif state == State.AWAITING_CONTACT:
        found["scan"] = contact_scan(request, account, application)
    elif state == State.AWAITING_BANK:
        due_at = answers_at(application)
        found |= {"answers_at": due_at, "actors": [bank_at(due_at, request.path)] if due_at else []}
    return found


def answers_at(application: MerchantApplication) -> Any:
    """Return when the bank answers about the settlement account, or None when it does not."""
    promised = Deadline.objects.open().filter(kind=opening_words.MERCHANT_BANK, subject_id=application.pk)
    return promised.values_list("due_at", flat=True).first()


def steps(application: MerchantApplication) -> list[dict[str, Any]]:
    """Return the four steps as `_partials/steps.html` wants them."""
    state = State(application.state)
    at = len(STEPS) if state == State.PASSED else AT.get(state, 3)
    now = "fail" if state == State.REJECTED else "now"
    return [
        {"label": label, "state": "done" if number < at else now if number == at else ""}
        for number, label in enumerate(STEPS)
    ]


def reasons_of(application: MerchantApplication) -> list[dict[str, str]]:
    """Return why the application came back or was refused: {field, text} of the reviewer or the bank."""
    if not application.reason:
        return []
    verdicts = Verdict.objects.filter(
        review__kind=opening_words.REVIEW, review__subject_id=application.pk
    ).exclude(kind=Verdict.Kind.DELAY)
    last = verdicts.order_by("-pk").first()
    if last is None or last.kind == Verdict.Kind.APPROVE:
        return [{"field": "number", "text": application.reason, "who": _("The bank")}]
    return [
        {"field": reason["field"], "text": reason["text"], "who": _("The reviewer")}
        for reason in last.reasons
    ]


def _lines(account: Account, data: dict[str, str]) -> list[dict[str, Any]]:
    """Return what is filled in, label and value; the account's number masked."""
    holder = data.get("holder") or merchants.ENTITY
    words: dict[str, Any] = {
        "category": dict(merchants.CATEGORIES).get(data.get("category", ""), ""),
        "holder": dict(merchants.HOLDERS).get(holder, ""),
        "number": masked(data.get("number", "")) if data.get("number", "").isdigit() else "",
    }
    lines: list[dict[str, Any]] = [{"label": _("Merchant type"), "value": account.get_entity_type_display()}]
    for name, label in FIELDS.items():
        if name == "bank":
            lines.append({"label": _("Account name"), "value": merchants.holder_name(account, holder)})
        lines.append({"label": label, "value": words.get(name, data.get(name, ""))})
    return lines


# --- acts ---------------------------------------------------------------------------------


@require_POST
@for_principal
def open_application(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Open an application, or go on with the one there is."""
    application = actions.open_application(principal.account.pk, by=principal.actor)
    return redirect("payments:wechat_pay_fill_in" if application.state == State.EDITING else PAGE)


@require_POST
@for_principal
def submit(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Submit the merchant data to the reviewers."""
    application = actions.latest(principal.account)
    if application is None:
        raise Http404
    actions.submit(application.pk, by=principal.actor)
    messages.success(request, _("The merchant data is at the reviewers' desk."))
    return redirect(PAGE)


@require_POST
@for_principal
def contact(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show a code for the contact's WeChat."""
    actions.ask_contact(principal.account.pk, by=principal.actor)
    return redirect(reverse(PAGE) + "#contact")


# --- the contact's code -------------------------------------------------------------------


@dataclass(frozen=True)
class ContactScan(Shown):
    """The code for the contact: whoever has the contact's number, or the administrator."""

    contact: Person | None = None

    @property
    def answers(self) -> str:
        """Return whose phone the simulator opens."""
        return self.contact.name if self.contact else self.account.administrator.name

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Return what the simulator does: open the contact's phone, or answer on it at once."""
        person_id = self.contact.pk if self.contact else self.account.administrator.person_id
        phone, name = [person_id, self.confirmation.pk], {"name": self.answers}
        return [
            {
                "label": _("Somebody else's phone"),
                "url": reverse("simulator:scan", args=[self.confirmation.code]),
            },
            {
                "label": _("Open %(name)s's phone") % name,
                "url": reverse("simulator:phone_question", args=phone),
            },
            {
                "label": _("Confirm on %(name)s's phone") % name,
                "url": reverse("simulator:confirm", args=phone),
                "post": True,
                "lamp": True,
                "fields": {"next": self.here} if self.here else {},
            },
        ]


def contact_scan(
    request: HttpRequest, account: Account, application: MerchantApplication
) -> ContactScan | None:
    """Return the newest code for the contact of this application, or None."""
    found = administrator_scans.current(request, account, opening_words.CONTACT)
    if found is None or found.facts.get("application") != application.pk:
        return None
    person = Person.objects.filter(world=account.world, phone=application.data["contact_phone"]).first()
    by = found.confirmation.person_id
    scanned = Person.objects.filter(pk=by).values_list("name", flat=True).first() if by else ""
    return ContactScan(
        found.confirmation,
        account,
        status_url=reverse("payments:wechat_pay_contact_status"),
        qr_url=found.qr_url,
        text=_("Scan with the WeChat of the contact, %(contact)s, or of the administrator, %(name)s.")
        % {"contact": application.data["contact_name"], "name": account.administrator.name},
        who=scanned or "",
        cancel_url=found.cancel_url,
        here=reverse(PAGE),
        contact=person,
    )


@require_safe
@never_cache
@for_principal
def contact_status(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Answer the waiting page: nothing while the code is as it shows it, else the code anew."""
    application = actions.latest(principal.account)
    scan = contact_scan(request, principal.account, application) if application else None
    if scan is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return administrator_scans.told(request, scan)


# --- the pictures -------------------------------------------------------------------------


@require_safe
@merchant_door
def document(request: HttpRequest, principal: Principal, document_id: int) -> HttpResponse:
    """Show one of the account's own pictures; anybody else's is not there."""
    found = get_object_or_404(MerchantDocument, pk=document_id, account=principal.account)
    return shown.kept_picture(found.world_id, found.sha256, found.content_type, found.name)


@require_safe
@merchant_door
def specimen(request: HttpRequest, principal: Principal, slot: str) -> HttpResponse:
    """Download a specimen of what goes into a slot."""
    if slot not in specimens.TITLES:
        raise Http404
    content = specimens.specimen(principal.account, slot)
    return shown.answer(content, "image/png", f"{slot}-specimen.png", download=True)
