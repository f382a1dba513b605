"""Players who buy game coins, and the calls of the game's own server (PAY-6, API-5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from accounts.models import Account, Player
from payments import grades
from payments.actions import game_calls, purchases
from payments.models import GameCall, GameCoin, PaymentOrder
from portal.kernel.actors import BANK, CONTROL, Actor
from portal.kernel.errors import Refused
from portal.kernel.ids import LARGEST_ID
from portal.simulator.api import lists
from portal.simulator.api.accounts import account_of
from portal.simulator.api.once import once
from portal.simulator.api.reading import (
    Body,
    Id,
    Moment,
    Shape,
    found,
    iso,
    person_of,
    world_of,
)

router = Router(tags=["Payment"])

Text = Annotated[str, Field(max_length=300)]
Coins = Annotated[int, Field(ge=-LARGEST_ID, le=LARGEST_ID)]


class NewOrder(Body):
    """What a player orders at the cash desk: a price grade in yuan, or an amount of coins.

    `playing` is the version they play; left out, the released one for money and the trial in the sandbox.
    """

    person: Id
    yuan: int | None = None
    coins: Coins | None = None
    zone_id: Text = "1"
    environment: int = 0
    out_trade_no: Text = ""
    playing: Literal["released", "trial", "develop"] | None = None


class OrderShape(Shape):
    """An order: `not_paid`, `paid`, `delivered`, `refunded`, `closed` or `failed`.

    `ended` says why nothing was paid: `left`, `bank`, `minor`, `timeout` or `shut`; "" otherwise.
    """

    order: int
    number: str
    out_trade_no: str
    person: int
    openid: str
    zone_id: str
    environment: int
    amount_fen: int
    coins: int
    state: str
    ended: str
    placed_at: Moment
    paid_at: Moment | None
    delivered_at: Moment | None


class NewCall(Body):
    """A call of the game's server for a player, by the platform's own name.

    `pay` and `present` want `amount` and `bill_no`, `cancelpay` also `pay_bill_no`.
    """

    person: Id
    call: Literal["getbalance", "pay", "cancelpay", "present"]
    zone_id: Text = "1"
    environment: int = 0
    amount: Coins | None = None
    bill_no: Text = ""
    pay_bill_no: Text = ""
    item: Text = ""


class HeldShape(Shape):
    """What a call left: `balance` is all coins of the player there, `gift` those of them that were given.

    `gift_used` is how many given coins a payment took; `repeated` says that it was made earlier.
    """

    balance: int
    gift: int
    gift_used: int = 0
    repeated: bool = False


@router.get("/worlds/{world}/accounts/{account}/orders", response=lists.Listed[OrderShape])
def list_orders(
    request: HttpRequest, world: Id, account: Id, after: lists.After = ""
) -> lists.Listed[OrderShape]:
    """List what players ordered, oldest first, whatever became of it."""
    return lists.page(_orders(account_of(world_of(world), account)), after, _order)


@router.post("/worlds/{world}/accounts/{account}/orders", response={201: OrderShape})
def place_order(request: HttpRequest, world: Id, account: Id, asked: NewOrder) -> HttpResponse:
    """Bring a player to the cash desk. A refusal's code is the game's `errCode`."""
    there = world_of(world)
    owner = account_of(there, account)
    person = person_of(there, asked.person)

    def act() -> OrderShape:
        order = purchases.place(
            owner.pk,
            person_id=person.pk,
            zone_id=asked.zone_id,
            environment=asked.environment,
            coins=_coins(owner, asked),
            out_trade_no=asked.out_trade_no,
            playing=asked.playing or ("trial" if asked.environment else "released"),
            by=CONTROL,
        )
        return _order(order)

    return once(request, there, act, status=201)


@router.post("/worlds/{world}/accounts/{account}/orders/{id}/pay", response=OrderShape)
def pay_order(request: HttpRequest, world: Id, account: Id, id: Id) -> HttpResponse:  # noqa: A002
    """Pay with the player's card; the order is delivered, or failed where the bank refuses."""
    return _at_the_desk(request, world, account, id, purchases.buy, CONTROL)


@router.post("/worlds/{world}/accounts/{account}/orders/{id}/leave", response=OrderShape)
def leave_order(request: HttpRequest, world: Id, account: Id, id: Id) -> HttpResponse:  # noqa: A002
    """Leave the cash desk without paying."""
    return _at_the_desk(request, world, account, id, purchases.leave, CONTROL)


@router.post("/worlds/{world}/accounts/{account}/orders/{id}/refuse", response=OrderShape)
def refuse_order(request: HttpRequest, world: Id, account: Id, id: Id) -> HttpResponse:  # noqa: A002
    """Let the bank refuse the payment."""
    return _at_the_desk(request, world, account, id, purchases.refuse_by_bank, BANK)


@router.post("/worlds/{world}/accounts/{account}/orders/{id}/lose", response=OrderShape)
def lose_order(request: HttpRequest, world: Id, account: Id, id: Id) -> HttpResponse:  # noqa: A002
    """Pay, and lose the connection: the coins are delivered when the clock next ticks or moves."""
    return _at_the_desk(request, world, account, id, purchases.pay, CONTROL)


@router.post("/worlds/{world}/accounts/{account}/calls", response=HeldShape)
def call(request: HttpRequest, world: Id, account: Id, asked: NewCall) -> HttpResponse:
    """Make a call of the game's server for a player. A refusal's code is the platform's `errcode`."""
    there = world_of(world)
    owner = account_of(there, account)
    person = person_of(there, asked.person)

    def act() -> HeldShape:
        place: dict[str, Any] = {
            "openid": Player.objects.of(owner, person.pk).openid,
            "zone_id": asked.zone_id,
            "environment": asked.environment,
            "source": GameCall.Source.SERVER,
            "by": CONTROL,
        }
        if asked.call == "getbalance":
            held = game_calls.balance(owner.pk, **place)
            return HeldShape(balance=held.balance, gift=held.gift)
        moves: dict[str, Any] = {"coins": asked.amount, "bill_no": asked.bill_no}
        if asked.call == "pay":
            moved = game_calls.pay(owner.pk, **place, **moves, item=asked.item)
        elif asked.call == "present":
            moved = game_calls.present(owner.pk, **place, **moves)
        else:
            moved = game_calls.cancel(owner.pk, **place, **moves, pay_bill_no=asked.pay_bill_no)
        told = dataclasses.asdict(moved)
        return HeldShape(**{name: told[name] for name in HeldShape.model_fields})

    return once(request, there, act)


# --- inside -------------------------------------------------------------------------------


def _orders(account: Account) -> Any:
    return PaymentOrder.objects.filter(account=account).select_related("player", "partition")


def _at_the_desk(
    request: HttpRequest,
    world: int,
    account: int,
    order_id: int,
    act: Callable[..., PaymentOrder],
    by: Actor,
) -> HttpResponse:
    there = world_of(world)
    orders = _orders(account_of(there, account))
    order = found(
        orders.filter(pk=order_id).first(),
        _("There is no order %(id)d in this account.") % {"id": order_id},
    )

    def acted() -> OrderShape:
        act(order.pk, by=by)
        return _order(orders.get(pk=order.pk))

    return once(request, there, acted)


def _coins(account: Account, asked: NewOrder) -> int:
    """Return how many coins are ordered; Refused for both or neither of grade and amount."""
    if (asked.yuan is None) == (asked.coins is None):
        raise Refused(
            _("Nothing was ordered: send yuan or coins, one of the two."), code="-15001", field="yuan"
        )
    if asked.coins is not None:
        return asked.coins
    rate = GameCoin.objects.filter(account=account).values_list("rate", flat=True).first()
    try:
        return grades.coins(asked.yuan or 0, rate or 1)
    except ValueError:
        raise Refused(
            _("Nothing was ordered: %(yuan)d yuan is no price grade. The grades are %(grades)s.")
            % {"yuan": asked.yuan, "grades": ", ".join(map(str, grades.YUAN))},
            code="-15002",
            field="yuan",
        ) from None


def _order(order: PaymentOrder) -> OrderShape:
    return OrderShape(
        order=order.pk,
        number=order.number,
        out_trade_no=order.out_trade_no,
        person=order.player.person_id,
        openid=order.player.openid,
        zone_id=order.partition.zone_id,
        environment=order.environment,
        amount_fen=order.amount_fen,
        coins=order.coins,
        state=order.state,
        ended=order.ended,
        placed_at=iso(order.placed_at),
        paid_at=iso(order.paid_at) if order.paid_at else None,
        delivered_at=iso(order.delivered_at) if order.delivered_at else None,
    )
