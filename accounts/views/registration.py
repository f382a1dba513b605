"""Choosing an account type, and the form for e-mail and password (REG-2, REG-3)."""

from __future__ import annotations

from datetime import timedelta
from secrets import SystemRandom, token_urlsafe
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import account_types, actions, samples, steps
from accounts.account_types import Type
from accounts.captcha import draw
from accounts.forms import AccountTypeForm, RegistrationForm
from accounts.models import Account
from accounts.principals import account_of
from accounts.views import captchas
from accounts.views.log_in import address_of, enter, require_form
from portal.kernel import throttle
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import World

REGISTRATIONS_PER_HOUR: Final = 30  # from one address
HOUR: Final = timedelta(hours=1)


# --- account type -------------------------------------------------------------------------


@require_form
def register(request: WorldRequest) -> HttpResponse:
    """Choose what to register; the type never changes afterwards (REG-2)."""
    form = AccountTypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("accounts:register_account", form.cleaned_data["account_type"])
    return render(request, "accounts/register.html", {"form": form} | _types())


@require_safe
def types(request: WorldRequest) -> HttpResponse:
    """View Type Differences: four account types side by side (REG-2)."""
    return render(request, "accounts/types.html", _types())


def _types() -> dict[str, Any]:
    return {"types": account_types.TYPES, "differences": account_types.DIFFERENCES}


@require_safe
def agreements(request: WorldRequest) -> HttpResponse:
    """Show the two agreements that a registrant agrees to."""
    return render(request, "accounts/agreements.html")


# --- account information ------------------------------------------------------------------


@require_form
@never_cache
def account_information(request: WorldRequest, chosen: Type) -> HttpResponse:
    """Register an e-mail and a password for the type chosen; a letter goes out at once (REG-3)."""
    if request.method == "POST":
        return _register(request, chosen)
    form = RegistrationForm(
        initial={"key": token_urlsafe(16)}, kind=chosen.value.kind, challenge=captchas.challenge(request)
    )
    return _page(request, chosen, form)


def _register(request: WorldRequest, chosen: Type) -> HttpResponse:
    kind = chosen.value.kind
    form = RegistrationForm(request.POST, kind=kind, challenge=captchas.challenge(request))
    if "change_picture" in request.POST:
        form = RegistrationForm(initial=form.typed(), kind=kind, challenge=captchas.new_challenge(request))
        return _page(request, chosen, form)
    valid = form.is_valid()
    if account := _registered_before(request.world, form):
        return enter(request, account)
    if not valid:
        if form.has_error("captcha", "captcha_wrong"):
            form.forget_captcha(captchas.new_challenge(request))
        return _page(request, chosen, form)
    unused = captchas.new_challenge(request)  # a picture is good for one try, whatever becomes of it
    typed = form.cleaned_data
    try:
        throttle.hit("register", address_of(request), at_most=REGISTRATIONS_PER_HOUR, within=HOUR)
        account = actions.register(
            request.world.pk,
            account_type=chosen.value,
            email=typed["email"],
            password=typed["password"],
            language=get_language() or "en",
            by=VISITOR,
            form_key=typed["key"],
        )
    except Refused as refusal:
        if twin := _registered_before(request.world, form):
            return enter(request, twin)
        form.add_error(refusal.field or None, refusal.message)
        form.forget_captcha(unused)
        return _page(request, chosen, form)
    return enter(request, account)


def _registered_before(world: World, form: RegistrationForm) -> Account | None:
    """Return what this very form has registered already: sent twice, it registers once.

    The second sending may have lost the picture to the first, and still has to know the password.
    """
    typed = form.cleaned_data
    account = actions.registered_by(world.pk, form_key=typed.get("key", ""), email=typed.get("email", ""))
    if account and account.login.is_active and account.login.check_password(typed.get("password", "")):
        return account
    return None


def _page(request: WorldRequest, chosen: Type, form: RegistrationForm) -> HttpResponse:
    answer = form.challenge.answer
    return render(
        request,
        "accounts/register_account.html",
        {
            "type": chosen,
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
    return HttpResponse(draw(captchas.challenge(request).answer, rng), content_type="image/png")


def _unfinished(request: WorldRequest) -> Account | None:
    account = account_of(request)
    return account if account and steps.is_unfinished(account) else None
