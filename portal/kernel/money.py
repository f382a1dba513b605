"""How an amount is read: what a person types in yuan becomes whole fen, never a float."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

LARGEST_FEN: Final = 100_000_000_000  # a billion yuan: more is a slip of the finger

_LONGEST = 40  # no amount is longer, however it is spaced
# A Chinese input method types digits, point, comma and sign in full width.
_PLAIN = str.maketrans("０１２３４５６７８９．，￥", "0123456789.,¥")
# ASCII digits only: int() would read the digits of any script. Commas stand at the thousands or nowhere.
_AMOUNT = re.compile(r"¥?\s*(0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?")


def parse_yuan(text: str) -> int:
    """Return the fen in `text`: "0.37" is 37, "1,234.5" is 123450, "￥１２" is 1200.

    ValueError, with a sentence, for signs, exponents, a third decimal, anything else that is not a
    plain amount, and for more than a billion yuan (SIM-4, VER-3).
    """
    found = _AMOUNT.fullmatch(text.strip().translate(_PLAIN)) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(_("Enter the amount in yuan as digits, with at most two after the point: 0.37."))
    whole, cents = found.groups(default="")
    fen = int(whole.replace(",", "")) * 100 + int(cents.ljust(2, "0"))
    if fen > LARGEST_FEN:
        raise ValueError(_("Enter at most 1,000,000,000.00 yuan."))
    return fen
