"""A payment order as pages tell it: its tone, its way so far, and what it caused, in time order (PAY-5)."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from payments.models import Entry, Environment, PaymentOrder, Refund, Settlement, Wallet
from portal.kernel import diagrams
from portal.kernel.machines import machine_of
from portal.kernel.wording import joined, yuan

State = PaymentOrder.State

TONES: Final = {
    State.NOT_PAID: "not",
    State.PAID: "doing",
    State.DELIVERED: "done",
    State.REFUNDED: "idle",
    State.CLOSED: "idle",
    State.FAILED: "fail",
}
_CAME_THROUGH: Final = {
    State.PAID: (State.NOT_PAID,),
    State.DELIVERED: (State.NOT_PAID, State.PAID),
    State.REFUNDED: (State.NOT_PAID, State.PAID, State.DELIVERED),
    State.CLOSED: (State.NOT_PAID,),
    State.FAILED: (State.NOT_PAID,),
}


def tone(order: PaymentOrder) -> str:
    """Return the tone of the order's pill."""
    return TONES[State(order.state)]


def drawn(order: PaymentOrder) -> dict[str, Any]:
    """Return the order's machine, drawn where it stands, as `_partials/machine.html` wants it."""
    machine, here = machine_of(PaymentOrder._meta.label), str(order.state)
    past = [str(state) for state in _CAME_THROUGH.get(State(order.state), ())]
    return {
        "svg": diagrams.svg(machine, here=here, past=past),
        "sentence": diagrams.sentence(machine, here),
    }


def entries_of(order: PaymentOrder) -> QuerySet[Entry]:
    """Return what the ledger has of the order's wallet."""
    wallet = Wallet.objects.filter(
        player=order.player_id, partition=order.partition_id, environment=order.environment
    )
    return Entry.objects.filter(wallet__in=wallet)


def chain(
    order: PaymentOrder, *, recharge: Entry | None, refunds: list[Refund], taken: dict[str, Entry], coin: str
) -> list[dict[str, Any]]:
    """Return what happened, in time order, as `_partials/history.html` wants it.

    `recharge` is the ledger's entry of the delivery, `taken` those of the refunds by bill number, `coin`
    what the coin is called.
    """
    steps = [
        _step(
            order.placed_at,
            _("The player ordered"),
            _("%(coins)s %(coin)s for %(amount)s.")
            % {"coins": f"{order.coins:,}", "coin": coin, "amount": yuan(order.amount_fen)},
        )
    ]
    if order.paid_at is not None:
        steps.append(_step(order.paid_at, _("The player paid"), _paid(order)))
    if order.delivered_at is not None:
        steps.append(_step(order.delivered_at, _("The coins were delivered"), _entered(recharge)))
    steps += [_refunded(refund, taken.get(f"_{refund.number}")) for refund in refunds]
    if order.ended:
        what = _("The payment failed") if order.state == State.FAILED else _("The order was closed")
        steps.append(_step(order.ended_at, what, order.get_ended_display(), tone="fail"))
    for settlement in _settled_in(order, refunds):
        steps.append(
            _step(settlement.at, _("Settled"), _("In the month %(month)s.") % {"month": str(settlement)})
        )
    return sorted(steps, key=lambda step: step["at"])


def _step(at: Any, title: str, detail: str, *, tone: str = "done") -> dict[str, Any]:
    return {"at": at, "title": title, "detail": detail, "tone": tone}


def _paid(order: PaymentOrder) -> str:
    number = _("WeChat Pay number %(number)s.") % {"number": order.transaction_number}
    if order.environment == Environment.SANDBOX or order.payment is None:
        return joined([_("In the sandbox: no money moved."), number], by=" ")
    moved = _("Bank transfer %(transfer)d from the card of %(name)s.") % {
        "transfer": order.payment.pk,
        "name": order.payment.from_account.holder,
    }
    return joined([moved, number], by=" ")


def _entered(entry: Entry | None) -> str:
    if entry is None:
        return ""
    return _("Ledger entry %(entry)d; the wallet then held %(paid)s bought and %(gift)s given coins.") % {
        "entry": entry.pk,
        "paid": f"{entry.paid_after:,}",
        "gift": f"{entry.gift_after:,}",
    }


def _refunded(refund: Refund, entry: Entry | None) -> dict[str, Any]:
    title = _("%(amount)s refunded, %(coins)s coins taken back") % {
        "amount": yuan(refund.amount_fen),
        "coins": f"{refund.coins:,}",
    }
    by = _("By %(name)s: %(reason)s") % {"name": refund.by_name, "reason": refund.reason}
    moved = _("Refund %(number)s, bank transfer %(transfer)s.") % {
        "number": refund.number,
        "transfer": refund.transfer_id,
    }
    return _step(refund.at, title, joined(filter(None, [moved, _entered(entry), by]), by=" "))


def _settled_in(order: PaymentOrder, refunds: list[Refund]) -> list[Settlement]:
    found = [order.settlement, *(refund.settlement for refund in refunds)]
    return list({each.pk: each for each in found if each is not None}.values())
