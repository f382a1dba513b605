"""Faults of a world's server API: busy, quota, dead token, lost reply, late (SIM-8)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.kernel import worlds
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import WireFault
from portal.kernel.wire import faults as actions
from portal.simulator.fault_forms import FaultForm
from pushes import faults as push_faults
from pushes.models import PushFault


@require_http_methods(["GET", "HEAD", "POST"])
def faults(request: WorldRequest) -> HttpResponse:
    """Show the faults that are set, and set another one."""
    form = FaultForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.set_fault(
                request.world.pk,
                typed["kind"],
                path=typed["path"],
                percent=typed["percent"],
                left=typed["left"],
                delay_ms=typed["delay_ms"] or 0,
                by=VISITOR,
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("The fault is set: calls meet it from now on."))
            return redirect("simulator:faults")
    percents = dict(PushFault.objects.filter(world=request.world).values_list("kind", "percent"))
    context = {
        "form": form,
        "faults": WireFault.objects.filter(world=request.world).order_by("path", "kind"),
        "of_pushes": [(kind, percents.get(kind.value, 0)) for kind in PushFault.Kind],
    }
    return render(request, "simulator/faults.html", context)


@require_POST
def lift(request: WorldRequest, fault_id: int) -> HttpResponse:
    """Let calls succeed again."""
    actions.lift_fault(request.world.pk, fault_id, by=VISITOR)
    messages.success(request, _("The fault is lifted."))
    return redirect("simulator:faults")


@require_POST
def push_fault(request: WorldRequest) -> HttpResponse:
    """Let some of this world's pushes be lost, late or doubled; 0 of a hundred lifts it."""
    typed = request.POST.get("percent", "")
    percent = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else -1
    push_faults.set_fault(request.world.pk, request.POST.get("kind", ""), percent=percent, by=VISITOR)
    messages.success(request, _("Set: pushes meet it from now on."))
    return redirect("simulator:faults")


@require_POST
def games_by_api(request: WorldRequest) -> HttpResponse:
    """Let third-party platforms submit Mini Games in this world, or refuse them again (87006)."""
    allowed = request.POST.get("allowed") == "1"
    worlds.allow_games_by_api(request.world.pk, allowed, by=VISITOR)
    if allowed:
        messages.success(request, _("Third-party platforms may submit Mini Games in this world now."))
    else:
        messages.success(request, _("Third-party platforms may not submit Mini Games any more."))
    return redirect("simulator:faults")
