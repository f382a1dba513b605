"""Qualification documents: slots with their fields, and the pictures, private to their account (REL-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar

from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.kernel import pictures, shown, throttle, uploads
from portal.kernel.errors import Refused
from portal.kernel.pictures import MEGABYTE
from releases import actions, preflight, qualifications, specimens, words
from releases.models import Preview, Qualification, Submission
from releases.preflight import Around
from releases.qualifications import Slot
from releases.submission_forms import PICTURES, DocumentForm
from releases.views.drafts import Draft, following, for_draft, left, step

P = TypeVar("P", Qualification, Preview)

MOST_BYTES: Final = 5 * MEGABYTE  # of one document (console-rules 7.3)
UPLOADS_PER_HOUR: Final = 120


class DocumentUploadHandler(uploads.BoundedUploadHandler):
    """Takes four documents of 5 MB in one request."""

    most_bytes = MOST_BYTES
    most_per_request = 4 * MOST_BYTES + MEGABYTE


@dataclass
class Place:
    """A slot on the page: its document, the fields beside it, and what was refused just now."""

    slot: Slot
    form: DocumentForm
    document: Qualification | None
    errors: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Return how many things are to be corrected in it."""
        return len(self.errors) + len(self.form.errors)


@csrf_exempt
def documents(request: HttpRequest) -> HttpResponseBase:
    """Choose how files come in before anything of the request is read; then it is a page like any other."""
    request.upload_handlers = [DocumentUploadHandler(request)]
    return _documents(request)


@csrf_protect
@for_draft
def _documents(request: HttpRequest, principal: Principal, draft: Draft) -> HttpResponse:
    """Show the slots, or do what the pressed button says; every button saves what is typed.

    `do` names the button: continue, save, upload:<slot>, or a sample of `specimens.SAMPLES` with its slot.
    """
    if request.method != "POST":
        given = draft.around()
        places = _places(draft.row, given.documents, {})
        if "check" in request.GET:
            for place in places:
                data = {
                    f"{place.slot.name}-{name}": value
                    for name, value in _kept(draft.row, place.slot, place.document).items()
                }
                place.form = DocumentForm(data, slot=place.slot)
                place.form.is_valid()
                if place.document is None:
                    place.errors.append(_("Add a picture here."))
        return _page(request, draft, given, places)
    do, _colon, target = request.POST.get("do", "continue").partition(":")
    cut_off = uploads.cut_off(request)
    refused = {} if cut_off else _take(request, principal, draft.row, do, target)
    if cut_off:
        refused[""] = [
            _("The files are larger than 21 MB together, or one is far larger than 5 MB. Nothing was kept.")
        ]
    if do == "save" and not refused:
        return left(request)
    given = draft.around()
    places = _places(draft.row, given.documents, refused)
    if do == "continue":
        for place in places:
            place.form = DocumentForm(request.POST, slot=place.slot)
            place.form.is_valid()
            if place.document is None and not place.errors:
                place.errors.append(_("Add a picture here."))
        if not any(place.wrong for place in places) and not refused:
            return redirect(following(words.DOCUMENTS, draft.row))
    elif not refused:
        return redirect(f"{reverse(words.DOCUMENTS)}?{'check=' if do == 'wrong' else ''}#slot-{target}")
    return _page(request, draft, given, places, refused.get("", []))


def _take(
    request: HttpRequest, principal: Principal, draft: Submission, do: str, target: str
) -> dict[str, list[str]]:
    """Keep what was typed and chosen, slot by slot; return what was refused, by slot."""
    refused: dict[str, list[str]] = {}
    standing = preflight.documents_of(principal.account)
    waiting = dict(draft.details.get("documents", {}))
    for slot in qualifications.slots(principal.account.entity_type):
        form = DocumentForm(request.POST, slot=slot)
        form.is_valid()
        document = standing.get(slot.name)
        typed = form.typed() if _is_sent(request, slot) else _kept(draft, slot, document)
        file: File[bytes] | None = request.FILES.get(f"{slot.name}-file")
        if do in specimens.SAMPLES and target == slot.name:
            file = specimens.upload(do, principal.account, slot)
            typed = specimens.fields_of(do, slot) if do != "pdf" else typed
        try:
            picture = _read(principal, file) if file is not None else None
        except Refused as refusal:
            refused.setdefault(slot.name, []).append(refusal.message)
            picture = None
        if picture is not None or (document is not None and document.fields != typed):
            actions.put_document(principal.account.pk, slot.name, picture, typed, by=principal.actor)
            waiting.pop(slot.name, None)
        elif document is None:
            waiting[slot.name] = typed
    if waiting != draft.details.get("documents", {}):
        draft.details = actions.save_details(draft.pk, {"documents": waiting}, by=principal.actor).details
    return refused


def _read(principal: Principal, file: File[bytes]) -> pictures.Picture:
    throttle.hit("documents", str(principal.account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1))
    return pictures.read(file, most_bytes=MOST_BYTES)


def _places(
    draft: Submission, standing: Mapping[str, Qualification], refused: Mapping[str, list[str]]
) -> list[Place]:
    places = []
    for slot in qualifications.slots(draft.account.entity_type):
        document = standing.get(slot.name)
        form = DocumentForm(slot=slot, initial=_kept(draft, slot, document))
        places.append(Place(slot, form, document, list(refused.get(slot.name, []))))
    return places


def _is_sent(request: HttpRequest, slot: Slot) -> bool:
    """Return whether the form holds the fields of a slot; one cut short must not empty them."""
    return any(f"{slot.name}-{field.name}" in request.POST for field in slot.fields)


def _kept(draft: Submission, slot: Slot, document: Qualification | None) -> dict[str, str]:
    """Return what is typed beside a document, or was before its picture came."""
    if document is not None:
        return dict(document.fields)
    return dict(draft.details.get("documents", {}).get(slot.name, {}))


def _page(
    request: HttpRequest, draft: Draft, given: Around, places: list[Place], whole: list[str] | None = None
) -> HttpResponse:
    context = {
        "places": places,
        "whole": whole or [],
        "wrong": sum(place.wrong for place in places),
        "samples": specimens.SAMPLES,
        "accept": PICTURES,
        "most_megabytes": MOST_BYTES // MEGABYTE,
    }
    return step(request, words.DOCUMENTS, draft, "releases/submit_documents.html", context, given=given)


# --- the pictures -------------------------------------------------------------------------


@require_safe
@for_principal
def qualification(request: HttpRequest, principal: Principal, document_id: int) -> HttpResponse:
    """Show one of the account's own documents, also one that another has replaced since it was submitted."""
    return response(_own(Qualification, principal, document_id))


@require_safe
@for_principal
def preview(request: HttpRequest, principal: Principal, preview_id: int) -> HttpResponse:
    """Show one of the account's own previews; anybody else's is not there."""
    return response(_own(Preview, principal, preview_id))


@require_safe
@for_principal
def specimen(request: HttpRequest, principal: Principal, slot: str) -> HttpResponse:
    """Download a specimen of what goes into a slot."""
    account = principal.account
    place = next((each for each in qualifications.slots(account.entity_type) if each.name == slot), None)
    if place is None:
        raise Http404
    content = specimens.document(account, place, place.examples())
    return shown.answer(content, "image/png", f"{slot}-specimen.png", download=True)


def response(kept: Qualification | Preview) -> HttpResponse:
    """Answer with a kept picture; who may look is the caller's to know. Http404 when its file is gone."""
    return shown.kept_picture(kept.world_id, kept.sha256, kept.content_type, kept.name)


def _own(model: type[P], principal: Principal, pk: int) -> P:
    return get_object_or_404(model, pk=pk, account=principal.account)
