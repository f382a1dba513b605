"""JSON as a manifest may be: one reading, no surprise in what is stored or shown (reliability 4.2)."""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import Any, Final

from django.utils.translation import gettext as _

from portal.kernel.errors import Refused
from releases.packages.limits import Limits
from releases.packages.names import shown

_LONGEST_NUMBER: Final = 15  # digits that a script's number holds exactly
_LOST: Final = re.compile("[\0\ud800-\udfff]")  # what no database and no response can carry
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # UTF-32's begin alike, or with two zeros
_ZEROS: Final = 4


def parsed(content: bytes, *, name: str, limits: Limits) -> dict[str, Any]:
    """Return the object in a JSON file.

    Refused with `package_json` for everything but one object in UTF-8 without a byte order mark: keys twice,
    NaN and Infinity, numbers of more than 15 digits, deep nesting, half characters, a file that is too large.
    """
    if len(content) > limits.manifest:
        raise _refused(
            _("%(file)s is larger than %(limit)d KB. Keep settings only in it."),
            name,
            limit=limits.manifest // 1024,
        )
    if content.startswith(codecs.BOM_UTF8):
        raise _refused(_("%(file)s begins with a byte order mark. Save it as UTF-8 without BOM."), name)
    if content.startswith(_UTF16) or b"\0" in content[:_ZEROS]:
        raise _refused(_("%(file)s is in UTF-16 or UTF-32. Save it as UTF-8."), name)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise _refused(
            _("%(file)s is not in UTF-8 (byte %(at)d). Save it as UTF-8."), name, at=error.start + 1
        ) from None
    found = _loaded(text, name)
    if not isinstance(found, dict):
        raise _refused(_("%(file)s is not a JSON object. Begin it with { and end it with }."), name)
    _check_values(found, name, limits.depth)
    return found


def _loaded(text: str, name: str) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        together: dict[str, Any] = {}
        for key, value in found:
            if key in together:
                raise _refused(
                    _("%(file)s has the key “%(key)s” twice in one object. Keep one."), name, key=shown(key)
                )
            together[key] = value
        return together

    def number(digits: str) -> Any:
        if len(digits.lstrip("-")) > _LONGEST_NUMBER:
            raise _refused(
                _("%(file)s has a number of more than %(limit)d digits. Shorten it."),
                name,
                limit=_LONGEST_NUMBER,
            )
        return int(digits)

    def fraction(digits: str) -> float:
        value = float(digits)
        if not math.isfinite(value):
            raise _refused(_("%(file)s has a number that is too large. Make it smaller."), name)
        return value

    def constant(word: str) -> Any:
        raise _refused(_("%(file)s has %(word)s in it, which is no JSON. Write a number."), name, word=word)

    try:
        return json.loads(
            text, object_pairs_hook=pairs, parse_int=number, parse_float=fraction, parse_constant=constant
        )
    except json.JSONDecodeError as error:
        raise _refused(
            _("%(file)s is not JSON at line %(line)d, column %(column)d. Correct it there."),
            name,
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise _too_deep(name) from None


def _check_values(found: Any, name: str, depth: int) -> None:
    waiting: list[tuple[Any, int]] = [(found, 1)]
    while waiting:
        value, level = waiting.pop()
        if isinstance(value, str) and _LOST.search(value):
            raise _refused(_("%(file)s has a text with a zero or half a character in it. Remove that."), name)
        if isinstance(value, dict | list):
            if level > depth:
                raise _too_deep(name)
            inner = [*value, *value.values()] if isinstance(value, dict) else value
            waiting += [(each, level + 1) for each in inner]


def _too_deep(name: str) -> Refused:
    return _refused(_("%(file)s is nested too deep. Keep it to a few levels."), name)


def _refused(sentence: str, name: str, **details: object) -> Refused:
    return Refused(sentence % {"file": name, **details}, code="package_json")
