"""What a game's own server is told of its players' orders: coins delivered, refunds (wechat-api 5.4).

The payload is JSON text, signed with the key of its environment, whatever the push itself is written in.
"""

from __future__ import annotations

import json
from typing import Any, Final

from payments.keys import key_of
from payments.models import GameCoin, PaymentOrder, Refund
from payments.signatures import event_sig
from portal.kernel.actors import SERVER, Actor
from pushes import actions as pushes
from pushes.families import Family

DELIVERED: Final = "minigame_coin_deliver_completed"
REFUNDED: Final = "minigame_pay_refund_succ_notify"
BY_CONSOLE: Final = 2  # RefundSource; 1 is the platform itself
BY_API: Final = 3


def delivered(order: PaymentOrder) -> None:
    """Tell that coins are in the player's wallet; belongs inside the action that puts them there."""
    payload = {
        "OpenId": order.player.openid,
        "OutTradeNo": order.out_trade_no,
        **_paid_by(order),
        "Env": order.environment,
        "CoinInfo": {
            "ZoneId": order.partition.zone_id,
            "TotalPrice": order.amount_fen,
            "ActualPrice": order.amount_fen,
            "BuyQuantity": order.coins,
            "OrigPrice": order.amount_fen,
        },
    }
    _tell(order, DELIVERED, payload)


def refunded(refund: Refund, *, by: Actor) -> None:
    """Tell that a purchase, or a part of it, was paid back, and whether a server asked for it."""
    order = refund.order
    payload = {
        "OpenId": order.player.openid,
        "RefundId": refund.number,
        "RefundAmount": refund.amount_fen,
        "RefundSource": BY_API if by == SERVER else BY_CONSOLE,
        "Env": order.environment,
        "OutTradeNo": order.out_trade_no,
        **_paid_by(order),
    }
    _tell(order, REFUNDED, payload)


def _tell(order: PaymentOrder, event: str, payload: dict[str, Any]) -> None:
    coin = GameCoin.objects.filter(account=order.account).first()
    if coin is None:
        return
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    signed = event_sig(key_of(coin, order.environment), event, text)
    frame = {"Payload": text, "PayEventSig": signed, "IsMock": False}
    pushes.put(order.account, event, {"MiniGame": frame}, family=Family.PAYMENT)


def _paid_by(order: PaymentOrder) -> dict[str, Any]:
    """Return how it was paid; nothing was in the sandbox."""
    if not order.transaction_number or order.payment_id is None:
        return {}
    return {"WeChatPayInfo": {"MchOrderNo": order.number, "TransactionId": order.transaction_number}}
