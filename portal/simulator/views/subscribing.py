"""The question for subscribe messages over a game: what it asks to send, and what its player allows (API-2).

A sheet that `portal/static/player/desk.js` puts over the game, which learns the answer in the end.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.outside.models import Person
from portal.simulator.views import phone
from releases.actions import subscribing

MISSING: Final = 10001
# As the platform fails the call: programs read it, so it is in no language but theirs.
WORDS: Final = {
    subscribing.NO_TEMPLATE: "No template data return, verify the template id exist",
    subscribing.TOO_MANY: "The number of template messages exceeds the limit",
}


def asked(account: Account, person: Person, data: object) -> JsonResponse:
    """Answer `wx.requestSubscribeMessage`: with the sheet to show, or the platform's code."""
    ids = data.get("tmplIds") if isinstance(data, dict) else None
    if not isinstance(ids, list) or not ids or not all(isinstance(each, str) for each in ids):
        return JsonResponse({"ok": False, "errMsg": "TmplIds can't be empty", "errCode": MISSING})
    try:
        templates = subscribing.asked_for(account, ids)
    except Refused as refusal:
        return JsonResponse(_failed(refusal))
    query = urlencode({"id": [each.pri_tmpl_id for each in templates]}, doseq=True)
    return JsonResponse({"ok": True, "desk": f"{_address(person, account)}?{query}"})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sheet(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Ask on somebody's phone which messages a game may send, or take the answer; no box is a refusal."""
    person = phone.person_of(request, person_id)
    account = get_object_or_404(Account, world=request.world, pk=account_id)
    sent = request.POST if request.method == "POST" else request.GET
    ids = sent.getlist("id")
    context: dict[str, Any] = {"person": person, "game": account}
    try:
        context["templates"] = subscribing.asked_for(account, ids)
        if request.method == "POST":
            said = subscribing.answer(account.pk, ids, allowed=sent.getlist("allow"), by=person.as_actor())
            context["answer"] = json.dumps({"ok": True, "data": said})
    except Refused as refusal:
        if request.method != "POST":
            raise Http404 from None
        context["answer"] = json.dumps(_failed(refusal))  # removed while the sheet was open
    return render(request, "simulator/subscribe_sheet.html", context)


def _failed(refusal: Refused) -> dict[str, Any]:
    return {"ok": False, "errMsg": WORDS[refusal.code], "errCode": int(refusal.code)}


def _address(person: Person, account: Account) -> str:
    return reverse("simulator:subscribe_sheet", args=[person.pk, account.pk])
