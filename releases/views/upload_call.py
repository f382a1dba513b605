"""The plain HTTP call that uploads a version without a browser, as docs/upload.md describes it (REL-1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.kernel.errors import Refused
from portal.kernel.http import worldless
from portal.kernel.models import World
from releases import actions, archives, upload_calls
from releases.models import Version
from releases.packages.findings import Finding

# What a code answers with; a rule's refusal is a 409.
STATUSES: Final[Mapping[str, int]] = {
    "header": 400,
    "parameter": 400,
    "body": 400,
    "timestamp": 401,
    "signature": 401,
    "nonce": 401,
    "address": 403,
    "package_upload_too_large": 413,
    "throttled": 429,
}


@require_POST
@csrf_exempt
@worldless
def upload_call(request: HttpRequest) -> JsonResponse:
    """Keep the package in the body as a developed version, or say why not, with a code for programs."""
    try:
        return JsonResponse(told(_uploaded(request)))
    except Refused as refusal:
        body = {"code": refusal.code, "message": refusal.message, "field": refusal.field}
        return JsonResponse(body, status=STATUSES.get(refusal.code, 409))


def told(version: Version) -> dict[str, Any]:
    """Return a version as its uploader is told of it."""
    if version.was_there:
        message = _("Nothing changed: version %(number)s with these very files is there already.")
    else:
        message = _("Version %(number)s is uploaded.")
    contents = version.contents
    return {
        "message": message % {"number": version.number},
        "version": version.number,
        "description": version.description,
        "developer": version.developer.wechat_id if version.developer else "",
        "uploaded_at": version.uploaded_at.isoformat(),
        "was_there": version.was_there,
        "sha256": version.sha256,
        "size": version.size,
        "main_size": version.main_size,
        "files": len(contents["files"]),
        "subpackages": [
            {"name": part["name"], "root": part["root"], "size": part["size"]}
            for part in contents["subpackages"]
        ],
        "findings": [Finding(**finding).sentence for finding in contents["findings"]],
    }


def _uploaded(request: HttpRequest) -> Version:
    address = str(request.META.get("REMOTE_ADDR", ""))
    query = str(request.META.get("QUERY_STRING", ""))
    account, call = upload_calls.account_of(
        method=request.method or "",
        path=request.path,
        query=query,
        header=lambda name: request.headers.get(name, ""),
        address=address,
    )
    parameters = upload_calls.parameters_of(query)
    developer = upload_calls.developer_of(account, parameters.developer)
    with upload_calls.body_of(request, call) as body:
        package = archives.read(body)
    try:
        return actions.upload(
            account.pk,
            package,
            number=parameters.version,
            description=parameters.description,
            developer_id=developer.pk,
            way=Version.Way.COMMAND_LINE,
            by=developer.as_actor(),
        )
    except (ObjectDoesNotExist, IntegrityError):
        if World.objects.filter(pk=account.world_id).exists():
            raise
        raise Refused(_("Not uploaded: its world was deleted meanwhile."), code="world_gone") from None
