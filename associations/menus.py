"""Custom menus: what a tree of buttons may be (wechat-api 7.2, console-rules 9.4).

The platform measures names in bytes and its console in Chinese characters; both hold here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from accounts.models import Account
from associations import refusals, targets
from associations.refusals import refused
from portal.kernel import text
from portal.kernel.errors import Refused
from portal.kernel.limits import MENU_BUTTONS

VIEW: Final = "view"
CLICK: Final = "click"
MINI_PROGRAM: Final = "miniprogram"
KINDS: Final = (VIEW, CLICK, MINI_PROGRAM)

TOP, BELOW = MENU_BUTTONS
# Chinese characters and bytes that a name may have, at the top and below a button.
TOP_NAME: Final = (4, 16)
NAME: Final = (8, 60)
LONGEST_TEXT: Final = 300  # characters that a button answers; the sources name no number
LONGEST_KEY: Final = 128  # bytes

Button = dict[str, Any]


def read(typed: object, allowed: dict[str, Account]) -> tuple[list[Button], list[Refused]]:
    """Return the tree that was typed, made plain, and every fault in it, each at its field.

    `allowed`: the Mini Programs that the Official Account is associated with, by AppID. Fields are
    called `button-0-name`, and below it `button-0-1-url`. What has no fault is worth keeping.
    """
    faults: list[Refused] = []
    if not isinstance(typed, list) or not all(isinstance(button, dict) for button in typed):
        return [], [refused(refusals.MENU_SHAPE)]
    if len(typed) > TOP:
        faults.append(refused(refusals.BUTTONS, field="button", limit=TOP))
    reading = _Reading(allowed, faults)
    return [reading.top(button, f"button-{nth}") for nth, button in enumerate(typed[:TOP])], faults


def apps(tree: list[Button]) -> list[str]:
    """Return the AppIDs that a tree's buttons open, in their order."""
    buttons = [each for top in tree for each in (top.get("sub_button") or [top])]
    return [button["appid"] for button in buttons if button.get("type") == MINI_PROGRAM]


class _Reading:
    """One reading of a tree; faults are collected, so that a page can show all of them."""

    def __init__(self, allowed: dict[str, Account], faults: list[Refused]) -> None:
        self.allowed, self.faults = allowed, faults

    def top(self, typed: Button, field: str) -> Button:
        below = typed.get("sub_button") or []
        if not below:
            return self.leaf(typed, field, TOP_NAME)
        button: Button = {"name": self.name(typed, field, TOP_NAME), "sub_button": []}
        if not isinstance(below, list) or not all(isinstance(each, dict) for each in below):
            self.faults.append(refused(refusals.MENU_SHAPE, field=field))
            return button
        if len(below) > BELOW:
            self.faults.append(refused(refusals.SUB_BUTTONS, field=field, limit=BELOW))
        for nth, each in enumerate(below[:BELOW]):
            if each.get("sub_button"):
                self.faults.append(refused(refusals.MENU_LEVELS, field=f"{field}-{nth}"))
            button["sub_button"].append(self.leaf(each, f"{field}-{nth}", NAME))
        return button

    def leaf(self, typed: Button, field: str, longest: tuple[int, int]) -> Button:
        kind = typed.get("type")
        button: Button = {"type": kind, "name": self.name(typed, field, longest)}
        if kind == VIEW:
            button["url"] = self.take(lambda at: targets.read_url(typed.get("url"), field=at), f"{field}-url")
        elif kind == CLICK:
            if key := typed.get("key"):
                button["key"] = self.take(lambda at: _key(key, at), f"{field}-key")
            if typed.get("text") or not key:
                button["text"] = self.take(lambda at: _text(typed.get("text"), at), f"{field}-text")
        elif kind == MINI_PROGRAM:
            button["appid"] = self.take(
                lambda at: targets.read_app(typed.get("appid"), self.allowed, refusals.MENU_APP, field=at),
                f"{field}-appid",
            )
            button["pagepath"] = self.take(
                lambda at: targets.read_path(typed.get("pagepath", ""), field=at), f"{field}-pagepath"
            )
            button["url"] = self.take(lambda at: targets.read_url(typed.get("url"), field=at), f"{field}-url")
        else:
            button["type"] = VIEW
            self.faults.append(refused(refusals.BUTTON_KIND, field=f"{field}-type"))
        return button

    def name(self, typed: Button, field: str, longest: tuple[int, int]) -> str:
        return self.take(lambda at: _name(typed.get("name"), longest, at), f"{field}-name")

    def take(self, read_one: Callable[[str], str], field: str) -> str:
        """Return what one field means, or '' with its fault kept."""
        try:
            return read_one(field)
        except Refused as fault:
            self.faults.append(fault)
            return ""


def _name(typed: object, longest: tuple[int, int], field: str) -> str:
    characters, most_bytes = longest
    try:
        name = text.clean(typed, max_length=2 * characters) if isinstance(typed, str) else ""
    except ValueError:
        name = ""
    if not name or _width(name) > 2 * characters or len(name.encode()) > most_bytes:
        raise refused(refusals.BUTTON_NAME, field=field, limit=characters)
    return name


def _width(name: str) -> int:
    """Return how wide a name is: a Chinese character is two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in name)


def _text(typed: object, field: str) -> str:
    try:
        answer = text.clean(typed, max_length=LONGEST_TEXT, multiline=True) if isinstance(typed, str) else ""
    except ValueError:
        answer = ""
    if not answer:
        raise refused(refusals.BUTTON_TEXT, field=field, limit=LONGEST_TEXT)
    return answer


def _key(typed: object, field: str) -> str:
    """Return what the account's server is told when the button is tapped (EventKey)."""
    try:
        key = text.clean(typed, max_length=LONGEST_KEY) if isinstance(typed, str) else ""
    except ValueError:
        key = ""
    if not key or len(key.encode()) > LONGEST_KEY:
        raise refused(refusals.BUTTON_KEY, field=field, limit=LONGEST_KEY)
    return key
