"""A list that is typed one a line: each line is read on its own, and refused with its number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kernel import text

LONGEST_LINE: Final = 300
SENTENCES: Final = 6  # of refused lines that a page shows; the rest are counted
_SHOWN: Final = 48  # characters of a refused line
_LINE_BREAK: Final = re.compile("\r\n|[\r\n\u2028\u2029]")


class LinesRefused(ValueError):
    """Some lines were refused; `sentences` has one for each, with the line's number."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def read(typed: str, read_one: Callable[[str], str]) -> list[str]:
    """Return what the lines of `typed` mean to `read_one`, in their order, each once.

    Empty lines are passed over. Raises LinesRefused with what `read_one` said by ValueError.
    """
    found: dict[str, None] = {}
    refused: list[str] = []
    for number, line in enumerate(_LINE_BREAK.split(typed), start=1):
        if not line.strip():
            continue
        try:
            found[read_one(plain(line))] = None
        except ValueError as why:
            refused.append(
                _("Line %(number)d, %(line)s: %(why)s") % {"number": number, "line": _shown(line), "why": why}
            )
    if refused:
        raise LinesRefused(_first(refused))
    return list(found)


def plain(line: str) -> str:
    """Return a line as a keyboard with English letters has it: full-width signs become plain.

    ValueError names what text cannot hold, such as characters that nobody can see.
    """
    return unicodedata.normalize("NFKC", text.clean(line, max_length=LONGEST_LINE)).replace("\u3002", ".")


def together(lines: Iterable[str]) -> str:
    """Return a list as it is typed, one a line."""
    return "\n".join(lines)


def _shown(line: str) -> str:
    """Return a refused line short enough to repeat; what nobody could see in it is made visible."""
    line = "".join(each if each.isprintable() else "\ufffd" for each in " ".join(line.split()))
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."


def _first(sentences: list[str]) -> list[str]:
    rest = len(sentences) - SENTENCES
    if rest <= 0:
        return sentences
    more = ngettext(
        "%(count)d more line has to be corrected.", "%(count)d more lines have to be corrected.", rest
    )
    return [*sentences[:SENTENCES], more % {"count": rest}]
