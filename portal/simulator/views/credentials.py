"""A ready account for an SDK, with copy buttons: the page of `manage.py credentials` (API-1)."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.kernel.http import WorldRequest
from portal.simulator import credentials as maker


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def credentials(request: WorldRequest) -> HttpResponse:
    """Say what will be made; a POST makes it, and shows it in this one answer."""
    if request.method != "POST":
        return render(request, "simulator/credentials.html", {"told": None})
    told = maker.make(request.world, base_url=f"{request.scheme}://{request.get_host()}")
    context = {
        "told": told,
        "parts": [(name, _rows(value)) for name, value in told.items() if isinstance(value, dict)],
        "first": _rows({name: value for name, value in told.items() if not isinstance(value, dict)}),
        "as_json": json.dumps(told, ensure_ascii=False, indent=2),
    }
    return render(request, "simulator/credentials.html", context)


def _rows(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the names and texts of what is in one part; what is nested is named by its path."""
    rows: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += [(f"{name}.{inner}", text) for inner, text in _rows(value)]
        else:
            rows.append((name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return rows
