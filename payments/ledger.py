"""The ledger: every movement of coins, and nothing else moves any (PAY-6; ADR 18).

A movement is a conditional UPDATE of one wallet and one new entry (`payments/movements.py`). Called by
itself it commits; inside a transaction it is a part of it. A bill number has one effect on a wallet,
for ever: the same call made again answers as the first time.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import Account, Player
from payments import movements, refusals
from payments.models import Entry, Partition, Wallet
from payments.movements import Made, Movement
from portal.kernel.action import transactional
from portal.kernel.compiled import Compiled
from portal.kernel.models import World

WINDOW: Final = timedelta(hours=48)  # a game's call is answered again, a payment cancelled, before its end
MOST_COINS: Final = 1_000_000_000  # in one movement; 2**63 is nine billion of these

_WALLET: Final = Compiled(
    lambda player, partition, environment: Wallet.objects.filter(
        player=player, partition=partition, environment=environment
    ),
    parameters=3,
)
_BILL_NO: Final = re.compile(r"[A-Za-z0-9-][A-Za-z0-9_-]{0,62}")


@dataclass(frozen=True)
class Moved:
    """What a movement did. `balance` is all coins it left, `gift` those of them that were given.

    `gift_used` is how many given coins a payment took, or a cancellation gave back. `repeated`: the
    movement was made earlier, and this is what was answered then (90012 on the wire).
    """

    entry_id: int
    bill_no: str
    balance: int
    gift: int
    gift_used: int
    repeated: bool = False


def wallet_of(account: Account, player: Player, partition: Partition, environment: int) -> Wallet:
    """Return the player's wallet in a partition and environment; a new one is empty."""
    if wallet := _WALLET.first(player.pk, partition.pk, environment):
        return wallet
    wallet, _created = Wallet.objects.get_or_create(
        player=player,
        partition=partition,
        environment=environment,
        defaults={"account": account, "world_id": account.world_id},
    )
    return wallet


def recharge(wallet: Wallet, coins: int, *, bill_no: str, at: datetime) -> Moved:
    """Add coins that were bought, as of `at`; `bill_no` is the order's own and begins with "_"."""
    return _move(_movement(wallet, Entry.Kind.RECHARGE, coins, bill_no, at=at))


def pay(wallet: Wallet, coins: int, *, bill_no: str, item: str = "", remark: str = "") -> Moved:
    """Spend coins, given ones first.

    Raises Refused: 90012 for a number used for something else or 48 hours ago, 90013 for too few
    coins, 90018 for an amount or number that is none.
    """
    require_bill_no(bill_no)
    return _move(_movement(wallet, Entry.Kind.PAY, coins, bill_no, item=item, remark=remark))


def present(wallet: Wallet, coins: int, *, bill_no: str) -> Moved:
    """Give coins away. Raises Refused as `pay` does, but for 90013."""
    require_bill_no(bill_no)
    return _move(_movement(wallet, Entry.Kind.PRESENT, coins, bill_no, gift=coins))


def take_back(wallet: Wallet, coins: int, *, bill_no: str, at: datetime) -> Moved:
    """Take bought coins back for a refund, as of `at`. Raises Refused (90013) when fewer are left."""
    return _move(_movement(wallet, Entry.Kind.REFUND, coins, bill_no, at=at))


@transactional
def cancel(wallet: Wallet, pay_bill_no: str, coins: int, *, bill_no: str) -> Moved:
    """Give coins of a payment back to where they came from: bought ones first, then given ones.

    A payment can be cancelled within 48 hours, in parts, up to its amount. What was cancelled of it
    is read under the wallet's lock, so this is the one movement of more than one statement.

    Raises Refused: 90000 when there is no such payment, 90012 as `pay` does, 90018 for an amount or
    number that is none, for more than is left of the payment, and when it was made 48 hours ago.
    """
    require_bill_no(bill_no)
    require_bill_no(pay_bill_no, field="pay_bill_no")
    movement = replace(_movement(wallet, Entry.Kind.CANCEL, coins, bill_no), of_bill=pay_bill_no)
    world = _hold(movement)
    return _earlier(movement, world) or _cancel(movement, world)


@transactional
def cancel_rest(wallet: Wallet, pay_bill_no: str) -> Moved:
    """Give back all that is left of a payment, once: version 1 knows neither parts nor a number for them.

    Raises Refused as `cancel` does, and 90012 when nothing is left.
    """
    require_bill_no(pay_bill_no, field="pay_bill_no")
    # No game's own number begins with "_", and a payment's may be as long as a number can be.
    bill_no = f"_rest-{hashlib.sha256(pay_bill_no.encode()).hexdigest()[:40]}"
    movement = Movement(wallet.pk, wallet.world_id, Entry.Kind.CANCEL, 0, bill_no, of_bill=pay_bill_no)
    world = _hold(movement)
    if done := Entry.objects.filter(wallet=wallet, bill_no=bill_no).first():
        movement = replace(movement, coins=done.paid + done.gift)
        return _earlier(movement, world) or _cancel(movement, world)
    paid, gift = _left(movement, world)
    if not paid + gift:
        raise refusals.nothing_left(pay_bill_no)
    return _cancel(replace(movement, coins=paid + gift), world)


def _cancel(movement: Movement, world: World) -> Moved:
    """Give coins back, the wallet held."""
    paid, gift = _left(movement, world)
    if movement.coins > paid + gift:
        raise refusals.bad(
            "amount",
            _("Nothing was moved: %(left)d coins are left of this payment. Cancel at most as many.")
            % {"left": paid + gift},
        )
    made = movements.make(replace(movement, gift=movement.coins - min(movement.coins, paid)))
    return _moved(made, movement)


def _left(movement: Movement, world: World) -> tuple[int, int]:
    """Return the bought and the given coins that are left of the payment `of_bill`; the wallet is held."""
    bill = movement.of_bill
    entries = Entry.objects.filter(wallet=movement.wallet_id)
    payment = entries.filter(kind=Entry.Kind.PAY, bill_no=bill).first()
    if payment is None:
        raise refusals.no_such_payment(bill)
    if world.now() >= payment.at + WINDOW:
        raise refusals.bad(
            "pay_bill_no",
            _("Nothing was moved: the payment %(bill)s was made 48 hours ago or earlier. It stands.")
            % {"bill": bill},
        )
    back = entries.filter(of_bill=bill).aggregate(paid=Sum("paid", default=0), gift=Sum("gift", default=0))
    return -payment.paid - back["paid"], -payment.gift - back["gift"]


def require_bill_no(bill_no: object, *, field: str = "bill_no") -> None:
    """Raise Refused (90018) unless it is a number a game may use: at most 63 letters, digits, _ and -."""
    if not isinstance(bill_no, str) or not _BILL_NO.fullmatch(bill_no):
        raise refusals.bad(
            field,
            _("A bill number is 1 to 63 letters, digits, _ or -, and does not begin with _. Change it."),
        )


def require_coins(coins: object) -> None:
    """Raise Refused (90018) unless it is a whole number of coins from one to a billion."""
    if type(coins) is not int or not 0 < coins <= MOST_COINS:
        raise refusals.bad("amount", _("Enter a whole number of coins, from 1 to 1,000,000,000."))


def _movement(wallet: Wallet, kind: Entry.Kind, coins: int, bill_no: str, **more: Any) -> Movement:
    require_coins(coins)
    return Movement(wallet.pk, wallet.world_id, kind, coins, bill_no, **more)


def _move(movement: Movement) -> Moved:
    """Make a movement at once; when that does not go, find out why under the wallet's lock."""
    try:
        made = movements.make(movement)
    except IntegrityError:  # the number has had its effect; this one's is rolled back
        made = None
    return _moved(made, movement) if made else _move_held(movement)


@transactional
def _move_held(movement: Movement) -> Moved:
    """Make a movement with world and wallet held: the world was busy, the number used, or coins too few."""
    world = _hold(movement)
    if earlier := _earlier(movement, world):
        return earlier
    if made := movements.make(movement):
        return _moved(made, movement)
    paid, gift = Wallet.objects.values_list("paid", "gift").get(pk=movement.wallet_id)
    raise refusals.too_few_coins(movement.coins, paid if movement.kind == Entry.Kind.REFUND else paid + gift)


def _hold(movement: Movement) -> World:
    """Hold the world (shared) and the wallet (alone) until commit; return the world as it is now."""
    world = World.objects.share(movement.world_id)
    Wallet.objects.select_for_update(no_key=True).get(pk=movement.wallet_id)
    return world


def _earlier(movement: Movement, world: World) -> Moved | None:
    """Return what the same movement did earlier, None when its number is free, or raise Refused (90012).

    The same is of the same kind, amount and payment; item and remark are notes, and may differ.
    """
    entry = Entry.objects.filter(wallet=movement.wallet_id, bill_no=movement.bill_no).first()
    if entry is None:
        return None
    same = (movement.kind, movement.coins, movement.of_bill)
    if (entry.kind, abs(entry.paid + entry.gift), entry.of_bill) != same:
        raise refusals.used_otherwise(movement.bill_no)
    if movement.at is None and world.now() >= entry.at + WINDOW:
        raise refusals.used_long_ago(movement.bill_no)
    made = Made(entry.pk, entry.gift, entry.paid_after, entry.gift_after)
    return replace(_moved(made, movement), repeated=True)


def _moved(made: Made | None, movement: Movement) -> Moved:
    if made is None:
        raise AssertionError(f"{movement.kind} {movement.bill_no} moved nothing under its lock")
    used = abs(made.gift) if movement.kind in {Entry.Kind.PAY, Entry.Kind.CANCEL} else 0
    balance = made.paid_after + made.gift_after
    return Moved(made.entry_id, movement.bill_no, balance, made.gift_after, used)
