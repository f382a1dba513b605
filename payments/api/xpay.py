"""Virtual payment of Mini Programs by server: balances, coins, orders, refunds, money (API-2; wechat-api 6).

On the platform /xpay is for Mini Programs that are no games. Here every Mini Program account that has
virtual payment may call it, on the same coin, orders and money as its console: coins are those of the
partition "1". A refund and a withdrawal need no administrator's scan, as on the platform: the signature
with the key, which only the administrator's scan shows, stands for it (ADR 22).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Never

from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from payments import bills, coins, game_orders
from payments.actions import game_calls, purchases, refunds, withdrawals
from payments.api import signed
from payments.api.dialects import XPAY
from payments.api.parameters import text, whole
from payments.bills import Bill
from payments.models import Environment, GameCall, PaymentOrder, Withdrawal
from portal.kernel import calendar, money
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import ONLY_POST, Answer, Call, Field, Wrong, endpoint

ROOT: Final = "/xpay/"
BAD: Final = XPAY.bad
NOBODY: Final = XPAY.nobody
REPEATED: Final = 268490004
CODES: Final = (268490002, 268490003, 268490008)
REASONS: Final = ("0", "1", "2", "3", "4", "5")
NUMBER: Final = re.compile(r"[A-Za-z0-9_-]{8,32}")
CURRENCY: Final = "CNY"

OPENID: Final = text("openid", NOBODY)
ENV: Final = whole("env", BAD, example="0")
USER_IP: Final = text("user_ip", BAD, required=False)
DEVICE: Final = text("device_type", BAD, required=False)
AMOUNT: Final = whole("amount", BAD)
ORDER: Final = text("order_id", BAD)
EITHER: Final = (text("order_id", BAD, required=False), text("wx_order_id", BAD, required=False))
STATUS: Final = {
    Withdrawal.State.ON_ITS_WAY: 1,
    Withdrawal.State.PAID: 2,
    Withdrawal.State.FAILED: 3,
}

Handler = Callable[[Call], Answer]


def _served(
    name: str, title: Any, *own: Field, user: bool = False, errcodes: tuple[int, ...] = ()
) -> Callable[[Handler], Handler]:
    """Serve one of the calls; `user`: the player's session key signs too."""
    sessions = (NOBODY, XPAY.session) if user else ()
    return endpoint(
        f"{ROOT}{name}",
        title,
        verbs=ONLY_POST,
        fields=(*own, *signed.fields(XPAY, user=user)),
        types=MINI_PROGRAMS,
        needs_body=True,
        errcodes=tuple(sorted({*CODES, *sessions, *errcodes})),
    )


# --- coins --------------------------------------------------------------------------------


def _where(call: Call, *, user: bool) -> dict[str, Any]:
    """Check the signatures; return whose coins are meant, and who calls."""
    found = signed.require(call, XPAY, user=user)
    return {
        "openid": call["openid"],
        "zone_id": coins.DEFAULT_ZONE,
        "environment": found.environment.value,
        "source": GameCall.Source.SERVER,
        "by": call.by,
        "known": found.known,
    }


@_served("query_user_balance", _("Balance of coins"), OPENID, ENV, USER_IP, user=True)
def query_user_balance(call: Call) -> Mapping[str, Any]:
    """Return what a user holds: all coins, the given ones of them, and the sums that led there."""
    where = _where(call, user=True)
    held = game_calls.told_balance(XPAY.asked(lambda: game_calls.balance(call.account.pk, **where)))
    held["first_save_flag"] = held.pop("first_save")
    return held


@_served(
    "currency_pay",
    _("Payment with coins"),
    OPENID,
    ENV,
    USER_IP,
    AMOUNT,
    ORDER,
    text("payitem", BAD, required=False),
    text("remark", BAD, required=False),
    DEVICE,
    user=True,
    errcodes=(REPEATED, 268490006),
)
def currency_pay(call: Call) -> Mapping[str, Any]:
    """Take coins from a user, given ones first. An order_id has one effect: again, it is 268490004."""
    where = _where(call, user=True)
    return XPAY.moved(
        lambda: game_calls.pay(
            call.account.pk,
            coins=call["amount"],
            bill_no=call["order_id"],
            item=call["payitem"] or "",
            remark=call["remark"] or "",
            **where,
        ),
        lambda moved: {
            "order_id": moved.bill_no,
            "balance": moved.balance,
            "used_present_amount": moved.gift_used,
        },
    )


@_served(
    "cancel_currency_pay",
    _("Cancellation of a payment with coins"),
    OPENID,
    ENV,
    USER_IP,
    text("pay_order_id", BAD),
    ORDER,
    AMOUNT,
    DEVICE,
    user=True,
    errcodes=(REPEATED,),
)
def cancel_currency_pay(call: Call) -> Mapping[str, Any]:
    """Give coins of a payment back, in parts if need be, within 48 hours; each part has its own order_id."""
    where = _where(call, user=True)
    return XPAY.moved(
        lambda: game_calls.cancel(
            call.account.pk,
            pay_bill_no=call["pay_order_id"],
            coins=call["amount"],
            bill_no=call["order_id"],
            **where,
        ),
        lambda moved: {"order_id": moved.bill_no},
    )


@_served(
    "present_currency", _("Gift of coins"), OPENID, ENV, ORDER, AMOUNT, DEVICE, errcodes=(NOBODY, REPEATED)
)
def present_currency(call: Call) -> Mapping[str, Any]:
    """Give coins to a user. Call again with the same order_id until 0 or 268490004 comes."""
    where = _where(call, user=False)
    return XPAY.moved(
        lambda: game_calls.present(call.account.pk, coins=call["amount"], bill_no=call["order_id"], **where),
        lambda moved: {"order_id": moved.bill_no, "balance": moved.balance, "present_balance": moved.gift},
    )


# --- orders -------------------------------------------------------------------------------


@_served("query_order", _("Order"), OPENID, ENV, *EITHER, errcodes=(NOBODY,))
def query_order(call: Call) -> Mapping[str, Any]:
    """Return an order that a user paid with money, or a refund of one by its refund_order_id."""
    environment = signed.require(call, XPAY, user=False).environment
    player = signed.player_of(call, XPAY)
    order = _found(call, environment)
    if order is not None and order.player_id == player.pk:
        return {"order": game_orders.described(order)}
    refund = game_orders.refund_found(call.account, environment, call["order_id"] or "")
    if refund is None or refund.order.player_id != player.pk:
        _no_such_order(call)
    return {"order": game_orders.described_refund(refund)}


@_served("notify_provide_goods", _("Delivery of an order"), ENV, *EITHER, errcodes=(REPEATED,))
def notify_provide_goods(call: Call) -> None:
    """Say that an order is delivered: its coins, if still on their way, are put into the wallet now."""
    environment = signed.require(call, XPAY, user=False).environment
    order = _found(call, environment) or _no_such_order(call)
    if order.paid_at is None:
        raise XPAY.wrong(_named_by(call), gettext("Nobody paid for this order, so nothing is delivered."))
    if order.delivered_at is not None:
        raise Wrong(REPEATED, gettext("This order was delivered before."), field=_named_by(call))
    purchases.deliver(order.pk, by=call.by)


@_served(
    "refund_order",
    _("Refund of an order"),
    OPENID,
    ENV,
    *EITHER,
    text("refund_order_id", BAD),
    whole("left_fee", BAD),
    whole("refund_fee", BAD),
    text("biz_meta", BAD, required=False, most=1024),
    text("refund_reason", BAD, choices=REASONS, example="0"),
    text("req_from", BAD, choices=("1", "2", "3"), example="3"),
    errcodes=(NOBODY, 268490006, 268490016),
)
def refund_order(call: Call) -> Mapping[str, Any]:
    """Refund a part of an order or all of it, by the account's own number: money back, coins out.

    Asked again with the same number it answers the same. It needs no scan, and is over when it answers.
    """
    environment = signed.require(call, XPAY, user=False).environment
    player = signed.player_of(call, XPAY)
    order = _found(call, environment)
    if order is None or order.player_id != player.pk:
        _no_such_order(call)
    number = _numbered(call, "refund_order_id")
    made = XPAY.asked(
        lambda: refunds.refund(
            order.pk,
            amount_fen=call["refund_fee"],
            reason=_reason(call["refund_reason"]),
            number=number,
            left_fen=call["left_fee"],
            by=call.by,
        ),
        amount="refund_fee",
    )
    return {
        "refund_order_id": made.number,
        "refund_wx_order_id": game_orders.wx_number(made),
        "pay_order_id": order.out_trade_no,
        "pay_wx_order_id": order.number,
    }


def _found(call: Call, environment: Environment) -> PaymentOrder | None:
    """Return the order that a call names. Raises Wrong for a call that names none."""
    if not call["order_id"] and not call["wx_order_id"]:
        raise XPAY.wrong("order_id", gettext("Send order_id or wx_order_id."))
    return game_orders.found(
        call.account, environment, order_id=call["order_id"], wx_order_id=call["wx_order_id"]
    )


def _no_such_order(call: Call) -> Never:
    raise XPAY.wrong(_named_by(call), gettext("There is no order of this number here, or it is another's."))


def _named_by(call: Call) -> str:
    return "order_id" if call["order_id"] else "wx_order_id"


def _numbered(call: Call, name: str) -> str:
    """Return a number that the account gave. Raises Wrong for one of another form."""
    number: str = call[name]
    if not NUMBER.fullmatch(number):
        raise XPAY.wrong(name, gettext("Such a number has 8 to 32 letters, digits, _ or -."))
    return number


def _reason(code: str) -> str:
    """Return why, in words, as the console tells it."""
    return {
        "0": gettext("No reason given"),
        "1": gettext("The product"),
        "2": gettext("After-sale service"),
        "3": gettext("The user changed their mind"),
        "4": gettext("The price"),
        "5": pgettext("refund", "Another reason"),
    }[code]


# --- money --------------------------------------------------------------------------------


@_served("download_bill", _("Bill"), whole("begin_ds", BAD), whole("end_ds", BAD))
def download_bill(call: Call) -> Mapping[str, Any]:
    """Return the address of the bill of at most 31 days, yyyymmdd: a CSV file, there for half an hour.

    It tells live purchases and refunds, and is ready at once: 268490011 never comes.
    """
    signed.require_by_key(call, XPAY, Environment.LIVE)
    found = []
    for name in ("begin_ds", "end_ds"):
        try:
            found.append(bills.read_day(call[name]))
        except ValueError:
            raise XPAY.wrong(name, gettext("Write a day as yyyymmdd: 20190309.")) from None
    first, last = found
    today = calendar.start_of_day(call.now()).date()
    if last < first or (last - first).days >= bills.MOST_DAYS:
        raise XPAY.wrong("end_ds", gettext("Choose at most 31 days, the last one not before the first."))
    if last > today:
        raise XPAY.wrong("end_ds", gettext("This day has not come yet."))
    ticket = bills.ticket(Bill(call.account, first, last))
    return {"url": call.request.build_absolute_uri(reverse("payments:bill", args=[ticket]))}


@_served("query_biz_balance", _("Money that can be withdrawn"), ENV)
def query_biz_balance(call: Call) -> Mapping[str, Any]:
    """Return what is settled and not withdrawn yet, in yuan; the sandbox has no money."""
    environment = signed.require(call, XPAY, user=False).environment
    fen = withdrawals.available_fen(call.account) if environment == Environment.LIVE else 0
    return {"balance_available": {"amount": _yuan(fen), "currency_code": CURRENCY}}


@_served(
    "create_withdraw_order",
    _("Withdrawal"),
    ENV,
    text("withdraw_no", BAD),
    text("withdraw_amount", BAD, required=False, most=40),
    errcodes=(268490006, 268490021, 268490024),
)
def create_withdraw_order(call: Call) -> Mapping[str, Any]:
    """Send settled money to the deposit account, all of it unless an amount in yuan is named; no scan.

    Asked again with the same number it answers the same. The bank answers after one working day.
    """
    environment = signed.require(call, XPAY, user=False).environment
    if environment == Environment.SANDBOX:
        raise XPAY.wrong("env", gettext("Nothing was withdrawn: the sandbox has no money. Send env 0."))
    number = _numbered(call, "withdraw_no")
    amount_fen = _fen(call["withdraw_amount"]) if call["withdraw_amount"] else None
    made = XPAY.asked(
        lambda: withdrawals.withdraw_numbered(
            call.account.pk, amount_fen=amount_fen, out_no=number, by=call.by
        ),
        amount="withdraw_amount",
        out_no="withdraw_no",
    )
    return {"withdraw_no": made.out_no, "wx_withdraw_no": made.number}


@_served("query_withdraw_order", _("Withdrawal, what became of it"), ENV, text("withdraw_no", BAD))
def query_withdraw_order(call: Call) -> Mapping[str, Any]:
    """Return what became of a withdrawal that was asked for here."""
    environment = signed.require(call, XPAY, user=False).environment
    number = _numbered(call, "withdraw_no")
    made = Withdrawal.objects.filter(account=call.account, out_no=number).first()
    if made is None or environment == Environment.SANDBOX:
        raise XPAY.wrong("withdraw_no", gettext("No withdrawal has this number."))
    paid = made.state == Withdrawal.State.PAID
    return {
        "withdraw_no": made.out_no,
        "status": STATUS[Withdrawal.State(made.state)],
        "withdraw_amount": _yuan(made.amount_fen),
        "wx_withdraw_no": made.number,
        "withdraw_success_timestamp": int(made.settled_at.timestamp()) if paid and made.settled_at else 0,
        "create_time": int(made.asked_at.timestamp()),
        "fail_reason": str(made.get_reason_display()) if made.reason else "",
    }


def _fen(written: str) -> int:
    """Return an amount in fen. Raises Wrong: 268490024 for nothing."""
    try:
        fen = money.parse_yuan(written)
    except ValueError as refusal:
        raise XPAY.wrong("withdraw_amount", str(refusal)) from None
    if not fen:
        raise Wrong(268490024, gettext("Nothing was withdrawn: 0.00 is no amount."), field="withdraw_amount")
    return fen


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"
