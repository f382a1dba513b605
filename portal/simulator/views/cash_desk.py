"""The cash desk over a game: what is bought, how it is paid, and how it may go wrong (PAY-6).

A fragment in two parts, for the glass and for backstage; `portal/static/player/desk.js` puts them there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from payments import cash_desk, client_codes
from payments.actions import purchases
from payments.models import Environment, PaymentOrder
from portal.kernel import limits
from portal.kernel.actors import BANK
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.outside import bank

State = PaymentOrder.State


@require_safe
@never_cache
def desk(request: WorldRequest, person_id: int, order_id: int) -> HttpResponse:
    """Show an order at the cash desk, or what became of it."""
    return _shown(request, _order(request, person_id, order_id))


@require_POST
def pay(request: WorldRequest, person_id: int, order_id: int) -> HttpResponse:
    """Pay with the card; the coins are in the wallet when this answers."""
    return _done(request, person_id, order_id, lambda order: purchases.buy(order.pk, by=_player(order)))


@require_POST
def leave(request: WorldRequest, person_id: int, order_id: int) -> HttpResponse:
    """Leave the cash desk without paying."""
    return _done(request, person_id, order_id, lambda order: purchases.leave(order.pk, by=_player(order)))


@require_POST
def refuse(request: WorldRequest, person_id: int, order_id: int) -> HttpResponse:
    """Let the bank refuse the payment."""
    return _done(request, person_id, order_id, lambda order: purchases.refuse_by_bank(order.pk, by=BANK))


@require_POST
def lose(request: WorldRequest, person_id: int, order_id: int) -> HttpResponse:
    """Pay, and lose the connection: the game hears of a failure, the coins come by themselves."""
    return _done(
        request, person_id, order_id, lambda order: purchases.pay(order.pk, by=_player(order)), lost=True
    )


def _done(
    request: WorldRequest,
    person_id: int,
    order_id: int,
    act: Callable[[PaymentOrder], PaymentOrder],
    *,
    lost: bool = False,
) -> HttpResponse:
    """Act on an order; one that is over already, by another press or the clock, shows what became of it."""
    order, refused = _order(request, person_id, order_id), ""
    try:
        act(order)
    except Refused as refusal:
        refused, lost = refusal.message, False
    return _shown(request, _order(request, person_id, order_id), refused=refused, lost=lost)


def _order(request: WorldRequest, person_id: int, order_id: int) -> PaymentOrder:
    orders = PaymentOrder.objects.select_related("account", "player__person", "partition__coin")
    order = get_object_or_404(orders, world=request.world, pk=order_id, player__person=person_id)
    order.world = order.player.person.world = request.world
    return order


def _player(order: PaymentOrder) -> Any:
    return order.player.person.as_actor()


def _shown(
    request: WorldRequest, order: PaymentOrder, *, refused: str = "", lost: bool = False
) -> HttpResponse:
    is_open = order.state == State.NOT_PAID and request.world.now() < order.placed_at + limits.ORDER_OPEN
    lost = lost and order.paid_at is not None
    context: dict[str, Any] = {
        "order": order,
        "coin": order.partition.coin,
        "is_open": is_open,
        "is_live": order.environment == Environment.LIVE,
        "is_lost": lost,
        "refused": refused if is_open else "",
        "card": bank.card_of(order.player.person),
        "backstage": [_backstage(order)] if is_open else [],
    }
    if not is_open:
        code = client_codes.CLOSED if order.state == State.NOT_PAID else client_codes.of(order)
        context["answer"] = json.dumps(cash_desk.answer(client_codes.SYSTEM if lost else code))
    return render(request, "simulator/cash_desk.html", context)


def _backstage(order: PaymentOrder) -> dict[str, Any]:
    """Return what else may happen at the cash desk, for `_partials/backstage.html`."""
    place = [order.player.person_id, order.pk]
    lose = {
        "label": _("Lose the connection after paying"),
        "url": reverse("simulator:cash_desk_lose", args=place),
    }
    refuse = {"label": _("Bank refuses"), "url": reverse("simulator:cash_desk_refuse", args=place)}
    buttons = [refuse, lose] if order.environment == Environment.LIVE else [lose]
    return {
        "icon": "bank",
        "name": _("Bank and line"),
        "text": _("What may go wrong while this order waits."),
        "buttons": [button | {"post": True, "fields": {}} for button in buttons],
    }
