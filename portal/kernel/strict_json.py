"""JSON as RFC 8259 has it, without what makes two readers disagree (reliability 4.2)."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from django.utils.translation import gettext as _

from portal.kernel.ids import LARGEST_ID

DEEPEST: Final = 16
UNREADABLE: Final = re.compile(r"[\x00\ud800-\udfff]")


def read(raw: bytes) -> Any:
    """Return the value in `raw`. ValueError for what is not UTF-8, NaN, a key twice, or nested too deep."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_no_constant,
            parse_int=_int,
            object_pairs_hook=_unique,
        )
    except UnicodeDecodeError:
        raise ValueError(_("The body is not UTF-8.")) from None
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise ValueError(
            _("The body is not JSON: line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno}
        ) from None
    _require_plain(value, 0)
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(_("JSON has no %(name)s.") % {"name": name})


def _int(digits: str) -> int:
    if len(digits) > 20 or abs(found := int(digits)) > LARGEST_ID:
        raise ValueError(_("A whole number in it has more than 63 bits."))
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(_("An object in it has the same key twice."))
    return found


def _require_plain(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(value, str) and UNREADABLE.search(value):
        raise ValueError(_("A text in it holds a character that no text has."))
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise ValueError(_("A number in it is too large."))
    if isinstance(value, dict):
        for key, item in value.items():
            _require_plain(key, depth + 1)
            _require_plain(item, depth + 1)
    if isinstance(value, list):
        for item in value:
            _require_plain(item, depth + 1)


def _too_deep() -> ValueError:
    return ValueError(_("The body is nested more than %(levels)d levels deep.") % {"levels": DEEPEST})
