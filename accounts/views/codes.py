"""QR codes on pages, for the simulated phones of the world."""

from __future__ import annotations

import io

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


def drawn(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the QR code of a confirmation as SVG: the absolute address that a phone opens."""
    address = request.build_absolute_uri(reverse("simulator:scan", args=[code]))
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", border=1, omitsize=True, svgclass=None, lineclass=None
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")
