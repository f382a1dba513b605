"""Wallets of a shop's players, and what the ledger says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from payments import ledger
from payments.models import Environment, Wallet
from portal.kernel.errors import Refused
from tests.payments.shop import Shop

Line = tuple[str, str, int, int, int, int]


def purse(
    shop: Shop, coins: int = 0, *, wechat_id: str = "meiran", zone_id: str = "1", environment: int = 0
) -> Wallet:
    """Return a player's wallet, with so many bought coins more in it."""
    wallet = ledger.wallet_of(
        shop.account, shop.player(wechat_id), shop.partitions[zone_id], Environment(environment)
    )
    if coins:
        bill = f"_bought-{wallet.entries.count()}"
        ledger.recharge(wallet, coins, bill_no=bill, at=shop.account.world.now())
    return wallet


def holds(wallet: Wallet) -> tuple[int, int]:
    """Return the bought and the given coins in a wallet."""
    return Wallet.objects.values_list("paid", "gift").get(pk=wallet.pk)


def sums(wallet: Wallet) -> tuple[int, int, int]:
    """Return what a wallet says was bought, given and spent."""
    return Wallet.objects.values_list("bought", "given", "spent").get(pk=wallet.pk)


def lines(wallet: Wallet) -> list[Line]:
    """Return a wallet's entries, oldest first: kind, bill, moved bought and given, left bought and given."""
    columns = ("kind", "bill_no", "paid", "gift", "paid_after", "gift_after")
    return list(wallet.entries.order_by("pk").values_list(*columns))


def word(call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Return 'done', 'again' for an answer given before, or the code of the refusal."""
    try:
        moved = call(*args, **kwargs)
    except Refused as refusal:
        return refusal.code
    return "again" if moved.repeated else "done"
