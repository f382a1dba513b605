"""The administrator's scan on any page of the console: its code, what became of it, taking it back.

A page asks for the scan in its action (`accounts.scans.ask`), shows `current(...)` by including
`accounts/_administrator_scan.html`, and is loaded anew when the phone has answered. One set of
routes serves every purpose of an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import scans
from accounts.models import Account
from accounts.principals import Principal
from accounts.views import codes
from accounts.views.doors import for_principal
from portal.kernel import confirmations
from portal.kernel.http import WorldRequest
from portal.kernel.models import Confirmation
from portal.kernel.models.confirmation import PERMIT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

UNCHANGED = 204


@dataclass(frozen=True)
class Shown:
    """A code as the templates show it; `state` is shown, scanned, confirmed, refused or expired.

    `text` says who has to scan, `who` has scanned; `here` is the page that the simulator comes back to.
    """

    confirmation: Confirmation
    account: Account
    status_url: str
    qr_url: str
    text: str
    who: str
    cancel_url: str = ""
    here: str = ""

    @property
    def id(self) -> str:
        """Return the element's id on the page."""
        return f"scan-{self.confirmation.pk}"

    @property
    def now(self) -> datetime:
        """Return the world's time."""
        return self.account.world.now()

    @property
    def running(self) -> bool:
        """Return whether the world's clock runs."""
        return self.account.world.running

    @property
    def state(self) -> str:
        """Return what became of the code."""
        return "expired" if self.confirmation.is_expired(self.now) else str(self.confirmation.state)

    @property
    def waits(self) -> bool:
        """Return whether the phone may still answer."""
        return self.confirmation.is_waiting(self.now)

    @property
    def title(self) -> StrOrPromise:
        """Return what the phone asks."""
        return confirmations.title(self.confirmation)

    @property
    def due_at(self) -> datetime:
        """Return until when the code is good."""
        return self.confirmation.expires_at

    @property
    def refusal(self) -> str:
        """Return the sentence why it was refused, or ''."""
        return self.confirmation.refusal

    @property
    def facts(self) -> dict[str, Any]:
        """Return what shall be done, as it was asked."""
        facts: dict[str, Any] = self.confirmation.facts
        return facts

    @property
    def polled_url(self) -> str:
        """Return where the page asks whether the code is still as it shows it."""
        joint = "&" if "?" in self.status_url else "?"
        return f"{self.status_url}{joint}state={self.state}"

    @property
    def answers(self) -> str:
        """Return who answers it: whoever has scanned, else the administrator."""
        administrator = self.account.administrator
        elsewhere = self.confirmation.person_id not in (None, administrator.person_id)
        return self.who if elsewhere else administrator.name

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Return what the simulator does: open the phone that answers, or answer on it at once."""
        asked = self.confirmation
        phone = [asked.person_id or self.account.administrator.person_id, asked.pk]
        name = {"name": self.answers}
        buttons: list[dict[str, Any]] = [
            {
                "label": _("Open %(name)s's phone") % name,
                "url": reverse("simulator:phone_question", args=phone),
            },
            {
                "label": _("Confirm on %(name)s's phone") % name,
                "url": reverse("simulator:confirm", args=phone),
                "post": True,
                "lamp": True,
                "fields": {"next": self.here} if self.here else {},
            },
        ]
        if asked.person_id is None:
            others = {
                "label": _("Somebody else's phone"),
                "url": reverse("simulator:scan", args=[asked.code]),
            }
            buttons.insert(0, others)
        return buttons


def current(
    request: HttpRequest, account: Account, purpose: str, subject_id: int | None = None
) -> Shown | None:
    """Return the newest code for `purpose` while it concerns anybody, or None.

    A code that was used, or ran out more than ten minutes ago, whatever became of it, is history.
    One query; `account` has its world and administrator at hand. `subject_id`: what the scan is about,
    when that is not the account.
    """
    found = confirmations.latest(purpose, subject_id or account.pk)
    if found is None or found.used_at is not None or account.world.now() >= found.expires_at + PERMIT:
        return None
    return shown(found, account, here=request.path)


def shown(confirmation: Confirmation, account: Account, *, here: str = "") -> Shown:
    """Return a code for the templates; `here` is the page that the simulator comes back to."""
    mine, name = [confirmation.pk], account.administrator.name
    return Shown(
        confirmation,
        account,
        status_url=reverse("accounts:scan_status", args=mine),
        qr_url=reverse("accounts:scan_code", args=mine),
        text=_("Scan with the WeChat of the administrator, %(name)s.") % {"name": name},
        who=name,
        cancel_url=reverse("accounts:scan_cancel", args=mine),
        here=here,
    )


@require_safe
@never_cache
@for_principal
def status(request: WorldRequest, principal: Principal, confirmation_id: int) -> HttpResponse:
    """Answer the waiting page: nothing while `state` is the one it shows, else the scan anew.

    Once the phone has answered, or the code ran out, the page itself knows what comes next.
    """
    return told(request, shown(_own(principal, confirmation_id), principal.account))


@require_safe
@never_cache
@for_principal
def code(request: WorldRequest, principal: Principal, confirmation_id: int) -> HttpResponse:
    """Draw the QR code: the absolute address of this code on the simulated phone."""
    return codes.drawn(request, _own(principal, confirmation_id).code)


@require_POST
@for_principal
def cancel(request: WorldRequest, principal: Principal, confirmation_id: int) -> HttpResponse:
    """Take the code back, for whoever had it shown or the administrator; return to the page `next`."""
    found = _own(principal, confirmation_id)
    asked_by = found.asked_by
    if principal.is_administrator or (asked_by.kind, asked_by.id) == (
        principal.actor.kind,
        principal.actor.id,
    ):
        confirmations.cancel(found.pk, by=principal.actor)
    return redirect(ours(request, request.POST.get("next", "")) or reverse("console:home"))


def told(request: HttpRequest, scan: Shown) -> HttpResponse:
    """Answer a page that waits for this scan."""
    if scan.state == request.GET.get("state"):
        return HttpResponse(status=UNCHANGED)
    if not scan.waits:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "accounts/_administrator_code.html", {"scan": scan})


def ours(request: HttpRequest, url: str) -> str:
    """Return `url` when it leads to a page of this portal, else ''."""
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if safe else ""


def _own(principal: Principal, confirmation_id: int) -> Confirmation:
    """Return a code shown for this account, whatever it is for; everybody else's is not found."""
    found = Confirmation.objects.filter(
        pk=confirmation_id,
        world=principal.account.world,
        purpose__in=scans.NAMES,
    ).first()
    if found is None or scans.NAMES[found.purpose](found) != principal.account.pk:
        raise Http404
    return found
