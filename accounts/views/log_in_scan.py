"""The second half of the log-in: the code, who has scanned it, and the way in (DEV-3; console-rules 11.1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, steps
from accounts.actions.sign_ins import LET_IN, LOG_IN
from accounts.models import SignIn
from accounts.principals import WAITING
from accounts.views import administrator_scans, codes
from accounts.views.administrator_scans import Shown
from accounts.views.doors import open_console
from accounts.views.log_in import NEXT
from portal.kernel import confirmations
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.outside.models import Person

State = SignIn.State
WAITS = (State.AWAITING_SCAN, State.AWAITING_ADMINISTRATOR)


@require_safe
@never_cache
def page(request: WorldRequest) -> HttpResponse:
    """Show the code and what became of it; whoever was allowed goes in."""
    sign_in = _waiting(request)
    if sign_in is None:
        return redirect("accounts:log_in")
    if sign_in.state == State.ALLOWED and request.method == "GET":
        return _go_in(request, sign_in)
    if sign_in.state not in {*WAITS, State.ALLOWED}:
        return _over(request, actions.reason_of_end(sign_in))
    context = {"sign_in": sign_in, "scan": _shown(sign_in), "administrator": sign_in.account.administrator}
    return render(request, "accounts/log_in_scan.html", context)


@require_safe
@never_cache
def status(request: WorldRequest) -> HttpResponse:
    """Answer the waiting page: nothing while the code is as `state` says, else show it anew, or the page."""
    sign_in = _waiting(request)
    if sign_in is None or sign_in.state not in WAITS:
        return HttpResponse(headers={"HX-Redirect": reverse("accounts:log_in_scan")})
    if request.GET.get("step") != sign_in.state:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return administrator_scans.told(request, _shown(sign_in))


@require_safe
@never_cache
def code(request: WorldRequest) -> HttpResponse:
    """Draw the QR code that this browser shows now."""
    sign_in = _waiting(request)
    if sign_in is None or sign_in.state not in WAITS:
        raise Http404
    return codes.drawn(request, _shown(sign_in).confirmation.code)


@require_POST
def again(request: WorldRequest) -> HttpResponse:
    """Show a new code, or ask the administrator once more."""
    sign_in = _waiting(request)
    if sign_in is not None:
        actions.show_log_in(sign_in.pk, by=sign_in.account.login.as_actor())
    return redirect("accounts:log_in_scan")


def _waiting(request: WorldRequest) -> SignIn | None:
    """Return the log-in that this browser waits for, in the world it is in."""
    sign_in_id = request.session.get(WAITING)
    if sign_in_id is None or request.user.is_authenticated:
        return None
    whole = SignIn.objects.select_related(
        "person", "account__world", "account__login", "account__entity", "account__administrator"
    )
    return whole.filter(pk=sign_in_id, world=request.world).first()


def _go_in(request: WorldRequest, sign_in: SignIn) -> HttpResponse:
    """Sign the browser in as whoever was allowed, under a new session key."""
    to = request.session.pop(NEXT, "")
    del request.session[WAITING]
    try:
        open_console(request, sign_in, by=_person(sign_in))
    except Refused as refusal:
        return _over(request, refusal.message)
    return redirect(to or steps.url_for(sign_in.account))


def _person(sign_in: SignIn) -> Actor:
    if sign_in.person is None:
        raise LookupError("nobody was allowed")
    return Actor(ActorKind.PERSON, sign_in.person.pk, sign_in.person.name, sign_in.role)


def _over(request: HttpRequest, why: str) -> HttpResponse:
    request.session.pop(WAITING, None)
    messages.error(request, why or _("This log-in is over. Enter e-mail and password again."))
    return redirect("accounts:log_in")


def _shown(sign_in: SignIn) -> Shown:
    """Return the code that the browser shows at this step of its log-in."""
    account = sign_in.account
    asks = sign_in.state == State.AWAITING_ADMINISTRATOR
    found = confirmations.latest(LET_IN if asks else LOG_IN, sign_in.pk)
    if found is None:
        raise Http404
    names = {"name": account.administrator.name}
    if asks:
        text = _("%(name)s, the administrator, is asked on the phone.") % names
        scanner = account.administrator.name
    else:
        text = (
            _("Scan with the WeChat of %(name)s, the administrator, or of a member who may log in.") % names
        )
        scanner = _scanner(found.person_id)
    return Shown(
        found,
        account,
        status_url=f"{reverse('accounts:log_in_status')}?step={sign_in.state}",
        qr_url=f"{reverse('accounts:log_in_code')}?{found.code[:6]}",
        text=text,
        who=scanner,
        here=reverse("accounts:log_in_scan"),
    )


def _scanner(person_id: int | None) -> str:
    """Return who holds the phone that has the code open, or ''."""
    found = Person.objects.filter(pk=person_id or 0).values_list("name", flat=True).first()
    return found or ""
