"""Development Management: the released, the verifying and the developed versions on one page (REL-1, REL-6)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.kernel.http import WorldRequest
from releases.models import Version


@require_safe
@for_principal
def development(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the three modules."""
    versions = Version.objects.filter(account=principal.account, state=Version.State.DEVELOPED)
    return render(request, "releases/development.html", {"versions": versions.order_by("-pk")})
