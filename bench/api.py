"""The server API: a signed payment over HTTP, its commit durable, beside the same call made directly.

And beside an empty JSON view of a `startproject` project under the same server: in calls a second, which the
disk decides, and in CPU of the web process, which it does not; a token and a status query likewise. One
client has one connection open, as an SDK does, and its requests written beforehand; the web process has the
portal's own settings. Rounds take turns.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import connection

from accounts import actions, player_sessions
from accounts.models import Account, Player
from bench import pages, table
from bench.rows import NTH, copy_of, multiply, settle
from payments import keys, ledger
from payments.actions import game_calls
from payments.models import Entry, Environment, GameCoin, Partition, PaymentOrder
from portal.kernel import sealed
from portal.kernel.actors import SERVER, SIMULATOR
from portal.outside.models import Person
from portal.simulator import rooms, walks
from portal.simulator.walks.coin import put_coin_online
from portal.simulator.walks.development import new_secret

PLAYERS: Final = 1000
STRIDE: Final = 7919  # a prime: the next player is nowhere near
SESSION_KEY: Final = "9hAb/NEYUlkaMBEsmFgzig=="
PAY: Final = "/wxa/game/pay"
TS: Final = 1552096800
ORDER: Final = "/wxa/game/queryorderinfo"

Request = bytes


def main(*, quick: bool) -> None:
    """Measure and print."""
    requests, rounds = (100, 2) if quick else (400, 9)  # CPU is told in hundredths of a second
    call_command("prepare", seed=False)
    game = Game(10 if quick else PLAYERS)
    connection.close()
    spent: dict[str, list[float]] = {"pay": [], "view": [], "token": [], "order": []}
    with server("portal.wsgi:application") as portal, server("bench.empty:application") as empty:
        variants: dict[str, table.Variant] = {
            "direct": partial(game.pay_directly, requests),
            "pay": lambda: rate(portal, game.payments(requests), spent["pay"]),
            "view": lambda: rate(empty, [post("/json", b"{}")] * requests, spent["view"]),
            "token": lambda: rate(portal, [game.token_call()] * requests, spent["token"]),
            "order": lambda: rate(portal, [game.order_query()] * requests, spent["order"]),
        }
        for variant in variants.values():
            variant()  # caches fill
        for values in spent.values():
            values.clear()
        found = table.rounds(variants, rounds)
    table.title("The server API, one client, calls a second")
    table.row("pay, called directly", found["direct"], "/s")
    table.row("pay, signed, over HTTP", found["pay"], "/s")
    table.row("an empty JSON view", found["view"], "/s")
    table.ratio("pay over HTTP over pay directly", found["pay"], found["direct"], "0.4 at least")
    aim = "0.5 at least" if connection.vendor == "sqlite" else "told only"
    table.ratio("pay over HTTP over the view", found["pay"], found["view"], aim)
    table.title("CPU of the web process, a call")
    table.row("an empty JSON view", spent["view"], "ms")
    for name, said in (
        ("pay", "a signed payment"),
        ("token", "a stable token"),
        ("order", "an order's state"),
    ):
        table.ratio(f"{said} over the view", spent[name], spent["view"], "told only")


class Game:
    """A game whose coin is online, its players with a billion coins each, and what its server knows."""

    def __init__(self, players: int) -> None:
        world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7).world
        account = walks.account_at(world, "perfected", method="wechat_authentication")
        put_coin_online(walks.open_virtual_payment(account))
        self.account = Account.objects.get(pk=account.pk)
        self.secret = new_secret(self.account)
        self.token = actions.give_token(account.pk, by=SERVER).token
        coin = GameCoin.objects.get(account=account)
        self.offer_id, self.key = coin.offer_id, keys.key_of(coin, Environment.LIVE)
        self.numbers = count()
        self._fill(players)

    def _fill(self, number: int) -> None:
        world, now = self.account.world, self.account.world.now()
        person = Person.objects.filter(world=world).order_by("pk")[0]
        player = Player.objects.of(self.account, person.pk)
        player.session_key = sealed.seal(SESSION_KEY, purpose=player_sessions.SEALED)
        player.session_set_at = now
        player.save()
        zone = Partition.objects.get(coin__account=self.account, zone_id="1")
        wallet = ledger.wallet_of(self.account, player, zone, Environment.LIVE)
        bought = ledger.recharge(wallet, ledger.MOST_COINS, bill_no="_bench", at=now)
        wallet.refresh_from_db()
        multiply(person, number, wechat_id=NTH, phone=NTH)
        multiply(player, number, person_id=copy_of(person.pk), openid=f"'o' || {NTH}")
        multiply(wallet, number, player_id=copy_of(player.pk))
        multiply(Entry.objects.get(pk=bought.entry_id), number, wallet_id=copy_of(wallet.pk))
        self.order = PaymentOrder.objects.create(
            world=world, account=self.account, player=player, partition=zone, environment=Environment.LIVE,
            number="1" * 28, out_trade_no="bench", amount_fen=600, coins=60, placed_at=now,
        )  # fmt: skip
        self.openids = list(
            Player.objects.filter(wallet__isnull=False).order_by("pk").values_list("openid", flat=True)
        )
        settle()

    def pay_directly(self, number: int) -> float:
        """Return how many payments a second a caller in this process makes."""
        calls = [self._next() for _each in range(number)]
        started = time.perf_counter()
        for openid, bill_no in calls:
            game_calls.pay(
                self.account.pk, openid=openid, zone_id="1", environment=0, coins=1, bill_no=bill_no,
                source="server", by=SERVER,
            )  # fmt: skip
        return number / (time.perf_counter() - started)

    def payments(self, number: int) -> list[Request]:
        """Return so many signed payments."""
        calls = [self._next() for _each in range(number)]
        return [self._signed(PAY, openid, amount=1, bill_no=bill_no) for openid, bill_no in calls]

    def order_query(self) -> Request:
        """Return a signed query of an order's state."""
        return self._signed(ORDER, self.order.player.openid, out_trade_no="bench", biz_id=1)

    def token_call(self) -> Request:
        """Return a call for the stable token."""
        asked = {"grant_type": "client_credential", "appid": self.account.appid, "secret": self.secret}
        return post("/cgi-bin/stable_token", json.dumps(asked).encode())

    def _next(self) -> tuple[str, str]:
        number = next(self.numbers)
        return self.openids[number * STRIDE % len(self.openids)], f"bench-{number}"

    def _signed(self, path: str, openid: str, **more: object) -> Request:
        place = {
            "openid": openid,
            "offer_id": self.offer_id,
            "ts": TS,
            "zone_id": "1",
            "env": 0,
        }
        body = json.dumps(place | more).encode()
        pay_sig = _mac(self.key, f"{path}&".encode() + body)
        query = f"access_token={self.token}&signature={_mac(SESSION_KEY, body)}&sig_method=hmac_sha256"
        return post(f"{path}?{query}&pay_sig={pay_sig}", body)


def post(path: str, body: bytes) -> Request:
    """Return a request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def rate(to: tuple[int, int], requests: list[Request], spent: list[float]) -> float:
    """Return how many of these requests are answered in a second, one by one; a refusal ends the bench.

    `to` is a port and the process behind it; the milliseconds of its CPU that one took are put to `spent`.
    """
    port, pid = to
    before = pages.cpu_seconds(pid)
    with socket.create_connection(("127.0.0.1", port)) as line, line.makefile("rb") as answers:
        started = time.perf_counter()
        for request in requests:
            line.sendall(request)
            _read(answers.readline, answers.read)
        taken = time.perf_counter() - started
    spent.append((pages.cpu_seconds(pid) - before) / len(requests) * 1000)
    return len(requests) / taken


def _read(readline: Callable[[], bytes], read: Callable[[int], bytes]) -> None:
    status, length = readline(), 0
    while line := readline().strip():
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    answer = json.loads(read(length))
    assert status.split()[1] == b"200", status
    assert not answer.get("errcode"), answer


@contextmanager
def server(application: str) -> Iterator[tuple[int, int]]:
    """Run one web process with the portal's settings; yield its port and its process id."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-c", "python:portal.web", "--workers", "1"]
        child = subprocess.Popen(
            [*command, "--bind", f"fd://{listener.fileno()}", application], pass_fds=[listener.fileno()]
        )
    try:
        pages.get(port, "/", "")  # waits until the worker answers
        workers = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        yield port, int(workers[0])
    finally:
        child.terminate()
        child.wait()


def _mac(key: str, signed: bytes) -> str:
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
