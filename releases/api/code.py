"""A template committed to an account, and what is asked of the trial version (API-2; wechat-api 2.2)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions as accounts_actions
from accounts import categories, media
from accounts.models import Category
from platforms.models import Platform
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import GET, ONLY_POST, Call, File, Text, Whole, Wrong, endpoint
from releases import actions, code_pictures, commits, details, ext_json
from releases.actions import launch_codes, templates
from releases.code_pictures import Look
from releases.models import LaunchCode, Service

CODE: Final = frozenset({18})  # the permission set of all code management
TRIAL: Final = CODE | {86}
NO_TRIAL: Final = 86001
NO_COMMIT: Final = 85086
VIDEO_BEGINS: Final = slice(4, 8)  # of an MP4: "ftyp"


@endpoint(
    "/wxa/commit",
    _("Commit of a template"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(
        Whole("template_id", missing=85014, bad=85014, example="1"),
        Text("ext_json", missing=85013, bad=85013, most=65_536, example='{"extAppid":"","ext":{}}'),
        Text("user_version", most=64, example="1.0.0"),
        Text("user_desc", most=200, example="First version"),
    ),
    errcodes=(40097, 80066, 80082, 85013, 85014, 85043, 85044, 85045, 85046, 85047, 85048, 85310, 85311,
              85312, 9402203),
)  # fmt: skip
def commit(call: Call) -> None:
    """Make a version of a template, changed as ext_json says. It becomes the trial version at once.

    A version of this platform that was committed before gives way to it. What a scan for calls that
    reach into privacy finds is known a minute later.
    """
    platform = platform_of(call)
    template = templates.template_of(platform, call["template_id"])
    package = commits.package(template, call["ext_json"], call.account)
    actions.commit(
        call.account.pk,
        package,
        platform_id=platform.pk,
        number=call["user_version"],
        description=call["user_desc"],
        by=call.by,
    )


@endpoint(
    "/wxa/get_page",
    _("Pages of the trial version"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    errcodes=(86001,),
)
def get_page(call: Call) -> dict[str, Any]:
    """Return the pages that game.json names; of a game that names none, its starting scripts."""
    version = _trial(call).trial
    if version is None:
        raise LookupError("a trial has its version")
    return {"page_list": ext_json.page_list(details.files_of(version), commits.game_of(version))}


@endpoint(
    "/wxa/get_qrcode",
    _("QR code of the trial version"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=TRIAL,
    platforms_only=True,
    fields=(Text("path", required=False, most=1024, example="game?level=1"),),
    errcodes=(86001,),
)
def get_qrcode(call: Call) -> HttpResponse:
    """Return the picture that an experience member scans, as JPEG; `path` is where the game then opens."""
    code = _trial(call).trial_code
    if call["path"]:
        made = launch_codes.make_code(
            call.account.pk,
            LaunchCode.Kind.UNLIMITED,
            path=call["path"],
            version=LaunchCode.Version.TRIAL,
            by=call.by,
        )
        code = made.code
    address = call.request.build_absolute_uri(reverse("simulator:scan", args=[code]))
    return HttpResponse(
        code_pictures.drawn(address, Look(dots=False)),
        content_type="image/jpeg",
        headers={"Content-Disposition": 'attachment; filename="QRCode.jpg"'},
    )


@endpoint(
    "/wxa/security/get_code_privacy_info",
    _("Scan of the code for privacy"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    errcodes=(61039, 85043, 85086),
)
def privacy_info(call: Call) -> dict[str, Any]:
    """Return the calls of the committed version that reach into privacy: not granted, not declared."""
    version = commits.latest_of(call.account, platform_of(call))
    if version is None:
        raise Wrong(
            NO_COMMIT, gettext("This platform committed nothing that stands. Commit a template first.")
        )
    found = commits.scan(version)
    return {"without_auth_list": list(found.not_granted), "without_conf_list": list(found.not_declared)}


@endpoint(
    "/wxa/get_category",
    _("Categories that a submission may name"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
)
def get_category(call: Call) -> dict[str, Any]:
    """Return the service categories that are in use; Greenroom's have two levels."""
    in_use = Category.objects.filter(account=call.account, state=Category.State.IN_USE).order_by("pk")
    return {
        "category_list": [
            {
                "first_class": str(categories.first_label(each.first)),
                "second_class": str(label.label) if label else each.second,
                "first_id": categories.number(each.first),
                "second_id": categories.number(each.first, each.second),
            }
            for each in in_use
            for label in [categories.class_of(each.first, each.second)]
        ]
    }


@endpoint(
    "/wxa/uploadmedia",
    _("Upload of material for a submission"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(File("media", most_bytes=max(media.MOST_BYTES.values())),),
    errcodes=(40005, 40006, 41005),
)
def upload_media(call: Call) -> dict[str, Any]:
    """Keep a picture of 2 MB or an MP4 of 10 MB for three days, for submit_audit to name."""
    upload = call["media"]
    beginning = upload.read(VIDEO_BEGINS.stop)
    kind = media.Kind.VIDEO if beginning[VIDEO_BEGINS] == b"ftyp" else media.Kind.IMAGE
    kept = accounts_actions.keep_material(call.account.pk, media.read(kind, upload), by=call.by)
    return {"type": kept.kind, "mediaid": kept.media_id}


def platform_of(call: Call) -> Platform:
    """Return the third-party platform that calls for the account."""
    platform: Platform | None = call.caller.platform if call.caller else None
    if platform is None:
        raise LookupError("the endpoint is for third-party platforms alone")
    return platform


def _trial(call: Call) -> Service:
    found = commits.trial_of(call.account)
    if found is None:
        raise Wrong(NO_TRIAL, gettext("There is no trial version. Commit a template first."))
    return found
