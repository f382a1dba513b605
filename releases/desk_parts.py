"""Parts of a submission at the reviewers' desk: one file of the package, one difference, one picture (REL-7).

A part is named `file/<path>`, `difference/<path>`, `picture/<path>` (of the package, as it is),
`document/<id>`, `preview/<id>`, `attachment/<id>` or `photo`.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from portal.kernel import pictures, shown
from portal.kernel.models import Review
from portal.kernel.reviews import Part
from releases import archives
from releases.desk_page import is_text, story, text_change
from releases.models import Attachment, Preview, Qualification, Submission, Version
from releases.packages.limits import ending
from releases.packages.names import visible

MOST_BYTES: Final = 64 * 1024  # of a text that is shown
MOST_LINES: Final = 2_000
LONGEST_LINE: Final = 400
# What a browser may draw of a package; an SVG is read as the text that it is.
PICTURES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
}


def part(review: Review, name: str) -> Part | HttpResponse:
    """Return a part of what is under review; Http404 for any other."""
    kind, _slash, rest = name.partition("/")
    if kind == "photo" and not rest:
        return _photo(review)
    if kind in ("document", "preview"):
        return _upload(review, kind, rest)
    if kind == "attachment":
        return _attachment(review, rest)
    if kind == "difference":
        return _difference(review, rest)
    if kind in ("file", "picture"):
        version = _version(review)
        return _file(version, rest) if kind == "file" else _picture(version, rest)
    raise Http404


def _version(review: Review) -> Version:
    return Submission.objects.select_related("version").get(pk=review.subject_id).version


def _file(version: Version, path: str) -> Part:
    """Return the page of one file: its text, or its picture, or just what it is."""
    content = _content(version, path)
    about = next(each for each in version.contents["files"] if each[0] == path)
    facts: dict[str, Any] = {"path": path, "size": len(content), "sha256": about[2]}
    if is_text(path):
        lines, more = _lines(content)
        return Part(path, "admin/kernel/review/code_file.html", facts | {"lines": lines, "more": more})
    return Part(path, "admin/kernel/review/code_file.html", facts | {"is_picture": ending(path) in PICTURES})


def _lines(content: bytes) -> tuple[list[str], bool]:
    """Return the lines of a text, invisible characters written out, and whether there is more of it."""
    text = content[:MOST_BYTES].decode(errors="replace")
    lines = text.split("\n")
    more = len(content) > MOST_BYTES or len(lines) > MOST_LINES
    return [visible(line.rstrip("\r").expandtabs(4), LONGEST_LINE) for line in lines[:MOST_LINES]], more


def _picture(version: Version, path: str) -> HttpResponse:
    content_type = PICTURES.get(ending(path))
    if content_type is None:
        raise Http404
    return shown.answer(_content(version, path), content_type, path.rpartition("/")[2])


def _difference(review: Review, path: str) -> Part:
    """Return the page of what changed in one text since the last approved version."""
    told = story(review.subject_id, review.account_id)
    if told.approved is None:
        raise Http404
    _content(told.this.version, path)
    lines = text_change(told.approved.version, told.this.version, path)
    return Part(
        _("%(path)s since version %(number)s") % {"path": path, "number": told.approved.version.number},
        "admin/kernel/review/code_difference.html",
        {"path": path, "lines": lines},
    )


def _upload(review: Review, kind: str, number: str) -> HttpResponse:
    """Answer a document or a preview that this submission, and no other, was sent with."""
    pk = _id(number)
    submitted = Submission.objects.values_list("submitted", flat=True).get(pk=review.subject_id)
    model: type[Qualification | Preview] = Qualification if kind == "document" else Preview
    ids = (
        [each["id"] for each in submitted.get("documents", [])]
        if kind == "document"
        else submitted.get("previews", [])
    )
    row = model.objects.filter(pk=pk).first() if pk in ids else None
    if row is None:
        raise Http404
    return shown.kept_picture(row.world_id, row.sha256, row.content_type, row.name)


def _attachment(review: Review, number: str) -> HttpResponse:
    """Answer what a server sent besides: a picture to look at, a video to be saved."""
    row = Attachment.objects.filter(submission=review.subject_id, pk=_id(number)).first()
    if row is None:
        raise Http404
    if row.kind != Attachment.Kind.VIDEO:
        return shown.kept_picture(row.world_id, row.sha256, row.content_type, row.name)
    try:
        content = pictures.load(row.world_id, row.sha256)
    except FileNotFoundError:
        raise Http404 from None
    return shown.answer(content, row.content_type, row.name, download=True)


def _id(number: str) -> int:
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Http404
    return int(number)


def _photo(review: Review) -> HttpResponse:
    """Answer the photo that the account has now."""
    account = Submission.objects.select_related("account").get(pk=review.subject_id).account
    return shown.kept_picture(account.world_id, account.photo, "image/png", "photo.png")


def _content(version: Version, path: str) -> bytes:
    try:
        return archives.file_of(version, path)
    except (FileNotFoundError, ValueError):
        raise Http404 from None
