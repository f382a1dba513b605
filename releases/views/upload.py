"""Uploading a version in the console, and the sample packages (REL-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.principals import Principal
from accounts.views.doors import for_principal, go_to
from portal.kernel import throttle, uploads
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.terms import Capability
from portal.kernel.wording import moment
from releases import actions, sample_packages
from releases.models import Version
from releases.packages import PLATFORM
from releases.sample_packages import SAMPLES
from releases.upload_calls import UPLOADS_PER_HOUR
from releases.upload_handler import PackageUploadHandler
from releases.version_forms import FIRST_NUMBER, UploadForm, following

PAGE: Final = "releases:upload"


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@never_cache
def upload(request: WorldRequest) -> HttpResponseBase:
    """Let a package in by a handler of its own, before anything reads the form."""
    request.upload_handlers = [PackageUploadHandler(request)]
    return _upload(request)


@csrf_protect
@for_principal
def _upload(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the form, or keep what was chosen: a file, or a sample."""
    decision = principal.can(Capability.UPLOAD_VERSION)
    latest = _latest(principal)
    number = following(latest.number) if latest else FIRST_NUMBER
    form = UploadForm(initial={"number": number})
    if request.method == "POST" and decision:
        throttle.hit(
            "console_uploads", str(principal.account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1)
        )
        form = _filled_in(request, number)
        if version := _kept(request, principal, form):
            _tell(request, version)
            return go_to(request, reverse("releases:version", args=[version.pk]))
    return render(
        request,
        "releases/upload.html",
        {
            "decision": decision,
            "form": form,
            "latest": latest,
            "limits": PLATFORM,
            "valid": _samples(valid=True),
            "broken": _samples(valid=False),
        },
    )


@require_safe
@for_principal
def sample_package(request: HttpRequest, _principal: Principal, name: str) -> HttpResponse:
    """Answer with a sample package as a file to download."""
    if name not in SAMPLES:
        raise Http404
    return HttpResponse(
        sample_packages.build(name),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}.zip"'},
    )


def _latest(principal: Principal) -> Version | None:
    """Return the newest version that this person uploaded and that still stands."""
    mine = Version.objects.filter(
        account=principal.account, developer_id=principal.actor.id, state=Version.State.DEVELOPED
    )
    return mine.first()


def _filled_in(request: HttpRequest, number: str) -> UploadForm:
    """Return the form as it was sent; a sample takes the place of the file, and needs no number typed."""
    name = request.POST.get("sample", "")
    if name not in SAMPLES:
        return UploadForm(request.POST, request.FILES, cut_off=uploads.cut_off(request))
    sample = SimpleUploadedFile(f"{name}.zip", sample_packages.build(name), "application/zip")
    files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict({"package": [sample]})
    typed = request.POST.copy()
    typed["number"] = typed.get("number", "").strip() or number or FIRST_NUMBER
    return UploadForm(typed, files)


def _kept(request: HttpRequest, principal: Principal, form: UploadForm) -> Version | None:
    """Return the version that was uploaded; None when the form says why not."""
    if not form.is_valid():
        return None
    try:
        return actions.upload(
            principal.account.pk,
            form.opened,
            number=form.cleaned_data["number"],
            description=form.cleaned_data["description"],
            developer_id=principal.actor.id or 0,
            way=Version.Way.CONSOLE,
            by=principal.actor,
        )
    except Refused as refusal:
        form.add_refusal(refusal)
        return None


def _tell(request: HttpRequest, version: Version) -> None:
    """Say that it is there, and whether these files were uploaded before."""
    facts = {"number": version.number}
    if version.was_there:
        text = _("Nothing changed: version %(number)s with these very files is there already.")
        messages.info(request, text % facts)
        return
    earlier = actions.same_files(version).first()
    if earlier is None:
        messages.success(request, _("Version %(number)s is uploaded.") % facts)
        return
    text = _("Version %(number)s is uploaded. Its files are those of version %(earlier)s of %(at)s.")
    facts |= {"earlier": earlier.number, "at": moment(earlier.uploaded_at)}
    messages.success(request, text % facts)


def _samples(*, valid: bool) -> Iterable[dict[str, Any]]:
    return [
        {"name": name, "title": sample.title, "shows": sample.shows}
        for name, sample in SAMPLES.items()
        if sample.is_valid is valid
    ]
