"""WeChat authentication, *Details*: where it stands, what it costs, what comes next (VER-4, VER-6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from portal.kernel import confirmations, diagrams, keyset, limits
from portal.kernel.actors import ActorKind
from portal.kernel.http import WorldRequest
from portal.kernel.machines import machine_of
from portal.kernel.models import AuditEvent, Confirmation, Review, Verdict
from portal.kernel.terms import AccountState as S
from portal.kernel.terms import Capability, EntityType
from portal.kernel.wording import short_moment
from verification import authentication_forms, materials
from verification.actions import authentication
from verification.models import AuthenticationOrder
from verification.views import for_account, go_to

State = AuthenticationOrder.State
OrderView = Callable[[WorldRequest, Account, AuthenticationOrder], HttpResponse]

CONFIRMED: Final = (S.AWAITING_TRANSFER, S.AWAITING_AUTHENTICATION, S.VERIFIED, S.AUTHENTICATED, S.LAPSED)
ORDERS: Final = 10  # applications on one page

TONES: Final[Mapping[str, str]] = {
    State.DRAFT: "doing",
    State.AWAITING_PAYMENT: "act",
    State.UNDER_REVIEW: "doing",
    State.RETURNED: "act",
    State.PASSED: "done",
    State.FAILED: "fail",
    State.CLOSED: "idle",
}
STEPS: Final[Mapping[str, Promise]] = {
    "agreement": gettext_lazy("Agreement"),
    "materials": gettext_lazy("Materials"),
    "name": gettext_lazy("Name"),
    "invoice": gettext_lazy("Invoice"),
    "submit": gettext_lazy("Submit"),
}


@dataclass(frozen=True)
class Entry:
    """One line of `_partials/history.html`."""

    at: datetime
    title: str
    detail: str
    tone: str


def for_application(*states: str) -> Callable[[OrderView], Callable[[WorldRequest], HttpResponse]]:
    """Give the view the account signed in and its application that stands in one of `states`.

    Anything else, a second tab or a double click, ends on the Details page.
    """

    def decorate(view: OrderView) -> Callable[[WorldRequest], HttpResponse]:
        @wraps(view)
        def run(request: WorldRequest, account: Account) -> HttpResponse:
            order = authentication.active_order(account)
            if order is None or order.state not in states:
                return go_to(request, reverse("verification:authentication"))
            order.account, order.world = account, account.world
            return view(request, account, order)

        return for_account(*CONFIRMED)(run)

    return decorate


def steps(now: str, *, done: Mapping[str, bool]) -> list[dict[str, Any]]:
    """Return the steps of an application for `_partials/steps.html`, with `now` under way."""
    return [
        {"label": label, "state": "now" if name == now else "done" if done.get(name) else ""}
        for name, label in STEPS.items()
    ]


def done(account: Account, order: AuthenticationOrder, missing: list[str]) -> dict[str, bool]:
    """Return by step whether it holds all it asks for. `missing`: as `materials.missing` says."""
    found = authentication_forms.checked(account, order.materials, order.invoice)
    pictures = {slot.name for slot in materials.slots(account)}
    found["materials"] = found["materials"] and not pictures & set(missing)
    return {"agreement": order.agreed_at is not None, **found}


def last_verdict(order: AuthenticationOrder) -> Verdict | None:
    """Return what the desk decided last about an application, if it did."""
    decided = Verdict.objects.filter(review__kind=authentication.REVIEW, review__subject_id=order.pk).exclude(
        kind=Verdict.Kind.DELAY
    )
    return decided.order_by("-id").first()


@require_safe
@never_cache
@for_account(*CONFIRMED)
def details(request: WorldRequest, account: Account) -> HttpResponse:
    """Show where the account's authentication stands, and every application there was."""
    page = keyset.turn(request, AuthenticationOrder.objects.filter(account=account), size=ORDERS)
    first = page.rows[0] if page.rows else None
    order = first if page.is_first else AuthenticationOrder.objects.filter(account=account).latest("pk")
    if order is not None:
        order.account, order.world = account, account.world
    stage = _stage(account, order)
    context: dict[str, Any] = {
        "account": account,
        "order": order,
        "stage": stage,
        "part": f"verification/authentication/_{stage}.html",
        "pill": _pill(account, order),
        "now": account.world.now(),
        "running": account.world.running,
        "fee_fen": limits.AUTHENTICATION_FEE_FEN.get(EntityType(account.entity_type)),
        "corrections": limits.AUTHENTICATION_REFILLS,
        "working_days": limits.AUTHENTICATION_REVIEW_WORKING_DAYS,
        "renewal_opens_at": account.authenticated_until and _renewal_opens(account),
        "orders": [{"order": row, "tone": TONES[row.state]} for row in page.rows],
        "newer_url": page.newer_url,
        "older_url": page.older_url,
    }
    context |= PARTS[stage](account, order)
    if order is not None:
        context |= _whole_way(order, context)
    context["actors"] = context.get("actors", []) + _clock(request, context)
    return render(request, "verification/authentication/details.html", context)


def _stage(account: Account, order: AuthenticationOrder | None) -> str:
    """Return which part the page shows: the application's state, else valid, apply or shut."""
    if order is not None and order.is_active:
        return str(order.state)
    if account.state == S.AUTHENTICATED:
        return "valid"
    return "apply" if account.can(Capability.APPLY_FOR_AUTHENTICATION) else "shut"


def _pill(account: Account, order: AuthenticationOrder | None) -> dict[str, Any]:
    if order is not None and order.is_active:
        return {"label": order.get_state_display(), "tone": TONES[order.state]}
    if account.state == S.AUTHENTICATED:
        return {"label": S.AUTHENTICATED.label, "tone": "done"}
    if account.state == S.LAPSED or account.authenticated_until is not None:
        return {"label": S.LAPSED.label, "tone": "act"}
    return {"label": _("Not authenticated"), "tone": "not"}


def _renewal_opens(account: Account) -> datetime:
    """Return when the renewal of an authenticated account opens."""
    if account.authenticated_until is None:
        raise ValueError("only what is valid can be renewed")
    return account.authenticated_until - limits.RENEWAL_OPENS


# --- what each stage shows ----------------------------------------------------------------


def _shut(account: Account, _order: AuthenticationOrder | None) -> dict[str, Any]:
    decision = account.can(Capability.APPLY_FOR_AUTHENTICATION)
    return {
        "reason": decision.reason,
        "way_out": reverse(decision.way_out) if decision.way_out else "",
    }


def _apply(account: Account, order: AuthenticationOrder | None) -> dict[str, Any]:
    """Return what to know before applying, and how the last application ended."""
    verdict = last_verdict(order) if order is not None and order.state == State.FAILED else None
    waits = account.state == S.AWAITING_AUTHENTICATION
    return {
        "reasons": verdict.reasons if verdict else [],
        "lapses_at": authentication.lapses_at(account) if waits else None,
    }


def _draft(account: Account, order: AuthenticationOrder | None) -> dict[str, Any]:
    """Return the steps of an application with what is missing, and the one to go on with."""
    if order is None:
        raise ValueError("a draft is an application")
    missing = materials.missing(account, order, authentication.documents_of(order))
    ready = done(account, order, missing)
    rows = [
        {
            "label": label,
            "state": "ok" if ready.get(name) else "",
            "url": reverse(f"verification:authentication_{name}"),
            "action": _("Open"),
        }
        for name, label in STEPS.items()
        if name != "submit" and (name == "agreement" or ready["agreement"])
    ]
    undone = [name for name in STEPS if not ready.get(name)]
    waits = account.state == S.AWAITING_AUTHENTICATION
    return {
        "rows": rows,
        "next_url": reverse(f"verification:authentication_{undone[0]}"),
        "lapses_at": authentication.lapses_at(account) if waits else None,
    }


def _returned(account: Account, order: AuthenticationOrder | None) -> dict[str, Any]:
    """Return what the desk wants corrected, and how many corrections are left."""
    if order is None:
        raise ValueError("only an application is returned")
    verdict = last_verdict(order)
    return {
        "reasons": [reason | {"label": field_label(account, reason["field"])} for reason in verdict.reasons]
        if verdict
        else [],
        "left_after": limits.AUTHENTICATION_REFILLS - order.refills,
    }


def _under_review(account: Account, order: AuthenticationOrder | None) -> dict[str, Any]:
    """Return the review that goes on, and the way to the desk that decides it."""
    if order is None:
        raise ValueError("only an application is reviewed")
    review = Review.objects.open().filter(kind=authentication.REVIEW, subject_id=order.pk).first()
    fields = {"world": account.world.token}
    if review is not None:
        fields["next"] = reverse("admin:kernel_review_change", args=[review.pk])
    desk = {"label": _("Open it at the desk"), "url": reverse("simulator:desk"), "post": True}
    reviewer = {
        "icon": "clipboard-check",
        "name": _("The reviewer"),
        "text": _("Looks at the materials and decides: approve, return or refuse."),
        "buttons": [
            desk | {"fields": fields, "lamp": True},
            {"label": _("Who decides in this world"), "url": reverse("simulator:policy")},
        ],
    }
    return {"review": review, "actors": [reviewer]}


def _awaiting_payment(account: Account, order: AuthenticationOrder | None) -> dict[str, Any]:
    if order is None:
        raise ValueError("only an application has a fee")
    return payment(account, order)


def payment(account: Account, order: AuthenticationOrder) -> dict[str, Any]:
    """Return what the payment part shows: the code, and whose phone can pay it."""
    shown = confirmations.latest(authentication.FEE, order.pk)
    waits = shown is not None and shown.is_waiting(account.world.now())
    buttons: list[dict[str, Any]] = []
    if shown is not None and waits:
        administrator = account.administrator
        phone = reverse("simulator:phone_question", args=[administrator.person_id, shown.pk])
        buttons = [
            {
                "label": _("Pay on %(name)s's phone") % {"name": administrator.name},
                "url": phone,
                "lamp": True,
            },
            {
                "label": _("Somebody else's phone"),
                "url": reverse("simulator:scan", args=[shown.code]),
            },
        ]
    payer = {
        "icon": "phone",
        "name": _("Whoever scans"),
        "text": _("Pays with the bank card bound to that WeChat. Any phone of this world may."),
        "buttons": buttons,
    }
    state = shown.state if shown else ""
    return {
        "shown": shown,
        "waits": waits,
        "refusal": shown.refusal if shown and shown.state == Confirmation.State.REFUSED else "",
        "qr_url": f"{reverse('verification:authentication_fee_code')}?{shown.code[:6] if shown else ''}",
        "status_url": f"{reverse('verification:authentication_fee_status')}?state={state}",
        "actors": [payer] if buttons else [],
    }


def _valid(account: Account, order: AuthenticationOrder | None) -> dict[str, Any]:
    """Return until when it is valid, whether it can be renewed, and what became of the name."""
    name_failed = order is not None and order.name_result == AuthenticationOrder.NameResult.FAILED
    verdict = (
        last_verdict(order) if order is not None and (name_failed or order.state == State.FAILED) else None
    )
    return {
        "name_failed": name_failed,
        "reasons": verdict.reasons if verdict else [],
        "may_renew": account.world.now() >= _renewal_opens(account),
    }


PARTS: Final[
    Mapping[str, Callable[[Account, AuthenticationOrder | None], dict[str, Any]]]
] = {
    "shut": _shut,
    "apply": _apply,
    "valid": _valid,
    State.DRAFT: _draft,
    State.AWAITING_PAYMENT: _awaiting_payment,
    State.UNDER_REVIEW: _under_review,
    State.RETURNED: _returned,
}  # fmt: skip


def field_label(account: Account, name: str) -> str:
    """Return what the page calls a field or slot that a reviewer's reason is tied to, or ''."""
    for form in (
        authentication_forms.MaterialsForm,
        authentication_forms.NameForm,
        authentication_forms.InvoiceForm,
    ):
        if name in form.base_fields:
            return str(form.base_fields[name].label)
    return next((str(slot.label) for slot in materials.slots(account) if slot.name == name), "")


# --- the way so far, and who moves it on --------------------------------------------------


def _whole_way(order: AuthenticationOrder, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the newest application's diagram, and what happened to it, newest first."""
    events = list(
        AuditEvent.objects.filter(subject_type=order._meta.label, subject_id=order.pk).order_by("-id")
    )
    machine = machine_of(order._meta.label)
    happened = [
        Entry(
            event.at,
            capfirst(str(event.label)),
            event.reason or _who(event, order),
            {State.PASSED: "done", State.FAILED: "fail", State.CLOSED: "fail"}.get(State(event.target), ""),
        )
        for event in events
    ]
    opened = Entry(order.opened_at, _("Application opened"), order.number, "")
    planned = [
        Entry(at, title, _("planned"), "not" if index else "doing")
        for index, (at, title, _label) in enumerate(_ahead(context))
    ]
    return {
        "diagram": diagrams.svg(machine, here=order.state, past=[event.source for event in reversed(events)]),
        "sentence": diagrams.sentence(machine, order.state),
        "history": [*planned[::-1], *happened, opened],
    }


def _who(event: AuditEvent, order: AuthenticationOrder) -> str:
    """Return who did it; an applicant never learns a reviewer's name."""
    other = event.by_kind == ActorKind.LOGIN and event.by_id != order.account.login_id
    return _("A reviewer") if other else str(event.by)


def _ahead(context: Mapping[str, Any]) -> list[tuple[datetime, str, str]]:
    """Return what the clock will do by itself: when, what, and the label of the button that goes there."""
    order, account, stage = context["order"], context["account"], context["stage"]
    if stage == State.AWAITING_PAYMENT:
        return [(order.pay_by, _("The application closes unpaid"), _("To the deadline"))]
    if stage == State.RETURNED:
        return [(order.refill_by, _("The application fails uncorrected"), _("To the deadline"))]
    if stage in {"apply", State.DRAFT} and context["lapses_at"]:
        return [(context["lapses_at"], _("The registration expires"), _("To the deadline"))]
    if stage == "valid":
        opens, until = context["renewal_opens_at"], account.authenticated_until
        window = [] if context["may_renew"] else [(opens, _("Renewal opens"), _("To the renewal window"))]
        return [*window, (until, _("WeChat authentication runs out"), _("To the end"))]
    return []


def _clock(request: WorldRequest, context: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the clock as somebody who can move this on, for `_partials/backstage.html`."""
    ahead = _ahead(context)
    if not ahead:
        return []
    at, title, _label = ahead[0]
    return [
        {
            "icon": "clock-history",
            "name": _("The clock"),
            "text": _("%(what)s on %(at)s.") % {"what": title, "at": short_moment(at)},
            "buttons": [
                {
                    "label": label,
                    "url": reverse("simulator:advance"),
                    "post": True,
                    "fields": {"to": at.isoformat(), "next": request.path},
                }
                for at, _title, label in ahead
            ],
        }
    ]
