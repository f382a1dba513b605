"""The log-in: e-mail and password first, then the scan; and who a browser is signed in as (REG-1, DEV-3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib.auth import SESSION_KEY, authenticate, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, steps
from accounts.forms import LogInForm
from accounts.models import Account
from accounts.models.login import username_for
from accounts.principals import SIGN_IN, WAITING, account_of, forget
from accounts.views import captchas
from accounts.views.destinations import reachable
from accounts.views.doors import SIGNED_OUT, browser_of, leave
from portal.kernel import throttle
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import World
from portal.kernel.terms import AccountState

require_form = require_http_methods(["GET", "HEAD", "POST"])

WRONG_PASSWORDS: Final = 5  # for one account from one address, within WRONG_PASSWORDS_WITHIN
WITHOUT_CAPTCHA: Final = 5  # for one account from anywhere, within the same time
LOG_INS_PER_ADDRESS: Final = 100  # within the same time: a class may share one address
WRONG_PASSWORDS_WITHIN: Final = timedelta(minutes=15)

HERE: Final = "log_in"  # scopes of the counters: one account from one address, and from anywhere
ANYWHERE: Final = "log_in_anywhere"
NO_BOUND: Final = 2**31 - 1

CHANGE_PICTURE: Final = "change_picture"  # the button beside the captcha
NEXT: Final = "next"  # in the session, while the code is shown: where the visitor was on the way to


@require_form
@never_cache
def log_in(request: WorldRequest) -> HttpResponse:
    """Ask for e-mail and password, and go on to the scan or to the registration's step (REG-1, REG-10)."""
    account = account_of(request)
    if account and request.method != "POST":
        return redirect(steps.url_for(account))
    if request.method != "POST":
        return _page(request, LogInForm(initial={"next": reachable(request, request.GET.get("next", ""))}))
    to = reachable(request, request.POST.get("next", ""))
    form = LogInForm({**request.POST.dict(), "next": to})
    if CHANGE_PICTURE in request.POST:
        captchas.new_challenge(request)
        return _page(request, LogInForm(initial={"next": to, "email": form["email"].value()}))
    if form.is_valid():
        try:
            found = _authenticated(request, form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return enter(request, found, to=to)
    return _page(request, form)


def _page(request: WorldRequest, form: LogInForm) -> HttpResponse:
    context = {
        "log_in_form": form,
        "answer": captchas.challenge(request).answer if _shows_captcha(request, form) else "",
        "ended": ended(request),
        "signed_out": request.session.pop(SIGNED_OUT, ""),
    }
    return render(request, "accounts/log_in.html", context)


def _shows_captcha(request: WorldRequest, form: LogInForm) -> bool:
    name = form.cleaned_data.get("email") if form.is_bound else None
    return CHANGE_PICTURE in request.POST or (
        name is not None and _asks_captcha(_username(request.world, name))
    )


def _authenticated(request: WorldRequest, typed: dict[str, Any]) -> Account:
    """Return the account with this name and password; Refused in the same words whichever is wrong.

    Tries are counted before the password is looked at, so that a refusal tells nothing about it.
    Too many from one address shut that address out for a while. Many from many addresses cannot
    shut anybody out: the account then asks for the captcha, and still lets the right password in.
    """
    within = WRONG_PASSWORDS_WITHIN
    throttle.hit("log_in_from", address_of(request), at_most=LOG_INS_PER_ADDRESS, within=within)
    username = _username(request.world, typed["email"])
    here = _here(request, username)
    if throttle.hits(HERE, here, within=within) < WRONG_PASSWORDS and _asks_captcha(username):
        _require_captcha(request, typed["captcha"])
    throttle.hit(HERE, here, at_most=WRONG_PASSWORDS, within=within)
    throttle.hit(ANYWHERE, username, at_most=NO_BOUND, within=within)
    found = authenticate(request, username=username, password=typed["password"])
    account = getattr(found, "account", None)  # a reviewer has none, and a door of their own
    if not isinstance(account, Account):
        raise Refused(
            _("Not logged in: no account of this world has this e-mail and this password. Check both."),
            code="log_in",
        )
    forgive(request, account)
    return account


def forgive(request: HttpRequest, account: Account) -> None:
    """Forget the wrong passwords of an account, from here and from anywhere, after a right one."""
    username = account.login.username
    throttle.clear(HERE, _here(request, username))
    throttle.clear(ANYWHERE, username)


def _username(world: World, name: str) -> str:
    """Return the name of the log-in that an e-mail or an original ID means, whether there is one or not."""
    if "@" not in name:
        known = Account.objects.filter(world=world, original_id=name).select_related("login").first()
        if known:
            return known.login.username
    return username_for(world, name)


def _here(request: HttpRequest, username: str) -> str:
    return f"{username} {address_of(request)}"


def _asks_captcha(username: str) -> bool:
    return throttle.hits(ANYWHERE, username, within=WRONG_PASSWORDS_WITHIN) >= WITHOUT_CAPTCHA


def _require_captcha(request: HttpRequest, typed: str) -> None:
    """Raise Refused unless `typed` is what the visitor's picture says, which is good for one try.

    The platform's own code for it is 200008 (console-rules 11.1).
    """
    if not typed:
        raise Refused(
            _("Too many wrong passwords were tried for this account. Enter the password and the picture."),
            code="200008",
            field="captcha",
        )
    shown = captchas.challenge(request)
    captchas.new_challenge(request)
    if not shown.accepts(typed):
        raise Refused(
            _("These are not the characters of the picture. Here is a new one: type what it shows."),
            code="200008",
            field="captcha",
        )


@require_POST
def log_out(request: WorldRequest) -> HttpResponse:
    """End the session; the visitor stays in the world."""
    leave(request)
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


def enter(request: WorldRequest, account: Account, *, to: str = "") -> HttpResponse:
    """Go on after the right password, under a new session key: to the scan, on the way to the page `to`.

    Before the entity is confirmed there is nobody to scan: the log-in itself goes on at its step.
    """
    request.enters = account.world
    if account.confirmed_at is not None:
        return _await_scan(request, account, to)
    if SIGN_IN in request.session or WAITING in request.session:
        leave(request)
    login(request, account.login)
    forget(request)
    request.session.pop(captchas.CAPTCHA, None)
    return redirect(steps.url_for(account))


def _await_scan(request: WorldRequest, account: Account, to: str) -> HttpResponse:
    leave(request)
    waiting = actions.begin_sign_in(account.pk, browser=browser_of(request), by=account.login.as_actor())
    request.session[WAITING] = waiting.pk
    if to:
        request.session[NEXT] = to
    return redirect("accounts:log_in_scan")


def address_of(request: HttpRequest) -> str:
    """Return where the request comes from, for counting tries."""
    return str(request.META.get("REMOTE_ADDR", ""))
