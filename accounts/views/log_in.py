"""The log-in, and who a browser is signed in as (REG-1, REG-10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib.auth import SESSION_KEY, authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import steps
from accounts.forms import LogInForm
from accounts.models import Account
from accounts.models.login import username_for
from accounts.principals import principal_of
from portal.kernel import throttle
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.terms import AccountState

require_form = require_http_methods(["GET", "HEAD", "POST"])

WRONG_PASSWORDS: Final = 5  # for one e-mail, within WRONG_PASSWORDS_WITHIN
LOG_INS_PER_ADDRESS: Final = 100  # within the same time: a class may share one address
WRONG_PASSWORDS_WITHIN: Final = timedelta(minutes=15)

CAPTCHA: Final = "captcha"  # in the session: what the visitor's picture says


@require_form
@never_cache
def log_in(request: WorldRequest) -> HttpResponse:
    """Log in to an account of this world, and go on where its registration stands (REG-1, REG-10)."""
    account = account_of(request)
    if account and request.method != "POST":
        return redirect(steps.url_for(account))
    form = LogInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = _authenticated(request, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            return enter(request, found)
    return render(request, "accounts/log_in.html", {"log_in_form": form, "ended": ended(request)})


def _authenticated(request: WorldRequest, *, email: str, password: str) -> Account:
    """Return the account with this e-mail and password; Refused in the same words whichever is wrong.

    Tries are counted before the password is looked at, so that a refusal tells nothing about it.
    """
    username = username_for(request.world, email)
    within = WRONG_PASSWORDS_WITHIN
    throttle.hit("log_in_from", address_of(request), at_most=LOG_INS_PER_ADDRESS, within=within)
    throttle.hit("log_in", username, at_most=WRONG_PASSWORDS, within=within)
    login = authenticate(request, username=username, password=password)
    account = getattr(login, "account", None)  # a reviewer has none, and a door of their own
    if not isinstance(account, Account):
        raise Refused(
            _("Not logged in: no account of this world has this e-mail and this password. Check both."),
            code="log_in",
        )
    throttle.clear("log_in", username)
    return account


@require_POST
def log_out(request: WorldRequest) -> HttpResponse:
    """End the session; the visitor stays in the world."""
    logout(request)
    return redirect("home")


def entrance(request: WorldRequest) -> dict[str, Any]:
    """Return what the log-in card of the public home shows."""
    account = account_of(request)
    return {
        "log_in_form": LogInForm(),
        "ended": ended(request),
        "step_url": steps.url_for(account) if account else "",
        "is_unfinished": account is not None and steps.is_unfinished(account),
    }


def ended(request: WorldRequest) -> Account | None:
    """Return the registration of this browser that ran out meanwhile, which is why nobody is signed in.

    The session still names the log-in, which lets nobody in any more.
    """
    if request.user.is_authenticated or SESSION_KEY not in request.session:
        return None
    mine = Account.objects.filter(login_id=request.session[SESSION_KEY], world=request.world)
    return mine.filter(state=AccountState.EXPIRED).first()


def enter(request: WorldRequest, account: Account) -> HttpResponse:
    """Sign in, under a new session key, and go to the step that the account stands at."""
    login(request, account.login)
    request.session.pop(CAPTCHA, None)
    request.enters = account.world
    return redirect(steps.url_for(account))


def account_of(request: HttpRequest) -> Account | None:
    """Return the account that somebody is signed in to, or None: nobody is, or somebody of the desk."""
    principal = principal_of(request)
    return principal.account if principal else None


def address_of(request: HttpRequest) -> str:
    """Return where the request comes from, for counting tries."""
    return str(request.META.get("REMOTE_ADDR", ""))
