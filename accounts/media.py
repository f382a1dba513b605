"""Material that servers upload: what it may be, and how anybody finds it again by its media_id.

Temporary material lives three days. Stages with other kinds of it say here how it is found: `finds`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.core.files import File
from django.utils.translation import gettext as _

from accounts.models import Account, Media
from portal.kernel import pictures
from portal.kernel.errors import Refused
from portal.kernel.pictures import MEGABYTE, Picture

Kind = Media.Kind

UNKNOWN: Final = "40007"
EMPTY: Final = "41005"
NOT_THIS_KIND: Final = "40005"
TOO_LARGE: Final = "40006"

# Bytes, as the platform had it in the year of the seed.
MOST_BYTES: Final[Mapping[str, int]] = {
    Kind.IMAGE: 2 * MEGABYTE,
    Kind.VOICE: 2 * MEGABYTE,
    Kind.VIDEO: 10 * MEGABYTE,
    Kind.THUMB: 64 * 1024,
}
# How a file of each kind begins, and what it then is.
_BEGINNINGS: Final[Mapping[str, tuple[tuple[re.Pattern[bytes], str], ...]]] = {
    Kind.IMAGE: ((re.compile(rb"\xff\xd8\xff|\x89PNG|GIF8"), ""),),
    Kind.THUMB: ((re.compile(rb"\xff\xd8\xff"), ""),),
    Kind.VOICE: (
        (re.compile(rb"#!AMR"), "audio/amr"),
        (re.compile(rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]"), "audio/mpeg"),
    ),
    Kind.VIDEO: ((re.compile(rb"....ftyp", re.DOTALL), "video/mp4"),),
}
_ENDINGS: Final = {"audio/amr": "amr", "audio/mpeg": "mp3", "video/mp4": "mp4"}


@dataclass(frozen=True)
class Material:
    """A file that was checked: pictures are drawn anew and have a size in pixels."""

    kind: str
    name: str
    content_type: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def picture(self, *, field: str = "") -> Picture:
        """Return it as a picture. Refused (40007), at `field`, when it is none."""
        if not self.width:
            raise Refused(
                _("This media_id is of a %(kind)s; a picture is needed here.") % {"kind": self.kind},
                code=UNKNOWN,
                field=field,
            )
        return Picture(self.content, self.content_type, self.width, self.height, self.sha256, self.name)


def read(kind: str, upload: File[bytes]) -> Material:
    """Return the material in an uploaded file. Refused: 41005 empty, 40006 too large, 40005 another type."""
    if not upload.size:
        raise Refused(_("The file is empty."), code=EMPTY, field="media")
    if upload.size > MOST_BYTES[kind]:
        raise Refused(
            _("The file is larger than the %(kilobytes)d KB that %(kind)s may have.")
            % {"kilobytes": MOST_BYTES[kind] // 1024, "kind": kind},
            code=TOO_LARGE,
            field="media",
        )
    upload.seek(0)
    content = upload.read()
    content_type = _type_of(kind, content[:16])
    if content_type:
        return Material(kind, f"{kind}.{_ENDINGS[content_type]}", content_type, content)
    try:
        picture = pictures.read(upload)
    except Refused as refusal:
        raise Refused(refusal.message, code=NOT_THIS_KIND, field="media") from None
    return Material(kind, picture.name, picture.content_type, picture.content, picture.width, picture.height)


def opened(account: Account, media_id: str, *, field: str = "media_id") -> Material:
    """Return what a media_id of any kind names in this account. Refused (40007), at `field`, for none."""
    return _temporary(account, media_id) or permanent(account, media_id, field=field)


def permanent(account: Account, media_id: str, *, field: str = "media_id") -> Material:
    """Return what a media_id of a kind that stays names in this account. Refused as `opened`."""
    for find in FINDERS:
        if found := find(account, media_id):
            return found
    raise Refused(
        _("This account has no material of this media_id; temporary material lives three days."),
        code=UNKNOWN,
        field=field,
    )


Finder = Callable[[Account, str], Material | None]
FINDERS: Final[list[Finder]] = []


def finds(find: Finder) -> Finder:
    """Register what finds another kind of material by an account and a media_id: None for one it has not."""
    FINDERS.append(find)
    return find


def new_media_id() -> str:
    """Return a new media_id: 64 characters."""
    return secrets.token_urlsafe(48)


def _temporary(account: Account, media_id: str) -> Material | None:
    found = Media.objects.filter(
        account=account, media_id=media_id, expires_at__gt=account.world.now()
    ).first()
    if found is None:
        return None
    content = pictures.load(found.world_id, found.sha256)
    return Material(found.kind, found.name, found.content_type, content, found.width, found.height)


def _type_of(kind: str, beginning: bytes) -> str:
    """Return what a file is, '' for a picture, by how it begins. Refused for another kind's."""
    for begins, content_type in _BEGINNINGS[kind]:
        if begins.match(beginning):
            return content_type
    allowed = {
        Kind.IMAGE: "JPEG, PNG, GIF",
        Kind.THUMB: "JPEG",
        Kind.VOICE: "AMR, MP3",
        Kind.VIDEO: "MP4",
    }
    raise Refused(
        _("This is no file that %(kind)s may be: %(types)s.") % {"kind": kind, "types": allowed[Kind(kind)]},
        code=NOT_THIS_KIND,
        field="media",
    )
