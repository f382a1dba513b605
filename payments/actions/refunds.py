"""Refunds: money back to the player for bought coins not spent, by the administrator's scan (PAY-5).

The whole amount or a part of it, as long as it equals whole coins. Within one transaction the money
returns to the card that paid, the coins leave the wallet, and the day's income tells it. A refund is
booked in the month it is made in, whatever month its order belongs to (`payments/months.py`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from math import gcd
from typing import TYPE_CHECKING, Final, Never

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import scans
from accounts.models import Account
from payments import income, ledger, told
from payments.models import Environment, PaymentOrder, Refund, Wallet
from portal.kernel import audit, calendar, confirmations
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability
from portal.kernel.wording import yuan
from portal.outside import bank
from portal.outside.models import BankTransfer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = PaymentOrder.State

SCAN: Final = "payments.refund"
REFUNDED: Final = audit.register("payments.order_refunded", gettext_lazy("refunds a payment order"))
LONGEST_REASON: Final = 200


@dataclass(frozen=True)
class Room:
    """What of an order can be refunded now: up to `most_fen`, in steps of `step_fen` (whole coins)."""

    left_fen: int  # of the amount, not refunded yet
    coins_held: int  # bought coins in the wallet
    step_fen: int
    step_coins: int

    @property
    def most_fen(self) -> int:
        """Return the largest refund."""
        steps = min(self.left_fen // self.step_fen, self.coins_held // self.step_coins)
        return steps * self.step_fen

    def coins(self, amount_fen: int) -> int:
        """Return how many coins go back with this much money; Refused when they are not whole."""
        steps, rest = divmod(amount_fen, self.step_fen)
        if rest or amount_fen <= 0:
            _refuse(
                _("Nothing was refunded: whole coins cost a multiple of %(amount)s. Enter one.")
                % {"amount": yuan(self.step_fen)},
                code="not_whole_coins",
            )
        return steps * self.step_coins


def room(order: PaymentOrder) -> Room:
    """Return what can be refunded of an order that is delivered; Refused for any other, and for sandbox."""
    if order.environment == Environment.SANDBOX:
        _refuse(_("Nothing was refunded: the sandbox moves no money, so none can go back."), code="sandbox")
    if order.state == State.PAID:
        _refuse(
            _("Nothing was refunded: the coins are on their way. Refund when they are delivered."),
            code="not_delivered",
        )
    if order.state == State.REFUNDED:
        _refuse(_("Nothing was refunded: the whole amount went back already."), code="refunded_already")
    if order.state != State.DELIVERED:
        _refuse(_("Nothing was refunded: nobody paid for this order."), code="not_paid")
    share = gcd(order.amount_fen, order.coins)
    return Room(
        left_fen=order.amount_fen - order.refunded_fen,
        coins_held=_held(order),
        step_fen=order.amount_fen // share,
        step_coins=order.coins // share,
    )


def require(order: PaymentOrder, amount_fen: int) -> int:
    """Return how many coins a refund of `amount_fen` takes back, or raise Refused with the way out."""
    there = room(order)
    coins = there.coins(amount_fen)
    if amount_fen > there.left_fen:
        _refuse(
            _("Nothing was refunded: of this order %(left)s is left. Refund at most that.")
            % {"left": yuan(there.left_fen)},
            code="above_the_amount",
        )
    if coins > there.coins_held:
        _refuse_spent(there, coins)
    if order.payment is None or order.payment.to_account.balance_fen < amount_fen:
        _refuse_short()
    return coins


@action
def ask(order_id: int, *, amount_fen: int, reason: str, by: Actor) -> Confirmation:
    """Ask the administrator's phone to refund so much of an order; Refused as the refund itself."""
    order = _locked(order_id)
    order.account.require(Capability.REFUND_PAYMENT_ORDERS, by=by)
    coins = require(order, amount_fen)
    facts = {
        "order": order.pk,
        "number": order.number,
        "refund": _new_number(order.world.now()),
        "fen": amount_fen,
        "coins": coins,
        "reason": reason,
    }
    return scans.ask(SCAN, order.account, by=by, facts=facts)


@action
def ask_again(order_id: int, *, by: Actor) -> Confirmation:
    """Show a new code for what was asked last, after one that ran out or was refused."""
    order = _locked(order_id)
    order.account.require(Capability.REFUND_PAYMENT_ORDERS, by=by)
    last = confirmations.latest(SCAN, order.account_id)
    is_over = last is not None and last.state == Confirmation.State.CONFIRMED
    if last is None or is_over or last.facts["order"] != order.pk:
        raise Refused(_("No code was shown: enter the amount first."), code="nothing_asked")
    require(order, last.facts["fen"])
    return scans.ask(SCAN, order.account, by=by, facts=last.facts)


@action
def refund(
    order_id: int, *, amount_fen: int, reason: str, number: str, left_fen: int | None = None, by: Actor
) -> Refund:
    """Refund `amount_fen` of an order, once for each `number`: asked again, it answers the same refund.

    `left_fen` is what the caller takes to be left of the order. Raises Refused, with a sentence and
    nothing moved, where something else is left, for an order that is not delivered or of the sandbox,
    an amount that is not whole coins or above what is left, coins spent meanwhile, money that the
    platform's account does not hold, and a number used for another refund.
    """
    order = _locked(order_id)
    account, now = order.account, order.world.now()
    account.require(Capability.REFUND_PAYMENT_ORDERS, by=by)
    earlier = Refund.objects.filter(account=account, number=number).first()
    if earlier is not None:
        if (earlier.order_id, earlier.amount_fen) != (order.pk, amount_fen):
            _refuse(
                _("Nothing was refunded: this number stands for another refund. Open the form anew."),
                code="key_reused",
            )
        return earlier
    if left_fen is not None and left_fen != order.amount_fen - order.refunded_fen:
        _refuse(
            _("Nothing was refunded: of this order %(left)s is left. Ask for the order anew.")
            % {"left": yuan(order.amount_fen - order.refunded_fen)},
            code="left_differs",
        )
    coins = require(order, amount_fen)
    transfer = _pay_back(order, amount_fen, number)
    made = Refund.objects.create(
        world=order.world,
        account=account,
        order=order,
        number=number,
        amount_fen=amount_fen,
        coins=coins,
        reason=reason,
        by_name=by.name[:40],
        transfer=transfer,
        at=now,
    )
    _take_back(order, coins, bill_no=f"_{number}", at=now)
    order.refunded_fen += amount_fen
    if order.refunded_fen == order.amount_fen:
        order.refund(at=now, by=by)
    order.save()
    audit.act(account, REFUNDED, by=by, detail=f"{order.number}, {yuan(amount_fen)}: {reason}")
    income.add_refunded(order, amount_fen, now)
    told.refunded(made, by=by)
    return made


# --- the scan -----------------------------------------------------------------------------


def _carry_out(confirmation: Confirmation, by: Actor) -> None:
    asked = confirmation.facts
    refund(asked["order"], amount_fen=asked["fen"], reason=asked["reason"], number=asked["refund"], by=by)


def _objection(confirmation: Confirmation, _by: Actor) -> str:
    """Return why it cannot be carried out any more: coins are spent while a code waits."""
    order = PaymentOrder.objects.select_related("payment__to_account").get(pk=confirmation.facts["order"])
    try:
        require(order, confirmation.facts["fen"])
    except Refused as refusal:
        return refusal.message
    return ""


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    asked = confirmation.facts
    return [
        (_("Order"), asked["number"]),
        (_("Back to the player"), yuan(asked["fen"])),
        (_("Coins taken back"), f"{asked['coins']:,}"),
        (_("Reason"), asked["reason"]),
    ]


scans.register(
    SCAN,
    capability=Capability.REFUND_PAYMENT_ORDERS,
    title=lambda _confirmation: gettext_lazy("Refund a payment order"),
    carry_out=_carry_out,
    facts=_facts,
    waits_at="payments:orders",
    also=_objection,
)


# --- inside -------------------------------------------------------------------------------


def _locked(order_id: int) -> PaymentOrder:
    """Return the order, locked after its account, with what its payment moved."""
    ids = PaymentOrder.objects.values_list("account_id", flat=True)
    account = Account.objects.lock(ids.get(pk=order_id))
    order = PaymentOrder.objects.lock(order_id)
    order.account, order.world = account, account.world
    return order


def _held(order: PaymentOrder) -> int:
    """Return how many bought coins the order's wallet holds."""
    wallets = Wallet.objects.filter(
        player=order.player_id, partition=order.partition_id, environment=order.environment
    )
    return wallets.values_list("paid", flat=True).first() or 0


def _pay_back(order: PaymentOrder, amount_fen: int, number: str) -> BankTransfer:
    payment = order.payment
    if payment is None:
        raise LookupError(f"order {order.number} was paid without money")
    try:
        with transaction.atomic():
            return bank.post(payment.to_account, payment.from_account, amount_fen=amount_fen, remark=number)
    except Refused:
        _refuse_short()


def _take_back(order: PaymentOrder, coins: int, *, bill_no: str, at: datetime) -> None:
    wallet = ledger.wallet_of(order.account, order.player, order.partition, order.environment)
    try:
        with transaction.atomic():
            ledger.take_back(wallet, coins, bill_no=bill_no, at=at)
    except Refused:  # the game took them since they were counted
        _refuse_spent(room(order), coins)


def _refuse_spent(there: Room, coins: int) -> Never:
    if not there.most_fen:
        _refuse(_("Nothing was refunded: the player has spent the coins of this order."), code="coins_spent")
    _refuse(
        _("Nothing was refunded: it takes %(coins)s bought coins back, and the player has %(held)s left. "
          "Refund at most %(most)s.")
        % {"coins": f"{coins:,}", "held": f"{there.coins_held:,}", "most": yuan(there.most_fen)},
        code="coins_spent",
    )  # fmt: skip


def _refuse_short() -> Never:
    _refuse(
        _("Nothing was refunded: what this game took in is withdrawn, and the platform's account for it "
          "holds less than that. Refund when players have paid again."),
        code="no_money",
    )  # fmt: skip


def _refuse(sentence: str, *, code: str) -> Never:
    raise Refused(sentence, code=code, field="amount", way_out="payments:orders")


def _new_number(now: datetime) -> str:
    """Return a refund's number, which no other has: 28 digits that begin with 50."""
    return f"50{now.astimezone(calendar.SHANGHAI):%Y%m%d%H%M%S}{secrets.randbelow(10**12):012d}"
