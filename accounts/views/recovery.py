"""The way back to a forgotten password: the letter's link, the administrator's scan, the new password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.models import RecoveryLink
from accounts.security_forms import NewPasswordForm, RecoveryForm
from accounts.views import administrator_scans, codes
from accounts.views.administrator_scans import Shown
from accounts.views.doors import go_to, leave
from accounts.views.log_in import address_of, forgive, require_form
from portal.kernel import throttle
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, worldless
from portal.kernel.models.confirmation import PERMIT
from portal.kernel.text import email_key

LETTERS_PER_NAME: Final = 5
LETTERS_PER_ADDRESS: Final = 20
HOUR: Final = timedelta(hours=1)

RECOVERY: Final = "recovery"  # in the session: the link that this browser has opened

View = Callable[[WorldRequest, RecoveryLink], HttpResponse]


@require_form
@never_cache
def recover(request: WorldRequest) -> HttpResponse:
    """Ask whose password was forgotten; the answer is the same whether there is such an account."""
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["email"]
        try:
            throttle.hit("recover_from", address_of(request), at_most=LETTERS_PER_ADDRESS, within=HOUR)
            key = f"{request.world.pk}/{email_key(name)}"
            throttle.hit("recover", key, at_most=LETTERS_PER_NAME, within=HOUR)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            actions.send_recovery(request.world.pk, name=name, by=VISITOR)
            return redirect("accounts:recover_sent")
    return render(request, "accounts/recover.html", {"form": form})


@require_safe
def sent(request: WorldRequest) -> HttpResponse:
    """Say where to look for the letter, whether one was sent or not."""
    button = {"label": _("Go to mailbox"), "url": reverse("simulator:mailbox"), "lamp": True}
    return render(request, "accounts/recover_sent.html", {"buttons": [button]})


@worldless
@require_safe
@never_cache
def link(request: WorldRequest, token: str) -> HttpResponse:
    """Open the link of a letter, in any browser, and go on without it in the address.

    A mere look (HEAD) opens nothing. No page learns from the browser where it came from.
    """
    if request.method == "HEAD":
        return _unreferred(HttpResponse())
    found = actions.recovery_for(token)
    if found is None:
        return _unreferred(render(request, "accounts/recover_over.html", {"known": False}, status=404))
    request.world = request.enters = found.world
    if not found.is_good():
        return _unreferred(render(request, "accounts/recover_over.html", {"known": True}, status=410))
    request.session.cycle_key()
    request.session[RECOVERY] = found.pk
    return _unreferred(redirect("accounts:recover_scan"))


def _unreferred(response: HttpResponse) -> HttpResponse:
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def for_opened(view: View) -> Callable[[WorldRequest], HttpResponse]:
    """Give the view the link that this browser has opened, while it is good; else say that it is over."""

    @wraps(view)
    def run(request: WorldRequest) -> HttpResponse:
        opened = RecoveryLink.objects.select_related(
            "account__world", "account__login", "account__administrator"
        )
        mine = opened.filter(pk=request.session.get(RECOVERY, 0), world=request.world).first()
        if mine is None:
            return go_to(request, reverse("accounts:recover"))
        if not mine.is_good():
            return render(request, "accounts/recover_over.html", {"known": True}, status=410)
        return view(request, mine)

    return run


@require_safe
@never_cache
@for_opened
def scan(request: WorldRequest, link: RecoveryLink) -> HttpResponse:
    """Show the code for the administrator; before the entity is confirmed there is none to ask."""
    if _is_permitted(link):
        return redirect("accounts:recover_password")
    return render(request, "accounts/recover_scan.html", {"account": link.account, "scan": _shown(link)})


@require_POST
@for_opened
def show(request: WorldRequest, link: RecoveryLink) -> HttpResponse:
    """Show a code, or a new one."""
    actions.ask_recovery(link.pk, by=link.account.login.as_actor())
    return redirect("accounts:recover_scan")


@require_safe
@never_cache
@for_opened
def status(request: WorldRequest, link: RecoveryLink) -> HttpResponse:
    """Answer the waiting page: nothing while the code is as `state` says, else show it anew, or the page."""
    shown = _shown(link)
    if shown is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return administrator_scans.told(request, shown)


@require_safe
@never_cache
@for_opened
def code(request: WorldRequest, link: RecoveryLink) -> HttpResponse:
    """Draw the QR code that this browser shows now."""
    shown = _shown(link)
    if shown is None:
        raise Http404
    return codes.drawn(request, shown.confirmation.code)


@require_form
@never_cache
@for_opened
def password(request: WorldRequest, link: RecoveryLink) -> HttpResponse:
    """Choose the new password, once the administrator has permitted it."""
    if not _is_permitted(link):
        return redirect("accounts:recover_scan")
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = link.account.login.as_actor()
        account = actions.recover(link.pk, password=form.cleaned_data["password"], by=by)
        forgive(request, link.account)
        leave(request)
        messages.success(
            request, _("The password was changed. Log in to %(email)s with it.") % {"email": account.email}
        )
        return redirect("accounts:log_in")
    return render(request, "accounts/recover_password.html", {"form": form, "account": link.account})


def _is_permitted(link: RecoveryLink) -> bool:
    """Return whether the new password may be chosen now."""
    account = link.account
    if account.confirmed_at is None:
        return True
    found = actions.recovery_scan(link)
    return found is not None and found.permits(account.world.now(), account.login.as_actor())


def _shown(link: RecoveryLink) -> Shown | None:
    """Return the code that this browser shows, or None before there is one, or when it is history."""
    found, account = actions.recovery_scan(link), link.account
    if found is None or account.world.now() >= found.expires_at + PERMIT:
        return None
    name = account.administrator.name
    return Shown(
        found,
        account,
        status_url=reverse("accounts:recover_status"),
        qr_url=f"{reverse('accounts:recover_code')}?{found.code[:6]}",
        text=_("Scan with the WeChat of the administrator, %(name)s.") % {"name": name},
        who=name,
        here=reverse("accounts:recover_scan"),
    )
