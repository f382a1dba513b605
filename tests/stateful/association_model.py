"""What associations must be, as plain data: no database, no framework, none of the portal's code.

Written from requirements ASC-2 and ASC-3, console-rules 9.1 and docs/adr/0017, and from nothing else.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

SHANGHAI = timedelta(hours=8)
SCAN, ANSWER = timedelta(minutes=5), timedelta(hours=24)
PLACES = {True: (10, "89016"), False: (3, "89017")}
MONTHLY = 13

Story = dict[str, Any]


class Model:
    """Official Accounts and Mini Programs by number, the owner of each, and every story in its order."""

    def __init__(self, now: datetime, hosts: dict[int, str], guests: dict[int, str]) -> None:
        self.now = now
        self.hosts, self.guests = hosts, guests
        self.stories: list[Story] = []

    def ask(self, host: int, guest: int) -> str:
        """Return what asking for an invitation comes to."""
        before = self.going_on(host, guest)
        if before and before["state"] == "associated":
            return "89015"
        if before and before["state"] == "invited":
            return "89010"
        if why := self._full(host, guest):
            return why
        if before is None:
            before = {"host": host, "guest": guest, "state": "awaiting_official_account", "invited": None}
            self.stories.append(before)
        before |= {"until": self.now + SCAN, "code": True}
        return "done"

    def confirm(self, story: Story) -> str:
        """Return what the scan of the Official Account's administrator comes to."""
        if not story["code"] or story["state"] != "awaiting_official_account":
            return "code_over"
        story["code"] = False
        if self._full(story["host"], story["guest"]):
            return "refused"
        story |= {"state": "invited", "invited": self.now, "until": self.now + ANSWER}
        return "confirmed"

    def decline(self, story: Story) -> str:
        """Return what a no on the Official Account's own phone comes to."""
        if not story["code"] or story["state"] != "awaiting_official_account":
            return "code_over"
        story |= {"state": "withdrawn", "code": False}
        return "refused"

    def accept(self, story: Story) -> str:
        """Return what a yes of the Mini Program's administrator comes to: never a limit."""
        if story["state"] != "invited":
            return "code_over"
        story["state"] = "associated"
        return "confirmed"

    def refuse(self, story: Story) -> str:
        """Return what a no of the Mini Program's administrator comes to."""
        if story["state"] != "invited":
            return "code_over"
        story["state"] = "refused"
        return "refused"

    def withdraw(self, story: Story) -> str:
        """Return what taking it back comes to."""
        if story["state"] not in {"awaiting_official_account", "invited"}:
            return "not_waiting"
        story["state"] = "withdrawn"
        return "done"

    def part(self, story: Story) -> str:
        """Return what ending it, from either side, comes to."""
        if story["state"] != "associated":
            return "not_associated"
        story["state"] = "disassociated"
        return "done"

    def passes_to(self, moment: datetime) -> None:
        """Let time pass: at its end what waits is over."""
        self.now = moment
        for story in self.stories:
            if story["state"] in {"awaiting_official_account", "invited"} and story["until"] <= moment:
                story["state"] = "expired"

    def going_on(self, host: int, guest: int) -> Story | None:
        """Return the one story of two that is not over."""
        over = {"refused", "expired", "withdrawn", "disassociated"}
        found = [
            story
            for story in self.stories
            if (story["host"], story["guest"]) == (host, guest) and story["state"] not in over
        ]
        assert len(found) <= 1
        return found[0] if found else None

    def places(self, host: int, *, same: bool) -> int:
        """Return how many of the same entity, or of others, have a place."""
        return sum(
            story["host"] == host
            and story["state"] in {"invited", "associated"}
            and (self.hosts[host] == self.guests[story["guest"]]) == same
            for story in self.stories
        )

    def additions(self, key: str, number: int) -> dict[date, int]:
        """Return how many additions a host or a guest has used, by month."""
        found: dict[date, int] = {}
        for story in self.stories:
            if story[key] == number and story["state"] in {"invited", "associated", "disassociated"}:
                month = self.month(story["invited"])
                found[month] = found.get(month, 0) + 1
        return found

    def month(self, moment: datetime) -> date:
        """Return the first day of the month in Shanghai."""
        return (moment + SHANGHAI).date().replace(day=1)

    def _full(self, host: int, guest: int) -> str:
        same = self.hosts[host] == self.guests[guest]
        most, code = PLACES[same]
        if self.places(host, same=same) >= most:
            return code
        used = self.additions("host", host).get(self.month(self.now), 0)
        return "89030" if used >= MONTHLY else ""
