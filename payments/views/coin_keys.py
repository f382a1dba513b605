"""The keys of the game coin: the administrator's scan permits a look or a new key, this page does it (PAY-4).

A key is in no address, no session and no message: it is in one answer, which nobody stores.
"""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.doors import for_principal
from payments import coins
from payments.actions import coin_keys as actions
from payments.models import Environment, GameCoin
from payments.views.coin_door import for_coin
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability

ENVIRONMENTS: Final = {"sandbox": Environment.SANDBOX, "live": Environment.LIVE}
ACTS: Final = {"show": False, "reset": True}


@require_safe
@never_cache
@for_coin
def keys(request: HttpRequest, principal: Principal, coin: GameCoin) -> HttpResponse:
    """Show which keys there are, and the scan that permits one of them."""
    if not principal.can(Capability.SEE_PAYMENT_KEYS):
        return redirect("console:gate", Capability.SEE_PAYMENT_KEYS.value)
    scan = administrator_scans.current(request, principal.account, actions.SCAN)
    permitted = scan is not None and scan.confirmation.permits(scan.now, principal.actor)
    context = {
        "coin": coin,
        "asked": _asked(scan) if scan else None,
        "permitted": permitted,
        "scan": None if scan is None or scan.state == Confirmation.State.CONFIRMED else scan,
        "keys": [
            {"slug": slug, "environment": environment, "number": environment.value}
            for slug, environment in ENVIRONMENTS.items()
        ],
    }
    return render(request, "payments/coin_keys.html", context)


@require_POST
@for_principal
def ask(request: HttpRequest, principal: Principal, which: str, act: str) -> HttpResponse:
    """Show the code to scan, for one key and one act."""
    if which not in ENVIRONMENTS or act not in ACTS:
        raise Http404
    actions.ask(principal.account.pk, environment=ENVIRONMENTS[which], reset=ACTS[act], by=principal.actor)
    return redirect(coins.KEYS)


@require_POST
@never_cache
@for_principal
def show(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Do what was permitted and show the key in this answer, once; loading it again shows nothing."""
    environment, key = actions.carry_out(principal.account.pk, by=principal.actor)
    context = {"key": key, "environment": environment, "is_live": environment == Environment.LIVE}
    return render(request, "payments/coin_key_once.html", context)


def _asked(scan: administrator_scans.Shown) -> dict[str, object]:
    """Return what the scan is for: the parts of its address, and the environment's name."""
    environment = Environment(scan.facts["environment"])
    slug = next(name for name, value in ENVIRONMENTS.items() if value == environment)
    return {
        "which": slug,
        "act": "reset" if scan.facts["reset"] else "show",
        "label": environment.label,
        "reset": scan.facts["reset"],
    }
