"""The people of a world: names, numbers, real names, and the way to each phone (SIM-4).

Nobody is renamed: bank accounts and finished confirmations carry the name. Whoever needs another
name adds another person.
"""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.kernel import keyset
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.outside import people as actions
from portal.outside.models import Person
from portal.simulator.forms import PersonForm, SearchForm


@require_safe
def people(request: WorldRequest) -> HttpResponse:
    """Show everybody, newest first, or whoever has the words of a search in a name or number."""
    search = SearchForm({"q": request.GET.get("q", "")})
    found = Person.objects.filter(world=request.world)
    q = search.cleaned_data["q"] if search.is_valid() else ""
    if q:
        found = found.filter(
            Q(name__icontains=q)
            | Q(wechat_id__icontains=q)
            | Q(phone__startswith=q)
            | Q(id_number__startswith=q)
        )
    context = {"page": keyset.turn(request, found), "search": search, "q": q}
    return render(request, "simulator/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: WorldRequest) -> HttpResponse:
    """Add somebody; what is left empty is invented from the world's seed."""
    form = PersonForm(request.POST or None, world=request.world)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.add(request.world.pk, **form.cleaned_data, by=VISITOR)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("%(name)s lives in this world now.") % {"name": person.name})
            return redirect("simulator:people")
    return render(request, "simulator/people_add.html", {"form": form})


@require_POST
def set_real_name(request: WorldRequest, person_id: int) -> HttpResponse:
    """Certify somebody's real name, or take that away."""
    person = get_object_or_404(Person, world=request.world, pk=person_id)
    certified = request.POST.get("certified") == "1"
    actions.set_real_name(person.pk, certified=certified, by=VISITOR)
    if certified:
        told = _("The real name of %(name)s is certified, and a bank card is bound.")
    else:
        told = _("The real name of %(name)s is no longer certified: a scan as administrator is refused.")
    messages.success(request, told % {"name": person.name})
    return redirect("simulator:people")
