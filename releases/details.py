"""What a submission says of itself: its feature pages, notes and remark (REL-3; console-rules 7.2).

One rule for the form, which shows the sentence at its field, and for the pre-flight, which looks again
when the button is pressed: categories and packages change in between. Each `read_*` returns what was
meant, or raises ValueError with the sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from portal.kernel import text
from releases.models import Version

MOST_PAGES: Final = 5
LONGEST_TITLE: Final = 32
MOST_TAGS: Final = 10
LONGEST_TAG: Final = 20
LONGEST_PATH: Final = 128
LONGEST_NOTES: Final = 200
LONGEST_REMARK: Final = 200
LONGEST_FEEDBACK: Final = 200
LONGEST_TYPED: Final = 1000  # characters of a wrong value that are kept, to be corrected
PAGE: Final = ("title", "tags", "path", "category")


def read_title(typed: str) -> str:
    """Return a page's title, 1 to 32 characters (85011)."""
    title = text.clean(typed, max_length=LONGEST_TYPED)
    if not title:
        raise ValueError(_("Enter a title for this page (85011)."))
    if len(title) > LONGEST_TITLE:
        raise ValueError(
            _("Keep the title to %(most)d characters; this has %(count)d (85011).")
            % {"most": LONGEST_TITLE, "count": len(title)}
        )
    return title


def read_tags(typed: str) -> str:
    """Return 1 to 10 tags of at most 20 characters, one space between them (85006)."""
    tags = text.clean(typed, max_length=LONGEST_TYPED).split()
    if not tags:
        raise ValueError(_("Enter at least one tag (85006)."))
    if len(tags) > MOST_TAGS:
        raise ValueError(
            _("Keep it to %(most)d tags, with a space between them; this has %(count)d (85006).")
            % {"most": MOST_TAGS, "count": len(tags)}
        )
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise ValueError(
                _("Keep each tag to %(most)d characters; %(tag)s has %(count)d (85006).")
                % {"most": LONGEST_TAG, "tag": f"{tag[:LONGEST_TAG]}...", "count": len(tag)}
            )
    return " ".join(tags)


def read_path(typed: str, files: Collection[str]) -> str:
    """Return the path of a page in the package, '' for where the game starts (85007).

    A script may leave its `.js` out, and a query may follow, as with the platform.
    """
    path = text.clean(typed, max_length=LONGEST_PATH)
    if not path:
        return ""
    place = path.partition("?")[0]
    if ".." in place.split("/") or "\\" in place or place.startswith("/"):
        raise ValueError(
            _("Write the path from the root of the package, without a leading slash and without .. (85007).")
        )
    if not {place, f"{place}.js", f"{place.rstrip('/')}/game.js"} & set(files):
        raise ValueError(
            _("The package has no %(path)s (85007). Name one of its files, or leave it empty for the start.")
            % {"path": place}
        )
    return path


def read_notes(typed: str) -> str:
    """Return the version notes, 1 to 200 characters."""
    notes = text.clean(typed, max_length=LONGEST_NOTES, multiline=True)
    if not notes:
        raise ValueError(_("Write what is new in this version."))
    return notes


def files_of(version: Version) -> frozenset[str]:
    """Return the paths of the files in a version's package."""
    return frozenset(path for path, *_rest in version.contents["files"])


def pages_are_right(
    pages: Sequence[Mapping[str, str]], *, files: Collection[str], categories: Collection[str]
) -> bool:
    """Return whether there are 1 to 5 pages, each right, in categories that are in use (85008, 85023)."""
    return 0 < len(pages) <= MOST_PAGES and all(
        _is_right(page, files=files, categories=categories) for page in pages
    )


def notes_are_right(typed: str) -> bool:
    """Return whether the version notes can be submitted as they are kept."""
    return _reads(read_notes, typed)


def fits(typed: str, most: int) -> bool:
    """Return whether an optional text can be submitted as it is kept."""
    return _reads(lambda value: text.clean(value, max_length=most, multiline=True), typed)


def kept(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed as a draft keeps it: right or wrong, showable, and never absurdly much."""
    found: dict[str, Any] = {
        name: _showable(typed[name]) for name in ("notes", "remark", "feedback", "category") if name in typed
    }
    if "pages" in typed:
        found["pages"] = [
            {name: _showable(page.get(name, "")) for name in PAGE} for page in typed["pages"][:MOST_PAGES]
        ]
    if "documents" in typed:
        found["documents"] = {
            slot: {name: _showable(value) for name, value in fields.items()}
            for slot, fields in typed["documents"].items()
        }
    return found


def _is_right(page: Mapping[str, str], *, files: Collection[str], categories: Collection[str]) -> bool:
    return (
        _reads(read_title, page.get("title", ""))
        and _reads(read_tags, page.get("tags", ""))
        and _reads(lambda typed: read_path(typed, files), page.get("path", ""))
        and page.get("category") in categories
    )


def _reads(read: Any, typed: str) -> bool:
    try:
        read(typed)
    except ValueError:
        return False
    return True


def _showable(typed: object) -> str:
    return text.showable(str(typed)[:LONGEST_TYPED])
