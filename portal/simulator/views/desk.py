"""The way to the reviewers' desk, and who decides in a world (SIM-7)."""

from __future__ import annotations

import re
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Login
from portal.kernel import reviews
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, worldless
from portal.kernel.models import ReviewPolicy, World
from portal.simulator.desk_forms import PolicyForm

QUEUE: Final = "admin:kernel_review_changelist"
DESK_PATH: Final = "/admin/"
TOKEN: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


@worldless
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign the reviewer of a world in to the desk's own session, and go to the queue.

    The form carries the world's token, as its link does: whoever is in a world plays everybody in
    it. Platform staff who are at the desk already stay who they are.
    """
    token = request.POST.get("world", "")
    world = World.objects.filter(token=token).first() if TOKEN.fullmatch(token) else None
    if world is None:
        raise Http404
    user: Any = request.user
    if user.is_authenticated and user.is_staff and user.world_id is None:
        return redirect(f"{reverse(QUEUE)}?world={world.pk}")
    reviewer = Login.objects.filter(world=world, is_staff=True, is_active=True).order_by("pk").first()
    if reviewer is None:
        raise Http404
    kept = request.META.get("CSRF_COOKIE")
    login(request, reviewer, backend=settings.AUTHENTICATION_BACKENDS[0])
    if kept:
        # One CSRF cookie serves both sessions: a new one would refuse every form open in the console.
        request.META["CSRF_COOKIE"] = kept
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    target = request.POST.get("next", "")
    inside = target.startswith(DESK_PATH) and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return redirect(target if inside else QUEUE)


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: WorldRequest) -> HttpResponse:
    """Show and save who decides each kind of review in this world."""
    saved = {row.kind: row for row in ReviewPolicy.objects.filter(world=request.world)}
    asked = request.POST.get("kind", "") if request.method == "POST" else ""
    forms = {
        kind.name: PolicyForm(
            kind,
            saved.get(kind.name) or ReviewPolicy(kind=kind.name),
            request.POST if kind.name == asked else None,
        )
        for kind in reviews.KINDS.values()
    }
    form = forms.get(asked)
    if form is not None and form.is_valid():
        try:
            reviews.set_policy(request.world.pk, asked, by=_by(request), **form.as_policy())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(
                request,
                _("Saved, for what is submitted from now on: %(kind)s.") % {"kind": form.kind.label},
            )
            return redirect("simulator:policy")
    return render(
        request,
        "simulator/policy.html",
        {"forms": forms.values(), "magic": reviews.MAGIC.items(), "domain": "magic.example"},
    )


def _by(request: WorldRequest) -> Any:
    return request.user.as_actor() if request.user.is_authenticated else VISITOR
