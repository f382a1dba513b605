"""What a ledger must be, as plain data: no database, no framework, none of the portal's code.

Written from requirement PAY-6 and wechat-api 5.2, and from nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

WINDOW = timedelta(hours=48)

Row = dict[str, Any]


class Model:
    """Wallets by name: bought and given coins, and every effect by its bill number."""

    def __init__(self, now: datetime, names: list[str]) -> None:
        self.now = now
        self.wallets: dict[str, Row] = {
            name: {"paid": 0, "gift": 0, "bought": 0, "given": 0, "spent": 0} for name in names
        }
        self.effects: dict[tuple[str, str], Row] = {}

    def recharge(self, name: str, coins: int, bill: str) -> str:
        """Coins are bought; an order delivers once, however late it tries again."""
        if said := self._earlier(name, bill, "recharge", coins, for_ever=True):
            return said
        return self._move(name, bill, "recharge", coins, paid=coins, bought=coins)

    def take_back(self, name: str, coins: int, bill: str) -> str:
        """A refund takes bought coins, or nothing."""
        if said := self._earlier(name, bill, "take_back", coins, for_ever=True):
            return said
        if self.wallets[name]["paid"] < coins:
            return "90013"
        return self._move(name, bill, "take_back", coins, paid=-coins, bought=-coins)

    def present(self, name: str, coins: int, bill: str) -> str:
        """The game gives coins away."""
        if said := self._earlier(name, bill, "present", coins):
            return said
        return self._move(name, bill, "present", coins, gift=coins, given=coins)

    def pay(self, name: str, coins: int, bill: str) -> str:
        """The player spends coins, given ones first."""
        if said := self._earlier(name, bill, "pay", coins):
            return said
        wallet = self.wallets[name]
        if wallet["paid"] + wallet["gift"] < coins:
            return "90013"
        gift = min(wallet["gift"], coins)
        return self._move(name, bill, "pay", coins, paid=gift - coins, gift=-gift, spent=coins)

    def cancel(self, name: str, of: str, coins: int, bill: str) -> str:
        """A payment goes back, in parts, bought coins first, within 48 hours."""
        if said := self._earlier(name, bill, "cancel", coins, of=of):
            return said
        payment = self.effects.get((name, of))
        if payment is None or payment["kind"] != "pay":
            return "90000"
        if self.now >= payment["at"] + WINDOW:
            return "90018"
        parts = [
            row
            for (whose, _bill), row in self.effects.items()
            if whose == name and row["kind"] == "cancel" and row["of"] == of
        ]
        paid_left = -payment["paid"] - sum(row["paid"] for row in parts)
        gift_left = -payment["gift"] - sum(row["gift"] for row in parts)
        if coins > paid_left + gift_left:
            return "90018"
        paid = min(coins, paid_left)
        return self._move(name, bill, "cancel", coins, of=of, paid=paid, gift=coins - paid, spent=-coins)

    def answer(self, name: str, bill: str) -> tuple[int, int]:
        """Return all coins and the given ones that an effect left, whenever it is asked."""
        paid_and_gift, gift = self.effects[name, bill]["left"]
        return paid_and_gift, gift

    def _earlier(
        self, name: str, bill: str, kind: str, coins: int, *, of: str = "", for_ever: bool = False
    ) -> str:
        effect = self.effects.get((name, bill))
        if effect is None:
            return ""
        same = (effect["kind"], effect["coins"], effect["of"]) == (kind, coins, of)
        return "again" if same and (for_ever or self.now < effect["at"] + WINDOW) else "90012"

    def _move(
        self,
        name: str,
        bill: str,
        kind: str,
        coins: int,
        *,
        of: str = "",
        paid: int = 0,
        gift: int = 0,
        **counted: int,
    ) -> str:
        wallet = self.wallets[name]
        for column, change in {"paid": paid, "gift": gift, **counted}.items():
            wallet[column] += change
        self.effects[name, bill] = {
            "kind": kind, "coins": coins, "of": of, "paid": paid, "gift": gift, "at": self.now,
            "left": (wallet["paid"] + wallet["gift"], wallet["gift"]),
        }  # fmt: skip
        return "done"
