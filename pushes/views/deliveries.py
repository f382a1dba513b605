"""What was pushed to the account's own server, each try with both its sides, and pushing it again (API-3)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.message_push import push_settings
from accounts.principals import Principal
from accounts.views.doors import for_capability
from portal.kernel import keyset
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.terms import Capability
from pushes import actions
from pushes.delivery import due_at
from pushes.forms import SpanForm
from pushes.models import Push

SHOWN: Final = 20
TONES: Final = {Push.State.WAITING: "doing", Push.State.DELIVERED: "done", Push.State.UNDELIVERED: "fail"}

for_developers = for_capability(Capability.EDIT_DEVELOPMENT_SETTINGS)


@require_safe
@never_cache
@for_developers
def deliveries(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the newest pushes."""
    return _list(request, principal, SpanForm.around(principal.account.world.now()))


@require_safe
@never_cache
@for_developers
def delivery(request: WorldRequest, principal: Principal, push_id: int) -> HttpResponse:
    """Show one push: its message and all its tries."""
    push = get_object_or_404(Push, pk=push_id, account=principal.account)
    attempts = list(push.attempts.order_by("-pk")[: SHOWN + 1])
    context = {
        "push": push,
        "tone": TONES[Push.State(push.state)],
        "message": push.written,
        "attempts": attempts[:SHOWN],
        "shown": SHOWN if len(attempts) > SHOWN else None,
        "next_at": due_at(push),
        "next_try": push.tries + 1,
    }
    return render(request, "pushes/delivery.html", context)


@require_POST
@for_developers
def resend(request: WorldRequest, principal: Principal, push_id: int) -> HttpResponse:
    """Push the same message again."""
    push = get_object_or_404(Push, pk=push_id, account=principal.account)
    actions.resend(push.pk, by=principal.actor)
    messages.success(request, _("It is on its way again."))
    return redirect("pushes:delivery", push.pk)


@require_POST
@never_cache
@for_developers
def replay(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Push again all of a span of time."""
    form = SpanForm(request.POST)
    if form.is_valid():
        span = form.cleaned_data
        try:
            count = actions.replay(
                principal.account.pk, since=span["since"], until=span["until"], by=principal.actor
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            told = ngettext(
                "%(count)d push is on its way again.", "%(count)d pushes are on their way again.", count
            )
            messages.success(request, told % {"count": count})
            return redirect("pushes:deliveries")
    return _list(request, principal, form)


@require_POST
@for_developers
def check(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Ask the address for its echo, and say what it did."""
    actions.check_address(principal.account.pk, by=principal.actor)
    messages.success(request, _("The address answered as the platform asks."))
    return redirect("pushes:deliveries")


def _list(request: WorldRequest, principal: Principal, form: SpanForm) -> HttpResponse:
    page = keyset.turn(request, Push.objects.filter(account=principal.account), size=SHOWN)
    rows: list[dict[str, Any]] = [{"push": push, "tone": TONES[Push.State(push.state)]} for push in page.rows]
    context = {
        "rows": rows,
        "newer_url": page.newer_url,
        "older_url": page.older_url,
        "form": form,
        "settings": push_settings(principal.account),
    }
    return render(request, "pushes/deliveries.html", context)
