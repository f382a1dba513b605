"""What releasing must be, as plain data: no database, no framework, none of the portal's code.

Written from requirements REL-8, REL-9 and console-rules 7.7 and 7.8, and from nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

PHASED = timedelta(days=15)
CHOICES = 5

Row = dict[str, Any]


class Model:
    """One game: what waits for its release, its releases in order, its service, the internal test."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waiting: int | None = None  # the number of the approved version
        self.approved: set[int] = set()
        self.releases: list[Row] = []
        self.suspended = False
        self.test: datetime | None = None  # until when it runs; `datetime.max` without an end
        self.first: datetime | None = None

    def online(self, state: str) -> Row | None:
        """Return the release in this state, full or phased."""
        return next((row for row in self.releases if row["state"] == state), None)

    @property
    def tested(self) -> bool:
        """Return whether an internal test runs."""
        return self.test is not None and self.now < self.test

    def approve(self, version: int) -> None:
        """Another version is approved, and takes the place of one that waits."""
        self.waiting = version
        self.approved.add(version)

    def release(self, percent: int) -> str:
        """Return what a click and a scan come to."""
        if self.tested:
            return "internal_test"
        if self.waiting is None:
            return "not_approved"
        if self.online("phased"):
            return "phased"
        if percent < 100 and not self.online("full"):
            return "first_release"
        row = {"version": self.waiting, "state": "phased", "percent": percent, "back": None, "due": None}
        self.waiting = None
        self.first = self.first or self.now
        self.releases.append(row)
        if percent == 100:
            self._complete(row)
        else:
            row["due"] = self.now + PHASED
        return "done"

    def grow(self, percent: int) -> str:
        """Return what growing the newest release comes to."""
        row = self.releases[-1]
        if self.tested:
            return "internal_test"
        if row["state"] != "phased":
            return "phased"
        if not row["percent"] < percent <= 100:
            return "percent"
        if percent == 100:
            self._complete(row)
        else:
            row["percent"] = percent
        return "done"

    def cancel(self) -> str:
        """Return what cancelling the newest release comes to."""
        row = self.releases[-1]
        if row["state"] != "phased":
            return "phased"
        row["state"] = "cancelled"
        return "done"

    def choices(self) -> list[int]:
        """Return which releases (by their place) can come back, newest first."""
        if not self.releases or self.releases[-1]["state"] != "full" or self.releases[-1]["back"] is not None:
            return []
        if len(self.releases) > 1 and self.releases[-2]["state"] == "cancelled":
            return []
        before = [
            place
            for place, row in enumerate(self.releases)
            if row["state"] == "replaced" and row["back"] is None
        ]
        return before[::-1][:CHOICES]

    def roll_back(self, place: int) -> str:
        """Return what rolling back to a release comes to."""
        if place not in self.choices():
            return "rollback"
        row = {"version": self.releases[place]["version"], "state": "phased", "percent": 100}
        row |= {"back": place, "due": None}
        self.releases.append(row)
        self._complete(row)
        return "done"

    def switch(self, *, suspended: bool) -> str:
        """Return what suspending or resuming comes to."""
        if suspended and not self.first:
            return "suspend_service"
        if not suspended and not self.first:
            return "suspend_service"
        if self.suspended == suspended:
            return "suspended" if suspended else "running"
        self.suspended = suspended
        return "done"

    def passes_to(self, moment: datetime) -> None:
        """Let time pass: a phased release is complete at its fifteenth day, test or not."""
        self.now = moment
        row = self.online("phased")
        if row and row["due"] <= moment:
            self._complete(row)
        if self.test is not None and self.test <= moment:
            self.test = None

    def next_due(self) -> datetime | None:
        """Return when the next thing happens by itself."""
        row = self.online("phased")
        due = [row["due"]] if row else []
        if self.test is not None and self.test != datetime.max.replace(tzinfo=self.now.tzinfo):
            due.append(self.test)
        return min(due, default=None)

    def _complete(self, row: Row) -> None:
        online = self.online("full")
        if online:
            online["state"] = "replaced"
        row["state"], row["percent"] = "full", 100
