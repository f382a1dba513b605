"""The QR code of the trial version, for the phones of those who may open it (REL-9)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views import codes
from accounts.views.doors import for_principal
from portal.kernel.http import WorldRequest
from releases.models import Service


@require_safe
@never_cache
@for_principal
def trial_code(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Draw the code of the account's trial version; without one there is none."""
    service = Service.objects.filter(account=principal.account, trial__isnull=False).first()
    if service is None or service.trial_code is None:
        raise Http404
    return codes.drawn(request, service.trial_code)
