"""What a game's server is told when coins do not move: `errcode` and the words of `errmsg` (wechat-api 5.2).

The words are read by programs, so they are in one language; people read the sentence of the refusal,
whose `code` is the number as text.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from portal.kernel.errors import Refused

NO_SUCH_PAYMENT: Final = 90000
BILL_USED: Final = 90012
TOO_FEW_COINS: Final = 90013
NOT_ALLOWED: Final = 90017
BAD_PARAMETER: Final = 90018
NO_SUCH_ORDER: Final = 90019

WORDS: Final = {
    0: "ok",
    NO_SUCH_PAYMENT: "order not exist",
    BILL_USED: "order exist",
    TOO_FEW_COINS: "balance not enough",
    NOT_ALLOWED: "no privilege",
    BAD_PARAMETER: "invalid parameter",
}


def words(code: int, field: str = "") -> str:
    """Return `errmsg` of a code; a wrong parameter is named."""
    return f"[{field}] {field} is invalid" if field and code == BAD_PARAMETER else WORDS[code]


def refused(code: int, sentence: str, *, field: str = "") -> Refused:
    """Return a refusal with one of the platform's codes."""
    return Refused(sentence, code=str(code), field=field)


def no_such_payment(bill_no: str) -> Refused:
    """Return 90000: nothing was paid under this number, from this wallet."""
    return refused(
        NO_SUCH_PAYMENT,
        _("Nothing was moved: this player has paid nothing under %(bill)s here. Check the number.")
        % {"bill": bill_no},
        field="pay_bill_no",
    )


def used_otherwise(bill_no: str) -> Refused:
    """Return 90012: the number stands for something else."""
    return refused(
        BILL_USED,
        _("Nothing was moved: the bill number %(bill)s was used for something else. Use a new number.")
        % {"bill": bill_no},
        field="bill_no",
    )


def used_long_ago(bill_no: str) -> Refused:
    """Return 90012: the same call was made, but too long ago to be answered again."""
    return refused(
        BILL_USED,
        _("Nothing was moved: the bill number %(bill)s was used more than 48 hours ago. Use a new number.")
        % {"bill": bill_no},
        field="bill_no",
    )


def nothing_left(bill_no: str) -> Refused:
    """Return 90012: the whole payment was cancelled."""
    return refused(
        BILL_USED,
        _("Nothing was moved: all coins of the payment %(bill)s went back already.") % {"bill": bill_no},
        field="bill_no",
    )


def too_few_coins(wanted: int, held: int) -> Refused:
    """Return 90013: the wallet holds less than is to leave it."""
    return refused(
        TOO_FEW_COINS,
        _("Nothing was moved: %(wanted)d coins are wanted and the player has %(held)d.")
        % {"wanted": wanted, "held": held},
        field="amount",
    )


def bad(field: str, sentence: str) -> Refused:
    """Return 90018 at one parameter of the call."""
    return refused(BAD_PARAMETER, sentence, field=field)


def not_allowed(sentence: str) -> Refused:
    """Return 90017: the game may not move coins there, or not of this player."""
    return refused(NOT_ALLOWED, sentence)
