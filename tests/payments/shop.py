"""A Mini Game that sells coins, and orders of its players brought as far as a test wants, by hand."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.models import Account, Player
from payments import ledger
from payments.actions import purchases, settlements
from payments.keys import new_key
from payments.models import GameCoin, Partition, PaymentOrder
from portal.kernel.actors import SIMULATOR, Actor
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from tests.payments.opened import open_by_hand

RATE: Final = 10


@dataclass(frozen=True)
class Shop:
    """An account whose coin is online, with the partitions 1 and 2."""

    account: Account
    partitions: dict[str, Partition]

    def player(self, wechat_id: str = "meiran") -> Player:
        """Return one of the cast as a player of this game."""
        person = Person.objects.get(world=self.account.world, wechat_id=wechat_id)
        return Player.objects.of(self.account, person.pk)

    def placed(
        self,
        yuan: int,
        *,
        wechat_id: str = "meiran",
        zone_id: str = "1",
        environment: int = 0,
        at: datetime | None = None,
    ) -> PaymentOrder:
        """Return an order that a player has placed and not paid."""
        return PaymentOrder.objects.create(
            world=self.account.world,
            account=self.account,
            player=self.player(wechat_id),
            partition=self.partitions[zone_id],
            environment=environment,
            number=f"{secrets.randbelow(10**20):028d}",
            out_trade_no=f"game{secrets.token_hex(8)}",
            amount_fen=yuan * 100,
            coins=yuan * RATE,
            placed_at=at or self.account.world.now(),
        )

    def paid(
        self,
        yuan: int,
        *,
        wechat_id: str = "meiran",
        zone_id: str = "1",
        environment: int = 0,
        at: datetime | None = None,
    ) -> PaymentOrder:
        """Return an order that is paid, its coins not delivered, and no money moved."""
        order = self.placed(yuan, wechat_id=wechat_id, zone_id=zone_id, environment=environment, at=at)
        order.pay(
            at=order.placed_at,
            transaction_number=f"42{secrets.randbelow(10**20):026d}",
            by=SIMULATOR,
        )
        order.save()
        return order

    def bought(
        self,
        yuan: int,
        *,
        wechat_id: str = "meiran",
        zone_id: str = "1",
        environment: int = 0,
        out_trade_no: str = "",
    ) -> PaymentOrder:
        """Return an order placed, paid and delivered now, as the cash desk does it."""
        player = self.player(wechat_id)
        order = purchases.place(
            self.account.pk,
            person_id=player.person_id,
            zone_id=zone_id,
            environment=environment,
            coins=yuan * RATE,
            out_trade_no=out_trade_no,
            playing="develop" if environment else "released",
            by=player.person.as_actor(),
        )
        return purchases.buy(order.pk, by=player.person.as_actor())

    def spends(self, coins: int, *, bill_no: str, wechat_id: str = "meiran", zone_id: str = "1") -> None:
        """Let the game take coins from a player's live wallet."""
        wallet = ledger.wallet_of(self.account, self.player(wechat_id), self.partitions[zone_id], 0)
        ledger.pay(wallet, coins, bill_no=bill_no, item="a lantern")

    @property
    def by(self) -> Actor:
        """Return the administrator as whoever acts."""
        return self.account.administrator.person.as_actor()


def opened(world: World, *, offer_id: str = "") -> Shop:
    """Return a shop in `world`: Paper Kite's game, its facts set by hand."""
    account = walks.account_at(world, "perfected", method="wechat_authentication")
    now = world.now()
    open_by_hand(account)
    Account.objects.filter(pk=account.pk).update(coin_online_at=now)
    account = Account.objects.get(pk=account.pk)
    coin = GameCoin.objects.create(
        world=world, account=account, offer_id=offer_id or f"1{secrets.randbelow(10**9):09d}",
        sandbox_key=new_key(), live_key=new_key(), authorized_at=now, authorized_by="Lin Yue",
    )  # fmt: skip
    coin.configure(name="Lantern", rate=RATE, by=SIMULATOR)
    coin.apply(by=SIMULATOR)
    coin.go_online(at=now, by=SIMULATOR)
    coin.save()
    partitions = {
        zone_id: Partition.objects.create(
            world=world, coin=coin, zone_id=zone_id, name=f"Zone {zone_id}", added_at=now
        )
        for zone_id in ("1", "2")
    }
    settlements.promise(account)
    return Shop(account, partitions)
