"""A Mini Game whose virtual payment is open, its coin brought as far as a test wants."""

from __future__ import annotations

from typing import Any, Final

from accounts.models import Account, Player
from payments.models import Environment, GameCall, GameCoin
from portal.kernel.models import World
from portal.kernel.terms import VerificationMethod
from portal.simulator import walks
from portal.simulator.walks import coin as walk
from tests.payments.opened import open_by_hand

REQUIRED: Final = (GameCall.Name.BALANCE, GameCall.Name.PAY, GameCall.Name.CANCEL)


def seller(world: World) -> Account:
    """Return an authenticated Mini Game with its facts set by hand: no bank, no desk, no clock."""
    account = walks.account_at(world, "perfected", method=VerificationMethod.WECHAT_AUTHENTICATION)
    return open_by_hand(account)


def authorized(world: World) -> tuple[Account, GameCoin]:
    """Return a seller with its coin authorized."""
    account = seller(world)
    return account, walk.authorize_coin(account)


def named(world: World) -> tuple[Account, GameCoin]:
    """Return a seller whose coin is called Lantern, ten for a yuan."""
    account = seller(world)
    return account, walk.name_coin(account)


def debugged(world: World) -> tuple[Account, GameCoin]:
    """Return a seller whose coin has every required call of the joint debug in its log."""
    account, coin = named(world)
    for name in REQUIRED:
        called(coin, name)
    return account, coin


def called(
    coin: GameCoin, name: str, *, errcode: int = 0, environment: int = Environment.SANDBOX
) -> GameCall:
    """Return a call in the coin's log, made by hand for the administrator."""
    player = Player.objects.of(coin.account, coin.account.administrator.person_id)
    request: dict[str, Any] = {
        "openid": player.openid,
        "offer_id": coin.offer_id,
        "ts": int(coin.world.now().timestamp()),
        "zone_id": "1",
        "env": environment,
    }
    if name != GameCall.Name.BALANCE:
        request |= {"amount": 60, "bill_no": f"by-hand-{GameCall.objects.count()}"}
    return GameCall.objects.create(
        world=coin.world,
        coin=coin,
        environment=environment,
        name=name,
        source=GameCall.Source.PAGE,
        openid=player.openid,
        request=request,
        answer={"errcode": errcode, "errmsg": "ok" if not errcode else "error"},
        errcode=errcode,
        at=coin.world.now(),
    )
