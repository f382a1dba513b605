"""The inquiry of payment orders with 1,000,000 orders beside 10,000, by every filter; and its export (PAY-5).

Both accounts are in one database, rounds take turns. A hundredth of the orders is of the sandbox, a
thousandth awaits delivery, one partition of four is nearly empty: filters that find little are the hardest.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from statistics import median

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Player
from bench import table
from bench.pages import signed_in
from bench.rows import NTH, copy_of, moment, multiply, settle, unhurried
from payments import inquiry
from payments.inquiry import InquiryForm
from payments.models import Environment, Partition, PaymentOrder
from portal.kernel import calendar, keyset
from portal.kernel.actors import SIMULATOR
from portal.simulator import rooms, walks
from portal.simulator.walks import coin

SHOWN = 10
AIM = "1.3 at most"
DAYS = 31
PER_PLAYER = 100
FILTERS = {
    "newest": "",
    "far": "before={far}",  # sixty before the end
    "one day": "since={day}&until={day}",
    "status": "state=delivered",
    "rare status": "state=paid",
    "partition": "zone=1",
    "empty partition": "zone=4",
    "environment": "environment=0",
    "rare environment": "environment=1",
    "partition, environment": "zone=2&environment=1",
    "partition, status": "zone=4&state=paid",
    "environment, status": "environment=1&state=paid",
    "partition, environment, status": "zone=4&environment=1&state=paid",
    "partition, status, far": "zone=1&state=delivered&before={far}",
    "player": "player={openid}",
    "player, status": "player={openid}&state=paid&environment=1",
    "order number": "number={number}",
    "game's number": "number={out_trade_no}",
    "WeChat Pay number": "number={transaction}",
    "found nowhere": "number=nothing&zone=1",
}


@dataclass(frozen=True)
class Shop:
    """One account with orders, and what its filters ask for."""

    account: Account
    client: Client
    known: dict[str, str]


def main(*, quick: bool) -> None:
    """Measure and print."""
    few, many = (500, 5_000) if quick else (10_000, 1_000_000)
    table.title(f"A page of the order inquiry, the median of {SHOWN}")
    unhurried()
    call_command("collectstatic", interactive=False, verbosity=0)
    shops = {f"{number:,} orders": opened(number) for number in (few, many)}
    for shop in shops.values():
        shop.known.update(known(shop.account))
    for name, query in FILTERS.items():
        variants = {size: partial(shown, shop, query) for size, shop in shops.items()}
        found = table.rounds(variants, 2 if quick else 7)
        small, large = found.values()
        table.row(f"{name}, {many:,} orders", large, "ms")
        table.ratio(f"{name}, {many:,} over {few:,}", large, small, AIM)
    table.title("The export, memory above what the process holds before it")
    for size, shop in shops.items():
        rows, seconds, megabytes = exported(shop.account)
        table.row(f"{size}: {rows / seconds:,.0f} rows a second", [megabytes], "MB")


def opened(number: int) -> Shop:
    """Return an account that sells coins, with so many orders of the last 31 days."""
    world = rooms.open_world(name=f"Bench {number}", by=SIMULATOR, seed=7, frozen=True).world
    account = walks.account_at(world, "perfected", method="wechat_authentication", name=f"Bench {number}")
    account = walks.open_virtual_payment(account)
    online = coin.put_coin_online(account)
    first = online.partitions.order_by("pk")[0]
    for nth in (2, 3, 4):
        Partition.objects.create(
            world_id=world.pk, coin=online, zone_id=str(nth), name=f"Zone {nth}", added_at=account.world.now()
        )
    zones = list(online.partitions.order_by("pk").values_list("pk", flat=True))
    player = Player.objects.of(account, account.administrator.person_id)
    players = max(1, number // PER_PLAYER)
    multiply(
        player.person,
        players,
        wechat_id=f"'bench-player-' || {NTH}",
        phone="'101' || CAST(10000000 + n.i AS TEXT)",
    )
    multiply(player, players, person_id=copy_of(player.person_id), openid=f"'obench{number}-' || {NTH}")
    order = PaymentOrder.objects.create(
        world_id=world.pk,
        account=account,
        player=player,
        partition=first,
        environment=Environment.LIVE,
        number=f"{number:028d}",
        out_trade_no=f"bench{number}",
        amount_fen=600,
        coins=60,
        placed_at=account.world.now(),
    )
    multiply(
        order,
        number,
        number=f"'{number}-' || {NTH}",
        out_trade_no=f"'game-' || {NTH}",
        transaction_number=f"'pay-' || {NTH}",
        player_id=f"{player.pk + 1000} + 1 + (CAST(n.i AS BIGINT) * 7919) % {players}",
        partition_id=f"CASE WHEN n.i % 1013 = 0 THEN {zones[3]} WHEN n.i % 3 = 0 THEN {zones[0]}"
        f" WHEN n.i % 3 = 1 THEN {zones[1]} ELSE {zones[2]} END",
        environment="CASE WHEN n.i % 101 = 0 THEN 1 ELSE 0 END",
        state="CASE WHEN n.i % 997 = 0 THEN 'paid' WHEN n.i % 103 = 0 THEN 'refunded'"
        " WHEN n.i % 29 = 0 THEN 'not_paid' WHEN n.i % 31 = 0 THEN 'closed'"
        " WHEN n.i % 47 = 0 THEN 'failed' ELSE 'delivered' END",
        placed_at=before(order, number),
    )
    settle()
    return Shop(account, signed_in(account), {})


def before(order: PaymentOrder, number: int) -> str:
    """Return SQL for moments spread evenly over the days before the order's own."""
    seconds = f"(CAST(n.i AS BIGINT) * {(DAYS - 1) * 86_400}) / {number}"
    if connection.vendor == "postgresql":
        return f"{moment(order.placed_at)} - ({seconds}) * INTERVAL '1 second'"
    return f"datetime({moment(order.placed_at)}, '-' || ({seconds}) || ' seconds')"


def known(account: Account) -> dict[str, str]:
    """Return what the filters ask for: keys and numbers in the middle and at the end."""
    orders = PaymentOrder.objects.filter(account=account)
    oldest = orders.order_by("placed_at", "pk").select_related("player")[:60]
    last = oldest[len(oldest) - 1]
    return {
        "far": str(keyset.Key(last.placed_at, last.pk)),
        "day": calendar.start_of_day(last.placed_at).date().isoformat(),
        "openid": last.player.openid,
        "number": last.number,
        "out_trade_no": last.out_trade_no,
        "transaction": last.transaction_number,
    }


def shown(shop: Shop, query: str) -> float:
    """Return the median milliseconds of the page."""
    lengths = []
    for _shown in range(SHOWN):
        started = time.perf_counter()
        response = shop.client.get(f"{reverse('payments:orders')}?{query.format(**shop.known)}")
        lengths.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200
    return median(lengths)


def exported(account: Account) -> tuple[int, float, float]:
    """Return the rows of an export, its seconds, and by how many megabytes the process grew at most."""
    form = InquiryForm({}, account=account)
    assert form.is_valid()
    held = _peak()
    started, rows = time.perf_counter(), 0
    lines: Iterator[str] = inquiry.as_csv(form.asked)
    while chunk := len(list(islice(lines, 1000))):
        rows += chunk
    return rows, time.perf_counter() - started, _peak() - held


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
