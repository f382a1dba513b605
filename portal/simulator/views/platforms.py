"""A world's third-party platforms: who plays a service provider makes one here (API-1, SIM-5).

The platform's own console is no part of the simulation; this page has what its owner would set there.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from platforms import actions, pushing, secrets, sets, settings
from platforms.models import Authorization, Platform, VerifyTicket
from portal.kernel import keyset, sealed
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.simulator.platform_forms import PlatformForm, SettingsForm
from pushes import actions as push_actions
from pushes.models import Push

LISTED: Final = 100  # authorizations of a platform, the newest
PUSHES: Final = 20  # to a platform, the newest
TONES: Final = {Push.State.WAITING: "doing", Push.State.DELIVERED: "done", Push.State.UNDELIVERED: "fail"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def platforms(request: WorldRequest) -> HttpResponse:
    """Show the world's platforms, and make another one: its secret is shown in that answer, once."""
    form = PlatformForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make(request.world.pk, name=form.cleaned_data["name"], by=VISITOR)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            context = {"platform": made.platform, "secret": made.secret}
            return render(request, "simulator/platform_secret.html", context)
    page = keyset.turn(request, Platform.objects.filter(world=request.world))
    return render(request, "simulator/platforms.html", {"form": form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def platform(request: WorldRequest, platform_id: int) -> HttpResponse:
    """Show one platform, and keep its settings."""
    found = _own(request, platform_id)
    kept = settings.of(found)
    form = SettingsForm(request.POST or None, initial=asdict(kept) | {"addresses": list(kept.addresses)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_settings(found.pk, form.settings(), by=VISITOR)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("The settings of %(name)s are saved.") % {"name": found.name})
            return redirect("simulator:platform", found.pk)
    context: dict[str, Any] = {
        "platform": found,
        "form": form,
        "ticket": _ticket(found),
        "authorizations": [
            {"authorization": each, "sets": sets.of(each.sets)}
            for each in Authorization.objects.filter(platform=found)
            .select_related("account__entity")
            .order_by("-id")[:LISTED]
        ],
        "pushes": _pushes(found),
    }
    return render(request, "simulator/platform.html", context)


@require_POST
@never_cache
def reset_secret(request: WorldRequest, platform_id: int) -> HttpResponse:
    """Set a new secret and show it in this answer, once; loading it again shows nothing."""
    found = _own(request, platform_id)
    secret = actions.reset_secret(found.pk, by=VISITOR)
    return render(request, "simulator/platform_secret.html", {"platform": found, "secret": secret})


@require_POST
def give_ticket(request: WorldRequest, platform_id: int) -> HttpResponse:
    """Give a new ticket to whoever has no receiver for it."""
    actions.give_ticket(_own(request, platform_id).pk, by=VISITOR)
    messages.success(request, _("A new ticket is here. It is good for twelve hours of the world's time."))
    return redirect(reverse("simulator:platform", args=[platform_id]) + "#ticket")


@require_POST
def push_tickets(request: WorldRequest, platform_id: int) -> HttpResponse:
    """Start the push of tickets, or stop it."""
    found = _own(request, platform_id)
    if request.POST.get("on") == "1":
        actions.start_pushing(found.pk, by=VISITOR)
        messages.success(request, _("A ticket is pushed now, and every ten minutes from now on."))
    else:
        actions.stop_pushing(found.pk, by=VISITOR)
        messages.success(request, _("No ticket is pushed any more."))
    return redirect(reverse("simulator:platform", args=[platform_id]) + "#ticket")


@require_POST
def begin(request: WorldRequest, platform_id: int) -> HttpResponse:
    """Begin an authorization as the platform's site would: with a new pre_auth_code, on the page."""
    found = _own(request, platform_id)
    code = actions.preauthorize(found.pk, by=found.actor).code
    told = {"component_appid": found.appid, "pre_auth_code": code}
    return redirect(f"{reverse('platforms:authorize')}?{urlencode(told)}")


@require_POST
def resend(request: WorldRequest, platform_id: int, push_id: int) -> HttpResponse:
    """Send a push to a platform again."""
    push = get_object_or_404(pushing.pushes_to(_own(request, platform_id)), pk=push_id)
    push_actions.resend(push.pk, by=VISITOR)
    messages.success(request, _("It is on its way again."))
    return redirect(reverse("simulator:platform", args=[platform_id]) + "#pushes")


def _own(request: WorldRequest, platform_id: int) -> Platform:
    return get_object_or_404(Platform, world=request.world, pk=platform_id)


def _pushes(found: Platform) -> list[dict[str, Any]]:
    """Return the newest pushes as the page shows them, each with its last try."""
    rows = []
    for push in pushing.pushes_to(found).order_by("-id")[:PUSHES]:
        last = push.attempts.exclude(outcome="").order_by("-id").first()
        rows.append({"push": push, "last": last, "tone": TONES[Push.State(push.state)]})
    return rows


def _ticket(found: Platform) -> dict[str, Any] | None:
    """Return the newest ticket while it is good, as a page shows it."""
    newest = (
        VerifyTicket.objects.filter(platform=found, expires_at__gt=found.world.now()).order_by("-id").first()
    )
    if newest is None:
        return None
    try:
        text = sealed.unseal(newest.sealed, purpose=secrets.TICKET)
    except ValueError:  # the installation has another key since
        return None
    return {"text": text, "given_at": newest.given_at, "expires_at": newest.expires_at}
