"""The activation letter and its link (REG-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, samples, steps
from accounts.forms import ChangeEmailForm
from accounts.models import Account, ActivationLink
from accounts.principals import account_of
from accounts.views.log_in import ended, enter, require_form
from portal.kernel import throttle
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, worldless
from portal.kernel.terms import AccountState
from portal.kernel.wording import iso

P = ParamSpec("P")

LETTERS_PER_HOUR: Final = 20  # to one registration
HOUR: Final = timedelta(hours=1)


def for_registrant(
    view: Callable[Concatenate[WorldRequest, Account, P], HttpResponse],
) -> Callable[Concatenate[WorldRequest, P], HttpResponse]:
    """Give the view the registration that waits for its activation; send everybody else on their way."""

    @wraps(view)
    def wrapped(request: WorldRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        account = account_of(request)
        if account is None and (over := ended(request)):
            return _link_refused(request, "link_expired", over, status=200)
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
    actors: list[dict[str, Any]] = [
        {
            "icon": "envelope-open",
            "name": _("The registrant"),
            "text": _("Opens the link in the letter to %(email)s.") % {"email": account.email},
            "buttons": [_to_mailbox(account)],
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


def _to_mailbox(account: Account) -> dict[str, Any]:
    """Return the button that opens the letters to this account's e-mail."""
    letters = f"{reverse('simulator:mailbox')}?{urlencode({'to': account.email})}"
    return {"label": _("Go to mailbox"), "url": letters, "lamp": True}


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
    return enter(request, account)


def _link_refused(request: WorldRequest, code: str, account: Account, *, status: int = 410) -> HttpResponse:
    """Say why a link no longer works, and lead to where its account goes on."""
    mine = account_of(request)
    signed_in = mine is not None and mine.pk == account.pk
    context = {
        "code": code,
        "account": account,
        "signed_in": signed_in,
        "go_on_url": steps.url_for(mine) if mine and signed_in else reverse("accounts:log_in"),
        "to_mailbox": [_to_mailbox(account)],
    }
    return render(request, "accounts/link.html", context, status=status)
