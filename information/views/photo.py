"""The photo: shown to everybody in its world, and changed (INF-1, INF-2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.principals import Principal
from accounts.views.doors import for_principal
from information import actions, specimens
from information.forms import PhotoForm
from information.views.cards import quota
from portal.kernel import shown, tallies, throttle, uploads
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.limits import Limit
from portal.kernel.terms import Capability

FOR_EVER: Final = "private, max-age=31536000, immutable"  # its address holds what it shows
UPLOADS_PER_HOUR: Final = 120


@require_safe
def photo(request: WorldRequest, account_id: int, sha256: str) -> HttpResponse:
    """Show the photo that an account of this world bears; any other is not there."""
    account = get_object_or_404(Account, pk=account_id, world=request.world)
    if not account.photo or account.photo != sha256:
        raise Http404
    answer = shown.kept_picture(account.world_id, account.photo, "image/png", "photo.png")
    answer["Cache-Control"] = FOR_EVER
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def change_photo(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the photo and the form for another one, or take what was chosen: a file, or a sample."""
    account = principal.account
    form = PhotoForm()
    if request.method == "POST":
        throttle.hit("photos", str(account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1))
        form = _chosen(request, account)
        if uploads.cut_off(request):
            form.errors.pop("picture", None)  # that there is none
            form.add_error("picture", _("The file is larger than 2 MB. Choose a smaller picture."))
        if _is_taken(principal, form):
            messages.success(request, _("The photo is changed."))
            return redirect("information:information")
    decision = principal.can(Capability.EDIT_INFORMATION)
    usage = tallies.usage(Limit.PHOTO_CHANGES, account)
    return render(
        request,
        "information/photo.html",
        {
            "account": account,
            "form": form,
            "decision": decision,
            "quota": quota(usage),
            "open": bool(decision) and usage.left > 0,
            "samples": specimens.PHOTOS,
        },
    )


def _chosen(request: HttpRequest, account: Account) -> PhotoForm:
    sample = specimens.PHOTOS.get(request.POST.get("sample", ""))
    if sample is None:
        return PhotoForm(request.POST, request.FILES)
    files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict({"picture": [sample.upload(account)]})
    return PhotoForm({}, files)  # the square on the page was for another picture


def _is_taken(principal: Principal, form: PhotoForm) -> bool:
    """Return whether the photo was changed; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        actions.change_photo(principal.account.pk, form.photo, by=principal.actor)
    except Refused as refusal:
        form.add_error("picture", refusal.message)
        return False
    return True
