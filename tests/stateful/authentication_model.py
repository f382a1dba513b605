"""What WeChat authentication must be, as plain data: no database, no framework, none of the portal's code.

Written from requirements VER-4, VER-5, REG-7 and console-rules 1.9 and 3, and from nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

CHOSEN = timedelta(days=30)
AGAIN = timedelta(days=7)
PAY = timedelta(hours=24)
CORRECT = timedelta(days=30)
CORRECTIONS = 3
OPENS = timedelta(days=90)
REMINDERS = (90, 60, 30, 7)
SHANGHAI = timedelta(hours=8)
AT_THE_DESK = ("under_review", "returned")
GOES_ON = ("draft", "awaiting_payment", *AT_THE_DESK)

Row = dict[str, Any]


class Model:
    """One world: its clock, its accounts with their applications, and what is promised."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.accounts: list[Row] = []
        self.promises: list[tuple[datetime, int, str, int]] = []  # due, order, kind, account
        self.made = 0

    def come(self, *, free: bool, wired: bool) -> None:
        """Let a confirmed account come: verified by wire, or with thirty days for a reviewer."""
        state = "verified" if wired else "awaiting_authentication"
        self.accounts.append(
            {"state": state, "free": free, "wired": wired, "until": None, "orders": [], "paid": 0, "log": []}
        )
        if not wired:
            self._promise(self.now + CHOSEN, "lapse", len(self.accounts) - 1)

    # What people do. Each answers 'done' or the code of the refusal.

    def open(self, nth: int) -> str:
        """Open an application, or find the one that goes on."""
        account = self.accounts[nth]
        if self.going_on(nth):
            return "done"
        if account["state"] == "expired":
            return "apply_for_authentication"
        if account["state"] == "authenticated" and self.now < account["until"] - OPENS:
            return "renewal_window"
        account["orders"].append({"state": "draft", "returns": 0, "correct_by": None})
        return "done"

    def submit(self, nth: int) -> str:
        """Submit what is filled in or corrected."""
        order = self.accounts[nth]["orders"][-1]
        if order["state"] not in {"draft", "returned"}:
            return "submitted"
        if order["state"] == "returned":
            self._forget("refill", nth)
            order["state"] = "under_review"
        elif self.accounts[nth]["free"]:
            order["state"] = "under_review"
        else:
            order["state"] = "awaiting_payment"
            self._promise(self.now + PAY, "pay", nth)
        return "done"

    def pay(self, nth: int) -> str:
        """Pay the fee on a phone."""
        order = self.accounts[nth]["orders"][-1]
        if order["state"] != "awaiting_payment":
            return "no_fee_due"
        order["state"] = "under_review"
        self.accounts[nth]["paid"] += 1
        self._forget("pay", nth)
        return "done"

    def drop(self, nth: int) -> str:
        """Give an application up before it is paid."""
        order = self.accounts[nth]["orders"][-1]
        if order["state"] not in {"draft", "awaiting_payment"}:
            return "not_dropped"
        order["state"] = "closed"
        self._forget("pay", nth)
        return "done"

    def decide(self, nth: int, verdict: str) -> str:
        """Let a reviewer decide what is under review."""
        account = self.accounts[nth]
        order = account["orders"][-1]
        if verdict == "return":
            if order["returns"] == CORRECTIONS:
                return "refills"
            order["correct_by"] = order["correct_by"] or self.now + CORRECT
            if self.now >= order["correct_by"]:
                return "refill_window"
            order["returns"] += 1
            order["state"] = "returned"
            self._promise(order["correct_by"], "refill", nth)
        elif verdict == "reject":
            order["state"] = "failed"
            self._after_failure(nth)
        else:
            order["state"] = "passed"
            runs = account["state"] == "authenticated"
            account["until"] = a_year_after(max(account["until"], self.now) if runs else self.now)
            account["log"].append("renew" if runs else "authenticate")
            account["state"] = "authenticated"
            for kind in ("lapse", "end", "renewal"):
                self._forget(kind, nth)
            self._promise(account["until"], "end", nth)
            for days in REMINDERS:
                self._promise(account["until"] - timedelta(days=days), "renewal", nth)
        return "done"

    # What time does.

    def next_due(self) -> datetime | None:
        """Return when something happens next."""
        return min(self.promises)[0] if self.promises else None

    def passes_to(self, moment: datetime) -> None:
        """Let time pass; what is due on the way happens in order, each at its own moment."""
        while self.promises and min(self.promises)[0] <= moment:
            promise = min(self.promises)
            self.promises.remove(promise)
            self.now, _order, kind, nth = promise
            self._happen(kind, nth)
        self.now = moment

    def _happen(self, kind: str, nth: int) -> None:
        account = self.accounts[nth]
        order = self.going_on(nth)
        if kind == "pay":
            account["orders"][-1]["state"] = "closed"
        elif kind == "refill":
            account["orders"][-1]["state"] = "failed"
            self._after_failure(nth)
        elif kind == "end":
            account["state"] = "verified" if account["wired"] else "lapsed"
            account["log"].append("fall_back" if account["wired"] else "lapse")
        elif kind == "lapse" and not (order and order["state"] in AT_THE_DESK):
            if order:
                order["state"] = "closed"
                self._forget("pay", nth)
            account["state"] = "expired"
            account["log"].append("expire")

    # What follows from it.

    def going_on(self, nth: int) -> Row | None:
        """Return the application that goes on, if any."""
        orders = self.accounts[nth]["orders"]
        return orders[-1] if orders and orders[-1]["state"] in GOES_ON else None

    def _after_failure(self, nth: int) -> None:
        if self.accounts[nth]["state"] == "awaiting_authentication":
            self._forget("lapse", nth)
            self._promise(self.now + AGAIN, "lapse", nth)

    def _promise(self, due: datetime, kind: str, nth: int) -> None:
        self.made += 1
        self.promises.append((due, self.made, kind, nth))

    def _forget(self, kind: str, nth: int) -> None:
        self.promises = [one for one in self.promises if one[2:] != (kind, nth)]


def a_year_after(moment: datetime) -> datetime:
    """Return the same day and time in Shanghai a year on; 29 February becomes the 28th."""
    local = moment + SHANGHAI
    try:
        later = local.replace(year=local.year + 1)
    except ValueError:
        later = local.replace(year=local.year + 1, day=28)
    return later - SHANGHAI
