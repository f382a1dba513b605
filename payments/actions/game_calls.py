"""What a game's server calls for a player: balance, pay, cancel, present (PAY-6; wechat-api 5.2).

Every call is checked as the platform does before the ledger is asked. What is called in the sandbox, or
by hand from a page, is logged with its answer, refusals too; a live call of a server is one statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Player
from payments import ledger, refusals
from payments.ledger import Moved
from payments.models import Entry, Environment, GameCall, GameCoin, Partition, Tester, Wallet
from portal.kernel import audit, text
from portal.kernel.action import transactional
from portal.kernel.actors import Actor
from portal.kernel.compiled import Compiled
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.kernel.terms import Permission

LONGEST_NOTE: Final = 255  # item and remark
_OPENID: Final = re.compile(r"[A-Za-z0-9_-]{1,28}")
_ZONE: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")

CALLED: Final = audit.register("payments.called", gettext_lazy("Game's call made by hand"))

_COIN: Final = Compiled(lambda account: GameCoin.objects.select_related("account").filter(account=account))
_PARTITION: Final = Compiled(
    lambda coin, zone_id: Partition.objects.filter(coin=coin, zone_id=zone_id), parameters=2
)
_PLAYER: Final = Compiled(
    lambda account, openid: Player.objects.filter(account=account, openid=openid),
    parameters=2,
)
_WALLET: Final = Compiled(
    lambda coin, zone_id, player, environment: Wallet.objects.select_related("partition").filter(
        partition__coin=coin, partition__zone_id=zone_id, player=player, environment=environment
    ),
    parameters=4,
)

T = TypeVar("T")
Name = GameCall.Name
Source = GameCall.Source


@dataclass(frozen=True)
class Balance:
    """What a player holds: all coins, the given ones of them, and the sums that led there."""

    balance: int
    gift: int
    bought: int
    given: int
    spent: int
    first_save: bool


@dataclass(frozen=True)
class Known:
    """What whoever calls has read already to check the call: the coin with its account, and the player."""

    coin: GameCoin
    player: Player


@dataclass(frozen=True)
class _Call:
    """One call as it came in: `fields` are what it has besides the player's place, as on the wire."""

    account_id: int
    name: GameCall.Name
    openid: str
    zone_id: str
    environment: int
    source: str
    by: Actor
    fields: dict[str, Any]
    known: Known | None = None


@dataclass(frozen=True)
class _Place:
    """Where a call counts."""

    account: Account
    coin: GameCoin
    partition: Partition
    player: Player
    environment: Environment
    held: Wallet | None

    @property
    def wallet(self) -> Wallet:
        """Return the player's wallet there, made if need be."""
        return self.held or ledger.wallet_of(self.account, self.player, self.partition, self.environment)


def balance(
    account_id: int,
    *,
    openid: str,
    zone_id: str,
    environment: int,
    source: str,
    by: Actor,
    known: Known | None = None,
) -> Balance:
    """Return what a player holds in a partition and environment. Raises Refused: 90017, 90018."""
    call = _Call(account_id, Name.BALANCE, openid, zone_id, environment, source, by, {}, known)
    return _answered(call, _balance, told_balance)


def pay(
    account_id: int,
    *,
    openid: str,
    zone_id: str,
    environment: int,
    coins: int,
    bill_no: str,
    item: str = "",
    remark: str = "",
    source: str,
    by: Actor,
    known: Known | None = None,
) -> Moved:
    """Spend a player's coins. Raises Refused: 90012, 90013, 90017, 90018."""
    fields = {"amount": coins, "bill_no": bill_no, "payitem": item, "remark": remark}
    call = _Call(account_id, Name.PAY, openid, zone_id, environment, source, by, fields, known)

    def spend(place: _Place) -> Moved:
        _require_open(place.partition)
        _require_note("payitem", item)
        _require_note("remark", remark)
        return ledger.pay(place.wallet, coins, bill_no=bill_no, item=item, remark=remark)

    return _answered(call, spend, told_payment)


def cancel(
    account_id: int,
    *,
    openid: str,
    zone_id: str,
    environment: int,
    pay_bill_no: str,
    coins: int,
    bill_no: str,
    source: str,
    by: Actor,
    known: Known | None = None,
) -> Moved:
    """Give coins of a payment back. Raises Refused: 90000, 90012, 90017, 90018."""
    fields = {"amount": coins, "bill_no": bill_no, "pay_bill_no": pay_bill_no}
    call = _Call(account_id, Name.CANCEL, openid, zone_id, environment, source, by, fields, known)
    return _answered(
        call,
        lambda place: ledger.cancel(place.wallet, pay_bill_no, coins, bill_no=bill_no),
        told_payment,
    )


def cancel_rest(
    account_id: int,
    *,
    openid: str,
    zone_id: str,
    environment: int,
    pay_bill_no: str,
    source: str,
    by: Actor,
    known: Known | None = None,
) -> Moved:
    """Give back all that is left of a payment, as version 1 does it. Raises Refused as `cancel`."""
    fields = {"pay_bill_no": pay_bill_no}
    call = _Call(account_id, Name.CANCEL, openid, zone_id, environment, source, by, fields, known)
    return _answered(call, lambda place: ledger.cancel_rest(place.wallet, pay_bill_no), told_payment)


def present(
    account_id: int,
    *,
    openid: str,
    zone_id: str,
    environment: int,
    coins: int,
    bill_no: str,
    source: str,
    by: Actor,
    known: Known | None = None,
) -> Moved:
    """Give coins to a player. Raises Refused: 90012, 90017, 90018."""
    fields = {"amount": coins, "bill_no": bill_no}
    call = _Call(account_id, Name.PRESENT, openid, zone_id, environment, source, by, fields, known)

    def give(place: _Place) -> Moved:
        _require_open(place.partition)
        return ledger.present(place.wallet, coins, bill_no=bill_no)

    return _answered(call, give, told_gift)


def coin_of(account_id: int) -> GameCoin | None:
    """Return an account's game coin, with the account."""
    return _COIN.first(account_id)


def player_of(account_id: int, openid: str) -> Player | None:
    """Return an account's player by openid."""
    return _PLAYER.first(account_id, openid)


# --- one call, from its checks to its line in the log -----------------------------------------


def _answered(call: _Call, act: Callable[[_Place], T], told: Callable[[T], dict[str, Any]]) -> T:
    """Check a call, make it and return what came of it, logged where it is to be."""
    coin = call.known.coin if call.known else coin_of(call.account_id)
    if coin is None:
        raise refusals.not_allowed(_("Nothing was moved: this game has no game coin."))
    if call.source == Source.SERVER and call.environment == Environment.LIVE:
        return act(_place(call, coin))
    result = _logged(call, coin, act, told)
    if isinstance(result, Refused):
        raise result
    return result


@transactional
def _logged(
    call: _Call, coin: GameCoin, act: Callable[[_Place], T], told: Callable[[T], dict[str, Any]]
) -> T | Refused:
    """Make a call and write its line, in one transaction; a refusal moved nothing and is returned."""
    world = World.objects.share(coin.world_id)
    result: T | Refused
    try:
        result = act(_place(call, coin))
        code, answer = (refusals.BILL_USED if getattr(result, "repeated", False) else 0), told(result)
        words = refusals.words(code)
    except Refused as refusal:
        result, code, answer = refusal, int(refusal.code), {}
        words = refusals.words(code, refusal.field)
    GameCall.objects.create(
        world=world,
        coin=coin,
        environment=Environment.SANDBOX if call.environment == Environment.SANDBOX else Environment.LIVE,
        name=call.name,
        source=call.source,
        openid=str(_shown(call.openid))[:28],
        request={
            "openid": _shown(call.openid),
            "offer_id": coin.offer_id,
            "ts": int(world.now().timestamp()),
            "zone_id": _shown(call.zone_id),
            "env": _shown(call.environment),
            **{field: _shown(value) for field, value in call.fields.items() if value != ""},
        },
        answer={"errcode": code, "errmsg": words, **answer},
        errcode=code,
        at=world.now(),
    )
    if call.source == Source.PAGE:
        detail = f"{call.name.value} {_shown(call.fields.get('bill_no', ''))}".strip()
        audit.act(coin, CALLED, by=call.by, detail=detail)
    return result


def _place(call: _Call, coin: GameCoin) -> _Place:
    """Return where a call counts. Raises Refused: 90017 where the game has no coins, 90018 for nobody."""
    if not _is_whole(call.environment) or call.environment not in Environment.values:
        raise refusals.bad("env", _("The environment is 0, live, or 1, sandbox."))
    environment = Environment(call.environment)
    account = coin.account
    if account.closed_at is not None:
        raise refusals.not_allowed(_("Nothing was moved: this account is closed."))
    if environment == Environment.LIVE and coin.state != GameCoin.State.ONLINE:
        raise refusals.not_allowed(_("Nothing was moved: the game coin is not online. Call with env 1."))
    if coin.rate is None:
        raise refusals.not_allowed(_("Nothing was moved: the game coin has no name and rate yet."))
    player = call.known.player if call.known else None
    if player is None and _matched(_OPENID, call.openid):
        player = player_of(account.pk, call.openid)
    if player is None:
        raise refusals.bad("openid", _("This game has no player of this openid. Check it."))
    wallet = partition = None
    if _matched(_ZONE, call.zone_id):
        wallet = _WALLET.first(coin.pk, call.zone_id, player.pk, environment)
        partition = wallet.partition if wallet else _PARTITION.first(coin.pk, call.zone_id)
    if partition is None:
        raise refusals.bad("zone_id", _("The game coin has no partition of this zone ID. Check it."))
    if environment == Environment.SANDBOX:
        _require_tester(coin, player)
    return _Place(account, coin, partition, player, environment, wallet)


def _require_tester(coin: GameCoin, player: Player) -> None:
    """Refuse in the sandbox who is neither a tester nor a member of the account (ADR 18)."""
    _role, held = coin.account.role_of(player.person.as_actor())
    if Permission.EXPERIENCE in held:
        return
    if not Tester.objects.filter(coin=coin, person_id=player.person_id).exists():
        raise refusals.not_allowed(
            _("Nothing was moved: the sandbox is for testers and members of the account. Add a tester.")
        )


def _require_open(partition: Partition) -> None:
    """Refuse to spend or give coins in a partition that is shut; balances and cancellations go on."""
    if not partition.is_open:
        raise refusals.not_allowed(
            _("Nothing was moved: the partition %(zone)s is shut. Open it first.")
            % {"zone": partition.zone_id}
        )


def _require_note(field: str, note: object) -> None:
    if not isinstance(note, str) or len(note) > LONGEST_NOTE or note != text.showable(note):
        raise refusals.bad(field, _("Write at most 255 characters, without control characters."))


def _matched(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: object) -> object:
    """Return a parameter as the log keeps it: whatever was sent, JSON that both databases store."""
    if isinstance(value, str):
        return text.showable(value)[: LONGEST_NOTE + 1]
    if isinstance(value, int) and _is_whole(value) and abs(value) < 2**63:
        return int(value)
    return f"({type(value).__name__})"


# --- answers, as on the wire ------------------------------------------------------------------


def _balance(place: _Place) -> Balance:
    wallet = place.held
    if wallet is None:
        return Balance(0, 0, 0, 0, 0, first_save=True)
    return Balance(
        balance=wallet.paid + wallet.gift,
        gift=wallet.gift,
        bought=wallet.bought,
        given=wallet.given,
        spent=wallet.spent,
        first_save=not wallet.entries.filter(kind=Entry.Kind.RECHARGE).exists(),
    )


def told_balance(held: Balance) -> dict[str, Any]:
    """Return the answer of version 2 to a balance query."""
    return {
        "balance": held.balance,
        "present_balance": held.gift,
        "sum_save": held.bought,
        "sum_present": held.given,
        "sum_balance": held.bought + held.given,
        "sum_cost": held.spent,
        "first_save": held.first_save,
    }


def told_payment(moved: Moved) -> dict[str, Any]:
    """Return its answer to a payment or a cancellation."""
    return {"bill_no": moved.bill_no, "balance": moved.balance, "used_present_amount": moved.gift_used}


def told_gift(moved: Moved) -> dict[str, Any]:
    """Return its answer to a gift."""
    return {"bill_no": moved.bill_no, "balance": moved.balance}
