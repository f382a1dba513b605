"""Development Settings: what a developer sets before the first upload (DEV-2).

One page shows everything; each part is changed on a page of its own. A secret is in no address, no
session and no message: it is in one answer, which nobody stores.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import development_samples as samples
from accounts import domains as rules
from accounts import message_push
from accounts.actions import development as actions
from accounts.development import settings_of
from accounts.development_forms import (
    ApiAllowlistForm,
    DomainsForm,
    PushForm,
    SeenForm,
    UploadAllowlistForm,
)
from accounts.domains import DomainKind
from accounts.models import DevelopmentSettings
from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.administrator_scans import Shown
from accounts.views.doors import for_principal
from portal.kernel import tallies
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.limits import Limit
from portal.kernel.models import Confirmation
from portal.kernel.policy import POLICY
from portal.kernel.terms import Capability

View = Callable[..., HttpResponse]

PAGE = "accounts:development"


def needing(capability: Capability) -> Callable[[View], View]:
    """Call the view if the principal has `capability`; else say why not on the page with everything.

    For pages to look at: what they show must not be shown to everybody. Actions ask for themselves.
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def guarded(request: WorldRequest, principal: Principal, *args: Any, **kwargs: Any) -> HttpResponse:
            decision = principal.can(capability)
            if not decision:
                messages.error(request, decision.reason)
                return redirect(PAGE)
            return view(request, principal, *args, **kwargs)

        return guarded

    return decorator


@require_safe
@never_cache
@for_principal
def development(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show everything that is set, Token and EncodingAESKey left out."""
    account = principal.account
    settings = settings_of(account)
    waiting = administrator_scans.current(request, account, actions.CHANGE_DOMAINS)
    return render(
        request,
        "accounts/development.html",
        {
            "account": account,
            "settings": settings,
            "base_url": f"{request.scheme}://{request.get_host()}",
            "has_code": account.type in POLICY[Capability.UPLOAD_VERSION].types,
            "domains": _domains(settings),
            "quota": tallies.usage(Limit.DOMAIN_CHANGES, account),
            "domains_wait": waiting is not None and waiting.waits,
            "may_edit": principal.can(Capability.EDIT_DEVELOPMENT_SETTINGS),
            "may_manage": principal.can(Capability.MANAGE_SECRETS),
            "may_domains": principal.can(Capability.MANAGE_SERVER_DOMAINS),
            "may_upload_key": principal.can(Capability.MANAGE_UPLOAD_KEY),
        },
    )


# --- AppSecret -------------------------------------------------------------------------------


@require_safe
@never_cache
@for_principal
@needing(Capability.MANAGE_SECRETS)
def secret(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the administrator's scan that permits a new AppSecret."""
    settings = settings_of(principal.account)
    scan = administrator_scans.current(request, principal.account, actions.RESET_SECRET)
    return _permit(
        request, principal, scan, "accounts/development_secret.html", set_at=settings.secret_set_at
    )


@require_POST
@for_principal
def ask_secret(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the code to scan."""
    actions.ask_secret(principal.account.pk, by=principal.actor)
    return redirect("accounts:development_secret")


@require_POST
@never_cache
@for_principal
def show_secret(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Set a new AppSecret and show it in this answer, once; loading it again shows nothing."""
    made = actions.reset_secret(principal.account.pk, by=principal.actor)
    return render(request, "accounts/development_secret_once.html", {"secret": made})


# --- upload key ------------------------------------------------------------------------------


@require_safe
@never_cache
@for_principal
@needing(Capability.MANAGE_UPLOAD_KEY)
def upload_key(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the administrator's scan that permits a new code upload key."""
    settings = settings_of(principal.account)
    scan = administrator_scans.current(request, principal.account, actions.RESET_UPLOAD_KEY)
    return _permit(
        request, principal, scan, "accounts/development_upload_key.html", set_at=settings.upload_key_set_at
    )


@require_POST
@for_principal
def ask_upload_key(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the code to scan."""
    actions.ask_upload_key(principal.account.pk, by=principal.actor)
    return redirect("accounts:development_upload_key")


@require_POST
@never_cache
@for_principal
@needing(Capability.MANAGE_UPLOAD_KEY)
def download_upload_key(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Make a new upload key and answer with its private half as a file, once."""
    private = actions.reset_upload_key(principal.account.pk, by=principal.actor)
    name = f"private.{principal.account.appid}.key"
    return HttpResponse(
        private,
        content_type="application/x-pem-file",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- allowlists ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_principal
@needing(Capability.EDIT_DEVELOPMENT_SETTINGS)
def api_allowlist(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Edit from where the server API may be called."""
    settings = settings_of(principal.account)
    seen = actions.version(settings, actions.OF_API_ALLOWLIST)
    form = ApiAllowlistForm(request.POST or None, initial={"entries": settings.api_allowlist, "seen": seen})

    def save() -> bool:
        return actions.save_api_allowlist(
            principal.account.pk,
            entries=form.cleaned_data["entries"],
            seen=form.cleaned_data["seen"],
            by=principal.actor,
        )

    if _saved(request, principal, form, save, fields=actions.OF_API_ALLOWLIST):
        return redirect(PAGE)
    return render(
        request,
        "accounts/development_allowlist.html",
        {"form": form, "kept": settings.api_allowlist, "samples": samples.for_allowlist()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_principal
@needing(Capability.EDIT_DEVELOPMENT_SETTINGS)
def upload_allowlist(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Edit from where code may be uploaded, and whether that is looked at."""
    settings = settings_of(principal.account)
    form = UploadAllowlistForm(
        request.POST or None,
        initial={
            "entries": settings.upload_allowlist,
            "on": settings.upload_allowlist_on,
            "seen": actions.version(settings, actions.OF_UPLOAD_ALLOWLIST),
        },
    )

    def save() -> bool:
        return actions.save_upload_allowlist(
            principal.account.pk,
            entries=form.cleaned_data["entries"],
            on=form.cleaned_data["on"],
            seen=form.cleaned_data["seen"],
            by=principal.actor,
        )

    if _saved(request, principal, form, save, fields=actions.OF_UPLOAD_ALLOWLIST):
        return redirect(PAGE)
    return render(
        request,
        "accounts/development_upload_allowlist.html",
        {"form": form, "kept": settings.upload_allowlist, "samples": samples.for_allowlist()},
    )


# --- server domains --------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
@needing(Capability.MANAGE_SERVER_DOMAINS)
def domains(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Edit the server domains; the administrator's scan then carries it out.

    What was typed and not confirmed is there again, unless something else was saved meanwhile.
    """
    account = principal.account
    settings = settings_of(account)
    kept = rules.complete(settings.domains)
    pending = _pending(administrator_scans.current(request, account, actions.CHANGE_DOMAINS), kept)
    form = DomainsForm(
        request.POST or None,
        initial={**rules.addresses(pending or kept), "seen": actions.version(settings, actions.OF_DOMAINS)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_domains(
                account.pk, domains=form.domains(), seen=form.cleaned_data["seen"], by=principal.actor
            )
        except Refused as refusal:
            form.add_refusal(refusal)
            settings = settings_of(account)
            form.show_again(seen=actions.version(settings, actions.OF_DOMAINS))
        else:
            if asked is None:
                messages.info(
                    request, _("Nothing changed: these domains were set already. No change is used up.")
                )
                return redirect(PAGE)
            return redirect("accounts:development_domains_scan")
    return render(
        request,
        "accounts/development_domains.html",
        {
            "form": form,
            "kept": _domains(settings),
            "pending": pending is not None and not form.is_bound,
            "quota": tallies.usage(Limit.DOMAIN_CHANGES, account),
            "samples": samples.for_domains(),
        },
    )


@require_safe
@never_cache
@for_principal
@needing(Capability.MANAGE_SERVER_DOMAINS)
def domains_scan(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show what the scan will change, and what became of it."""
    scan = administrator_scans.current(request, principal.account, actions.CHANGE_DOMAINS)
    if scan is None:
        return redirect("accounts:development_domains")
    changes = rules.difference(scan.facts["before"], scan.facts["domains"])
    return render(request, "accounts/development_domains_scan.html", {"scan": scan, "changes": changes})


def _domains(settings: DevelopmentSettings) -> list[dict[str, Any]]:
    """Return the domains by kind, as the templates list them: {name, addresses}."""
    kept = rules.addresses(settings.domains)
    return [{"name": kind.call, "addresses": kept[kind.value]} for kind in DomainKind]


def _pending(scan: Shown | None, kept: rules.Domains) -> rules.Domains | None:
    """Return the lists of a change that nobody confirmed, while it still starts from what is kept."""
    if scan is None or scan.state == Confirmation.State.CONFIRMED or scan.facts["before"] != kept:
        return None
    found: rules.Domains = scan.facts["domains"]
    return found


# --- message push ----------------------------------------------------------------------------


@sensitive_post_parameters("token", "key")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
@needing(Capability.EDIT_DEVELOPMENT_SETTINGS)
def push(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Edit where messages are pushed to; Token and key are shown, to whoever may edit them.

    The address is verified as the platform does it, before it is saved; for a server that is not up yet
    it is saved unverified, by a button of its own.
    """
    settings = settings_of(principal.account)
    opened = message_push.opened(settings)
    initial = {"seen": actions.version(settings, actions.OF_PUSH)}
    if opened:
        initial |= {
            "url": opened.url,
            "token": opened.token,
            "key": opened.key,
            "mode": opened.mode,
            "format": opened.format,
        }
    if request.method == "POST" and request.POST.get("do") == "make_key":
        form = PushForm(initial=PushForm(request.POST).typed() | {"key": message_push.make_key()})
    else:
        form = PushForm(request.POST or None, initial=initial)
        verified = request.POST.get("do") == "verify"

        def save() -> bool:
            if verified:
                message_push.require_echo(principal.account, form.push())
            return actions.save_push(
                principal.account.pk, form.push(), seen=form.cleaned_data["seen"], by=principal.actor
            )

        if _saved(request, principal, form, save, fields=actions.OF_PUSH):
            if verified:
                messages.success(request, _("The address answered as the platform asks."))
            return redirect(PAGE)
    return render(
        request,
        "accounts/development_push.html",
        {"form": form, "kept": opened, "samples": samples.for_push()},
    )


@require_POST
@for_principal
def stop_push(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Push nothing any more."""
    if actions.stop_push(principal.account.pk, by=principal.actor):
        messages.success(request, _("Message push is off. Token and EncodingAESKey are forgotten."))
    return redirect(PAGE)


# --- in common -------------------------------------------------------------------------------


def _permit(
    request: WorldRequest, principal: Principal, scan: Shown | None, template: str, *, set_at: Any
) -> HttpResponse:
    """Show a scan that permits: the code while it matters, then the button that uses it up."""
    permitted = scan is not None and scan.confirmation.permits(scan.now, principal.actor)
    if scan is not None and scan.state == Confirmation.State.CONFIRMED:
        scan = None
    context = {"account": principal.account, "scan": scan, "permitted": permitted, "set_at": set_at}
    return render(request, template, context)


def _saved(
    request: WorldRequest, principal: Principal, form: SeenForm, save: Callable[[], bool], *, fields: Any
) -> bool:
    """Return whether the form was sent, is valid and was saved, and tell so; a refusal is on the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        changed = save()
    except Refused as refusal:
        form.add_refusal(refusal)
        form.show_again(seen=actions.version(settings_of(principal.account), fields))
        return False
    if changed:
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("Nothing changed: this was set already."))
    return True
