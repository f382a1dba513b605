"""The operation log: its page for an account with 100,000 operations beside one with 10 (DEV-4).

Both accounts are in one database, rounds take turns. A filter has no index of its own: what it finds
nowhere is the hardest, since every operation of the account is passed.
"""

from __future__ import annotations

import time
from functools import partial
from statistics import median

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from bench import table
from bench.pages import signed_in
from bench.rows import ABOVE, moment, multiply, settle, unhurried
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent
from portal.simulator import rooms, walks

FEW = 10
SHOWN = 20
PAGES = {
    "newest": "",
    "far": "before={far}",  # sixty before the end
    "about development": "about=development",
    "found nowhere": "who=nobody",
}
AIMS = {"newest": "1.3 at most", "far": "1.3 at most"}


def main(*, quick: bool) -> None:
    """Measure and print."""
    many = 2_000 if quick else 100_000
    table.title(f"A page of the operation log, the median of {SHOWN}")
    unhurried()
    call_command("collectstatic", interactive=False, verbosity=0)
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7, frozen=True).world
    sizes = {}
    for name, number in {f"{FEW} operations": FEW, f"{many:,} operations": many}.items():
        account = walks.account_at(world, "verified", name=name)
        fill(account, number)
        sizes[name] = signed_in(account), far_of(account)
    settle()
    for page, query in PAGES.items():
        variants = {
            name: partial(shown, client, query.format(far=far)) for name, (client, far) in sizes.items()
        }
        found = table.rounds(variants, 2 if quick else 7)
        few, lots = sizes
        for name in sizes:
            table.row(f"{page}, {name}", found[name], "ms")
        table.ratio(f"{page}, many over few", found[lots], found[few], AIMS.get(page, "told only"))


def fill(account: Account, number: int) -> None:
    """Give an account so many changes of its API allowlist by its administrator."""
    event = AuditEvent.objects.filter(account_id=account.pk).latest("pk")
    changed = AuditEvent.objects.create(
        world_id=account.world_id,
        account_id=account.pk,
        subject_type="accounts.Account",
        subject_id=account.pk,
        name="accounts.api_allowlist_changed",
        by_kind="person",
        by_id=account.administrator.person_id,
        by_name=account.administrator.name,
        by_role="administrator",
        at=event.at,
    )
    multiply(changed, number, id=f"{(ABOVE + changed.pk) * 1000} + n.i", at=moment(event.at))


def far_of(account: Account) -> int:
    """Return the key of the page that begins sixty before the account's oldest operation."""
    oldest = AuditEvent.objects.filter(account_id=account.pk).order_by("pk")[:60]
    return int(max(event.pk for event in oldest))


def shown(client: Client, query: str) -> float:
    """Return the median milliseconds of the page."""
    lengths = []
    for _shown in range(SHOWN):
        started = time.perf_counter()
        response = client.get(f"{reverse('console:log')}?{query}")
        lengths.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200
    return median(lengths)
