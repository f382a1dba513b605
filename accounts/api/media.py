"""Temporary material: uploaded, and fetched again (API-2; wechat-api 1.2)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import actions, media
from accounts.models import Media
from portal.kernel import shown
from portal.kernel.wire import GET, ONLY_POST, Call, File, Text, endpoint

LARGEST: Final = max(media.MOST_BYTES.values())
SETS: Final = frozenset({3, 11, 17, 18, 19, 30})  # of each call that takes a media_id


@endpoint(
    "/cgi-bin/media/upload",
    _("Upload of temporary material"),
    verbs=ONLY_POST,
    fields=(
        Text("type", missing=40004, bad=40004, choices=tuple(Media.Kind.values), example="image"),
        File("media", most_bytes=LARGEST),
    ),
    bare=True,
    sets=SETS,
    errcodes=(40004, 40005, 40006, 41005),
)
def upload(call: Call) -> dict[str, Any]:
    """Keep a file for three days, for the calls that take a media_id.

    An image is a JPEG, PNG or GIF of 2 MB at most, a voice an AMR or MP3 of 2 MB, a video an MP4 of
    10 MB, a thumb a JPEG of 64 KB. Pictures are drawn anew.
    """
    material = media.read(call["type"], call["media"])
    kept = actions.keep_material(call.account.pk, material, by=call.by)
    name = "thumb_media_id" if kept.kind == Media.Kind.THUMB else "media_id"
    return {"type": kept.kind, name: kept.media_id, "created_at": int(kept.uploaded_at.timestamp())}


@endpoint(
    "/cgi-bin/media/get",
    _("Temporary material"),
    verbs=GET,
    fields=(Text("media_id", missing=41006, bad=40007),),
    sets=SETS,
    errcodes=(40007, 41006),
)
def get(call: Call) -> HttpResponse:
    """Return the file. A video comes as a file too, where the platform would name an address of it."""
    found = media.opened(call.account, call["media_id"])
    return shown.answer(found.content, found.content_type, found.name, download=True)
