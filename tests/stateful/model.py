"""What an account's life must be, as plain data: no database, no framework, none of the portal's code.

Written from requirements REG-3, REG-4, REG-9, REG-11 and VER-1 to VER-3, and from nothing else.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

LINK = timedelta(hours=48)
WINDOW = timedelta(days=10)
REMINDERS = (7, 3, 1)
PER_ADMINISTRATOR = 5
CODES_A_DAY = 5
SHANGHAI = timedelta(hours=8)  # no summer time since 1991

Account = dict[str, Any]


class Model:
    """One world: its clock, its accounts, what is promised, and how many letters each address got."""

    def __init__(self, now: datetime, elsewhere: frozenset[str]) -> None:
        self.now = now
        self.elsewhere = elsewhere
        self.accounts: list[Account] = []
        self.promises: list[tuple[datetime, int, str, int, str]] = []  # due, order, kind, account, detail
        self.letters: Counter[str] = Counter()
        self.codes: Counter[tuple[str, object]] = Counter()
        self.came = Counter[str]()  # transfers by what became of them
        self.order = 0

    # What people do. Each answers 'done' or the code of the refusal.

    def register(self, email: str) -> str:
        """Open a registration under an e-mail that nobody holds."""
        if self.is_held(email):
            return "email_taken"
        self.accounts.append(
            {
                "email": email,
                "state": "registered",
                "log": [],
                "links": [],
                "notices": 0,
                "wire": None,
                "administrator": None,
            }
        )
        self._send_link(len(self.accounts) - 1)
        return "done"

    def resend(self, nth: int) -> str:
        """Send a new link; it alone is good from now on."""
        if self.accounts[nth]["state"] != "registered":
            return "not_waiting"
        self._send_link(nth)
        return "done"

    def change_email(self, nth: int, email: str) -> str:
        """Go on under another e-mail before activation."""
        account = self.accounts[nth]
        if account["state"] != "registered":
            return "not_waiting"
        if key(email) != key(account["email"]) and self.is_held(email):
            return "email_taken"
        account["email"] = email
        self._send_link(nth)
        return "done"

    def click(self, nth: int, link: int) -> str:
        """Open a link of an account, the newest or an older one."""
        account = self.accounts[nth]
        if account["state"] == "expired":
            return "link_expired"
        if account["state"] != "registered":
            return "link_used"
        if link != len(account["links"]) - 1:
            return "link_replaced"
        self._move(nth, "activate", "activated")
        account["notices"] += 1
        self._forget("activation", nth)
        return "done"

    def fill_in_and_confirm(self, nth: int, *, individual: bool, administrator: str) -> str:
        """Prove the administrator's number, then confirm the entity for good."""
        account = self.accounts[nth]
        if account["state"] != "activated":
            return "confirm_entity"
        today = (administrator, (self.now + SHANGHAI).date())
        if self.codes[today] >= CODES_A_DAY:
            return "sms_per_day"
        self.codes[today] += 1
        if sum(one["administrator"] == administrator for one in self.living()) >= PER_ADMINISTRATOR:
            return "accounts_per_id_number"
        account["administrator"] = administrator
        account["notices"] += 1
        if individual:
            self._move(nth, "verify_by_scan", "verified")
            return "done"
        self._move(nth, "await_transfer", "awaiting_transfer")
        due = self.now + WINDOW
        account["wire"] = {"state": "waiting", "due": due}
        self._promise(due, "deadline", nth)
        for days in REMINDERS:
            self._promise(due - timedelta(days=days), "reminder", nth, str(days))
        self.letters[account["email"]] += 1
        return "done"

    def pay(self, nth: int, *, wrong: str) -> str:
        """Book a payment, `wrong` in one way or in none (''); answer '' when it verifies, else why not."""
        account = self.accounts[nth]
        wire = account["wire"]
        if wire["state"] in {"validated", "returned"}:
            reason = "already_paid"
        elif wire["state"] == "expired":
            reason = "too_late"
        else:
            reason = wrong
        if not reason:
            wire["state"] = "validated"
            self._move(nth, "confirm_transfer", "verified")
            self._forget("deadline", nth)
            self._forget("reminder", nth)
        self._promise(working_days(self.now, 1 if reason else 10), "return", nth, reason)
        account["notices"] += 1
        self.letters[account["email"]] += 1
        self.came[reason] += 1
        return reason

    # What time does.

    def next_due(self) -> datetime | None:
        """Return when something happens next."""
        return min(self.promises)[0] if self.promises else None

    def passes_to(self, moment: datetime) -> None:
        """Let time pass; what is due on the way happens in order, each at its own moment."""
        while self.promises and min(self.promises)[0] <= moment:
            due, order, kind, nth, detail = min(self.promises)
            self.promises.remove((due, order, kind, nth, detail))
            self.now = due
            self._happen(kind, self.accounts[nth], nth, detail)
        self.now = moment

    def _happen(self, kind: str, account: Account, nth: int, detail: str) -> None:
        if kind == "activation":
            self._move(nth, "expire", "expired")
        elif kind == "deadline":
            account["wire"]["state"] = "expired"
            self._move(nth, "expire", "expired")
            account["notices"] += 1
            self.letters[account["email"]] += 1
        elif kind == "reminder":
            account["notices"] += 1
            self.letters[account["email"]] += 1
        else:
            account["notices"] += 1
            self.came["back"] += 1
            if not detail:
                account["wire"]["state"] = "returned"

    # What follows from it.

    def living(self) -> list[Account]:
        """Return the accounts that hold their e-mail and administrator."""
        return [account for account in self.accounts if account["state"] != "expired"]

    def is_held(self, email: str) -> bool:
        """Return whether an e-mail belongs to anybody, however it is spelt."""
        held = {key(account["email"]) for account in self.living()}
        return key(email) in held | self.elsewhere

    def _move(self, nth: int, name: str, state: str) -> None:
        self.accounts[nth]["log"].append(name)
        self.accounts[nth]["state"] = state

    def _send_link(self, nth: int) -> None:
        account = self.accounts[nth]
        account["links"].append(self.now)
        self._forget("activation", nth)
        self._promise(self.now + LINK, "activation", nth)
        self.letters[account["email"]] += 1

    def _promise(self, due: datetime, kind: str, nth: int, detail: str = "") -> None:
        self.order += 1
        self.promises.append((due, self.order, kind, nth, detail))

    def _forget(self, kind: str, nth: int) -> None:
        self.promises = [one for one in self.promises if (one[2], one[3]) != (kind, nth)]


def key(email: str) -> str:
    """Return how e-mails compare: without regard to case."""
    return email.casefold()


def working_days(moment: datetime, days: int) -> datetime:
    """Return the same time of day so many working days on, Monday to Friday in Shanghai."""
    local = moment + SHANGHAI
    while days:
        local += timedelta(days=1)
        days -= local.weekday() < 5
    return local - SHANGHAI
