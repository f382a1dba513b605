"""Who is let through to a page: the signed-in person, found anew with every request (DEV-3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actions, browsers, principals, steps
from accounts.models import Account, SignIn
from accounts.principals import GUEST, PERSON, SIGN_IN, WAITING, Principal, principal_of
from portal.kernel.actors import VISITOR, Actor
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, is_htmx
from portal.kernel.policy import POLICY
from portal.kernel.terms import Capability, Role
from portal.routes import capability_of

View = Callable[..., HttpResponseBase]

SIGNED_OUT: Final = "signed_out"  # in the session: why the log-in is shown instead


def for_principal(view: View) -> View:
    """Call the view with the principal, once the account's entity is confirmed.

    Nobody signed in goes to the log-in, as does who is no member any more; a registration not
    confirmed yet goes to its own step (REG-10), and an account whose type has no such page to the gate
    that says so.
    """

    @wraps(view)
    def guarded(request: WorldRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        principal = principal_of(request)
        if principal is None:
            return go_to(request, login_page(request))
        if principal.account.confirmed_at is None:
            return go_to(request, steps.url_for(principal.account))
        if gate := _gate(request, principal.account):
            return go_to(request, gate)
        return view(request, principal, *args, **kwargs)

    return guarded


def for_capability(capability: Capability) -> Callable[[View], View]:
    """Call the view with a principal who has `capability`; others are told at its gate why not."""
    return for_those(lambda principal: None if principal.can(capability) else capability)


def for_those(missing: Callable[[Principal], Capability | None]) -> Callable[[View], View]:
    """Call the view with the principal, unless `missing` names a capability: its gate says why not."""

    def door(view: View) -> View:
        @wraps(view)
        def guarded(
            request: WorldRequest, principal: Principal, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            if capability := missing(principal):
                return go_to(request, reverse("console:gate", args=[capability.value]))
            return view(request, principal, *args, **kwargs)

        return for_principal(guarded)

    return door


def _gate(request: HttpRequest, account: Account) -> str:
    """Return the address of the gate of a page that accounts of this type do not have, or ''."""
    match = request.resolver_match
    capability = capability_of(match.view_name) if match else None
    if capability is None or account.type in POLICY[capability].types:
        return ""
    return reverse("console:gate", args=[capability.value])


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url`, also when htmx asked for a part of a page."""
    return HttpResponse(headers={"HX-Redirect": url}) if is_htmx(request) else HttpResponseRedirect(url)


def login_page(request: HttpRequest) -> str:
    """Return the address of the log-in that leads back to this page; a form's address leads nowhere.

    Why somebody was signed out meanwhile is remembered: the log-in says it.
    """
    if sentence := why_signed_out(request):
        request.session[SIGNED_OUT] = sentence
    if request.method not in {"GET", "HEAD"} or is_htmx(request):
        return redirect_to_login("/").url
    return redirect_to_login(request.get_full_path()).url


def why_signed_out(request: HttpRequest) -> str:
    """Return why this browser's session lets nobody in any more, or '' when it never had one."""
    if request.user.is_authenticated:
        if PERSON not in request.session or principal_of(request):
            return ""
        return _("You are signed out: you may no longer log in to this account.")
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not key or request.session.session_key == key:
        return ""
    return _ended(SignIn.objects.filter(session_key=key).first())


def _ended(sign_in: SignIn | None) -> str:
    if sign_in is None:
        return ""
    if sign_in.state != SignIn.State.ENDED:
        return _("You are signed out: the session ran out. Log in again.")
    return _("You are signed out. %(reason)s") % {"reason": actions.reason_of_end(sign_in)}


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


def leave(request: HttpRequest) -> None:
    """End what this browser is signed in as, or waits to be, and forget its session."""
    principal = principal_of(request)
    for key in (SIGN_IN, WAITING):
        if sign_in_id := request.session.get(key):
            actions.log_out(sign_in_id, by=principal.actor if principal else VISITOR)
    logout(request)
    principals.forget(request)


def browser_of(request: HttpRequest) -> str:
    """Return what the browser is called, for a list of sessions."""
    return browsers.named(request.headers.get("User-Agent", ""))


def _seat(request: WorldRequest, sign_in: SignIn) -> None:
    request.session[SIGN_IN] = sign_in.pk
    request.session[PERSON] = sign_in.person_id
    request.session.pop(GUEST, None)  # of the same account: its session keeps what it held
    if sign_in.role == Role.GUEST and sign_in.person:
        request.session[GUEST] = sign_in.person.name
    principals.forget(request)
