"""Registration up to the activated e-mail, and the log-in (REG-1 to REG-4, REG-10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from secrets import SystemRandom, token_urlsafe
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import account_types, actions, samples, steps
from accounts.captcha import Challenge, draw
from accounts.forms import AccountTypeForm, ChangeEmailForm, LogInForm, RegistrationForm
from accounts.models import Account, ActivationLink
from accounts.models.login import username_for
from portal.kernel import throttle
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, worldless
from portal.kernel.models import World
from portal.kernel.terms import AccountState, AccountType
from portal.kernel.wording import iso

P = ParamSpec("P")

require_form = require_http_methods(["GET", "HEAD", "POST"])

REGISTRATIONS_PER_HOUR: Final = 30  # from one address
LETTERS_PER_HOUR: Final = 20  # to one registration
WRONG_PASSWORDS: Final = 5  # for one e-mail, within WRONG_PASSWORDS_WITHIN
LOG_INS_PER_ADDRESS: Final = 100  # within the same time: a class may share one address
WRONG_PASSWORDS_WITHIN: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)

# What the session knows of a visitor: what the picture says, and which registration was theirs.
CAPTCHA: Final = "captcha"
REGISTRATION: Final = "registration"


# --- account type -------------------------------------------------------------------------


@require_form
def register(request: WorldRequest) -> HttpResponse:
    """Choose what to register; the type never changes afterwards (REG-2)."""
    form = AccountTypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("accounts:register_mini_program")
    return render(request, "accounts/register.html", {"form": form} | _types())


@require_safe
def types(request: WorldRequest) -> HttpResponse:
    """View Type Differences: four account types side by side (REG-2)."""
    return render(request, "accounts/types.html", _types())


def _types() -> dict[str, Any]:
    return {
        "types": account_types.TYPES,
        "differences": account_types.DIFFERENCES,
        "open_type": AccountType.MINI_PROGRAM,
    }


@require_safe
def agreements(request: WorldRequest) -> HttpResponse:
    """Show the two agreements that a registrant agrees to."""
    return render(request, "accounts/agreements.html")


# --- account information ------------------------------------------------------------------


@require_form
@never_cache
def register_mini_program(request: WorldRequest) -> HttpResponse:
    """Register an e-mail and a password; the activation letter goes out at once (REG-3)."""
    if request.method == "POST":
        return _register(request)
    form = RegistrationForm(initial={"key": token_urlsafe(16)}, challenge=_challenge(request))
    return _account_information(request, form)


def _register(request: WorldRequest) -> HttpResponse:
    form = RegistrationForm(request.POST, challenge=_challenge(request))
    if "change_picture" in request.POST:
        form = RegistrationForm(initial=form.typed(), challenge=_new_challenge(request))
        return _account_information(request, form)
    valid = form.is_valid()
    if account := _registered_before(request.world, form):
        return _enter(request, account)
    if not valid:
        if form.has_error("captcha", "captcha_wrong"):
            form.forget_captcha(_new_challenge(request))
        return _account_information(request, form)
    unused = _new_challenge(request)  # a picture is good for one try, whatever becomes of it
    typed = form.cleaned_data
    try:
        throttle.hit("register", _address(request), at_most=REGISTRATIONS_PER_HOUR, within=HOUR)
        account = actions.register(
            request.world.pk,
            account_type=AccountType.MINI_PROGRAM,
            email=typed["email"],
            password=typed["password"],
            language=get_language() or "en",
            by=VISITOR,
            form_key=typed["key"],
        )
    except Refused as refusal:
        if twin := _registered_before(request.world, form):
            return _enter(request, twin)
        form.add_error(refusal.field or None, refusal.message)
        form.forget_captcha(unused)
        return _account_information(request, form)
    return _enter(request, account)


def _registered_before(world: World, form: RegistrationForm) -> Account | None:
    """Return what this very form has registered already: sent twice, it registers once.

    The second sending may have lost the picture to the first, and still has to know the password.
    """
    typed = form.cleaned_data
    account = actions.registered_by(world.pk, form_key=typed.get("key", ""), email=typed.get("email", ""))
    if account and account.login.is_active and account.login.check_password(typed.get("password", "")):
        return account
    return None


def _account_information(request: WorldRequest, form: RegistrationForm) -> HttpResponse:
    answer = form.challenge.answer
    return render(
        request,
        "accounts/register_mini_program.html",
        {
            "form": form,
            "steps": steps.progress(1),
            "samples": samples.for_registration(request.world, captcha=answer),
            "answer": answer,
            "fill_in": {"captcha": answer},
            "unfinished": _unfinished(request),
        },
    )


@require_safe
@never_cache
def captcha(request: WorldRequest) -> HttpResponse:
    """Draw the picture that this visitor has to read."""
    rng = SystemRandom()
    return HttpResponse(draw(_challenge(request).answer, rng), content_type="image/png")


def _challenge(request: WorldRequest) -> Challenge:
    """Return what this visitor's picture says; every open form of theirs shows the same one."""
    answer = request.session.get(CAPTCHA)
    return Challenge(answer) if answer else _new_challenge(request)


def _new_challenge(request: WorldRequest) -> Challenge:
    challenge = Challenge.fresh(SystemRandom())
    request.session[CAPTCHA] = challenge.answer
    return challenge


# --- e-mail activation --------------------------------------------------------------------


def for_registrant(
    view: Callable[Concatenate[WorldRequest, Account, P], HttpResponse],
) -> Callable[Concatenate[WorldRequest, P], HttpResponse]:
    """Give the view the registration that waits for its activation; send everybody else on their way."""

    @wraps(view)
    def wrapped(request: WorldRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        account = _account(request)
        if account is None and (over := ended(request)):
            return _link_refused(request, "link_expired", over)
        if account is None:
            return redirect("accounts:log_in")
        if account.state != AccountState.REGISTERED:
            return redirect(steps.url_for(account))
        return view(request, account, *args, **kwargs)

    return wrapped


@require_safe
@never_cache
@for_registrant
def activation(request: WorldRequest, account: Account) -> HttpResponse:
    """Tell where the activation letter went and until when its link works (REG-4)."""
    link = ActivationLink.objects.filter(account=account).order_by("-id")[0]
    return render(
        request,
        "accounts/activation.html",
        {
            "account": account,
            "link": link,
            "steps": steps.progress(2),
            "actors": _who_moves_on(request, account, link),
        },
    )


def _who_moves_on(request: WorldRequest, account: Account, link: ActivationLink) -> list[dict[str, Any]]:
    letters = f"{reverse('simulator:mailbox')}?{urlencode({'to': account.email})}"
    actors: list[dict[str, Any]] = [
        {
            "icon": "envelope-open",
            "name": _("The registrant"),
            "text": _("Opens the link in the letter to %(email)s.") % {"email": account.email},
            "buttons": [{"label": _("Go to mailbox"), "url": letters, "lamp": True}],
        }
    ]
    if not link.is_expired(request.world.now()):
        let_pass = {
            "label": _("Let the 48 hours pass"),
            "url": reverse("simulator:advance"),
            "post": True,
            "fields": {"to": iso(link.expires_at), "next": request.path},
        }
        actors.append(
            {
                "icon": "clock",
                "name": _("The clock"),
                "text": _("Ends the registration when nobody opens the link."),
                "buttons": [let_pass],
            }
        )
    return actors


@require_POST
@for_registrant
def resend(request: WorldRequest, account: Account) -> HttpResponse:
    """Send a new activation letter; the earlier link stops working (REG-4)."""
    _count_letter(account)
    actions.resend_activation(account.pk, by=account.login.as_actor())
    messages.success(
        request,
        _("A new activation letter was sent to %(email)s. The earlier link no longer works.")
        % {"email": account.email},
    )
    return redirect("accounts:activation")


@require_form
@never_cache
@for_registrant
def change_email(request: WorldRequest, account: Account) -> HttpResponse:
    """Register under another e-mail instead; the letter goes there (REG-4)."""
    form = ChangeEmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _count_letter(account)
            changed = actions.change_email(
                account.pk, email=form.cleaned_data["email"], by=account.login.as_actor()
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(
                request,
                _("The e-mail was changed and a new activation letter was sent to %(email)s.")
                % {"email": changed.email},
            )
            return redirect("accounts:activation")
    return render(
        request,
        "accounts/change_email.html",
        {
            "account": account,
            "form": form,
            "steps": steps.progress(2),
            "samples": samples.for_email(request.world),
        },
    )


def _count_letter(account: Account) -> None:
    throttle.hit("activation_letter", str(account.pk), at_most=LETTERS_PER_HOUR, within=HOUR)


@worldless
@require_safe
@never_cache
def activate(request: WorldRequest, token: str) -> HttpResponse:
    """Open the link of a letter: the e-mail is proved, and the registration goes on (REG-4).

    Opened anywhere: the browser comes into the account's world. A mere look (HEAD) proves nothing.
    """
    if request.method == "HEAD":
        return HttpResponse()
    link = actions.link_for(token)
    if link is None:
        return render(request, "accounts/link.html", {"code": "link_unknown"}, status=404)
    request.world = link.world
    request.enters = link.world
    try:
        account = actions.activate(token, by=VISITOR)
    except Refused as refusal:
        return _link_refused(request, refusal.code, link.account)
    messages.success(request, _("The e-mail is activated. Register the entity next."))
    return _enter(request, account)


def _link_refused(request: WorldRequest, code: str, account: Account) -> HttpResponse:
    """Say why a link no longer works, and lead to where its account goes on."""
    mine = _account(request)
    signed_in = mine is not None and mine.pk == account.pk
    context = {
        "code": code,
        "account": account,
        "signed_in": signed_in,
        "go_on_url": steps.url_for(mine) if mine and signed_in else reverse("accounts:log_in"),
        "to_mailbox": [{"label": _("Go to mailbox"), "url": reverse("simulator:mailbox"), "lamp": True}],
    }
    return render(request, "accounts/link.html", context, status=410)


# --- log-in -------------------------------------------------------------------------------


@require_form
@never_cache
def log_in(request: WorldRequest) -> HttpResponse:
    """Log in to an account of this world, and go on where its registration stands (REG-1, REG-10)."""
    account = _account(request)
    if account and request.method != "POST":
        return redirect(steps.url_for(account))
    form = LogInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = _authenticated(request, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            return _enter(request, found)
    return render(request, "accounts/log_in.html", {"log_in_form": form, "ended": ended(request)})


def _authenticated(request: WorldRequest, *, email: str, password: str) -> Account:
    """Return the account with this e-mail and password; Refused in the same words whichever is wrong.

    Tries are counted before the password is looked at, so that a refusal tells nothing about it.
    """
    username = username_for(request.world, email)
    within = WRONG_PASSWORDS_WITHIN
    throttle.hit("log_in_from", _address(request), at_most=LOG_INS_PER_ADDRESS, within=within)
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
    account = _account(request)
    return {
        "log_in_form": LogInForm(),
        "ended": ended(request),
        "step_url": steps.url_for(account) if account else "",
        "is_unfinished": account is not None and steps.is_unfinished(account),
    }


def ended(request: WorldRequest) -> Account | None:
    """Return the registration of this browser that ran out meanwhile, which is why nobody is signed in."""
    if request.user.is_authenticated or REGISTRATION not in request.session:
        return None
    mine = Account.objects.filter(pk=request.session[REGISTRATION], world=request.world)
    return mine.filter(state=AccountState.EXPIRED).first()


def _enter(request: WorldRequest, account: Account) -> HttpResponse:
    """Sign in, under a new session key, and go to the step that the account stands at."""
    login(request, account.login)
    request.session.pop(CAPTCHA, None)
    request.session[REGISTRATION] = account.pk
    request.enters = account.world
    return redirect(steps.url_for(account))


def _account(request: HttpRequest) -> Account | None:
    account = getattr(request.user, "account", None)
    return account if isinstance(account, Account) else None


def _unfinished(request: HttpRequest) -> Account | None:
    account = _account(request)
    return account if account and steps.is_unfinished(account) else None


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
