"""Who is signed in, who logged in, ending a session, and the password (DEV-3; console-rules 11.2)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.actions.passwords import CHANGE_PASSWORD
from accounts.models import Login, SignIn
from accounts.principals import SIGN_IN, Principal
from accounts.security_forms import NewPasswordForm
from accounts.views import administrator_scans
from accounts.views.doors import for_principal, leave
from accounts.views.log_in import require_form
from portal.kernel import keyset
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.terms import Capability

ONLINE: Final = 50  # the newest sessions, which are all of them but in a very large team


@require_safe
@never_cache
@for_principal
def security(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show who is signed in now, the last log-ins, and the way to a new password and administrator."""
    online = list(actions.online(principal.account).order_by("-pk")[:ONLINE])
    logged = SignIn.objects.filter(account=principal.account, entered_at__isnull=False)
    page = keyset.turn(request, logged.select_related("person"))
    rows = [_row(request, principal, sign_in) for sign_in in online]
    context = {
        "online": rows,
        "others": sum(row["may_end"] and not row["mine"] for row in rows),
        "page": page,
        "is_administrator": principal.is_administrator,
        "administrator": principal.account.administrator,
        "password": principal.can(Capability.CHANGE_PASSWORD),
        "change_of_administrator": principal.can(Capability.CHANGE_ADMINISTRATOR),
    }
    return render(request, "accounts/security.html", context)


def _row(request: WorldRequest, principal: Principal, sign_in: SignIn) -> dict[str, Any]:
    return {
        "sign_in": sign_in,
        "mine": sign_in.pk == request.session.get(SIGN_IN),
        "may_end": principal.is_administrator or sign_in.person_id == principal.actor.id,
    }


@require_POST
@for_principal
def end(request: WorldRequest, principal: Principal, sign_in_id: int) -> HttpResponse:
    """End one session; this browser's own is logged out."""
    if sign_in_id == request.session.get(SIGN_IN):
        leave(request)
        return redirect("home")
    ended = actions.end_session(principal.account.pk, sign_in_id, by=principal.actor)
    messages.success(request, _("The session of %(name)s was ended.") % {"name": ended.person})
    return redirect("accounts:security")


@require_POST
@for_principal
def end_others(request: WorldRequest, principal: Principal) -> HttpResponse:
    """End every other session: the administrator everybody's, a member their own."""
    count = actions.end_other_sessions(
        principal.account.pk, kept=request.session.get(SIGN_IN), by=principal.actor
    )
    messages.success(
        request,
        ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", count) % {"count": count},
    )
    return redirect("accounts:security")


# --- the password -------------------------------------------------------------------------


@require_form
@never_cache
@for_principal
def password(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the administrator's scan, then the form for the new password that it permits."""
    account = principal.account
    scan = administrator_scans.current(request, account, CHANGE_PASSWORD)
    permitted = scan is not None and scan.confirmation.permits(account.world.now(), principal.actor)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and permitted and form.is_valid():
        return _change(request, principal, form.cleaned_data["password"])
    if request.method == "POST" and not permitted:
        return redirect("accounts:password")
    context = {
        "form": form,
        "permitted": permitted,
        "scan": scan,
        "may": principal.can(Capability.CHANGE_PASSWORD),
    }
    return render(request, "accounts/security_password.html", context)


@require_POST
@for_principal
def show_password_scan(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Ask the administrator's phone to permit a new password."""
    actions.ask_change_password(principal.account.pk, by=principal.actor)
    return redirect("accounts:password")


def _change(request: WorldRequest, principal: Principal, password: str) -> HttpResponse:
    """Set the password; this browser stays signed in, under a new session key, and no other does."""
    mine = request.session.get(SIGN_IN)
    actions.change_password(principal.account.pk, password=password, by=principal.actor, kept=mine)
    update_session_auth_hash(request, Login.objects.get(pk=principal.account.login_id))
    if mine:
        try:
            actions.renew_session(mine, session_key=request.session.session_key or "", by=principal.actor)
        except Refused:
            leave(request)  # ended by somebody at this moment
            return redirect("accounts:log_in")
    messages.success(request, _("The password was changed. Every other session was ended."))
    return redirect("accounts:security")
