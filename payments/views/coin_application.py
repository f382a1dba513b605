"""Going online: what the application needs, the application, its withdrawal and its verdicts (PAY-4)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.principals import Principal
from accounts.views.doors import for_principal
from payments import coin_samples, coins, readiness
from payments.actions import coin_applications as actions
from payments.coin_forms import ApplicationForm
from payments.models import CoinApplication, GameCoin
from payments.views.coin_door import for_coin
from portal.kernel import limits, policy
from portal.kernel.errors import Refused
from portal.kernel.models import Review
from portal.kernel.terms import Capability

State = CoinApplication.State

SHOWN: Final = 10
TONES: Final = {
    State.UNDER_REVIEW: "doing",
    State.APPROVED: "done",
    State.REJECTED: "fail",
    State.WITHDRAWN: "idle",
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_coin
def application(request: HttpRequest, principal: Principal, coin: GameCoin) -> HttpResponse:
    """Show what is missing, the application under review, and the earlier ones; apply."""
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.apply(principal.account.pk, statement=form.cleaned_data["statement"], by=principal.actor)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The application is at the reviewers' desk."))
            return redirect(coins.APPLICATION)
    found = list(CoinApplication.objects.filter(coin=coin).order_by("-pk")[:SHOWN])
    newest = found[0] if found else None
    waits = newest is not None and newest.state == State.UNDER_REVIEW
    if newest and not form.is_bound:
        form.initial["statement"] = newest.statement
    rows = [_row(condition) for condition in readiness.conditions(coin)]
    review = _review(newest) if newest and waits else None
    context = {
        "coin": coin,
        "may": principal.can(Capability.MANAGE_GAME_COIN),
        "may_withdraw": policy.decide_for(
            Capability.MANAGE_GAME_COIN, role=principal.role, held=principal.held
        ),
        "newest": newest,
        "tone": TONES[State(newest.state)] if newest else "not",
        "waits": waits,
        "online": coin.state == GameCoin.State.ONLINE,
        "review": review,
        "rows": rows,
        "ready": sum(row["state"] == "ok" for row in rows),
        "needed": len(rows),
        "form": form,
        "samples": coin_samples.for_application(),
        "working_days": limits.COIN_REVIEW_WORKING_DAYS,
        "history": _history(found),
        "desk": _buttons(coin.world.token, review) if review else [],
    }
    return render(request, "payments/coin_application.html", context)


@require_POST
@for_principal
def withdraw(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Take the application back from the desk."""
    actions.withdraw(principal.account.pk, by=principal.actor)
    messages.success(request, _("The application is withdrawn. Name and exchange rate can change again."))
    return redirect(coins.APPLICATION)


def applied(coin: GameCoin) -> CoinApplication | None:
    """Return the coin's newest application, if any. One query."""
    return CoinApplication.objects.filter(coin=coin).order_by("-pk").first()


def desk(waiting: CoinApplication) -> list[dict[str, Any]]:
    """Return the way to the reviewer who decides, for `_partials/sim_buttons.html`."""
    review = _review(waiting)
    return _buttons(waiting.world.token, review) if review else []


def _review(waiting: CoinApplication) -> Review | None:
    return Review.objects.open().filter(kind=actions.REVIEW, subject_id=waiting.pk).first()


def _buttons(token: str, review: Review) -> list[dict[str, Any]]:
    fields = {"world": token, "next": reverse("admin:kernel_review_change", args=[review.pk])}
    return [
        {
            "label": _("Open it at the desk"),
            "url": reverse("simulator:desk"),
            "post": True,
            "fields": fields,
            "lamp": True,
        },
        {"label": _("Who decides in this world"), "url": reverse("simulator:policy")},
    ]


def _row(condition: readiness.Condition) -> dict[str, Any]:
    """Return a condition for `_partials/reqs.html`."""
    return {
        "label": condition.label,
        "state": "ok" if condition.met else "no",
        "url": "" if condition.met else reverse(condition.url_name),
        "action": pgettext("page", "Open"),
    }


def _history(found: list[CoinApplication]) -> list[dict[str, Any]]:
    """Return the applications and their ends for `_partials/history.html`, newest first."""
    entries = []
    for each in found:
        if each.ended_at:
            entries.append(
                {
                    "at": each.ended_at,
                    "title": each.get_state_display(),
                    "detail": each.reason,
                    "tone": {State.APPROVED: "done", State.REJECTED: "fail"}.get(State(each.state), ""),
                }
            )
        entries.append(
            {
                "at": each.submitted_at,
                "title": _("Applied to go online"),
                "detail": each.statement,
                "tone": "doing" if not each.ended_at else "",
            }
        )
    return entries
