"""What a game's submissions must be, as plain data: no database, no framework, none of the portal's code.

Written from requirements REL-2 to REL-6 and console-rules 7.1 to 7.6, and from nothing else.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

SHANGHAI = timedelta(hours=8)
A_DAY, A_MONTH = 1, 10

Row = dict[str, Any]


class Model:
    """One game: its clock, its newest version, its submissions in order, the withdrawals by day."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.versions: list[str] = []  # developed, replaced or deleted, in order
        self.submissions: list[Row] = []
        self.sandbox_asked = False
        self.withdrawals: list[date] = []

    def today(self) -> date:
        """Return the day in Shanghai."""
        return (self.now + SHANGHAI).date()

    def one(self, state: str) -> Row | None:
        """Return the one submission in a state in which there is one at most."""
        found = [row for row in self.submissions if row["state"] == state]
        assert len(found) <= 1
        return found[0] if found else None

    def upload(self) -> None:
        """Let one member upload: the version before gives way."""
        self.versions = ["replaced" if state == "developed" else state for state in self.versions]
        self.versions.append("developed")

    def delete(self, version: int) -> str:
        """Delete a developed version, its draft with it."""
        if self.versions[version] != "developed":
            return "not_developed"
        self.versions[version] = "deleted"
        draft = self.one("draft")
        if draft and draft["version"] == version:
            draft.update(state="dropped", sandbox=False)
        return "done"

    def open(self, version: int) -> str:
        """Begin to submit a version; a draft of another hands over all that it holds."""
        if self.versions[version] != "developed":
            return "not_developed"
        draft = self.one("draft")
        if draft and draft["version"] == version:
            return "done"
        before = self.submissions[-1] if self.submissions else None
        filled = bool(before and before["filled"])
        sandbox = False
        if draft:
            filled, sandbox = draft["filled"], draft["sandbox"]
            draft.update(state="dropped", sandbox=False)
        self.submissions.append(
            {
                "version": version,
                "state": "draft",
                "filled": filled,
                "rules": bool(draft and draft["rules"]),
                "sandbox": sandbox,
                "asked": self.sandbox_asked,
            }
        )
        return "done"

    def fill_in(self) -> None:
        """Type everything, and accept the rules."""
        draft = self.one("draft")
        assert draft
        draft.update(filled=True, rules=True)

    def enter_sandbox(self) -> str:
        """Enter a sandbox account, once one was asked for."""
        draft = self.one("draft")
        assert draft
        if not draft["asked"]:
            return "no_sandbox"
        draft["sandbox"] = True
        return "done"

    def submit(self, nth: int) -> str:
        """Submit: a complete draft of a version that is there, one at a time."""
        row = self.submissions[nth]
        if row["state"] != "draft":
            return "not_a_draft"
        if self.one("under_review"):
            return "under_review"
        there = self.versions[row["version"]] == "developed"
        if not (there and row["filled"] and row["rules"] and (row["sandbox"] or not row["asked"])):
            return "incomplete"
        if approved := self.one("approved"):
            approved["state"] = "withdrawn"
        row["state"] = "under_review"
        return "done"

    def withdraw(self, nth: int) -> str:
        """Take it back, once a day and ten times a month."""
        row = self.submissions[nth]
        if row["state"] != "under_review":
            return "not_under_review"
        today = self.today()
        if self.withdrawals.count(today) >= A_DAY:
            return "withdrawals_per_day"
        if sum((day.year, day.month) == (today.year, today.month) for day in self.withdrawals) >= A_MONTH:
            return "withdrawals_per_month"
        self.withdrawals.append(today)
        row.update(state="withdrawn", sandbox=False)
        return "done"

    def decide(self, verdict: str, *, for_sandbox: bool) -> None:
        """Approve or reject what is under review; a sandbox account is erased either way."""
        row = self.one("under_review")
        assert row
        row.update(state="approved" if verdict == "approve" else "rejected", sandbox=False)
        if verdict == "reject" and for_sandbox:
            self.sandbox_asked = True
            if draft := self.one("draft"):
                draft["asked"] = True

    def drop(self) -> None:
        """Give the draft up."""
        draft = self.one("draft")
        assert draft
        draft.update(state="dropped", sandbox=False)
