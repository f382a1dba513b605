"""What a game coin and its partitions must be, and how what is typed for them is read (PAY-4)."""

from __future__ import annotations

import re
import secrets
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Account
from payments.models import GameCoin
from portal.kernel import text

PAGE: Final = "payments:coin"
PARTITIONS: Final = "payments:partitions"
KEYS: Final = "payments:keys"
DEBUG: Final = "payments:debug"
APPLICATION: Final = "payments:coin_application"

RATES: Final = (1, 10, 100)  # coins for one yuan
NAME_LENGTH: Final = (2, 10)
LONGEST_PARTITION: Final = 30
LONGEST_ZONE: Final = 32
LONGEST_STATEMENT: Final = 500
MOST_PARTITIONS: Final = 100
MOST_TESTERS: Final = 20
DEFAULT_ZONE: Final = "1"

_ZONE: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


def coin_of(account: Account) -> GameCoin | None:
    """Return the account's game coin, or None before its authorization. One query."""
    return GameCoin.objects.filter(account=account).select_related("world").first()


def new_offer_id() -> str:
    """Return an Offer ID that no coin has: ten digits, the first no zero."""
    while True:
        number = str(10**9 + secrets.randbelow(9 * 10**9))
        if not GameCoin.objects.filter(offer_id=number).exists():
            return number


def read_name(typed: str) -> str:
    """Return a coin's name, 2 to 10 characters; ValueError with a sentence."""
    shortest, longest = NAME_LENGTH
    name = text.clean(typed, max_length=longest)
    if len(name) < shortest:
        raise ValueError(
            _("Write at least %(shortest)d characters; this has %(length)d.")
            % {"shortest": shortest, "length": len(name)}
        )
    return name


def read_zone(typed: str) -> str:
    """Return a partition's zone ID as games send it; ValueError with a sentence."""
    zone_id = typed.strip()
    if not _ZONE.fullmatch(zone_id):
        raise ValueError(
            _("A zone ID has 1 to %(longest)d English letters, digits, _ and -.") % {"longest": LONGEST_ZONE}
        )
    return zone_id
