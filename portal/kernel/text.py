"""What a person typed, made safe to keep, to show and to compare.

Every refusal is a ValueError whose message is a sentence a person can act on, in the language of
the moment.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

EMAIL_MAX_LENGTH = 254
MAX_MARKS = 8  # accents in a row; living languages need four

# One letter has at most this many parts when it is taken apart (U+1FAF has four).
_PARTS_OF_A_LETTER = 4

# U+FFFE and U+FFFF of the planes 1 to 14 are no characters; planes 15 and 16 are private.
_NO_CHARACTERS = "".join(f"{chr(p * 0x10000 + 0xFFFE)}-{chr(p * 0x10000 + 0xFFFF)}" for p in range(1, 15))

# What text cannot hold: the name of the reason, the characters, and the sentence. The invisible
# ones are Unicode's Default_Ignorable_Code_Point and the blank braille pattern, without the two
# emoji variation selectors, which `clean` drops. Unassigned characters are let through: today's
# are tomorrow's Chinese characters and emoji.
_REFUSED = {
    "control": (
        "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f",
        gettext_lazy(
            "Character %(position)s is %(found)s, a control character, which text cannot hold. Remove it."
        ),
    ),
    "surrogate": (
        "\ud800-\udfff",
        gettext_lazy("Character %(position)s is %(found)s, half of a broken character. Type it again."),
    ),
    "direction": (
        "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069",
        gettext_lazy("Character %(position)s is %(found)s, which turns the reading direction. Remove it."),
    ),
    "invisible": (
        "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
        "\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
        "\U0001d173-\U0001d17a\U000e0000-\U000e0fff",
        gettext_lazy("Character %(position)s is %(found)s, which nobody can see. Remove it."),
    ),
    "unreadable": (
        "\ue000-\uf8ff\ufdd0-\ufdef\ufff9-\uffff\U000f0000-\U0010ffff" + _NO_CHARACTERS,
        gettext_lazy("Character %(position)s is %(found)s, which other screens cannot show. Replace it."),
    ),
}
_REFUSED_CHARACTER = re.compile(
    "|".join(f"(?P<{kind}>[{characters}])" for kind, (characters, _sentence) in _REFUSED.items())
)
_EMOJI_STYLE = {0xFE0E: None, 0xFE0F: None}
_LINE_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_is_email = EmailValidator(allowlist=[])


def clean(text: str, *, max_length: int, multiline: bool = False) -> str:
    """Return human text in NFC, trimmed, with each run of white space made one space.

    With `multiline` line breaks stay (as LF), at most one empty line in a row. Tabs and line
    breaks count as white space. The two selectors that only choose an emoji's style are dropped.
    Length is counted in characters of the result.

    ValueError names what was found: control characters, lone surrogates, bidirectional controls,
    invisible characters, private and lost ones, towers of accents, or a text that is too long.
    """
    if found := _REFUSED_CHARACTER.search(text):
        sentence = _REFUSED[str(found.lastgroup)][1]
        raise ValueError(sentence % {"position": found.start() + 1, "found": _identified(found.group())})
    text = _collapsed(text.translate(_EMOJI_STYLE), multiline=multiline)
    # Putting accents in order costs the square of their number, so both limits come before NFC.
    if len(text) > _PARTS_OF_A_LETTER * max_length:
        raise _too_long(text, max_length)
    if _has_tower(text):
        raise ValueError(
            _("A letter carries more than %(limit)s accents. Remove some of them.") % {"limit": MAX_MARKS}
        )
    text = unicodedata.normalize("NFC", text)
    if len(text) > max_length:
        raise _too_long(text, max_length)
    return text


def same_name(a: str, b: str) -> bool:
    """Return whether two cleaned names are one name to a bank clerk (VER-3, REG-8).

    Compared after NFKC and case folding, without white space: full-width brackets, letters and
    digits equal half-width ones, so a payer is not turned away for the input method of whoever
    typed the transfer. Everything else counts, every other letter and every dot. What is stored
    and shown keeps its own form, as the licence has it (console-rules 1.7).
    """
    return _without_white_space(_folded(a)) == _without_white_space(_folded(b))


def email(text: str) -> str:
    """Return the e-mail address in `text`, its case kept, at most 254 characters.

    Full-width signs of a Chinese input method become plain. Only ASCII is taken: a domain in
    another script has a second spelling (Punycode), and one mailbox must not count as two.
    ValueError says what is wrong.
    """
    plain = unicodedata.normalize("NFKC", clean(text, max_length=EMAIL_MAX_LENGTH))
    address = clean(plain, max_length=EMAIL_MAX_LENGTH)  # again: NFKC can lengthen
    if found := re.search(r"[^\x00-\x7f]", address):
        raise ValueError(
            _(
                "An e-mail address has English letters, digits and signs only, and this has"
                " %(found)s. Replace it."
            )
            % {"found": _identified(found.group())}
        )
    try:
        _is_email(address)
    except ValidationError:
        raise ValueError(_("This is not an e-mail address. Write it like name@company.example.")) from None
    return address


def email_key(address: str) -> str:
    """Return the key under which an address that `email` returned is unique: NFKC, case folded."""
    return _folded(address)


def showable(text: str) -> str:
    """Return `text` fit for a page: what a response cannot carry is replaced by U+FFFD."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text)


def _collapsed(text: str, *, multiline: bool) -> str:
    if not multiline:
        return " ".join(text.split())
    lines = "\n".join(" ".join(line.split()) for line in _LINE_BREAK.split(text))
    return re.sub("\n{3,}", "\n\n", lines).strip("\n")


def _has_tower(text: str) -> bool:
    if text.isascii():
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks > MAX_MARKS:
            return True
    return False


def _too_long(text: str, limit: int) -> ValueError:
    return ValueError(
        _("Keep it to %(limit)s characters; this has %(length)s.") % {"limit": limit, "length": len(text)}
    )


def _identified(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _folded(text: str) -> str:
    # Folding can undo NFKC (U+0345 becomes a letter), so NFKC comes before and after.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _without_white_space(text: str) -> str:
    return "".join(text.split())
