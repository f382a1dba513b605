"""Associations: both sides' lists and the checks, with 1,000,000 associations beside 10 (ASC-2, ASC-3).

The rules allow 13 places of an Official Account and 500 of a Mini Program; a Mini Program's list must not
care, nor either list how many are over. Ten do not fill a page, and a row of a page costs its rendering: a
ratio of lists is worth comparing over 400. All accounts lie in one database, rounds take turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from associations import candidates, links, pairs
from associations.models import Association
from associations.pairs import Pair
from bench import table
from bench.pages import signed_in
from bench.rows import NTH, copy_of, multiply, settle, unhurried
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.simulator import rooms, walks

FEW = 10
A_PAGE = 400  # so many fill every list's first page
SHOWN = 20
AIM = "1.3 at most"
LISTS = {
    "newest": "",
    "waiting": "waiting=1",
    "over": "ended=1",
    "over, far": "ended=1&before={far}",  # a page before the end
}
OVER = (
    "CASE n.i % 4 WHEN 0 THEN 'refused' WHEN 1 THEN 'expired' WHEN 2 THEN 'withdrawn'"
    " ELSE 'disassociated' END"
)


@dataclass(frozen=True)
class Subject:
    """One account with associations, one of the other side's, and a browser signed in to it."""

    account: Account
    pair: Pair
    page: str
    client: Client
    far: int


def main(*, quick: bool) -> None:
    """Measure and print."""
    many, others = (10_000, 1_000) if quick else (1_000_000, 100_000)
    table.title(f"A page of the lists, the median of {SHOWN}; the checks, of {SHOWN}")
    unhurried()
    call_command("collectstatic", interactive=False, verbosity=0)
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7, frozen=True).world
    official = copied(official_account(world, "News of all"), others, 1)
    game = copied(walks.account_at(world, "released", name="Games of all"), others, 2)
    sides: dict[str, Callable[[int], Subject]] = {
        "Official Account": partial(here, world, game, others),
        "Mini Program": partial(there, world, official, others),
    }
    for side, made in sides.items():
        subjects = {f"{number:,}": made(number) for number in (FEW, A_PAGE, many)}
        settle()
        asked: dict[str, Callable[[Subject], float]] = {
            name: partial(shown, query) for name, query in LISTS.items()
        }
        for name, measure in {**asked, "check": checked}.items():
            variants = {size: partial(measure, subject) for size, subject in subjects.items()}
            found = table.rounds(variants, 2 if quick else 9)
            few, page, lots = found.values()
            table.row(f"{side}, {name}, {many:,}", lots, "ms")
            table.ratio(f"{side}, {name}, {many:,} over {FEW}", lots, few, "")
            table.ratio(f"{side}, {name}, {many:,} over {A_PAGE}", lots, page, AIM)


def official_account(world: World, name: str) -> Account:
    """Return an authenticated service account."""
    account = walks.account_at(world, "authenticated", account_type="service", name=name, wechat_id="meiran")
    return walks.rename(account, name)


def copied(account: Account, copies: int, digit: int) -> Account:
    """Copy an account, for so many partners of others; return it. Their AppIDs begin with `digit`."""
    name = account.appid
    multiply(account.login, copies, username=f"'{name}' || {NTH}")
    multiply(
        account,
        copies,
        login_id=copy_of(account.login_id),
        appid=f"'wx' || CAST({digit}{0:015} + n.i AS TEXT)",
        original_id=f"'gh_' || CAST({digit}{0:011} + n.i AS TEXT)",
        email_key=f"'{name}' || {NTH}",
        name_key=f"'{name}' || {NTH}",
    )
    settle()
    return account


def here(world: World, other: Account, others: int, number: int) -> Subject:
    """Return an Official Account that asked so often: two associated, a tenth of its partners waiting."""
    account = official_account(world, f"News of {number}")
    state = f"CASE WHEN n.i <= 2 THEN 'associated' WHEN n.i <= {others} AND n.i % 10 = 0"
    fill(number, others, account, other, "mini_program_id", f"{state} THEN 'awaiting_official_account'")
    return subject(Pair(account, other), account, "associations:mini_programs")


def there(world: World, other: Account, others: int, number: int) -> Subject:
    """Return a Mini Program that was asked so often: of its partners half associated, a fifth waiting."""
    account = walks.account_at(world, "released", name=f"Games of {number}", wechat_id="linyue")
    state = f"CASE WHEN n.i > {others} THEN {OVER} WHEN n.i % 10 < 5 THEN 'associated'"
    fill(number, others, other, account, "official_account_id", f"{state} WHEN n.i % 10 < 7 THEN 'invited'")
    return subject(Pair(other, account), account, "associations:official_accounts")


def fill(number: int, others: int, official: Account, game: Account, column: str, state: str) -> None:
    """Add associations of both, the one in `column` replaced by its copies in turn; `state` is SQL's CASE."""
    now = official.world.now()
    first = Association.objects.create(
        world_id=official.world_id,
        official_account=official,
        mini_program=game,
        is_same_entity=False,
        asked_at=now,
        expires_at=now.replace(year=now.year + 1),
        invited_at=now,
        associated_at=now,
        ended_at=now,
    )
    other = official if column == "official_account_id" else game
    multiply(
        first,
        number,
        state=f"{state} ELSE {OVER} END",
        **{column: copy_of(other.pk, f"1 + (n.i - 1) % {others}")},
    )
    settle()


def subject(pair: Pair, account: Account, page: str) -> Subject:
    """Return an account as it is measured: with a partner that it is associated with."""
    mine = Association.objects.filter(official_account=account) | Association.objects.filter(
        mini_program=account
    )
    over = mine.exclude(state__in=("associated", "invited", "awaiting_official_account"))
    one = mine.filter(state="associated").select_related("official_account", "mini_program").order_by("pk")[0]
    far = over.order_by("pk").values_list("pk", flat=True)[:SHOWN]
    return Subject(
        account,
        Pair(one.official_account, one.mini_program),
        reverse(page),
        signed_in(account),
        far[len(far) - 1],
    )


def shown(query: str, subject: Subject) -> float:
    """Return the median milliseconds of a list."""
    lengths = []
    address = f"{subject.page}?{query.format(far=subject.far)}"
    for _shown in range(SHOWN):
        started = time.perf_counter()
        response = subject.client.get(address)
        lengths.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200
    return median(lengths)


def checked(subject: Subject) -> float:
    """Return the median milliseconds of what is asked before something is saved, opened or invited."""
    lengths = []
    official, game = subject.pair.official_account, subject.pair.mini_program
    for _checked in range(SHOWN):
        started = time.perf_counter()
        assert links.linked(official.pk, str(game.appid)) is not None
        assert candidates.open_of(subject.pair) is not None
        pairs.places(official, same_entity=False)
        pairs.places_of(game)
        lengths.append((time.perf_counter() - started) * 1000)
    return median(lengths)
