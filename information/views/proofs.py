"""The pictures that prove a right: private to their account and to the desk (reliability 4.2)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_principal
from information.models import Proof
from portal.kernel import shown


@require_safe
@for_principal
def proof(request: HttpRequest, principal: Principal, proof_id: int) -> HttpResponse:
    """Show one of the account's own proofs; anybody else's, and one taken away, is not there."""
    found = get_object_or_404(Proof, pk=proof_id, account=principal.account, removed_at__isnull=True)
    return response(found)


def response(proof: Proof) -> HttpResponse:
    """Answer with a proof's picture; who may look is the caller's to know. Http404 when its file is gone."""
    return shown.kept_picture(proof.world_id, proof.sha256, proof.content_type, proof.name)
