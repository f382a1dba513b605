"""Payments by direct call, beside what the database by itself makes of such work (PAY-6).

PostgreSQL: eight callers, each a process with a connection of its own, against pgbench's TPC-B-like
transaction; and all eight at one wallet, against the same statement from pgbench. SQLite: one caller
against the bare sqlite3 module, which writes the same two rows of the same file.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.models import Player
from bench import table
from bench.rows import NTH, copy_of, multiply, settle
from payments import breaches_ledger, ledger, movements
from payments.models import Entry, Environment, GameCoin, Partition, Wallet
from portal.kernel import locks
from portal.kernel.actors import SIMULATOR
from portal.outside.models import Person
from portal.simulator import rooms, walks

CLIENTS = 8
SCALE = 10  # of pgbench's tables: its clients meet at as many branches
WALLETS = 10_000
STRIDE = 7919  # a prime: the next wallet is nowhere near
COINS = ledger.MOST_COINS

Measure = Callable[[], float]


def main(*, quick: bool) -> None:
    """Measure and print."""
    seconds, rounds = (1, 2) if quick else (10, 7)
    wallets = fill(100 if quick else WALLETS)
    if connection.vendor == "postgresql":
        _beside_pgbench(wallets, seconds, rounds)
    else:
        _beside_sqlite3(wallets, seconds, rounds)
    assert breaches_ledger.breaches() == []


def fill(number: int) -> list[Wallet]:
    """Make so many wallets with a billion coins in each, of as many players of one game."""
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7).world
    account = walks.register(world, "bench@kite.example")
    now = world.now()
    coin = GameCoin.objects.create(
        world=world, account=account, offer_id="1450000001", authorized_at=now, authorized_by="-"
    )
    zone = Partition.objects.create(world=world, coin=coin, zone_id="1", name="One", added_at=now)
    person = Person.objects.filter(world=world).order_by("pk")[0]
    player = Player.objects.of(account, person.pk)
    wallet = ledger.wallet_of(account, player, zone, Environment.LIVE)
    bought = ledger.recharge(wallet, COINS, bill_no="_bench", at=now)
    wallet.refresh_from_db()
    multiply(person, number, wechat_id=NTH, phone=NTH)
    multiply(player, number, person_id=copy_of(person.pk), openid=f"'o' || {NTH}")
    multiply(wallet, number, player_id=copy_of(player.pk))
    multiply(Entry.objects.get(pk=bought.entry_id), number, wallet_id=copy_of(wallet.pk))
    settle()
    return list(Wallet.objects.order_by("pk"))


def _pay(wallets: list[Wallet], seconds: float, name: str) -> float:
    """Return how many payments of one coin a caller makes in a second, from ever another wallet."""
    number, first, started = 0, sum(name.encode()), time.perf_counter()
    while (taken := time.perf_counter() - started) < seconds:
        wallet = wallets[(first + number) * STRIDE % len(wallets)]
        ledger.pay(wallet, 1, bill_no=f"{name}-{number}")
        number += 1
    return number / taken


# --- PostgreSQL -------------------------------------------------------------------------------


def _beside_pgbench(wallets: list[Wallet], seconds: int, rounds: int) -> None:
    table.title(f"Payments of {CLIENTS} callers, a second")
    program = shutil.which("pgbench") or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))), None
    )
    if program is None:
        print("  Not measured: pgbench is not installed. It comes with PostgreSQL's server.")
        return
    pgbench = partial(_pgbench, program)
    pgbench("-i", "-q", "-s", str(SCALE))
    script = settings.DATA_DIR / "pay.sql"
    script.write_text(_script(wallets[0]))
    run = ("-n", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds))
    connection.close()  # the callers are forked
    with _callers(wallets, seconds) as call, _callers(wallets[:1], seconds) as call_one:
        found = table.rounds(
            {
                "tpcb": lambda: pgbench(*run),
                "spread": call,
                "same": lambda: pgbench(*run, "-M", "prepared", "-f", str(script)),
                "one": call_one,
            },
            rounds,
        )
    table.row("pgbench, TPC-B-like", found["tpcb"], "/s")
    table.row(f"pay, {len(wallets):,} wallets", found["spread"], "/s")
    table.ratio("pay over TPC-B-like", found["spread"], found["tpcb"], "0.7 at least, 1.0 wanted")
    table.row("pgbench, the same statement, one wallet", found["same"], "/s")
    table.row("pay, one wallet", found["one"], "/s")
    table.ratio("pay over the statement, one wallet", found["one"], found["same"], "0.5 at least")


def _pgbench(program: str, *arguments: str) -> float:
    """Run pgbench on the bench's database; return its transactions a second."""
    here = connection.settings_dict
    places = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {name: str(here[key]) for name, key in places.items() if here[key]}
    done = subprocess.run(
        [program, *arguments, str(here["NAME"])],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    return float(found[1]) if found else 0.0


def _script(wallet: Wallet) -> str:
    """Return the ledger's own statement as a script for pgbench: one coin of this wallet, a new bill each."""
    lock_class, lock_key = locks.world_key(wallet.world_id)
    values = {
        "wallet": wallet.pk,
        "world": wallet.world_id,
        "coins": 1,
        "moved": -1,
        "counted": 1,
        "lock_class": lock_class,
        "lock_key": lock_key,
        "kind": "'pay'",
        "bill_no": "'b' || :bill",
        "of_bill": "''",
        "item": "''",
        "remark": "''",
        "at": "NULL",
        "real_now": "now()",
    }
    return f"\\set bill random(1, {2**63 - 1})\n{movements.AT_ONCE[Entry.Kind.PAY] % values};\n"


@contextmanager
def _callers(wallets: list[Wallet], seconds: float) -> Iterator[Measure]:
    """Yield a measurement of callers in processes of their own, all at once; end them afterwards."""
    context = multiprocessing.get_context("fork")
    ends = [context.Pipe() for _nth in range(CLIENTS)]
    callers = [
        context.Process(target=_caller, args=(theirs, f"{len(wallets)}-{nth}", wallets, seconds))
        for nth, (_ours, theirs) in enumerate(ends)
    ]
    for caller in callers:
        caller.start()

    def measure() -> float:
        for ours, _theirs in ends:
            ours.send("go")
        return sum((float(ours.recv()) for ours, _theirs in ends), 0.0)

    yield measure
    for (ours, _theirs), caller in zip(ends, callers, strict=True):
        ours.send("")
        caller.join()


def _caller(line: Connection, name: str, wallets: list[Wallet], seconds: float) -> None:
    """Pay whenever told to, until told nothing."""
    connection.ensure_connection()
    turn = 0
    while line.recv():
        turn += 1
        line.send(_pay(wallets, seconds, f"{name}-{turn}"))
    connection.close()


# --- SQLite -----------------------------------------------------------------------------------


def _beside_sqlite3(wallets: list[Wallet], seconds: int, rounds: int) -> None:
    table.title("Payments of one caller, a second")
    turns = iter(range(rounds))
    bare = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
    bare.execute("PRAGMA synchronous=FULL")  # as the portal's own connections
    found = table.rounds(
        {
            "bare": lambda: _pay_bare(bare, wallets, seconds),
            "pay": lambda: _pay(wallets, seconds, f"c{next(turns)}"),
        },
        rounds,
    )
    bare.close()
    table.row("the sqlite3 module, two statements", found["bare"], "/s")
    table.row(f"pay, {len(wallets):,} wallets", found["pay"], "/s")
    table.ratio("pay over sqlite3", found["pay"], found["bare"], "0.4 at least")


def _pay_bare(bare: sqlite3.Connection, wallets: list[Wallet], seconds: float) -> float:
    """Return how many payments a second two statements in one transaction make, with nothing around them."""
    number, started = 0, time.perf_counter()
    while (taken := time.perf_counter() - started) < seconds:
        wallet = wallets[number * STRIDE % len(wallets)]
        bare.execute("BEGIN IMMEDIATE")
        paid, gift = bare.execute(
            "UPDATE payments_wallet SET paid = paid - 1, spent = spent + 1 WHERE id = ? AND paid >= 1"
            " RETURNING paid, gift",
            (wallet.pk,),
        ).fetchall()[0]
        bare.execute(
            "INSERT INTO payments_entry (world_id, wallet_id, kind, bill_no, of_bill, paid, gift, paid_after,"
            " gift_after, item, remark, at) VALUES (?, ?, 'pay', ?, '', -1, 0, ?, ?, '', '', ?)",
            (wallet.world_id, wallet.pk, f"bare-{started}-{number}", paid, gift, "2019-03-09 02:00:00"),
        )
        bare.execute("COMMIT")
        number += 1
    return number / taken
