"""Who is let through to the pages of the game coin, and to which of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.principals import Principal
from accounts.views.doors import for_principal
from payments import coins
from payments.models import GameCoin
from portal.kernel import policy
from portal.kernel.terms import Capability

View = Callable[..., HttpResponseBase]


def for_reader(view: View) -> View:
    """Call the view with the principal and the coin, or None before its authorization.

    Whoever may not work with payment, and an account that may not have a coin, is told why on the gate.
    One that may no longer keeps its coin: its pages stay to be read.
    """

    @wraps(view)
    def guarded(request: HttpRequest, principal: Principal, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mine = policy.decide_for(Capability.MANAGE_GAME_COIN, role=principal.role, held=principal.held)
        coin = coins.coin_of(principal.account) if mine else None
        if not mine or (coin is None and not principal.can(Capability.MANAGE_GAME_COIN)):
            return redirect("console:gate", Capability.MANAGE_GAME_COIN.value)
        if coin is not None:
            coin.account, coin.world = principal.account, principal.account.world
        return view(request, principal, coin, *args, **kwargs)

    return for_principal(guarded)


def for_coin(view: View) -> View:
    """Call the view with the principal and the coin; before its authorization the first page comes first."""

    @wraps(view)
    def guarded(
        request: HttpRequest, principal: Principal, coin: GameCoin | None, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if coin is None:
            return redirect(coins.PAGE)
        return view(request, principal, coin, *args, **kwargs)

    return for_reader(guarded)
