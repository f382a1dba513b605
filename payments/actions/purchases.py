"""A player buys coins: the order, the cash desk, the money, the coins (PAY-6; wechat-api 11).

An order goes through two transactions. The one that pays moves the money and promises the delivery;
the next puts the coins into the wallet. Whoever dies in between leaves the promise behind: the clock
keeps it, once.

Refusals carry the code that the game is told as `errCode` (`payments.client_codes`).
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Final, Literal

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Player
from payments import clearing, client_codes, grades, income, ledger, told
from payments.models import Environment, GameCoin, Partition, PaymentOrder, Tester
from portal.kernel import audit, calendar, deadlines, limits
from portal.kernel.action import action
from portal.kernel.actors import BANK, TIMER, Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline
from portal.kernel.terms import AccountState, Permission
from portal.outside import bank, numbers
from portal.outside.models import BankTransfer, Person

CLOSE: Final = "payments.close"
DELIVER: Final = "payments.deliver"
OUT_TRADE_NO: Final = re.compile(r"(?!_)[A-Za-z0-9_\-|*@]{1,32}")
ADULT: Final = 18  # years

PLACED: Final = audit.register("payments.order_placed", gettext_lazy("Player ordered game coins"))

Playing = Literal["released", "trial", "develop"]
State = PaymentOrder.State
Ended = PaymentOrder.Ended


@action
def place(
    account_id: int,
    *,
    person_id: int,
    zone_id: str,
    environment: int,
    coins: int,
    out_trade_no: str,
    playing: Playing,
    by: Actor,
) -> PaymentOrder:
    """Open the cash desk for `coins` coins; without `out_trade_no` the platform makes a number.

    A minor's order has failed already when it is returned: the platform sells them nothing. Raises
    Refused (wechat-api 11.2): -15002 for an amount of no price grade or a number of other
    characters, -15003 and -15007 for a number used before, -15005, -15010, -15013, 1001 and 1003
    where nothing is for sale, 2 while another order of this player is at the cash desk.
    """
    account = Account.objects.lock(account_id)
    person = Person.objects.get(pk=person_id, world=account.world)
    if environment not in Environment.values:
        raise _no(
            client_codes.INVALID,
            _("Nothing was ordered: env is 0, for money, or 1, in the sandbox."),
            field="environment",
        )
    if playing == "released" and environment == Environment.SANDBOX:
        raise _no(
            client_codes.NO_SANDBOX,
            _("Nothing was ordered: a released version sells for real money only. Send env 0."),
            field="environment",
        )
    coin, partition = _for_sale(account, person, environment, zone_id)
    amount_fen = grades.price(coins, coin.rate or 1)
    if amount_fen is None:
        raise _no(
            client_codes.INVALID,
            _("Nothing was ordered: this many coins cost no price grade. One yuan buys %(rate)s coins.")
            % {"rate": coin.rate},
            field="coins",
        )
    player = Player.objects.of(account, person.pk)
    out_trade_no = _unused(account, out_trade_no)
    now = account.world.now()
    at_the_desk = PaymentOrder.objects.filter(account=account, player=player, state=State.NOT_PAID)
    if at_the_desk.filter(placed_at__gt=now - limits.ORDER_OPEN).exists():
        raise _no(client_codes.BUSY, _("Nothing was ordered: another order waits at the cash desk."))
    order = PaymentOrder.objects.create(
        world=account.world,
        account=account,
        player=player,
        partition=partition,
        environment=environment,
        number=_number(now),
        out_trade_no=out_trade_no,
        amount_fen=amount_fen,
        coins=coins,
        placed_at=now,
    )
    audit.act(order, PLACED, by=by, detail=out_trade_no)
    if is_minor(person, now):
        order.fail(why=Ended.MINOR, at=now, by=by)
        order.save()
        return order
    deadlines.schedule(
        CLOSE, subject=order, due_at=now + limits.ORDER_OPEN, account_id=account.pk, detail=order.number
    )
    return order


@action
def pay(order_id: int, *, by: Actor) -> PaymentOrder:
    """Pay at the cash desk: exactly the amount, from the player's card; the sandbox moves no money.

    The order returned is paid, or failed because the bank refused (no card, too little on it), or
    closed because nothing is for sale there any more. Raises Refused: -15007 when it is paid
    already, -15017 when its time is over.
    """
    order = _at_the_desk(order_id)
    account, now = order.account, order.world.now()
    person = order.player.person
    try:
        _for_sale(account, person, order.environment, order.partition.zone_id)
    except Refused:
        return _over(order, Ended.SHUT, by=by)
    if order.environment == Environment.LIVE:
        order.payment = _charged(order, person)
        if order.payment is None:
            return _over(order, Ended.BANK, by=BANK)
    order.pay(at=now, transaction_number=_transaction_number(now), by=by)
    order.save()
    deadlines.cancel(CLOSE, subject_id=order.pk)
    deadlines.schedule(DELIVER, subject=order, due_at=now, account_id=account.pk, detail=order.number)
    income.add_paid(order)
    return order


@action
def leave(order_id: int, *, by: Actor) -> PaymentOrder:
    """Leave the cash desk without paying; who has left already has left. Refused as `pay`."""
    order = _locked(order_id)
    if order.ended == Ended.LEFT:
        return order
    _require_open(order)
    return _over(order, Ended.LEFT, by=by)


@action
def refuse_by_bank(order_id: int, *, by: Actor) -> PaymentOrder:
    """Let the bank refuse the payment: `by` is the bank. Refused as `pay`, and in the sandbox (no bank)."""
    order = _locked(order_id)
    if order.ended == Ended.BANK:
        return order
    _require_open(order)
    if order.environment == Environment.SANDBOX:
        raise Refused(
            _("Nothing was refused: the sandbox moves no money, so no bank is asked."), code="sandbox"
        )
    return _over(order, Ended.BANK, by=by)


@action
def deliver(order_id: int, *, by: Actor) -> PaymentOrder:
    """Put the coins of a paid order into the wallet; an order that does not await them stays as it is."""
    order = PaymentOrder.objects.lock(order_id)
    if order.state == State.PAID:
        _deliver(order, by=by)
        deadlines.cancel(DELIVER, subject_id=order.pk)
    return order


def buy(order_id: int, *, by: Actor) -> PaymentOrder:
    """Pay, and have the coins delivered at once: two transactions, as the cash desk does it."""
    order = pay(order_id, by=by)
    return deliver(order.pk, by=by) if order.state == State.PAID else order


def is_minor(person: Person, at: datetime) -> bool:
    """Return whether the platform's health system sells nothing to this person: under 18 in Shanghai."""
    return numbers.age(person.id_number, today=calendar.start_of_day(at).date()) < ADULT


# --- by the clock -------------------------------------------------------------------------


@deadlines.on(
    CLOSE, title=lambda promise: _("Unpaid order %(number)s is closed") % {"number": promise.detail}
)
def _close(promise: Deadline) -> str:
    order = PaymentOrder.objects.lock(promise.subject_id)
    if order.state != State.NOT_PAID:
        return "kept"
    order.close(why=Ended.TIMEOUT, at=promise.due_at, by=TIMER)
    order.save()
    return "closed"


@deadlines.on(
    DELIVER, title=lambda promise: _("Coins of order %(number)s are delivered") % {"number": promise.detail}
)
def _deliver_late(promise: Deadline) -> str:
    order = PaymentOrder.objects.lock(promise.subject_id)
    if order.state != State.PAID:
        return "kept"
    _deliver(order, by=TIMER)
    return "delivered"


# --- inside -------------------------------------------------------------------------------


def _deliver(order: PaymentOrder, *, by: Actor) -> None:
    now = order.world.now()
    wallet = ledger.wallet_of(order.account, order.player, order.partition, order.environment)
    # No game's own number begins with "_".
    ledger.recharge(wallet, order.coins, bill_no=f"_{order.number}", at=now)
    order.deliver(at=now, by=by)
    order.save()
    told.delivered(order)


def _locked(order_id: int) -> PaymentOrder:
    """Return the order, locked after its account: what a game takes in is booked one by one."""
    account_id = PaymentOrder.objects.values_list("account_id", flat=True).get(pk=order_id)
    account = Account.objects.lock(account_id)
    order = PaymentOrder.objects.lock(order_id)
    order.account, order.world = account, account.world
    return order


def _at_the_desk(order_id: int) -> PaymentOrder:
    order = _locked(order_id)
    _require_open(order)
    return order


def _require_open(order: PaymentOrder) -> None:
    if order.paid_at is not None:
        raise _no(client_codes.PAID, _("Nothing was done: this order is paid already."))
    if order.state != State.NOT_PAID or order.world.now() >= order.placed_at + limits.ORDER_OPEN:
        raise _no(client_codes.CLOSED, _("Nothing was done: this order is over. Order again in the game."))


def _over(order: PaymentOrder, why: Ended, *, by: Actor) -> PaymentOrder:
    """End an order that nobody paid: the bank's refusal is a failure, everything else a closing."""
    end = order.fail if why == Ended.BANK else order.close
    end(why=why, at=order.world.now(), by=by)
    order.save()
    deadlines.cancel(CLOSE, subject_id=order.pk)
    return order


def _for_sale(account: Account, person: Person, environment: int, zone_id: str) -> tuple[GameCoin, Partition]:
    """Return what is sold there; raises Refused when this person can buy nothing there now."""
    if account.closed_at is not None or account.closes_at is not None:
        raise _no(client_codes.BANNED, _("Nothing was ordered: this account is closed, or about to be."))
    coin = GameCoin.objects.filter(account=account).first()
    if coin is None:
        raise _no(client_codes.UNPUBLISHED, _("Nothing was ordered: this game has no game coin."))
    if environment == Environment.LIVE:
        _require_live(account, coin)
    else:
        _require_sandbox(account, coin, person)
    partition = Partition.objects.filter(coin=coin, zone_id=zone_id, is_open=True).first()
    if partition is None:
        raise _no(
            client_codes.NO_ZONE,
            _("Nothing was ordered: the game coin has no open partition of this zone ID."),
            field="zone_id",
        )
    return coin, partition


def _require_live(account: Account, coin: GameCoin) -> None:
    if coin.state != GameCoin.State.ONLINE:
        raise _no(client_codes.NO_COIN, _("Nothing was ordered: the game coin is not online."))
    if account.state != AccountState.AUTHENTICATED:
        raise _no(
            client_codes.UNPUBLISHED,
            _("Nothing was ordered: the account's WeChat authentication has lapsed, so it sells nothing."),
        )


def _require_sandbox(account: Account, coin: GameCoin, person: Person) -> None:
    if coin.rate is None:
        raise _no(client_codes.NO_COIN, _("Nothing was ordered: the game coin has no name and rate yet."))
    _role, held = account.role_of(person.as_actor())
    if Permission.EXPERIENCE in held or Tester.objects.filter(coin=coin, person=person).exists():
        return
    raise _no(
        client_codes.UNPUBLISHED,
        _("Nothing was ordered: the sandbox sells to testers and members of the account only."),
    )


def _unused(account: Account, out_trade_no: str) -> str:
    """Return the order number to use: the game's when it is well-formed and new, else one made here."""
    if not out_trade_no:
        return f"_{secrets.token_hex(15)}"
    if not OUT_TRADE_NO.fullmatch(out_trade_no):
        raise _no(
            client_codes.INVALID,
            _("Nothing was ordered: an order number has 1 to 32 letters, digits and signs of _ - | * @, "
              "and does not begin with _."),
            field="out_trade_no",
        )  # fmt: skip
    earlier = PaymentOrder.objects.filter(account=account, out_trade_no=out_trade_no).first()
    if earlier is not None:
        raise _no(
            client_codes.PAID if earlier.paid_at else client_codes.DUPLICATE,
            _("Nothing was ordered: an order of this number is paid already. Send a new number.")
            if earlier.paid_at
            else _("Nothing was ordered: this number was used before. Send a new number."),
            field="out_trade_no",
        )
    return out_trade_no


def _charged(order: PaymentOrder, person: Person) -> BankTransfer | None:
    """Return the money that came from the player's card, or None when the bank refuses."""
    card = bank.card_of(person)
    if card is None:
        return None
    try:
        with transaction.atomic():
            return bank.post(
                card, clearing.account_of(order.account), amount_fen=order.amount_fen, remark=order.number
            )
    except Refused:
        return None


def _number(now: datetime) -> str:
    return f"{now.astimezone(calendar.SHANGHAI):%Y%m%d%H%M%S}{secrets.randbelow(10**14):014d}"


def _transaction_number(now: datetime) -> str:
    return f"4200{now.astimezone(calendar.SHANGHAI):%Y%m%d}{secrets.randbelow(10**16):016d}"


def _no(code: int, sentence: str | Promise, *, field: str = "") -> Refused:
    return Refused(sentence, code=str(code), field=field)
