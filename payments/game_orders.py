"""Payment orders as the server API tells them (PAY-6; wechat-api 5.2, 6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from accounts.models import Account
from payments.models import Environment, PaymentOrder, Refund

State = PaymentOrder.State

UNPAID, PAID = 1, 2  # pay_state
NOT_DELIVERED, DELIVERED = 1, 2  # deliver_state

STATUS: Final = {  # of /xpay; what failed is closed there
    State.NOT_PAID: 1,
    State.PAID: 2,
    State.DELIVERED: 4,
    State.REFUNDED: 5,
    State.CLOSED: 6,
    State.FAILED: 6,
}
REFUND_DONE: Final = 8
NOT_SETTLED, SETTLED = 0, 2  # sett_state
A_PAYMENT, A_REFUND = 0, 1  # order_type


def of_game(
    account: Account, *, openid: str, zone_id: str, environment: int, out_trade_no: str
) -> PaymentOrder | None:
    """Return a player's order in a partition, by the game's number."""
    return PaymentOrder.objects.filter(
        account=account,
        out_trade_no=out_trade_no,
        environment=environment,
        player__openid=openid,
        partition__zone_id=zone_id,
    ).first()


def info(order: PaymentOrder) -> dict[str, Any]:
    """Return what a game is told of an order; coins have no product."""
    return {
        "out_trade_no": order.out_trade_no,
        "product_id": "",
        "pay_state": UNPAID if order.paid_at is None else PAID,
        "deliver_state": NOT_DELIVERED if order.delivered_at is None else DELIVERED,
        "pay_finish_time": _seconds(order.paid_at),
        "mch_order_no": order.number,
        "transaction_id": order.transaction_number,
    }


def found(
    account: Account, environment: int, *, order_id: str | None, wx_order_id: str | None
) -> PaymentOrder | None:
    """Return an order by the account's number, or else by the platform's."""
    orders = PaymentOrder.objects.select_related("player", "settlement")
    orders = orders.filter(account=account, environment=environment)
    numbered = {"out_trade_no": order_id} if order_id else {"number": wx_order_id or ""}
    return orders.filter(**numbered).first()


def refund_found(account: Account, environment: int, number: str) -> Refund | None:
    """Return a refund by its number."""
    refunds = Refund.objects.select_related("order__player", "settlement")
    return refunds.filter(account=account, order__environment=environment, number=number).first()


def described(order: PaymentOrder) -> dict[str, Any]:
    """Return an order as /xpay tells it; amounts in fen, times in seconds, 0 for what has not happened.

    The platform's share is reckoned by the month, so an order has none of its own.
    """
    changed = (order.placed_at, order.paid_at, order.delivered_at, order.ended_at)
    return {
        "order_id": order.out_trade_no,
        "create_time": _seconds(order.placed_at),
        "update_time": max(map(_seconds, changed)),
        "status": STATUS[State(order.state)],
        "biz_type": 0,
        "order_fee": order.amount_fen,
        "coupon_fee": 0,
        "paid_fee": order.amount_fen if order.paid_at else 0,
        "order_type": A_PAYMENT,
        "refund_fee": order.refunded_fen,
        "paid_time": _seconds(order.paid_at),
        "provide_time": _seconds(order.delivered_at),
        "biz_meta": "",
        "env_type": _env_type(order.environment),
        "token": "",
        "left_fee": order.amount_fen - order.refunded_fen if order.paid_at else 0,
        "wx_order_id": order.number,
        "channel_order_id": order.transaction_number,
        "wxpay_order_id": order.transaction_number,
        "sett_time": _seconds(order.settlement.at if order.settlement else None),
        "sett_state": SETTLED if order.settlement else NOT_SETTLED,
        "platform_fee_fen": 0,
        "cps_fee_fen": 0,
    }


def described_refund(refund: Refund) -> dict[str, Any]:
    """Return a refund as /xpay tells it: an order of its own, which is over at once."""
    at = _seconds(refund.at)
    return described(refund.order) | {
        "order_id": refund.number,
        "create_time": at,
        "update_time": at,
        "status": REFUND_DONE,
        "order_fee": refund.amount_fen,
        "paid_fee": 0,
        "order_type": A_REFUND,
        "refund_fee": refund.amount_fen,
        "paid_time": 0,
        "provide_time": 0,
        "left_fee": 0,
        "wx_order_id": wx_number(refund),
        "sett_time": _seconds(refund.settlement.at if refund.settlement else None),
        "sett_state": SETTLED if refund.settlement else NOT_SETTLED,
    }


def wx_number(refund: Refund) -> str:
    """Return the platform's own number of a refund."""
    return f"50{refund.at:%Y%m%d}{refund.pk:018d}"


def _env_type(environment: int) -> int:
    """Return the environment as orders tell it: one more than `env`."""
    return 1 + Environment(environment)


def _seconds(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0
