"""Who is let through to a page: the signed-in person, found anew with every request (DEV-3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from accounts import actions, principals, steps
from accounts.models import Account, SignIn
from accounts.principals import GUEST, PERSON, SIGN_IN, principal_of
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, is_htmx
from portal.kernel.terms import Role

View = Callable[..., HttpResponseBase]

LONGEST_BROWSER = 120


def for_principal(view: View) -> View:
    """Call the view with the principal, once the account's entity is confirmed.

    Nobody signed in goes to the log-in, as does who is no member any more; a registration not
    confirmed yet goes to its own step (REG-10).
    """

    @wraps(view)
    def guarded(request: WorldRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        principal = principal_of(request)
        if principal is None:
            return go_to(request, login_page(request))
        if principal.account.confirmed_at is None:
            return go_to(request, steps.url_for(principal.account))
        return view(request, principal, *args, **kwargs)

    return guarded


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url`, also when htmx asked for a part of a page."""
    return HttpResponse(headers={"HX-Redirect": url}) if is_htmx(request) else HttpResponseRedirect(url)


def login_page(request: HttpRequest) -> str:
    """Return the address of the log-in that leads back to this page; a form's address leads nowhere."""
    if request.method not in {"GET", "HEAD"} or is_htmx(request):
        return redirect_to_login("/").url
    return redirect_to_login(request.get_full_path()).url


def open_console(request: WorldRequest, sign_in: SignIn, *, by: Actor) -> None:
    """Sign the browser in as whoever its scan allowed, under a new session key. Raises Refused."""
    login(request, sign_in.account.login, backend=settings.AUTHENTICATION_BACKENDS[0])
    try:
        entered = actions.enter(sign_in.pk, session_key=request.session.session_key or "", by=by)
    except Refused:
        logout(request)
        raise
    _seat(request, entered)


def open_console_as(request: WorldRequest, account: Account, person_id: int | None, *, by: Actor) -> None:
    """Sign the browser in as one of the account's people, or before confirmation as its registrant."""
    login(request, account.login, backend=settings.AUTHENTICATION_BACKENDS[0])
    principals.forget(request)
    if person_id is not None:
        try:
            seat(request, account, person_id, by=by)
        except Refused:
            logout(request)
            raise


def seat(request: WorldRequest, account: Account, person_id: int, *, by: Actor) -> None:
    """Let the browser that is signed in go on as this person, such as the registrant once confirmed."""
    key = request.session.session_key or ""
    _seat(
        request,
        actions.sign_in_as(
            account.pk, person_id=person_id, session_key=key, browser=browser_of(request), by=by
        ),
    )


def browser_of(request: HttpRequest) -> str:
    """Return what the browser calls itself, cut to what a list can show."""
    return " ".join(request.headers.get("User-Agent", "").split())[:LONGEST_BROWSER]


def _seat(request: WorldRequest, sign_in: SignIn) -> None:
    request.session[SIGN_IN] = sign_in.pk
    request.session[PERSON] = sign_in.person_id
    if sign_in.role == Role.GUEST and sign_in.person:
        request.session[GUEST] = sign_in.person.name
    principals.forget(request)
