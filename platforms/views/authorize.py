"""Where a platform sends an administrator: sets to grant, a code to scan, the way back (wechat-api 1.4).

Nobody needs to be signed in, as on the platform: whoever scans proves who they are. The address is the
platform's own, and all that the page knows stands in its query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.principals import account_of
from accounts.views import administrator_scans, codes
from accounts.views.administrator_scans import Shown
from platforms import actions, redirects, sets
from platforms.actions.authorizations import AUTHORIZE, Code, code_of, pre_authorization_of
from platforms.models import Platform, PreAuthorization
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import Confirmation
from portal.kernel.policy import MINI_PROGRAMS, OFFICIAL_ACCOUNTS
from portal.kernel.terms import AccountType, Capability

# Which accounts may be chosen, by auth_type; any other, and none, is both.
OF_AUTH_TYPE: Final = {"1": OFFICIAL_ACCOUNTS, "2": MINI_PROGRAMS}
_NUMBER: Final = re.compile(r"[0-9]{1,4}")
LISTED: Final = 50  # accounts to choose from, the newest


@dataclass(frozen=True)
class Link:
    """The link that the platform made, as far as it is good."""

    before: PreAuthorization
    redirect_uri: str
    biz_appid: str
    types: frozenset[AccountType]

    @property
    def platform(self) -> Platform:
        """Return whose it is."""
        return self.before.platform


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def authorize(request: WorldRequest) -> HttpResponse:
    """Choose the account and what to grant, show the code to scan, and lead back with the code got."""
    try:
        link = _link(request)
    except Refused as refusal:
        return render(request, "platforms/authorize_over.html", {"refusal": refusal}, status=410)
    if got := code_of(link.before):
        if not got.expires_in:
            return _over(request, _("The authorization code ran out. Begin anew on the platform's site."))
        if link.redirect_uri:
            return _back(request, link, got)
        return render(request, "platforms/authorize_done.html", {"link": link, "got": got})
    if link.before.used_at or request.world.now() >= link.before.expires_at:
        return _over(request, _("This link ran out: it is good for ten minutes. Begin anew on the platform's "
                                "site."))  # fmt: skip
    accounts = _accounts(request, link)
    account = _chosen(request, link, accounts)
    error = ""
    if request.method == "POST" and account is not None:
        try:
            actions.ask_to_authorize(account.pk, link.before.pk, granted=_typed(request), by=VISITOR)
        except Refused as refusal:
            error = refusal.message
        else:
            return redirect(_here(request, account))
    scan = _scan(request, link)
    if scan is not None and scan.waits and "change" not in request.GET and not error:
        return render(
            request,
            "platforms/authorize_scan.html",
            {"link": link, "scan": scan, "change_url": _here(request, scan.account, change="1")},
        )
    context = {
        "link": link,
        "accounts": accounts,
        "account": account,
        "decision": account.can(Capability.AUTHORIZE_PLATFORMS) if account else None,
        "rows": _rows(request, account, error=bool(error)),
        "error": error,
        "query": _query(request, "biz_appid", "change", "back"),
        "refused": scan.refusal if scan is not None and scan.state == "refused" else "",
    }
    return render(request, "platforms/authorize.html", context, status=422 if error else 200)


@require_safe
@never_cache
def status(request: WorldRequest, confirmation_id: int) -> HttpResponse:
    """Answer the waiting page: nothing while the code is as `state` says, else load the page anew."""
    return administrator_scans.told(request, _shown(_own(request, confirmation_id)))


@require_safe
@never_cache
def code(request: WorldRequest, confirmation_id: int) -> HttpResponse:
    """Draw the QR code that the administrator's phone scans."""
    return codes.drawn(request, _own(request, confirmation_id).code)


def _link(request: WorldRequest) -> Link:
    """Return the link in the address. Raises Refused with the sentence why it leads nowhere."""
    told = request.GET
    before = pre_authorization_of(told.get("pre_auth_code", ""))
    if before is None or before.platform.appid != told.get("component_appid", ""):
        raise Refused(
            _("component_appid and pre_auth_code in this link do not belong together, or are nobody's.")
        )
    if before.world_id != request.world.pk:
        raise Refused(
            _("This link belongs to another world. Enter that world by its link, then open this one again.")
        )
    redirect_uri = told.get("redirect_uri", "")
    if redirect_uri and (objection := redirects.objection(before.platform, redirect_uri)):
        raise Refused(objection)
    types = OF_AUTH_TYPE.get(told.get("auth_type", ""), OFFICIAL_ACCOUNTS | MINI_PROGRAMS)
    return Link(before, redirect_uri, told.get("biz_appid", ""), types)


def _back(request: WorldRequest, link: Link, got: Code) -> HttpResponse:
    """Lead back to the platform's site, with the code.

    Behind a form's answer (`back`) no redirect may lead to another site, by the portal's own security
    policy: there a page goes on by itself.
    """
    url = redirects.with_code(link.redirect_uri, got.code, expires_in=got.expires_in)
    if "back" not in request.GET:
        return redirect(url)
    response = render(request, "platforms/authorize_back.html", {"link": link, "back_url": url})
    response.headers["Refresh"] = f"0; url={url}"
    return response


def _over(request: WorldRequest, sentence: str) -> HttpResponse:
    return render(request, "platforms/authorize_over.html", {"refusal": Refused(sentence)}, status=410)


def _accounts(request: WorldRequest, link: Link) -> list[Account]:
    """Return the accounts of the world that may be chosen, newest first."""
    found = Account.objects.living().filter(
        world=request.world, appid__isnull=False, account_type__in=link.types
    )
    return list(found.select_related("world", "entity", "administrator").order_by("-id")[:LISTED])


def _chosen(request: WorldRequest, link: Link, accounts: list[Account]) -> Account | None:
    """Return the account that the link or the page names, else the one signed in to, else the only one."""
    if link.biz_appid:
        found = Account.objects.living().filter(
            world=request.world, appid=link.biz_appid, account_type__in=link.types
        )
        return found.select_related("world", "entity", "administrator").first()
    mine = account_of(request)
    for account in accounts:
        if mine is not None and account.pk == mine.pk:
            return account
    return accounts[0] if len(accounts) == 1 else None


def _typed(request: WorldRequest) -> list[int]:
    return [int(each) for each in request.POST.getlist("sets") if _NUMBER.fullmatch(each)]


def _rows(request: WorldRequest, account: Account | None, *, error: bool) -> list[dict[str, Any]]:
    """Return the sets that the account may grant, all ticked until somebody has chosen."""
    if account is None:
        return []
    typed = set(_typed(request)) if error else sets.ALL
    return [{"set": each, "on": each.number in typed} for each in sets.offered(account.type)]


def _query(request: WorldRequest, *without: str) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.GET.items() if name not in without]


def _here(request: WorldRequest, account: Account, **more: str) -> str:
    """Return the page's own address, with the account chosen."""
    told = request.GET.copy()
    for step in ("change", "back"):
        told.pop(step, None)
    told["biz_appid"] = account.appid or ""
    told.update(more)
    return f"{request.path}?{told.urlencode()}"


def _scan(request: WorldRequest, link: Link) -> Shown | None:
    """Return the newest code that this link has shown."""
    found = (
        Confirmation.objects.filter(
            world=request.world, purpose=AUTHORIZE, facts__pre_authorization=link.before.pk
        )
        .select_related("world")
        .order_by("-id")
        .first()
    )
    if found is None:
        return None
    shown = _shown(found)
    return replace(shown, here=_here(request, shown.account, back="1"))


def _shown(confirmation: Confirmation) -> Shown:
    account = Account.objects.select_related("world", "administrator").get(pk=confirmation.subject_id)
    name = account.administrator.name
    return Shown(
        confirmation,
        account,
        status_url=reverse("platforms:authorize_status", args=[confirmation.pk]),
        qr_url=reverse("platforms:authorize_code", args=[confirmation.pk]),
        text=_("Scan with the WeChat of the administrator, %(name)s.") % {"name": name},
        who=name,
    )


def _own(request: WorldRequest, confirmation_id: int) -> Confirmation:
    found = (
        Confirmation.objects.filter(pk=confirmation_id, world=request.world, purpose=AUTHORIZE)
        .select_related("world")
        .first()
    )
    if found is None:
        raise Http404
    return found
