"""ID card numbers, licence numbers, credit codes and mobile numbers: read and invent them.

Rules: console-rules, 1.7. A refusal is a ValueError with a sentence a person can act on.
Invented numbers have region 99 and mobile numbers 100: neither is ever given to anybody.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.text import clean

REGION = "99"
DIGITS = "0123456789"
# GB 32100-2015: no I, O, S, V, Z. The place of a character is its value.
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# GB 11714-1997: the weights of the eight characters of an organisation code.
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# The first two characters of a credit code say who keeps the register.
MARKET_REGULATOR, STATE_OFFICE, CIVIL_AFFAIRS = "91", "11", "52"
# Adults in any year a world may start in, 2014 and later.
BORN_FROM, BORN_TO = date(1960, 1, 1), date(1995, 12, 31)

_LONGEST = 64  # no number is longer, however it is spaced

# What a credit code is refused with, by the paper it is compared with.
_ON_THE_LICENCE: Mapping[str, Promise] = {
    "character": gettext_lazy(
        "A unified social credit code has digits and capital letters without I, O, S, V"
        " and Z; character %(position)s is none of them."
        " Check it against the business licence."
    ),
    "region": gettext_lazy(
        "Character %(position)s of a unified social credit code has to be a digit:"
        " characters 3 to 8 are the region. Check it against the business licence."
    ),
    "check": gettext_lazy(
        "The last character should be %(expected)s for this number. Check it against the business licence."
    ),
}
_ON_THE_CERTIFICATE: Mapping[str, Promise] = {
    "character": gettext_lazy(
        "A unified social credit code has digits and capital letters without I, O, S, V"
        " and Z; character %(position)s is none of them. Check it against the certificate."
    ),
    "region": gettext_lazy(
        "Character %(position)s of a unified social credit code has to be a digit:"
        " characters 3 to 8 are the region. Check it against the certificate."
    ),
    "check": gettext_lazy(
        "The last character should be %(expected)s for this number. Check it against the certificate."
    ),
}


def id_card(text: str, *, today: date) -> str:
    """Return the 18 characters of a resident ID card number, its X in upper case (GB 11643-1999).

    White space is left out and full-width characters become plain. ValueError when it has another
    length or other characters, a birth date that is no day or lies after `today`, or a wrong
    check character. Every region and every age is accepted.
    """
    number = _plain(text)
    if len(number) != 18:
        raise ValueError(
            _("An ID card number has 18 characters; this has %(length)s. Check it against the ID card.")
            % {"length": len(number)}
        )
    if odd := re.search(r"[^0-9]", number[:17]):
        raise ValueError(
            _("Character %(position)s of an ID card number has to be a digit. Check it against the ID card.")
            % {"position": odd.start() + 1}
        )
    if number[17] not in DIGITS + "X":
        raise ValueError(_("An ID card number ends with a digit or an X. Check it against the ID card."))
    written = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError(
            _(
                "The birth date in this number, %(date)s, is not in the calendar."
                " Check characters 7 to 14 against the ID card."
            )
            % {"date": written}
        ) from None
    if born > today:
        raise ValueError(
            _(
                "The birth date in this number, %(date)s, is in the future."
                " Check characters 7 to 14 against the ID card."
            )
            % {"date": written}
        )
    expected = _id_card_check(number[:17])
    if number[17] != expected:
        raise ValueError(
            _("The last character should be %(expected)s for this number. Check it against the ID card.")
            % {"expected": expected}
        )
    return number


def licence_or_credit_code(text: str) -> str:
    """Return a 15-digit licence number or an 18-character unified social credit code.

    The first is the number of licences before 2015 (GS 15-2006), the second GB 32100-2015. White
    space is left out, full-width characters become plain, small letters capital. ValueError when
    it is neither, or its check character is wrong.
    """
    number = _plain(text)
    if len(number) == 15:
        return _checked_licence_number(number)
    if len(number) == 18:
        return _checked_credit_code(number, _ON_THE_LICENCE)
    raise ValueError(
        _(
            "A licence number has 15 digits and a unified social credit code 18 characters;"
            " this has %(length)s. Check it against the business licence."
        )
        % {"length": len(number)}
    )


def credit_or_organisation_code(text: str) -> str:
    """Return an 18-character unified social credit code, or an organisation code as XXXXXXXX-X.

    For offices, media and other organizations (console-rules 1.7). The second is GB 11714-1997; its
    hyphen may be left out. White space is left out, full-width characters become plain, small
    letters capital. ValueError when it is neither, or its check character is wrong.
    """
    number = _plain(text).replace("-", "")
    if len(number) == 9:
        return _checked_organisation_code(number)
    if len(number) == 18:
        return _checked_credit_code(number, _ON_THE_CERTIFICATE)
    raise ValueError(
        _(
            "A unified social credit code has 18 characters and an organisation code 9;"
            " this has %(length)s. Check it against the certificate."
        )
        % {"length": len(number)}
    )


def mobile(text: str) -> str:
    """Return the 11 digits of a mobile number of mainland China.

    White space is left out and full-width digits become plain. ValueError when it is anything
    else, a country code included.
    """
    number = _plain(text)
    if not re.fullmatch(r"1[0-9]{10}", number):
        raise ValueError(
            _("A mobile number has 11 digits and starts with 1, without a country code. Check it.")
        )
    return number


def age(id_number: str, *, today: date) -> int:
    """Return how many whole years old the holder of a valid ID card number is on this day."""
    born = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def bank_account(text: str) -> str:
    """Return the 8 to 30 digits of an account at a bank.

    White space is left out and full-width digits become plain. ValueError when it is anything else.
    """
    number = _plain(text)
    if not re.fullmatch(r"[0-9]{8,30}", number):
        raise ValueError(_("A bank account has 8 to 30 digits. Check the number."))
    return number


def make_id_card(rng: Random, born: date | None = None) -> str:
    """Return an invented ID card number; without `born`, of somebody born 1960 to 1995."""
    if born is None:
        born = BORN_FROM + timedelta(days=rng.randint(0, (BORN_TO - BORN_FROM).days))
    region, day = REGION + _drawn(rng, DIGITS, 4), f"{born.year:04}{born:%m%d}"
    body = region + day + _drawn(rng, DIGITS, 3)
    return body + _id_card_check(body)


def make_credit_code(rng: Random, register: str = MARKET_REGULATOR) -> str:
    """Return an invented unified social credit code of one of the registers, an enterprise's by default."""
    body = f"{register}{REGION}" + _drawn(rng, DIGITS, 4) + _drawn(rng, CREDIT_CODE_ALPHABET, 9)
    return body + _credit_code_check(body)


def make_organisation_code(rng: Random) -> str:
    """Return an invented organisation code; like every code of ours, its first two digits are 99."""
    body = REGION + _drawn(rng, ORGANISATION_ALPHABET, 6)
    return f"{body}-{_organisation_code_check(body)}"


def make_licence_number(rng: Random) -> str:
    """Return an invented licence number of 15 digits."""
    body = REGION + _drawn(rng, DIGITS, 12)
    return body + _licence_number_check(body)


def make_mobile(rng: Random) -> str:
    """Return an invented mobile number."""
    return "100" + _drawn(rng, DIGITS, 8)


def _plain(text: str) -> str:
    compact = "".join(text.split())
    if len(compact) > _LONGEST:
        return compact  # the caller's sentence about the length answers it
    return unicodedata.normalize("NFKC", clean(compact, max_length=_LONGEST)).upper()


def _checked_licence_number(number: str) -> str:
    if odd := re.search(r"[^0-9]", number):
        raise ValueError(
            _(
                "Character %(position)s of a 15-digit licence number has to be a digit."
                " Check it against the business licence."
            )
            % {"position": odd.start() + 1}
        )
    expected = _licence_number_check(number[:14])
    if number[14] != expected:
        raise ValueError(_ON_THE_LICENCE["check"] % {"expected": expected})
    return number


def _checked_credit_code(number: str, refusals: Mapping[str, Promise]) -> str:
    if odd := re.search(f"[^{CREDIT_CODE_ALPHABET}]", number):
        raise ValueError(refusals["character"] % {"position": odd.start() + 1})
    if odd := re.search(r"[^0-9]", number[2:8]):
        raise ValueError(refusals["region"] % {"position": odd.start() + 3})
    expected = _credit_code_check(number[:17])
    if number[17] != expected:
        raise ValueError(refusals["check"] % {"expected": expected})
    return number


def _checked_organisation_code(number: str) -> str:
    if odd := re.search(r"[^0-9A-Z]", number):
        raise ValueError(
            _(
                "An organisation code has digits and capital letters; character %(position)s is neither."
                " Check it against the certificate."
            )
            % {"position": odd.start() + 1}
        )
    expected = _organisation_code_check(number[:8])
    if number[8] != expected:
        raise ValueError(_ON_THE_CERTIFICATE["check"] % {"expected": expected})
    return f"{number[:8]}-{number[8]}"


def _id_card_check(body: str) -> str:
    """Return the check character of 17 digits (ISO 7064, MOD 11-2)."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(1 - rest) % 11]


def _licence_number_check(body: str) -> str:
    """Return the check digit of 14 digits (ISO 7064, MOD 11,10)."""
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def _credit_code_check(body: str) -> str:
    """Return the check character of 17 characters (GB 32100-2015: weights 3^i, mod 31)."""
    total = sum(
        CREDIT_CODE_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body)
    )
    return CREDIT_CODE_ALPHABET[-total % 31]


def _organisation_code_check(body: str) -> str:
    """Return the check character of 8 characters (GB 11714-1997: weights, mod 11)."""
    total = sum(
        ORGANISATION_ALPHABET.index(character) * weight
        for character, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def _drawn(rng: Random, alphabet: str, count: int) -> str:
    return "".join(rng.choice(alphabet) for _place in range(count))
