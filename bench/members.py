"""The list of members: its page with 100,000 experience members beside 10 (DEV-1).

The rules allow ninety; the list must not care. Both accounts lie in one database, rounds take turns.
"""

from __future__ import annotations

import time
from functools import partial
from statistics import median

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Member
from accounts.principals import PERSON, administrator_of
from bench import table
from bench.rows import copy_of, multiply, settle, unhurried
from portal.kernel.actors import SIMULATOR
from portal.outside import people
from portal.outside.models import Person
from portal.simulator import rooms, walks

PAGE = "/console/members/"
FEW = 10
SHOWN = 20
MOST_QUERIES = 8


def main(*, quick: bool) -> None:
    """Measure and print."""
    many = 1_000 if quick else 100_000
    unhurried()
    call_command("prepare", seed=False)
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7, frozen=True).world
    browsers = {}
    for nth, number in enumerate((FEW, many)):
        account = walks.account_at(world, "verified", email=f"n{nth}@kite.example", name=f"Paper Kite {nth}")
        first = people.add(
            world.pk, name="Player", wechat_id=f"player-{nth}", key=f"player-{nth}", by=SIMULATOR
        )
        fill(account, first, number, prefix=f"'1{nth}'")
        settle()
        browsers[f"{number:,} members"] = signed_in(account)
    table.title(f"The list of members, the median of {SHOWN}")
    found = table.rounds(
        {name: partial(shown, browser) for name, browser in browsers.items()}, 2 if quick else 9
    )
    few, lots = browsers
    for name in browsers:
        table.row(name, found[name], "ms")
    table.ratio("many over few", found[lots], found[few], "1.3 at most")
    with CaptureQueriesContext(connection) as queries:
        browsers[lots].get(PAGE)
    print(f"  {len(queries)} queries; aim: {MOST_QUERIES} at most")


def fill(account: Account, first: Person, number: int, *, prefix: str) -> None:
    """Give an account so many experience members, each a person of their own."""
    multiply(
        first,
        number,
        name="'Player ' || CAST(n.i AS TEXT)",
        wechat_id=f"{prefix} || '-player-' || CAST(n.i AS TEXT)",
        phone=f"{prefix} || CAST(100000000 + n.i AS TEXT)",
    )
    member = Member.objects.create(
        world=account.world,
        account=account,
        person=first,
        role="experience_member",
        added_at=account.world.now(),
    )
    multiply(member, number - 1, person_id=copy_of(first.pk))


def signed_in(account: Account) -> Client:
    """Return a browser in which the account's administrator has logged in."""
    client = Client(headers={"host": "localhost"})
    client.force_login(account.login)
    session = client.session
    session[PERSON] = administrator_of(account)
    session.save()
    return client


def shown(browser: Client) -> float:
    """Return the median milliseconds of the page."""
    lengths = []
    for _shown in range(SHOWN):
        started = time.perf_counter()
        response = browser.get(PAGE)
        lengths.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200
    return median(lengths)
