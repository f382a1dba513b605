"""Development Management: its page for an account with 10,000 versions beside one with few (REL-1).

Uploads of ten members, all but the latest of each replaced; and a list that is turned by key, one developed
version a member. The accounts are in one database, rounds take turns.
"""

from __future__ import annotations

import io
import time
from functools import partial
from statistics import median

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from bench import table
from bench.pages import signed_in
from bench.rows import ABOVE, multiply, settle, unhurried
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import rooms, walks
from releases import actions, packages, sample_packages
from releases.models import Version

FEW = 10
A_PAGE = 21  # developed versions that fill a page and lead to the next
SHOWN = 20
PHONES = 20_000_000_000


def main(*, quick: bool) -> None:
    """Measure and print."""
    many = 1_000 if quick else 10_000
    table.title(f"A page of Development Management, the median of {SHOWN}")
    unhurried()
    call_command("collectstatic", interactive=False, verbosity=0)
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7, frozen=True).world
    first = crowd(world, many)
    kinds = {
        "uploaded over": ((FEW, FEW), (FEW, many)),
        "newest": ((A_PAGE, 0), (many, 0)),
    }
    for kind, sizes in kinds.items():
        clients = {}
        for developed, replaced in sizes:
            account = walks.account_at(world, "verified", name=f"{kind} {developed} {replaced}")
            fill(account, first, developed=developed, replaced=replaced)
            clients[f"{developed:,} developed, {replaced:,} replaced"] = signed_in(account)
        settle()
        found = table.rounds(
            {name: partial(shown, client) for name, client in clients.items()}, 2 if quick else 7
        )
        few, lots = clients
        for name in clients:
            table.row(f"{kind}: {name}", found[name], "ms")
        table.ratio(f"{kind}, many over few", found[lots], found[few], "1.3 at most")


def crowd(world: World, number: int) -> str:
    """Add so many people to the world; return SQL for the nth one's id."""
    person = Person.objects.create(
        world=world, name="Somebody", wechat_id="somebody", phone=str(PHONES), id_number=""
    )
    multiply(
        person, number, wechat_id="'somebody' || CAST(n.i AS TEXT)", phone=f"CAST({PHONES} + n.i AS TEXT)"
    )
    return f"{person.pk + ABOVE} + n.i"


def fill(account: Account, person: str, *, developed: int, replaced: int) -> None:
    """Give an account versions of as many people, and so many that were uploaded over before."""
    package = packages.read(io.BytesIO(sample_packages.build("odd")))
    version = actions.upload(
        account.pk,
        package,
        number="1.0.0",
        description="Night festival level",
        developer_id=account.administrator.person_id,
        way=Version.Way.CONSOLE,
        by=account.login.as_actor(),
    )
    top = Version.objects.latest("pk").pk * ABOVE
    for count, above, state in ((replaced, top, "'replaced'"), (developed, top + replaced, "'developed'")):
        if count:
            multiply(version, count, id=f"{above} + n.i", developer_id=person, state=state)


def shown(client: Client) -> float:
    """Return the median milliseconds of the page."""
    lengths = []
    for _shown in range(SHOWN):
        started = time.perf_counter()
        response = client.get(reverse("releases:development"))
        lengths.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200
    return median(lengths)
