"""The platform's library of subscribe messages: titles for games, and what each keyword may say (API-2).

A leaf. A keyword is known to programs as its rule and number, like "thing1".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.account import GAME

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ONE_TIME: Final = 2  # the type of every template here: each permission is for one message
LEAST_KEYWORDS: Final = 2
MOST_KEYWORDS: Final = 5

_DAY: Final = r"\d{4}(年|-|/|\.)\d{1,2}(月|-|/|\.)\d{1,2}日?"
_HOUR: Final = r"([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d)?"
_TIME: Final = rf"({_DAY}\s?)?{_HOUR}"
_DATE: Final = rf"{_DAY}(\s?{_HOUR})?"
RULES: Final[Mapping[str, tuple[re.Pattern[str], StrOrPromise]]] = {
    "thing": (re.compile(r"[^\n]{1,20}"), _("text of 1 to 20 characters")),
    "number": (re.compile(r"(?=.{1,32}$)-?\d+(\.\d+)?"), _("a number of at most 32 digits")),
    "character_string": (re.compile(r"[!-~]{1,32}"), _("1 to 32 digits, letters and signs")),
    "time": (re.compile(rf"{_TIME}(~{_TIME})?"), _("a time like 15:01 or 2019-10-01 15:01")),
    "date": (re.compile(rf"{_DATE}(~{_DATE})?"), _("a date like 2019-10-01")),
    "amount": (re.compile(r"[¥￥$€£]?\d{1,10}(\.\d+)?元?"), _("an amount of at most ten digits like ¥6.00")),
    "name": (
        re.compile(r"[\u4e00-\u9fff]{1,10}|[^\d\n\u4e00-\u9fff]{1,20}"),
        _("a name of at most ten Chinese characters or twenty letters"),
    ),
    "phrase": (re.compile(r"[\u4e00-\u9fff]{1,5}"), _("at most five Chinese characters")),
}


@dataclass(frozen=True)
class Keyword:
    """One place of a title: its number, what it is called, the rule of its values, and one of them."""

    kid: int
    name: StrOrPromise
    rule: str
    example: StrOrPromise

    @property
    def key(self) -> str:
        """Return how messages name it."""
        return f"{self.rule}{self.kid}"


@dataclass(frozen=True)
class Title:
    """One kind of message to choose keywords of."""

    tid: int
    title: StrOrPromise
    keywords: tuple[Keyword, ...]

    def chosen(self, kids: list[int]) -> list[Keyword]:
        """Return the keywords of these numbers, in this order. ValueError unless 2 to 5 different ones."""
        known = {each.kid: each for each in self.keywords}
        if len(set(kids)) != len(kids) or not LEAST_KEYWORDS <= len(kids) <= MOST_KEYWORDS:
            raise ValueError("2 to 5 different keywords")
        if not set(kids) <= set(known):
            raise ValueError("keywords of this title")
        return [known[kid] for kid in kids]


FIRST_CATEGORY: Final = GAME  # whose accounts find these titles
TITLES: Final = (
    Title(
        1101,
        _("Event reminder"),
        (
            Keyword(1, pgettext_lazy("keyword", "Event"), "thing", _("Lantern festival")),
            Keyword(2, pgettext_lazy("keyword", "Begins"), "time", "2019-10-01 15:00"),
            Keyword(3, pgettext_lazy("keyword", "Ends"), "time", "2019-10-07 15:00"),
            Keyword(4, pgettext_lazy("keyword", "Reward"), "thing", _("One hundred lanterns")),
            Keyword(5, pgettext_lazy("keyword", "Remark"), "thing", _("Come and see")),
        ),
    ),
    Title(
        1102,
        _("Energy is full"),
        (
            Keyword(1, pgettext_lazy("keyword", "Energy"), "number", "120"),
            Keyword(2, pgettext_lazy("keyword", "Full since"), "time", "15:00"),
            Keyword(3, pgettext_lazy("keyword", "Remark"), "thing", _("Come and see")),
        ),
    ),
    Title(
        1103,
        _("Sign-in reminder"),
        (
            Keyword(1, pgettext_lazy("keyword", "Reward"), "thing", _("One hundred lanterns")),
            Keyword(2, pgettext_lazy("keyword", "Days in a row"), "number", "6"),
            Keyword(3, pgettext_lazy("keyword", "Day"), "date", "2019-10-01"),
            Keyword(4, pgettext_lazy("keyword", "Remark"), "thing", _("Come and see")),
        ),
    ),
    Title(
        1104,
        _("Invitation of a friend"),
        (
            Keyword(1, pgettext_lazy("keyword", "From"), "name", "Wu Tong"),
            Keyword(2, pgettext_lazy("keyword", "Message"), "thing", _("Come and see")),
            Keyword(3, pgettext_lazy("keyword", "Sent"), "time", "2019-10-01 15:00"),
        ),
    ),
    Title(
        1105,
        _("Purchase has arrived"),
        (
            Keyword(1, pgettext_lazy("keyword", "Item"), "thing", _("One hundred lanterns")),
            Keyword(2, pgettext_lazy("keyword", "Amount"), "amount", "¥6.00"),
            Keyword(3, pgettext_lazy("keyword", "Order number"), "character_string", "LD-20191001-7"),
            Keyword(4, pgettext_lazy("keyword", "State"), "phrase", "已到账"),
        ),
    ),
    Title(
        1106,
        _("Result of the season"),
        (
            Keyword(1, pgettext_lazy("keyword", "Season"), "thing", _("Lantern festival")),
            Keyword(2, pgettext_lazy("keyword", "Rank"), "number", "12"),
            Keyword(3, pgettext_lazy("keyword", "Reward"), "thing", _("One hundred lanterns")),
            Keyword(4, pgettext_lazy("keyword", "Day"), "date", "2019-10-01"),
        ),
    ),
)  # fmt: skip
_BY_TID: Final = {each.tid: each for each in TITLES}


def title_of(tid: int) -> Title | None:
    """Return a title by its number."""
    return _BY_TID.get(tid)


def is_lawful(key: str, value: str) -> bool:
    """Return whether a keyword may say this."""
    return bool(RULES[rule_of(key)][0].fullmatch(value))


def wanted(key: str) -> str:
    """Return what a keyword has to say, in words."""
    return str(RULES[rule_of(key)][1])


def rule_of(key: str) -> str:
    """Return the rule of a keyword, "thing" of "thing1"."""
    return key.rstrip("0123456789")
