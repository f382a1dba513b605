"""The pictures that prove a right: private to their account and to the desk (reliability 4.2)."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_principal
from information.models import Proof
from portal.kernel import pictures

LARGEST_ID: Final = 2**63 - 1

# Whatever a file holds, opened on its own it can do nothing.
POLICY: Final = "sandbox; default-src 'none'; img-src 'self'; style-src 'none'"


@require_safe
@for_principal
def proof(request: HttpRequest, principal: Principal, proof_id: int) -> HttpResponse:
    """Show one of the account's own proofs; anybody else's, and one taken away, is not there."""
    found = get_object_or_404(
        Proof, pk=min(proof_id, LARGEST_ID), account=principal.account, removed_at__isnull=True
    )
    return response(found)


def response(proof: Proof) -> HttpResponse:
    """Answer with a proof's picture; who may look is the caller's to know. Http404 when its file is gone.

    Shown in the page or the tab, never run, never kept by a cache.
    """
    answer = shown(proof.world_id, proof.sha256, proof.content_type)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=False, filename=proof.name) or "inline"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def shown(world_id: int, sha256: str, content_type: str) -> HttpResponse:
    """Answer with a kept picture that can do nothing but be looked at. Http404 when its file is gone."""
    try:
        content = pictures.load(world_id, sha256)
    except FileNotFoundError:
        raise Http404 from None
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
