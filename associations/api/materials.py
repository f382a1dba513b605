"""Permanent material by server API: the pictures that an Official Account's articles show (API-2; ASC-4).

A picture's media_id is the SHA-256 of what it was drawn anew to: it is kept once for each content.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import media
from accounts.media import Material
from accounts.models import Account
from associations import actions
from associations.models import Illustration
from portal.kernel import pictures, shown
from portal.kernel.pictures import MEGABYTE
from portal.kernel.policy import OFFICIAL_ACCOUNTS
from portal.kernel.wire import GET, ONLY_POST, POST, Call, File, Text, Whole, Wrong, endpoint

SETS: Final = frozenset({11})
LARGEST: Final = media.MOST_BYTES[media.Kind.IMAGE]
MOST_IN_ARTICLES: Final = MEGABYTE
MOST_AT_ONCE: Final = 20
KINDS: Final = (str(media.Kind.IMAGE),)


@media.finds
def illustration(account: Account, media_id: str) -> Material | None:
    """Find a picture of an account's articles."""
    found = Illustration.objects.filter(account=account, sha256=media_id).first()
    if found is None:
        return None
    content = pictures.load(found.world_id, found.sha256)
    kind = media.Kind.IMAGE
    return Material(kind, found.name, found.content_type, content, found.width, found.height)


@endpoint(
    "/cgi-bin/material/add_material",
    _("Upload of permanent material"),
    verbs=ONLY_POST,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    fields=(
        Text("type", missing=40004, bad=40004, choices=KINDS, example="image"),
        File("media", most_bytes=LARGEST),
    ),
    errcodes=(40004, 40005, 40006, 41005),
)
def add(call: Call) -> dict[str, Any]:
    """Keep a picture among those of the articles: a JPEG, PNG or GIF of 2 MB at most, drawn anew.

    Voices and videos are no material here. The same picture is kept once, under one media_id.
    """
    picture = media.read(call["type"], call["media"]).picture()
    kept = actions.add_picture(call.account.pk, picture, by=call.by)
    return {"media_id": kept.sha256, "url": _url(call, kept)}


@endpoint(
    "/cgi-bin/media/uploadimg",
    _("Upload of a picture for articles"),
    verbs=ONLY_POST,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    fields=(File("media", most_bytes=MOST_IN_ARTICLES),),
    errcodes=(40005, 40009, 41005),
)
def add_for_article(call: Call) -> dict[str, Any]:
    """Keep a picture of 1 MB at most for articles, and return its address alone."""
    if call["media"].size > MOST_IN_ARTICLES:
        raise Wrong(40009, gettext("The picture is larger than 1 MB."), field="media")
    picture = media.read(media.Kind.IMAGE, call["media"]).picture()
    return {"url": _url(call, actions.add_picture(call.account.pk, picture, by=call.by))}


@endpoint(
    "/cgi-bin/material/get_material",
    _("Permanent material"),
    verbs=ONLY_POST,
    sets=SETS | {18},
    fields=(Text("media_id", missing=41006, bad=40007),),
    errcodes=(40007, 41006),
)
def get(call: Call) -> HttpResponse:
    """Return a picture of the articles, or a screenshot that came with the verdict about a version."""
    found = media.permanent(call.account, call["media_id"])
    return shown.answer(found.content, found.content_type, found.name, download=True)


@endpoint(
    "/cgi-bin/material/get_materialcount",
    _("Number of permanent material"),
    verbs=GET,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    bare=True,
)
def count(call: Call) -> dict[str, int]:
    """Return how many pictures there are; nothing else is material here."""
    images = Illustration.objects.filter(account=call.account).count()
    return {"voice_count": 0, "video_count": 0, "image_count": images, "news_count": 0}


@endpoint(
    "/cgi-bin/material/batchget_material",
    _("List of permanent material"),
    verbs=POST,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    bare=True,
    fields=(
        Text("type", missing=40004, bad=40004, choices=KINDS, example="image"),
        Whole("offset", required=False, example="0"),
        Whole("count", required=False, least=1, most=MOST_AT_ONCE, example="20"),
    ),
    errcodes=(40004, 40097),
)
def listed(call: Call) -> dict[str, Any]:
    """Return up to 20 pictures from `offset` on, the newest first."""
    rows = Illustration.objects.filter(account=call.account).order_by("-pk")
    total = rows.count()
    begin = min(call["offset"] or 0, total)
    items = [
        {
            "media_id": row.sha256,
            "name": row.name,
            "update_time": int(row.uploaded_at.timestamp()),
            "url": _url(call, row),
        }
        for row in rows[begin : begin + (call["count"] or MOST_AT_ONCE)]
    ]
    return {"total_count": total, "item_count": len(items), "item": items}


def _url(call: Call, kept: Illustration) -> str:
    return call.request.build_absolute_uri(reverse("associations:picture", args=[kept.pk]))
