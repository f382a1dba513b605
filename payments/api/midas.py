"""A game's calls in version 1, for games of before November 2022 (PAY-6, API-2; wechat-api 5.1).

The same coins, partitions and players as in version 2. What differs: the path says the environment, the
parameters are signed instead of the body, a cancellation is of a whole payment and has no number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from payments import coins
from payments.actions import game_calls
from payments.api import signed
from payments.api.dialects import MISSING, V1
from payments.api.parameters import Text, Whole, text, whole
from payments.ledger import Moved
from payments.models import Environment, GameCall
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import ONLY_POST, Answer, Call, Field, endpoint

ROOTS: Final = {
    Environment.LIVE: "/cgi-bin/midas/",
    Environment.SANDBOX: "/cgi-bin/midas/sandbox/",
}
CODES: Final = (90009, 90010, 90011, 90017, 90018, MISSING)

Handler = Callable[[Call], Answer]


def _text(name: str, **more: Any) -> Text:
    return text(name, V1.bad, missing=MISSING, **more)


def _whole(name: str, **more: Any) -> Whole:
    return whole(name, V1.bad, missing=MISSING, **more)


BEGINNING: Final = (
    _text("openid"),
    _text("appid"),
    _text("offer_id"),
    _whole("ts"),
    _text("zone_id", required=False, example=coins.DEFAULT_ZONE),
    _text("pf", choices=("android",), example="android"),
    _text("user_ip", required=False),
)
END: Final = (_text("access_token", required=False), _text("sig"), _text("mp_sig"))
ITEM: Final = _text("pay_item", required=False)


def _served(
    name: str, title: Any, *own: Field, errcodes: tuple[int, ...] = ()
) -> Callable[[Handler], Handler]:
    """Serve a call in both environments, each at its path."""

    def register(handler: Handler) -> Handler:
        for root in ROOTS.values():
            endpoint(
                f"{root}{name}",
                title,
                verbs=ONLY_POST,
                fields=(*BEGINNING, *own, *END),
                types=MINI_PROGRAMS,
                needs_body=True,
                errcodes=(*CODES, *errcodes),
            )(handler)
        return handler

    return register


def _where(call: Call) -> dict[str, Any]:
    """Check the signatures; return whose coins are meant, and who calls."""
    sandbox = call.path.startswith(ROOTS[Environment.SANDBOX])
    environment = Environment.SANDBOX if sandbox else Environment.LIVE
    found = signed.require_version_1(call, environment)
    return {
        "openid": call["openid"],
        "zone_id": call["zone_id"] or coins.DEFAULT_ZONE,
        "environment": environment.value,
        "source": GameCall.Source.SERVER,
        "by": call.by,
        "known": found.known,
    }


@_served("getbalance", _("Balance of game coins, version 1"))
def getbalance(call: Call) -> Mapping[str, Any]:
    """Return what a player holds: all coins, the given ones of them, and the sums that led there."""
    where = _where(call)
    held = V1.asked(lambda: game_calls.balance(call.account.pk, **where))
    return {
        "balance": held.balance,
        "gen_balance": held.gift,
        "first_save": held.first_save,
        "save_amt": held.bought,
        "save_sum": held.bought + held.given,
        "cost_sum": held.spent,
        "present_sum": held.given,
    }


@_served(
    "pay",
    _("Payment with game coins, version 1"),
    _whole("amt"),
    _text("bill_no"),
    ITEM,
    _text("app_remark", required=False),
    errcodes=(90012, 90013),
)
def pay(call: Call) -> Mapping[str, Any]:
    """Take coins from a player, given ones first. A bill_no has one effect."""
    where = _where(call)
    return V1.moved(
        lambda: game_calls.pay(
            call.account.pk,
            coins=call["amt"],
            bill_no=call["bill_no"],
            item=call["pay_item"] or "",
            remark=call["app_remark"] or "",
            **where,
        ),
        lambda moved: {"bill_no": moved.bill_no, "balance": moved.balance, "used_gen_amt": moved.gift_used},
    )


@_served(
    "cancelpay",
    _("Cancellation of a payment, version 1"),
    _text("bill_no"),
    ITEM,
    errcodes=(90000, 90012),
)
def cancelpay(call: Call) -> Mapping[str, Any]:
    """Give all that is left of a payment back, within 48 hours."""
    where = _where(call)
    return V1.moved(
        lambda: game_calls.cancel_rest(call.account.pk, pay_bill_no=call["bill_no"], **where),
        lambda _moved: {"bill_no": call["bill_no"]},
        pay_bill_no="bill_no",
    )


@_served(
    "present",
    _("Gift of game coins, version 1"),
    _text("bill_no"),
    _whole("present_counts"),
    errcodes=(90012,),
)
def present(call: Call) -> Mapping[str, Any]:
    """Give coins to a player."""
    where = _where(call)

    def told(moved: Moved) -> Mapping[str, Any]:
        return {"bill_no": moved.bill_no, "balance": moved.balance}

    return V1.moved(
        lambda: game_calls.present(
            call.account.pk, coins=call["present_counts"], bill_no=call["bill_no"], **where
        ),
        told,
        amount="present_counts",
    )
