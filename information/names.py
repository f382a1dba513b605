"""What a Mini Program may be called, and when two names are one: rules without a database (INF-2).

Full-width letters, digits and signs of a Chinese input method become plain (NFKC) before anything is
judged. Cyrillic, Greek and other letters that look like English ones never get in, so what is left to
confuse are case, spaces, signs, and the few English letters that look like digits: `key` folds those.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from information import words
from portal.kernel import text
from portal.kernel.errors import Refused
from portal.kernel.limits import NAME_LENGTH, SHORT_NAME_LENGTH

FORMAT: Final = "53010"
SIGNS: Final = "-+&.!?:,'()·~"  # "some symbols" of console-rules 4; the source names none
LONGEST_TYPED: Final = 200  # characters; what is longer is refused unread

_CHINESE: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_NOT_ALLOWED: Final = re.compile(rf"[^A-Za-z0-9 {_CHINESE}{re.escape(SIGNS)}]")
_LETTER: Final = re.compile(rf"[A-Za-z{_CHINESE}]")
_IS_CHINESE: Final = re.compile(f"[{_CHINESE}]")
_SIGNS_AND_SPACES: Final = re.compile(rf"[ {re.escape(SIGNS)}]+")

# Read at arm's length these are one: zero and o; one, capital i and small l; five and s.
_LOOK_ALIKES: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s"})


def read(typed: str) -> str:
    """Return the name that was typed, in plain signs, its runs of spaces made one.

    Refused, code 53010, for what a name cannot be: characters, length, no letter at all, or the
    words for Mini Program.
    """
    name = _plain(typed, NAME_LENGTH, "name")
    if found := _NOT_ALLOWED.search(name):
        raise _format(
            _(
                "Not accepted: %(found)s is no character of a name. Use Chinese characters, English letters,"
                " digits, spaces and %(signs)s."
            )
            % {"found": _identified(found.group()), "signs": " ".join(SIGNS)},
            "name",
        )
    if not _LETTER.search(name):
        raise _format(
            _("Not accepted: digits and signs alone are no name. Use a letter or a Chinese character."),
            "name",
        )
    if any(key(word) in key(name) for word in words.OF_THE_KIND):
        raise _format(
            _("Not accepted: a name does not say “Mini Program”, in either language. Leave those words out."),
            "name",
        )
    return name


def read_short(typed: str, name: str) -> str:
    """Return the short name that was typed for `name`. Refused, code 53010, when it is none of it."""
    short = _plain(typed, SHORT_NAME_LENGTH, "short_name")
    if not is_taken_in_order(short, name):
        raise _format(
            _("Not accepted: the short name takes its characters, in their order, from the name %(name)s.")
            % {"name": name},
            "short_name",
        )
    return short


def key(name: str) -> str:
    """Return what two names share when people take one for the other.

    NFKC, case folded, without spaces and signs, look-alikes of ASCII made one: "Paper Kite" and
    "PAPER-K1TE" have the same.
    """
    return _SIGNS_AND_SPACES.sub("", _folded(name))


def units(name: str) -> int:
    """Return the length as the platform counts it: a Chinese character is two."""
    return len(name) + len(_IS_CHINESE.findall(name))


def is_taken_in_order(short: str, name: str) -> bool:
    """Return whether the characters of `short` come in this order, others between, in `name`."""
    rest = iter(name)
    return all(character in rest for character in short)


def extends(longer: str, shorter: str) -> bool:
    """Return whether `longer` is "A + ..." of the name A: the same, and a word more (53014, 53017).

    An English word is not extended by its own ending: "Starling Bay" is nothing of "Star", while
    "Star Bay" is, and a Chinese character is a word of its own.
    """
    wanted = key(shorter)
    for end in range(1, len(longer)):
        if key(longer[:end]) == wanted:
            return key(longer[end:]) != "" and not (
                longer[end - 1].isascii()
                and longer[end - 1].isalnum()
                and longer[end].isascii()
                and longer[end].isalnum()
            )
    return False


def forbidden_in(name: str) -> str:
    """Return the first word of the forbidden list that is in `name`, however it is written, or ''."""
    return next((word for word in words.FORBIDDEN if key(word) in key(name)), "")


def protected_in(name: str) -> tuple[str, ...]:
    """Return the protected words in `name`; an English one counts as a word of its own only."""
    spaced = _SIGNS_AND_SPACES.sub(" ", _folded(name))
    return tuple(_found(words.PROTECTED, spaced))


def _found(listed: Iterable[str], spaced: str) -> Iterable[str]:
    for word in listed:
        pattern = re.escape(_folded(word))
        if word.isascii():
            pattern = rf"(?<![a-z0-9]){pattern}(?![a-z0-9])"
        if re.search(pattern, spaced):
            yield word


def _plain(typed: str, allowed: tuple[int, int], field: str) -> str:
    """Return what was typed in plain signs, if its length is within `allowed`."""
    if len(typed) > LONGEST_TYPED:
        raise _length(len(typed), allowed, field)
    try:
        cleaned = text.clean(typed, max_length=LONGEST_TYPED)
    except ValueError as refusal:
        raise _format(str(refusal), field) from None
    plain = " ".join(unicodedata.normalize("NFKC", cleaned).split())
    if not allowed[0] <= units(plain) <= allowed[1]:
        raise _length(units(plain), allowed, field)
    return plain


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().translate(_LOOK_ALIKES)


def _identified(character: str) -> str:
    return f"{character} (U+{ord(character):04X})"


def _length(length: int, allowed: tuple[int, int], field: str) -> Refused:
    return _format(
        _(
            "Not accepted: it has %(length)d characters, a Chinese one counted as two."
            " Keep it to %(shortest)d to %(longest)d."
        )
        % {"length": length, "shortest": allowed[0], "longest": allowed[1]},
        field,
    )


def _format(sentence: str, field: str) -> Refused:
    return Refused(sentence, code=FORMAT, field=field)
