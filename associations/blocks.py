"""The body of an article: a list of texts, pictures and Mini Programs (console-rules 9.4)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from accounts.models import Account
from associations import refusals, targets
from associations.refusals import refused
from portal.kernel import text
from portal.kernel.errors import Refused

TEXT: Final = "text"
PICTURE: Final = "picture"
CARD: Final = "card"  # a Mini Program: its title and cover
IMAGE: Final = "image"  # a Mini Program behind a picture
LINK: Final = "link"  # a Mini Program behind a word
KINDS: Final = (TEXT, PICTURE, CARD, IMAGE, LINK)
PROGRAMS: Final = (CARD, IMAGE, LINK)

MOST: Final = 50
LONGEST_TEXT: Final = 5000  # characters of one block
LONGEST_TITLE: Final = 40
LONGEST_LINK: Final = 60

Block = dict[str, Any]


def read(
    typed: object, allowed: dict[str, Account], pictures: Collection[int]
) -> tuple[list[Block], list[Refused]]:
    """Return the blocks that were typed, made plain, and every fault in them, each at its field.

    `allowed`: the Mini Programs that the Official Account is associated with, by AppID; `pictures`:
    the ids of its illustrations. Fields are called `block-0-text`.
    """
    shaped = isinstance(typed, list) and all(isinstance(each, dict) for each in typed)
    if not isinstance(typed, list) or not shaped or len(typed) > MOST:
        return [], [refused(refusals.ARTICLE_BLOCKS, field="body", limit=MOST)]
    blocks: list[Block] = []
    faults: list[Refused] = []
    for nth, each in enumerate(typed):
        block, found = _block(each, f"block-{nth}", allowed, pictures)
        blocks.append(block)
        faults += found
    return blocks, faults


def apps(body: list[Block]) -> list[str]:
    """Return the AppIDs that an article's blocks open, in their order."""
    return [block["appid"] for block in body if block["kind"] in PROGRAMS]


def pictures_in(body: list[Block]) -> set[int]:
    """Return the ids of the illustrations that the blocks show."""
    return {block["picture"] for block in body if "picture" in block}


def read_line(typed: object, longest: int, *, field: str, required: bool = True) -> str:
    """Return one line of text. Refused when it is none, too long, or empty while it is required."""
    return _words(typed, longest, field, required=required, multiline=False)


def _block(
    typed: Block, field: str, allowed: dict[str, Account], pictures: Collection[int]
) -> tuple[Block, list[Refused]]:
    kind = typed.get("kind")
    if kind not in KINDS:
        return {"kind": TEXT, "text": ""}, [refused(refusals.ARTICLE_BLOCKS, field=field, limit=MOST)]
    block: Block = {"kind": kind}
    faults: list[Refused] = []
    for name in FIELDS[kind]:
        try:
            block[name] = _value(name, typed, f"{field}-{name}", kind, allowed, pictures)
        except Refused as fault:
            faults.append(fault)
            block[name] = 0 if name == PICTURE else ""
    return block, faults


# What each kind consists of.
FIELDS: Final = {
    TEXT: ("text",),
    PICTURE: ("picture",),
    CARD: ("appid", "path", "title", "picture"),
    IMAGE: ("appid", "path", "picture"),
    LINK: ("appid", "path", "text"),
}


def _value(
    name: str, typed: Block, field: str, kind: str, allowed: dict[str, Account], pictures: Collection[int]
) -> str | int:
    value = typed.get(name, "")
    if name == "appid":
        return targets.read_app(value, allowed, refusals.ARTICLE_APP, field=field)
    if name == "path":
        return targets.read_path(value, field=field)
    if name == "title":
        return read_line(value, LONGEST_TITLE, field=field)
    if name == "picture":
        return _picture(value, field, pictures)
    if kind == LINK:
        return read_line(value, LONGEST_LINK, field=field)
    return _words(value, LONGEST_TEXT, field, required=True, multiline=True)


def _picture(value: object, field: str, pictures: Collection[int]) -> int:
    written = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 20 else 0
    if number not in pictures:
        raise refused(refusals.ARTICLE_PICTURE, field=field)
    return number


def _words(typed: object, longest: int, field: str, *, required: bool, multiline: bool) -> str:
    try:
        found = text.clean(typed, max_length=longest, multiline=multiline) if isinstance(typed, str) else None
    except ValueError:
        found = None
    if found is None or (required and not found):
        raise refused(refusals.ARTICLE_TEXT, field=field, limit=longest)
    return found
