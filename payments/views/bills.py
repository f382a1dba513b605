"""A bill, downloaded by whoever was told its address: the account's own server (API-2; wechat-api 6)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from payments import bills
from portal.kernel.http import worldless


@require_safe
@never_cache
@worldless
def bill(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """Answer the bill as a CSV file, written while it is read; 404 when its half hour is over."""
    found = bills.opened(ticket)
    if found is None:
        raise Http404
    with translation.override(found.account.language):
        rows = bills.as_csv(found)
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=found.filename) or ""
    )
    return answer
