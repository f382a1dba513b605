"""How often a push is tried, by family, and how long its receiver has (wechat-api 5.4, 8.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy


class Family(models.TextChoices):
    """What kind of message it is."""

    EVENT = "event", pgettext_lazy("push", "Event")
    GOODS = "goods", pgettext_lazy("push", "Delivery of goods")
    PAYMENT = "payment", pgettext_lazy("push", "Payment event")
    VIRTUAL = "virtual", pgettext_lazy("push", "Virtual payment event")
    TICKET = "ticket", pgettext_lazy("push", "Ticket")


@dataclass(frozen=True)
class Schedule:
    """`seconds`: real, for one answer. `waits`: the world's time between one try and the next."""

    seconds: float
    waits: tuple[timedelta, ...]

    @property
    def tries(self) -> int:
        """Return how many tries there are in all."""
        return len(self.waits) + 1


def _spans(*seconds: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in seconds)


_MINUTE: Final = 60
_HOUR: Final = 3600
_TWELVE_HOURS: Final = (
    15,
    15,
    30,
    3 * _MINUTE,
    10 * _MINUTE,
    20 * _MINUTE,
    30 * _MINUTE,
    30 * _MINUTE,
    30 * _MINUTE,
    60 * _MINUTE,
    3 * _HOUR,
    3 * _HOUR,
    3 * _HOUR,
)
SCHEDULES: Final = {
    Family.EVENT: Schedule(5, _spans(0, 0)),  # three in all, one right behind the other
    Family.GOODS: Schedule(3, _spans(*_TWELVE_HOURS, 6 * _HOUR, 6 * _HOUR)),
    Family.PAYMENT: Schedule(3, _spans(*_TWELVE_HOURS)),
    Family.VIRTUAL: Schedule(5, _spans(*(2**nth for nth in range(1, 15)))),
    Family.TICKET: Schedule(5, ()),  # the next one comes in ten minutes anyway
}
