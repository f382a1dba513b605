"""The e-mails in use elsewhere in the platform family: nobody can register with them (REG-3)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.kernel import keyset
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.outside import directory as actions
from portal.outside.models import DirectoryEntry
from portal.simulator.forms import DirectoryForm


@require_http_methods(["GET", "HEAD", "POST"])
def directory(request: WorldRequest) -> HttpResponse:
    """Show the directory, and add an e-mail to it."""
    form = DirectoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add(request.world.pk, **form.cleaned_data, by=VISITOR)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            told = _("%(email)s is in use elsewhere now: nobody can register with it.")
            messages.success(request, told % {"email": added.email})
            return redirect("simulator:directory")
    page = keyset.turn(request, DirectoryEntry.objects.filter(world=request.world))
    return render(request, "simulator/directory.html", {"form": form, "page": page})


@require_POST
def remove(request: WorldRequest, entry_id: int) -> HttpResponse:
    """Take an e-mail out of the directory."""
    entry = get_object_or_404(DirectoryEntry, world=request.world, pk=entry_id)
    if email := actions.remove(request.world.pk, entry.pk, by=VISITOR):
        messages.success(request, _("%(email)s can register again.") % {"email": email})
    return redirect("simulator:directory")
