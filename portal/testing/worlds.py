"""A world in the hands of a test: its clock, accounts, mailbox, phones, bank and reviewer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from portal.testing.client import Failed, Form, Greenroom, Record
from portal.testing.players import Players

WAIT = 5.0  # real seconds for what should be there
LONGEST_WAIT = 30.0  # what the portal waits for one call
EVENTS = 200  # the newest that a report shows


class World:
    """A world of one test."""

    def __init__(self, greenroom: Greenroom, made: Record) -> None:
        self.greenroom, self.made = greenroom, made
        self.path = f"/worlds/{made.world}"
        self.name, self.link, self.seed = made.name, made.link, made.seed

    def __repr__(self) -> str:
        return f"<World {self.made.world}: {self.name}>"

    @classmethod
    def make(cls, greenroom: Greenroom, *, name: str = "", **begins: Any) -> World:
        """Return a new world; `seed`, `now` (aware datetime or ISO 8601) and `frozen` say how it begins."""
        if isinstance(begins.get("now"), datetime):
            begins["now"] = begins["now"].isoformat()
        plain = "".join(letter if " " <= letter <= "~" else "?" for letter in name)[:60]
        return cls(greenroom, greenroom.post("/worlds", {"name": plain, **begins}))

    def get(self, path: str, **query: Any) -> Any:
        """Return what a GET below this world answers."""
        return self.greenroom.get(self.path + path, **query)

    def post(self, path: str, body: Any = None) -> Any:
        """Return what a POST below this world answers."""
        return self.greenroom.post(self.path + path, body)

    def every(self, path: str, **query: Any) -> list[Record]:
        """Return a whole list below this world."""
        return list(self.greenroom.every(self.path + path, **query))

    def reset(self) -> None:
        """Begin again: same people and seed, and nothing that has happened."""
        self.post("/reset")

    def delete(self) -> None:
        """Delete the world; one that is gone already is no failure."""
        try:
            self.greenroom.call("DELETE", self.path)
        except Failed as failure:
            if failure.status != 404:
                raise

    def account_at(self, stage: str, **kind: Any) -> Account:
        """Return an account brought to `stage`.

        `account_type` says of which kind, `entity_type`, `email`, `name`, `entity` whose it is.
        """
        return Account(self, self.post("/accounts", {"stage": stage, **kind}))

    def internal_test(self, on: bool = True, *, account: Account | None = None, **end: str) -> list[Record]:
        """Begin or end an internal test, of one account or the world; `after="P3D"` or `ends_at` ends it."""
        body = {"on": on, **end} | ({"account": account.id} if account else {})
        tests: list[Record] = self.greenroom.call("PUT", f"{self.path}/policy/internal_test", body)
        return tests

    def people(self) -> list[Record]:
        """Return everybody in the world."""
        return self.every("/people")

    def timeline(self) -> str:
        """Return what happened, a line each, for a report."""
        try:
            events = self.every("/events")
        except (Failed, OSError) as error:
            return f"The timeline could not be read: {error}"
        lines = [
            f"{event.at}  {event.subject}  {event.transition}"
            + (f"  {event.source} -> {event.target}" if event.source else "")
            + f"  by {event.by}"
            + (f": {event.reason}" if event.reason else "")
            for event in events[-EVENTS:]
        ]
        return "\n".join([f"{self.link}  at {self.clock.now.isoformat()}", *lines])

    @cached_property
    def clock(self) -> Clock:
        """Return its clock."""
        return Clock(self)

    @cached_property
    def mailbox(self) -> Mailbox:
        """Return its mailbox."""
        return Mailbox(self)

    @cached_property
    def phone(self) -> Phone:
        """Return its phones."""
        return Phone(self)

    @cached_property
    def bank(self) -> Bank:
        """Return its bank."""
        return Bank(self)

    @cached_property
    def reviewer(self) -> Reviewer:
        """Return its reviewer."""
        return Reviewer(self)


class Account:
    """An account. What it was made with is in `made`; everything else is asked anew each time."""

    def __init__(self, world: World, made: Record) -> None:
        self.world, self.made = world, made
        self.id: int = made.account
        self.email: str = made.email
        self.password: str = made.password

    def __repr__(self) -> str:
        return f"<Account {self.id}: {self.email}>"

    @property
    def now(self) -> Record:
        """Return the account as it is now: state, entity, appid, capabilities, limits."""
        found: Record = self.world.get(f"/accounts/{self.id}")
        return found

    @property
    def state(self) -> str:
        """Return the state it is in now."""
        return str(self.now.state)

    @property
    def wire(self) -> Record:
        """Return what the company is asked to pay; AttributeError when it is asked for nothing."""
        if self.made.wire is None:
            raise AttributeError("this account awaits no transfer")
        return Record(self.made.wire)

    def apply(self) -> Record:
        """Apply for WeChat authentication, handed in and paid; return the review that it waits for."""
        review: Record = self.world.post(f"/accounts/{self.id}/authentication")
        return review

    def upload(
        self, number: str = "1.0.0", *, package: bytes | None = None, sample: str = "", description: str = ""
    ) -> Record:
        """Upload a version: a sample package, the first there is, or your own ZIP archive as `package`."""
        told = {"number": number, "description": description}
        if package is not None:
            made = self.world.post(f"/accounts/{self.id}/versions/package", Form("package", package, **told))
        else:
            made = self.world.post(
                f"/accounts/{self.id}/versions", told | ({"sample": sample} if sample else {})
            )
        version: Record = made
        return version

    def submit(self, version: Record | None = None, *, remark: str = "") -> Record:
        """Submit a version, the newest when none is given, with all it asks for; `review` waits for it."""
        body = {"remark": remark} | ({"version": version.version} if version else {})
        submission: Record = self.world.post(f"/accounts/{self.id}/submissions", body)
        return submission

    def withdraw(self, submission: Record) -> Record:
        """Withdraw a submission from review."""
        withdrawn: Record = self.world.post(
            f"/accounts/{self.id}/submissions/{submission.submission}/withdraw"
        )
        return withdrawn

    def release(self, percent: int = 100) -> Record:
        """Release the approved version, confirmed on the administrator's phone."""
        made: Record = self.world.post(f"/accounts/{self.id}/releases", {"percent": percent})
        return made

    def grow(self, release: Record, percent: int) -> Record:
        """Let a phased release reach more players; at 100 all of them."""
        body = {"percent": percent}
        grown: Record = self.world.post(f"/accounts/{self.id}/releases/{release.release}/grow", body)
        return grown

    def cancel(self, release: Record) -> Record:
        """Cancel a phased release."""
        cancelled: Record = self.world.post(f"/accounts/{self.id}/releases/{release.release}/cancel")
        return cancelled

    def roll_back(self, to: Record | None = None) -> Record:
        """Put an earlier release online again, the one before when none is given."""
        body = {"to": to.release} if to else {}
        back: Record = self.world.post(f"/accounts/{self.id}/rollback", body)
        return back

    def suspend(self, reason: str) -> None:
        """Suspend the service."""
        self.world.post(f"/accounts/{self.id}/suspend", {"reason": reason})

    def resume(self) -> None:
        """Serve players again."""
        self.world.post(f"/accounts/{self.id}/resume")

    @property
    def versions(self) -> list[Record]:
        """Return what was uploaded, oldest first."""
        return self.world.every(f"/accounts/{self.id}/versions")

    @property
    def releases(self) -> list[Record]:
        """Return every release, oldest first."""
        return self.world.every(f"/accounts/{self.id}/releases")

    @cached_property
    def players(self) -> Players:
        """Return the players of its game."""
        return Players(self)

    def can(self, capability: str) -> bool:
        """Return whether it may do this now."""
        return bool(self.now.capabilities[capability].allowed)


class Part:
    """A part of a world."""

    def __init__(self, world: World) -> None:
        self.world = world


class Clock(Part):
    """The world's clock."""

    @property
    def now(self) -> datetime:
        """Return the world's time."""
        return datetime.fromisoformat(self.world.get("/clock").now)

    def passes(self, **length: float) -> list[Record]:
        """Let time pass (`days=`, `hours=` ..., as a timedelta takes them); return what fired on the way."""
        return self.advance(timedelta(**length))

    def advance(self, way: timedelta | datetime | str) -> list[Record]:
        """Let a length of time pass, or go to a moment; a text is an ISO 8601 length."""
        if isinstance(way, datetime):
            body = {"to": way.isoformat()}
        else:
            body = {"by": way if isinstance(way, str) else _iso(way)}
        return list(self.world.post("/clock/advance", body).fired)

    def next(self) -> list[Record]:
        """Let the next thing happen, and return it."""
        return list(self.world.post("/clock/next").fired)

    def freeze(self) -> None:
        """Stop the clock."""
        self.world.post("/clock/freeze")

    def run(self) -> None:
        """Let the clock run."""
        self.world.post("/clock/run")

    def agenda(self) -> list[Record]:
        """Return what will happen, soonest first."""
        return self.world.every("/agenda")


class Mailbox(Part):
    """The letters of everybody."""

    def all(self, to: str = "") -> list[Record]:
        """Return the letters to an address, or all, oldest first."""
        return self.world.every("/mail", to=to)

    def wait_for(self, to: str = "", *, subject: str = "", within: float = WAIT) -> Record:
        """Return the newest letter to an address whose subject holds this text; waits for one to come."""
        return _awaited(
            self.world, "/mail", to, within, lambda letter: subject.casefold() in letter.subject.casefold()
        )


class Phone(Part):
    """Everybody's phones."""

    def person(self, wechat_id: str) -> Record:
        """Return somebody by their WeChat ID. LookupError when there is nobody."""
        for person in self.world.people():
            if person.wechat_id == wechat_id:
                return person
        raise LookupError(f"nobody in this world has the WeChat ID {wechat_id}")

    def waiting(self, person: str | Record) -> list[Record]:
        """Return what waits for somebody's phone, and what anybody may scan."""
        return self.world.every("/confirmations", person=self._id(person))

    def confirm(self, person: str | Record, purpose: str = "") -> Record:
        """Agree to the newest question on somebody's phone; AssertionError when the platform refuses them."""
        answered = self._answer(person, purpose, "confirm")
        assert answered.state == "confirmed", answered.reason  # noqa: S101 -- this is a testing tool
        return answered

    def refuse(self, person: str | Record, purpose: str = "") -> Record:
        """Say no to the newest question on somebody's phone."""
        return self._answer(person, purpose, "refuse")

    def code(self, number: str, *, within: float = WAIT) -> str:
        """Return the newest code sent to a number; waits for one to come."""
        return str(_awaited(self.world, "/sms", number, within, lambda sms: sms.code).code)

    def _answer(self, person: str | Record, purpose: str, how: str) -> Record:
        who = self._id(person)
        asked = [each for each in self.waiting(person) if purpose in ("", each.purpose)]
        if not asked:
            raise LookupError(f"nothing waits for this phone: {person}")
        answered: Record = self.world.post(f"/confirmations/{asked[-1].id}/{how}", {"person": who})
        return answered

    def _id(self, person: str | Record) -> int:
        return int((self.person(person) if isinstance(person, str) else person).person)


class Bank(Part):
    """The world's bank; money is whole fen."""

    def accounts(self) -> list[Record]:
        """Return all accounts."""
        return self.world.every("/bank/accounts")

    def transfers(self) -> list[Record]:
        """Return all money that moved, oldest first."""
        return self.world.every("/bank/transfers")

    def open(self, holder: str, *, kind: str = "corporate", balance_fen: int = 5_000_000) -> Record:
        """Open an account for anybody, and return it."""
        body = {"holder": holder, "kind": kind, "balance_fen": balance_fen}
        opened: Record = self.world.post("/bank/accounts", body)
        return opened

    def transfer(self, from_account: str, to_account: str, amount_fen: int, remark: str = "") -> Record:
        """Move money between two account numbers; the answer says whether it matched or was parked."""
        body = {
            "from_account": from_account,
            "to_account": to_account,
            "amount_fen": amount_fen,
            "remark": remark,
        }
        moved: Record = self.world.post("/bank/transfers", body)
        return moved

    def pay(self, account: Account, *, amount_fen: int | None = None, from_account: str = "") -> Record:
        """Pay an account's wire transfer, exactly as asked unless another amount or payer is given."""
        wire = account.wire
        return self.transfer(
            from_account or wire.from_account,
            wire.to_account,
            wire.amount_fen if amount_fen is None else amount_fen,
            wire.remark,
        )


class Reviewer(Part):
    """The world's own reviewer."""

    def waiting(self, kind: str = "") -> list[Record]:
        """Return what waits at the desk, oldest first."""
        return self.world.every("/reviews", kind=kind, state="open")

    def approve(self, review: Record | None = None, **facts: str) -> Record:
        """Approve a review, the one that waits longest when none is given."""
        return self._decide(review, "approve", {"facts": facts})

    def reject(self, *reasons: str, review: Record | None = None) -> Record:
        """Reject it, for these reasons."""
        return self._decide(review, "reject", {"reasons": [{"text": text} for text in reasons]})

    def send_back(self, *reasons: str, review: Record | None = None) -> Record:
        """Return it for correction, for these reasons."""
        return self._decide(review, "return", {"reasons": [{"text": text} for text in reasons]})

    def delay(self, until: datetime, *, review: Record | None = None) -> Record:
        """Put it off until a moment."""
        return self._decide(review, "delay", {"until": until.isoformat()})

    def policy(self, kind: str, mode: str, **how: Any) -> Record:
        """Choose who decides a kind from now on: "human", "auto" (`after=`) or "scripted" (`verdicts=`)."""
        path = f"{self.world.path}/policy/review"
        chosen: Record = self.world.greenroom.call("PUT", path, {kind: {"mode": mode, **how}})
        return chosen

    def _decide(self, review: Record | None, verdict: str, body: Any) -> Record:
        if review is None:
            waiting = self.waiting()
            if not waiting:
                raise LookupError("nothing waits at the desk")
            review = waiting[0]
        decided: Record = self.world.post(f"/reviews/{review.id}/{verdict}", body)
        return decided


def _awaited(world: World, path: str, to: str, within: float, fits: Callable[[Record], Any]) -> Record:
    """Return the newest row that fits, of those there or else the first to come in time."""
    rows = world.every(path, to=to)
    for row in reversed(rows):
        if fits(row):
            return row
    came, after = len(rows), str(rows[-1].id) if rows else ""
    until = time.monotonic() + within
    while (left := until - time.monotonic()) > 0:
        page = world.get(path, to=to, after=after, wait=round(min(left, LONGEST_WAIT), 3))
        for row in page.items_:
            if fits(row):
                return Record(row)
        came, after = came + len(page.items_), page.cursor
    raise LookupError(f"nothing like it came to {to or 'anybody'} within {within:g} s; {came} came at all")


def _iso(length: timedelta) -> str:
    """Return a length of time in ISO 8601, whole seconds."""
    seconds = round(length.total_seconds())
    return f"P{seconds // 86_400}DT{seconds % 86_400}S"
