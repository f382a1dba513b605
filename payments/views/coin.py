"""The game coin: its five steps, its authorization by a scan, its name and exchange rate (PAY-4)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.doors import for_principal
from payments import coin_samples, coins, grades, joint_debug
from payments.actions import coin as actions
from payments.coin_forms import CoinForm
from payments.models import CoinApplication, GameCoin
from payments.views.coin_application import applied, desk
from payments.views.coin_door import for_reader
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability
from portal.kernel.wording import short_day

State = GameCoin.State

TONES: Final = {
    State.AUTHORIZED: "doing",
    State.CONFIGURED: "doing",
    State.UNDER_REVIEW: "doing",
    State.ONLINE: "done",
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_reader
def coin(request: HttpRequest, principal: Principal, coin: GameCoin | None) -> HttpResponse:
    """Show how far the coin has come; save its name and exchange rate."""
    if coin is None:
        return _before(request, principal)
    form = CoinForm(request.POST or None, initial={"name": coin.name, "rate": coin.rate or 10})
    if request.method == "POST" and form.is_valid():
        before = (coin.name, coin.rate)
        try:
            saved = actions.configure(
                principal.account.pk,
                name=form.cleaned_data["name"],
                rate=form.cleaned_data["rate"],
                by=principal.actor,
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if (saved.name, saved.rate) == before:
                messages.info(request, _("Nothing changed: this was set already."))
            else:
                messages.success(request, _("Saved."))
            return redirect(coins.PAGE)
    newest = applied(coin)
    context = {
        "account": principal.account,
        "coin": coin,
        "may": principal.can(Capability.MANAGE_GAME_COIN),
        "label": coin.get_state_display(),
        "tone": TONES[State(coin.state)],
        "steps": _steps(coin, newest),
        "form": form,
        "cards": _cards(),
        "samples": coin_samples.for_coin(),
        "grades": _grades(coin),
        "desk": desk(newest) if newest and coin.state == State.UNDER_REVIEW else [],
    }
    return render(request, "payments/coin.html", context)


@require_POST
@for_principal
def authorize(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the code that the administrator scans."""
    actions.ask_authorization(principal.account.pk, by=principal.actor)
    return redirect(coins.PAGE)


def _before(request: HttpRequest, principal: Principal) -> HttpResponse:
    scan = administrator_scans.current(request, principal.account, actions.SCAN)
    if scan is not None and scan.state == Confirmation.State.CONFIRMED:
        scan = None
    context = {"account": principal.account, "scan": scan, "steps": _steps(None, None)}
    return render(request, "payments/coin_authorize.html", context)


def _steps(coin: GameCoin | None, newest: CoinApplication | None) -> list[dict[str, Any]]:
    """Return the five steps for `_partials/path.html`: what is done, which is next, what is known of each."""
    open_partitions = coin.partitions.filter(is_open=True).count() if coin else 0
    passed = len(joint_debug.REQUIRED) - len(joint_debug.missing(coin)) if coin else 0
    online = coin is not None and coin.state == State.ONLINE
    done = [
        coin is not None,
        bool(coin and coin.name and coin.rate),
        bool(open_partitions),
        passed == len(joint_debug.REQUIRED),
        online,
    ]
    steps: list[dict[str, Any]] = [
        {"title": _("Authorization"), "text": _("By the administrator's scan")},
        {"title": _("Name and rate"), "text": _("What players buy, and how many for a yuan")},
        {"title": _("Partitions"), "text": _("The zones of the game")},
        {"title": _("Joint debug"), "text": _("Three calls in the sandbox")},
        {
            "title": pgettext("game coin", "Go online"),
            "text": _("An application, decided by a reviewer"),
        },
    ]
    if coin is not None:
        facts = {"name": coin.authorized_by, "day": short_day(coin.authorized_at)}
        steps[0]["text"] = _("%(name)s, by scan, %(day)s") % facts
        if done[1]:
            steps[1]["text"] = _("%(name)s, 1 yuan = %(rate)d") % {"name": coin.name, "rate": coin.rate}
        steps[2] |= {
            "text": ngettext("%(count)d open for sale", "%(count)d open for sale", open_partitions)
            % {"count": open_partitions},
            "url": reverse(coins.PARTITIONS),
            "action": _("Edit"),
        }
        steps[3] |= {
            "text": _("%(passed)d of %(all)d calls succeeded in the sandbox")
            % {"passed": passed, "all": len(joint_debug.REQUIRED)},
            "url": reverse(coins.DEBUG),
            "action": pgettext("page", "Open"),
        }
        steps[4] |= {
            "text": _told(coin, newest),
            "url": reverse(coins.APPLICATION),
            "action": pgettext("page", "Open"),
        }
    first = done.index(False) if False in done else len(done)
    waits = coin is not None and coin.state == State.UNDER_REVIEW
    for nth, step in enumerate(steps):
        step["state"] = "done" if done[nth] else "now" if nth == first else ""
        step["primary"] = nth == first and not waits
    if newest and newest.state == CoinApplication.State.REJECTED and first == len(done) - 1:
        steps[-1]["state"] = "fail"
    return steps


def _told(coin: GameCoin, newest: CoinApplication | None) -> str:
    if coin.state == State.ONLINE:
        return _("Online since %(day)s") % {"day": short_day(coin.online_at)}
    if coin.state == State.UNDER_REVIEW:
        return _("Under review")
    if newest and newest.state == CoinApplication.State.REJECTED:
        return _("Rejected on %(day)s") % {"day": short_day(newest.ended_at)}
    return _("An application, decided by a reviewer")


def _cards() -> list[dict[str, Any]]:
    """Return the exchange rates for `_partials/choices.html`."""
    return [
        {
            "value": rate,
            "title": _("1 yuan = %(rate)d") % {"rate": rate},
            "text": _("The grades from 1 to 648 yuan buy %(least)d to %(most)s coins.")
            % {"least": rate, "most": f"{648 * rate:,}"},
        }
        for rate in coins.RATES
    ]


def _grades(coin: GameCoin) -> list[dict[str, int]]:
    """Return what each price grade buys at the coin's rate; nothing before it is set."""
    if not coin.rate:
        return []
    return [{"fen": yuan * 100, "coins": grades.coins(yuan, coin.rate)} for yuan in grades.YUAN]
