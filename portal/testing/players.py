"""The players of an account's game: what they buy, what it spends for them, what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.testing.client import Record

if TYPE_CHECKING:
    from portal.testing.worlds import Account


class Players:
    """Players at the cash desk, and the calls of the game's server; a player is a WeChat ID.

    What the platform refuses is raised as `Failed`; its `code` is the number that the game is told.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.path = f"/accounts/{account.id}"

    @property
    def orders(self) -> list[Record]:
        """Return what was ordered, oldest first."""
        return self.account.world.every(f"{self.path}/orders")

    def order(
        self, who: str, yuan: int, *, zone_id: str = "1", environment: int = 0, out_trade_no: str = ""
    ) -> Record:
        """Bring somebody to the cash desk with a price grade; environment 1 is the sandbox."""
        place = {"zone_id": zone_id, "environment": environment, "out_trade_no": out_trade_no}
        asked = {"person": self._id(who), "yuan": yuan, **place}
        ordered: Record = self.account.world.post(f"{self.path}/orders", asked)
        return ordered

    def buy(self, who: str, yuan: int, **place: Any) -> Record:
        """Order and pay; the order is `delivered`, or `failed` with the reason in `ended`."""
        ordered = self.order(who, yuan, **place)
        return self.pay(ordered) if ordered.state == "not_paid" else ordered

    def pay(self, order: Record) -> Record:
        """Pay with the player's card."""
        return self._act(order, "pay")

    def leave(self, order: Record) -> Record:
        """Leave the cash desk without paying."""
        return self._act(order, "leave")

    def refuse(self, order: Record) -> Record:
        """Let the bank refuse the payment."""
        return self._act(order, "refuse")

    def lose(self, order: Record) -> Record:
        """Pay, and lose the connection: the coins come when the clock next ticks or moves."""
        return self._act(order, "lose")

    def holds(self, who: str, *, zone_id: str = "1", environment: int = 0) -> Record:
        """Return what somebody holds: `balance`, and `gift`, the given coins of it."""
        return self._call(who, "getbalance", zone_id=zone_id, environment=environment)

    def spend(self, who: str, amount: int, bill_no: str, **place: Any) -> Record:
        """Spend somebody's coins, given ones first."""
        return self._call(who, "pay", amount=amount, bill_no=bill_no, **place)

    def give(self, who: str, amount: int, bill_no: str, **place: Any) -> Record:
        """Give somebody coins."""
        return self._call(who, "present", amount=amount, bill_no=bill_no, **place)

    def give_back(self, who: str, amount: int, bill_no: str, *, of: str, **place: Any) -> Record:
        """Cancel the payment `of` this bill number, or a part of it."""
        return self._call(who, "cancelpay", amount=amount, bill_no=bill_no, pay_bill_no=of, **place)

    def _act(self, order: Record, how: str) -> Record:
        done: Record = self.account.world.post(f"{self.path}/orders/{order.order}/{how}")
        return done

    def _call(self, who: str, name: str, **fields: Any) -> Record:
        body = {"person": self._id(who), "call": name, **fields}
        held: Record = self.account.world.post(f"{self.path}/calls", body)
        return held

    def _id(self, who: str) -> int:
        return int(self.account.world.phone.person(who).person)
