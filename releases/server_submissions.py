"""What a third-party platform's submission says, read as strictly as a form (wechat-api 2.3).

Everything that is wrong raises Refused with the platform's own number and the field it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts import categories as tree
from accounts import media
from accounts.media import Material
from accounts.models import Account
from portal.kernel import text
from portal.kernel.errors import Refused
from releases import details, preflight
from releases.models import Version

BAD_TAG: Final = "85006"
BAD_PATH: Final = "85007"
NOT_IN_USE: Final = "85008"
EMPTY: Final = "85010"
BAD_TITLE: Final = "85011"
BAD_COUNT: Final = "85023"
TOO_LARGE: Final = "85051"
NO_CATEGORY: Final = "85077"
BAD_PREVIEW: Final = "85092"
MANY_PREVIEWS: Final = "85093"
NO_DECLARATION: Final = "85094"
BAD_VALUE: Final = "40097"

MOST_VIDEOS: Final = 3
MOST_FEEDBACK: Final = 5
LONGEST_DECLARED: Final = 256
SCENES: Final = range(6)  # 0: what players write is nowhere shown
METHODS: Final = range(1, 5)


@dataclass(frozen=True)
class Asked:
    """The parameters of one submission as they were sent; texts that were left out are ''."""

    items: Sequence[Any]
    notes: str = ""
    feedback: str = ""
    feedback_material: str = ""
    previews: Any = None
    declaration: Any = None
    order_path: str = ""
    uses_no_private_api: bool = False


@dataclass(frozen=True)
class Shown:
    """The material of `preview_info`: pictures and videos."""

    pictures: Sequence[Material]
    videos: Sequence[Material]


def pages(asked: Asked, account: Account, version: Version) -> list[dict[str, str]]:
    """Return `item_list` as feature pages. Refused: 85006 to 85008, 85010, 85011, 85023, 85077.

    Without a title a page has the game's name, without tags its category's.
    """
    if not 1 <= len(asked.items) <= details.MOST_PAGES:
        raise _refused(
            BAD_COUNT,
            _("item_list has %(count)d items; it may have 1 to %(most)d.")
            % {"count": len(asked.items), "most": details.MOST_PAGES},
            "item_list",
        )
    files, in_use = details.files_of(version), preflight.categories_of(account)
    return [
        _page(item, f"item_list[{nth}]", account, files=files, in_use=in_use)
        for nth, item in enumerate(asked.items)
    ]


def notes(asked: Asked, version: Version) -> str:
    """Return the version notes: `version_desc`, else what the commit said. Refused: 85051."""
    for sent in (asked.notes, version.description):
        if sent.strip():
            return _text(sent, details.LONGEST_NOTES, "version_desc")
    return version.number


def feedback(asked: Asked) -> str:
    """Return `feedback_info`. Refused: 85051."""
    return _text(asked.feedback, details.LONGEST_FEEDBACK, "feedback_info")


def feedback_pictures(asked: Asked, account: Account) -> list[Material]:
    """Return the pictures of `feedback_stuff`, at most five, joined by `|`. Refused: 40007, 40097."""
    named = [each for each in asked.feedback_material.split("|") if each]
    if len(named) > MOST_FEEDBACK:
        raise _refused(
            BAD_VALUE,
            _("feedback_stuff names %(count)d pictures; it may name %(most)d.")
            % {"count": len(named), "most": MOST_FEEDBACK},
            "feedback_stuff",
        )
    found = [media.opened(account, each, field="feedback_stuff") for each in named]
    for each in found:
        each.picture(field="feedback_stuff")
    return found


def previews(asked: Asked, account: Account) -> Shown | None:
    """Return what `preview_info` names, None without it. Refused: 85092, 85093."""
    sent = asked.previews
    if sent is None:
        return None
    if not isinstance(sent, dict):
        raise _refused(BAD_PREVIEW, _("preview_info has to be an object."), "preview_info")
    return Shown(
        _material(sent, "pic_id_list", account, preflight.MOST_PREVIEWS, media.Kind.IMAGE),
        _material(sent, "video_id_list", account, MOST_VIDEOS, media.Kind.VIDEO),
    )


def said_besides(asked: Asked) -> dict[str, Any]:
    """Return what the console has no field for, for the reviewer. Refused: 40097, 85051, 85094."""
    found: dict[str, Any] = {}
    if asked.declaration is not None:
        found["declaration"] = _declaration(asked.declaration)
    if asked.order_path:
        found["order_path"] = _text(asked.order_path, details.LONGEST_PATH, "order_path")
    if asked.uses_no_private_api:
        found["uses_no_private_api"] = True
    return found


def _page(
    item: Any, field: str, account: Account, *, files: Collection[str], in_use: Collection[str]
) -> dict[str, str]:
    if not isinstance(item, dict) or not all(item.get(name) for name in ("first_class", "second_class")):
        raise _refused(
            EMPTY, _("An item has at least first_class, second_class, first_id, second_id."), field
        )
    category = tree.by_numbers(_id(item, "first_id", field), _id(item, "second_id", field))
    if category is None:
        raise _refused(NO_CATEGORY, _("There is no category of these ids. See get_category."), field)
    first, second = category
    if first != account.first_category or second not in in_use:
        sentence = _("%(category)s is not in use in this account. Set it up first.")
        raise _refused(NOT_IN_USE, sentence % {"category": tree.label(first, second)}, field)
    found = tree.class_of(first, second)
    return {
        "title": _read(details.read_title, item, "title", field, BAD_TITLE) or account.name,
        "tags": _read(details.read_tags, item, "tag", field, BAD_TAG)
        or str(found.label if found else second),
        "path": _read(lambda typed: details.read_path(typed, files), item, "address", field, BAD_PATH),
        "category": second,
    }


def _read(read: Callable[[str], str], item: Mapping[str, Any], name: str, field: str, code: str) -> str:
    """Return an optional text of an item as the form's rule reads it."""
    typed = item.get(name)
    if typed is None or typed == "":
        return ""
    try:
        return read(typed if isinstance(typed, str) else _not_text(name))
    except ValueError as why:
        raise _refused(code, str(why), f"{field}.{name}") from None


def _not_text(name: str) -> str:
    raise ValueError(_("%(name)s has to be text.") % {"name": name})


def _id(item: Mapping[str, Any], name: str, field: str) -> int:
    value = item.get(name)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 9:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refused(EMPTY, _("%(name)s has to be a whole number.") % {"name": name}, f"{field}.{name}")
    return value


def _material(
    sent: Mapping[str, Any], name: str, account: Account, most: int, kind: str
) -> Sequence[Material]:
    named = sent.get(name) or []
    field = f"preview_info.{name}"
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise _refused(BAD_PREVIEW, _("%(name)s has to be a list of media_ids.") % {"name": name}, field)
    if len(named) > most:
        raise _refused(
            MANY_PREVIEWS,
            _("%(name)s names %(count)d; it may name %(most)d.")
            % {"name": name, "count": len(named), "most": most},
            field,
        )
    try:
        found = [media.opened(account, each, field=field) for each in named]
    except Refused as refusal:
        raise _refused(BAD_PREVIEW, refusal.message, field) from None
    if any(each.kind != kind for each in found):
        raise _refused(BAD_PREVIEW, _("%(name)s names material of another kind.") % {"name": name}, field)
    return found


def _declaration(sent: Any) -> dict[str, Any]:
    """Return `ugc_declare`: where players' own content is shown, and how it is looked at."""
    if not isinstance(sent, dict):
        raise _refused(BAD_VALUE, _("ugc_declare has to be an object."), "ugc_declare")
    scenes = _numbers(sent, "scene", SCENES)
    methods = _numbers(sent, "method", METHODS)
    if not scenes or (0 in scenes and len(scenes) > 1) or (0 not in scenes and not methods):
        raise _refused(
            NO_DECLARATION,
            _("Say in scene where players' own content is shown, 0 alone for nowhere, and in method how it "
              "is looked at."),
            "ugc_declare",
        )  # fmt: skip
    has_team = sent.get("has_audit_team") or 0
    if has_team not in (0, 1, "0", "1"):
        raise _refused(BAD_VALUE, _("has_audit_team is 0 or 1."), "ugc_declare.has_audit_team")
    return {
        "scene": scenes,
        "method": methods,
        "has_audit_team": int(has_team),
        "other_scene_desc": _declared(sent, "other_scene_desc"),
        "audit_desc": _declared(sent, "audit_desc"),
    }


def _declared(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name) or ""
    if not isinstance(value, str):
        raise _refused(BAD_VALUE, _("%(name)s has to be text.") % {"name": name}, f"ugc_declare.{name}")
    return _text(value, LONGEST_DECLARED, f"ugc_declare.{name}")


def _numbers(sent: Mapping[str, Any], name: str, allowed: range) -> list[int]:
    values = sent.get(name) or []
    spelled = {str(number): number for number in allowed}
    if not isinstance(values, list) or any(
        isinstance(each, bool) or str(each) not in spelled for each in values
    ):
        raise _refused(
            BAD_VALUE,
            _("%(name)s is a list of numbers from %(least)d to %(most)d.")
            % {"name": name, "least": allowed[0], "most": allowed[-1]},
            f"ugc_declare.{name}",
        )
    return sorted({spelled[str(each)] for each in values})


def _text(sent: str, most: int, field: str) -> str:
    try:
        return text.clean(sent, max_length=most, multiline=True)
    except ValueError as why:
        raise _refused(TOO_LARGE if len(sent) > most else BAD_VALUE, str(why), field) from None


def _refused(code: str, sentence: str, field: str) -> Refused:
    return Refused(sentence, code=code, field=field)
