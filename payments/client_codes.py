"""What a game is told when a purchase fails: `errCode`, and the words of `errMsg` (wechat-api 11.2).

The words are read by programs, so they are in one language; people read the sentence of the refusal.
"""

from __future__ import annotations

from typing import Final

from payments.models import PaymentOrder

SYSTEM, MISSING, INVALID, DUPLICATE = -1, -15001, -15002, -15003
BANNED, CURRENCY, PAID, MINOR, NO_SANDBOX = -15005, -15006, -15007, -15009, -15010
WRONG_TYPE, NO_COIN, CLOSED = -15011, -15013, -15017
CANCELLED, BUSY, OTHER, NO_ZONE, UNPUBLISHED = 1, 2, 6, 1001, 1003

WORDS: Final = {
    SYSTEM: "system error",
    MISSING: "missing parameter",
    INVALID: "invalid parameter",
    DUPLICATE: "duplicate order",
    BANNED: "appid banned",
    CURRENCY: "currency not supported",
    PAID: "order already paid",
    MINOR: "limited by the health system",
    NO_SANDBOX: "released game can not use sandbox",
    WRONG_TYPE: "wrong parameter type",
    NO_COIN: "game coin not published",
    CLOSED: "order closed",
    CANCELLED: "user cancelled",
    BUSY: "another payment in progress",
    OTHER: "payment refused by the bank",
    NO_ZONE: "zone not published",
    UNPUBLISHED: "virtual payment not available",
}
_ENDED: Final = {
    PaymentOrder.Ended.LEFT: CANCELLED,
    PaymentOrder.Ended.BANK: OTHER,
    PaymentOrder.Ended.MINOR: MINOR,
    PaymentOrder.Ended.TIMEOUT: CLOSED,
    PaymentOrder.Ended.SHUT: NO_COIN,
}


def of(order: PaymentOrder) -> int:
    """Return what the game is told of an order that is not open any more: 0 once it is paid."""
    return _ENDED[PaymentOrder.Ended(order.ended)] if order.ended else 0
