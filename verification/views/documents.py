"""An application's pictures, private to it, and the papers to download (VER-4; reliability 4.2)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from portal.kernel import shown
from portal.kernel.http import WorldRequest
from verification import materials, specimens
from verification.models import Document
from verification.views import account_of, login_page


def response(document: Document) -> HttpResponse:
    """Answer with a document's picture; who may look is the caller's to know.

    Shown in the page or the tab, never run, never kept by a cache. Http404 when its file is gone.
    """
    return shown.kept_picture(document.world_id, document.sha256, document.content_type, document.name)


@require_safe
def document(request: WorldRequest, document_id: int) -> HttpResponse:
    """Show one of the account's own pictures; anybody else's, and one replaced, is not there."""
    account = account_of(request)
    if account is None:
        return redirect(login_page(request))
    found = get_object_or_404(
        Document,
        pk=document_id,
        order__account=account,
        world=request.world,
        removed_at__isnull=True,
    )
    return response(found)


@require_safe
def specimen(request: WorldRequest, slot: str) -> HttpResponse:
    """Download a specimen of what goes into a slot, or the application letter's template."""
    account = account_of(request)
    if account is None:
        return redirect(login_page(request))
    if account.entity is None:
        raise Http404
    if slot == specimens.TEMPLATE:
        return shown.answer(specimens.letter_template(account), "image/png", f"{slot}.png", download=True)
    if account.entity_type not in materials.SLOTS or slot not in {
        place.name for place in materials.slots(account)
    }:
        raise Http404
    content = specimens.specimen(account, slot)
    return shown.answer(content, "image/png", f"{slot}-specimen.png", download=True)
