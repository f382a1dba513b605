"""A game's calls in version 2: balance, payment, cancellation, gift, order (PAY-6, API-2; wechat-api 5.2).

Not for third-party platforms. `ts` is not compared with any clock: the platform refuses none either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments import game_orders, refusals
from payments.actions import game_calls
from payments.api import signed
from payments.api.dialects import V2
from payments.api.parameters import text, whole
from payments.models import GameCall
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import ONLY_POST, Call, Wrong, endpoint

BAD: Final = V2.bad
CODES: Final = (90010, 90011, 90016, 90017, 90018)
PLACE: Final = (
    text("openid", BAD),
    text("offer_id", BAD),
    whole("ts", BAD),
    text("zone_id", BAD, example="1"),
    whole("env", BAD, example="0"),
)
SIGNED: Final = signed.fields(V2, user=True)
AMOUNT: Final = (whole("amount", BAD), text("bill_no", BAD))
GOODS: Final = 2  # as biz_id says it


def _where(call: Call) -> dict[str, Any]:
    """Check the signatures; return whose coins are meant, and who calls."""
    found = signed.require(call, V2, user=True)
    return {
        "openid": call["openid"],
        "zone_id": call["zone_id"],
        "environment": found.environment.value,
        "source": GameCall.Source.SERVER,
        "by": call.by,
        "known": found.known,
    }


@endpoint(
    "/wxa/game/getbalance",
    _("Balance of game coins"),
    verbs=ONLY_POST,
    fields=(*PLACE, whole("coin_type", BAD, required=False), *SIGNED),
    types=MINI_PROGRAMS,
    needs_body=True,
    errcodes=CODES,
)
def getbalance(call: Call) -> Mapping[str, Any]:
    """Return what a player holds: all coins, the given ones of them, and the sums that led there."""
    where = _where(call)
    if call["coin_type"]:
        raise V2.wrong("coin_type", gettext("Greenroom has no recharge centre: only game coins, 0."))
    held = V2.asked(lambda: game_calls.balance(call.account.pk, **where))
    return game_calls.told_balance(held)


@endpoint(
    "/wxa/game/pay",
    _("Payment with game coins"),
    verbs=ONLY_POST,
    fields=(
        *PLACE,
        *AMOUNT,
        text("payitem", BAD, required=False),
        text("remark", BAD, required=False),
        *SIGNED,
    ),
    types=MINI_PROGRAMS,
    needs_body=True,
    errcodes=(*CODES, 90012, 90013),
)
def pay(call: Call) -> Mapping[str, Any]:
    """Take coins from a player, given ones first.

    A bill_no has one effect. The same call again within 48 hours is answered 90012 with the first answer.
    """
    where = _where(call)
    return V2.moved(
        lambda: game_calls.pay(
            call.account.pk,
            coins=call["amount"],
            bill_no=call["bill_no"],
            item=call["payitem"] or "",
            remark=call["remark"] or "",
            **where,
        ),
        game_calls.told_payment,
    )


@endpoint(
    "/wxa/game/cancelpay",
    _("Cancellation of a payment"),
    verbs=ONLY_POST,
    fields=(*PLACE, *AMOUNT, text("pay_bill_no", BAD), *SIGNED),
    types=MINI_PROGRAMS,
    needs_body=True,
    errcodes=(*CODES, 90000, 90012),
)
def cancelpay(call: Call) -> Mapping[str, Any]:
    """Give coins of a payment back, in parts if need be, within 48 hours; each part has its own bill_no."""
    where = _where(call)
    return V2.moved(
        lambda: game_calls.cancel(
            call.account.pk,
            pay_bill_no=call["pay_bill_no"],
            coins=call["amount"],
            bill_no=call["bill_no"],
            **where,
        ),
        game_calls.told_payment,
    )


@endpoint(
    "/wxa/game/present",
    _("Gift of game coins"),
    verbs=ONLY_POST,
    fields=(*PLACE, *AMOUNT, *SIGNED),
    types=MINI_PROGRAMS,
    needs_body=True,
    errcodes=(*CODES, 90012),
)
def present(call: Call) -> Mapping[str, Any]:
    """Give coins to a player. Call again with the same bill_no until 0 or 90012 comes."""
    where = _where(call)
    return V2.moved(
        lambda: game_calls.present(call.account.pk, coins=call["amount"], bill_no=call["bill_no"], **where),
        game_calls.told_gift,
    )


@endpoint(
    "/wxa/game/queryorderinfo",
    _("Payment order"),
    verbs=ONLY_POST,
    fields=(
        *PLACE,
        text("out_trade_no", BAD),
        whole("biz_id", BAD, least=1, most=GOODS, example="1"),
        *SIGNED,
    ),
    types=MINI_PROGRAMS,
    needs_body=True,
    errcodes=(*CODES, 90019),
)
def queryorderinfo(call: Call) -> Mapping[str, Any]:
    """Return whether an order of a player is paid and delivered. Games sell coins here, and no goods."""
    where = _where(call)
    order = game_orders.of_game(
        call.account,
        openid=where["openid"],
        zone_id=where["zone_id"],
        environment=where["environment"],
        out_trade_no=call["out_trade_no"],
    )
    if order is None or call["biz_id"] == GOODS:
        raise Wrong(
            refusals.NO_SUCH_ORDER,
            gettext("This player has no order of this number in this partition and environment."),
            field="out_trade_no",
        )
    return game_orders.info(order)
