"""Who is let through to settlements and withdrawals: whoever may read payment orders."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.kernel.terms import Capability

View = Callable[..., HttpResponseBase]


def for_reader(view: View) -> View:
    """Call the view with the principal; everybody else is told at the gate why not, and what opens it."""

    @wraps(view)
    def guarded(request: HttpRequest, principal: Principal, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not principal.can(Capability.READ_PAYMENT_ORDERS):
            return redirect("console:gate", Capability.READ_PAYMENT_ORDERS.value)
        return view(request, principal, *args, **kwargs)

    return for_principal(guarded)
