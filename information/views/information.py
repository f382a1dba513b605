"""The page of name, photo, introduction and categories, each with what is left of it (INF-1)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_principal


@require_safe
@for_principal
def information(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show what the account tells its players about itself."""
    return render(request, "information/information.html", {"account": principal.account})
