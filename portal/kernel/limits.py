"""One table of every limit: how many, of what, within how long. Pages show used and left beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import Refused
from portal.kernel.terms import EntityType as E


class Limit(StrEnum):
    """What is counted; console-rules 1.8 and 13 are the source of the numbers."""

    ACCOUNTS_PER_ID_NUMBER = "accounts_per_id_number"
    ACCOUNTS_PER_MOBILE = "accounts_per_mobile"
    ACCOUNTS_PER_ENTITY = "accounts_per_entity"
    ACCOUNTS_PER_SMALL_ENTITY = "accounts_per_small_entity"
    SMS_PER_DAY = "sms_per_day"


@dataclass(frozen=True)
class Ceiling:
    """One row: the most there may be, and the sentence when there are as many."""

    at_most: int
    refusal: Promise


LIMITS: Final[Mapping[Limit, Ceiling]] = {
    Limit.ACCOUNTS_PER_ID_NUMBER: Ceiling(
        5,
        _("This ID number already administers %(at_most)d of %(at_most)d accounts. "
          "Choose another administrator."),
    ),
    Limit.ACCOUNTS_PER_MOBILE: Ceiling(
        5,
        _("This mobile number already serves %(at_most)d of %(at_most)d accounts. "
          "Use another number."),
    ),
    Limit.ACCOUNTS_PER_ENTITY: Ceiling(
        50,
        _("This entity already has %(at_most)d of %(at_most)d accounts."),
    ),
    Limit.ACCOUNTS_PER_SMALL_ENTITY: Ceiling(
        5,
        _("This entity already has %(at_most)d of %(at_most)d accounts."),
    ),
    Limit.SMS_PER_DAY: Ceiling(
        5,
        _("No code was sent: %(at_most)d of %(at_most)d used for this number today. "
          "Try again tomorrow."),
    ),
}  # fmt: skip

# Windows, each [start, end): at its end it is over.
ACTIVATION_LINK: Final = timedelta(hours=48)
SMS_CODE: Final = timedelta(minutes=5)
SMS_AGAIN: Final = timedelta(seconds=60)
WIRE_TRANSFER: Final = timedelta(days=10)  # 240 hours
WIRE_REMINDERS: Final = (7, 3, 1)  # days left
WIRE_RETURN_WORKING_DAYS: Final = 10
AUTHENTICATION: Final = timedelta(days=30)  # from confirmation, when chosen at registration
AUTHENTICATION_AGAIN: Final = timedelta(days=7)  # after a failed attempt
AUTHENTICATION_PAY: Final = timedelta(hours=24)
AUTHENTICATION_REFILL: Final = timedelta(days=30)  # from the first return
AUTHENTICATION_REFILLS: Final = 3
AUTHENTICATION_REVIEW_WORKING_DAYS: Final = 5
AUTHENTICATION_YEARS: Final = 1
RENEWAL_OPENS: Final = timedelta(days=90)  # before it runs out
RENEWAL_REMINDERS: Final = (90, 60, 30, 7)  # days left
AUTHENTICATION_FEE_FEN: Final[Mapping[E, int]] = {
    E.ENTERPRISE: 30_000,
    E.INDIVIDUAL_BUSINESS: 30_000,
    E.GOVERNMENT: 0,
    E.MEDIA: 30_000,
    E.OTHER_ORGANIZATION: 30_000,
}
PARKED_RETURN_WORKING_DAYS: Final = 1


@dataclass(frozen=True)
class Usage:
    """How much of a limit is used."""

    limit: Limit
    used: int

    @property
    def at_most(self) -> int:
        """Return the ceiling."""
        return LIMITS[self.limit].at_most

    @property
    def left(self) -> int:
        """Return how many are left, never negative."""
        return max(0, self.at_most - self.used)

    def require(self, *, field: str = "") -> None:
        """Raise Refused, with the limit's sentence, when none is left."""
        if not self.left:
            raise Refused(
                LIMITS[self.limit].refusal % {"at_most": self.at_most},
                code=self.limit.value,
                field=field,
            )


def per_entity(entity_type: E) -> Limit:
    """Return the limit of accounts per entity: 5 for people and individual businesses, else 50."""
    small = entity_type in {E.INDIVIDUAL, E.INDIVIDUAL_BUSINESS}
    return Limit.ACCOUNTS_PER_SMALL_ENTITY if small else Limit.ACCOUNTS_PER_ENTITY
