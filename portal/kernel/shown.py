"""A kept file as an answer: looked at in the page or the tab, never run, never kept by a cache."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from portal.kernel import pictures

# Whatever a file holds, opened on its own it can do nothing.
POLICY: Final = "sandbox; default-src 'none'; img-src 'self'; style-src 'none'"


def answer(content: bytes, content_type: str, name: str, *, download: bool = False) -> HttpResponse:
    """Answer with a file, to be looked at or downloaded; who may is the caller's to know."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=download, filename=name) or "inline"
    )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def kept_picture(world_id: int, sha256: str, content_type: str, name: str) -> HttpResponse:
    """Answer with a kept picture. Http404 when its file is gone."""
    try:
        return answer(pictures.load(world_id, sha256), content_type, name)
    except (FileNotFoundError, ValueError):
        raise Http404 from None
