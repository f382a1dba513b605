"""Processes killed in mid-work, a broker that is away, a database that goes (F1, F6-F10, F15, OPS-3)."""

from __future__ import annotations

import os
import re
import signal
import socketserver
import subprocess
import sys
import threading
import time as real
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import Account, Notice
from portal import urls
from portal.kernel import clock, locks, outbox, tick, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.http import WorldRequest
from portal.kernel.models import AuditEvent, Deadline, OutgoingMessage, World
from portal.outside.letters import SMTP
from portal.outside.models import Letter
from portal.simulator import walks
from tests.races.rig import awaiting, money_is_conserved, race, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@contextmanager
def process(work: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that is about to begin its work; kill it at the end if it still runs."""
    database = str(connection.settings_dict["NAME"])
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.races.process", database, work, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=django_settings.BASE_DIR,
        env={**os.environ, **environment},
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def ring(world: World) -> None:
    World.objects.filter(pk=world.pk).update(rings_at=clock.real_now())


def fired() -> int:
    return Deadline.objects.filter(status="fired").count()


def wait_until_fired(number: int) -> None:
    stop = real.monotonic() + 60
    while fired() < number:
        assert real.monotonic() < stop, f"only {fired()} of {number} fired"
        real.sleep(0.002)


# A worker killed in mid-work: what it had begun is undone, whoever comes next does it, each once.


@pytest.mark.requirement("OPS-3", "VER-2")
def test_workers_killed_at_random_moments_leave_each_effect_once(world):
    accounts = [walks.register(world, f"{nth}@kite.example") for nth in range(60)]
    World.objects.filter(pk=world.pk).update(frozen_at=Deadline.objects.latest("due_at").due_at)
    random = Random(2019)
    for enough in (8, 20, 32, 44):
        ring(world)
        with process("tick") as child:
            wait_until_fired(enough)
            real.sleep(random.uniform(0, 0.01))
            child.send_signal(signal.SIGKILL)
            child.wait()
        assert fired() < len(accounts), "the kill did not come in mid-work"
    ring(world)
    with process("tick") as one, process("tick") as other:  # and two beats at once are harmless
        assert (one.wait(60), other.wait(60)) == (0, 0)
    assert fired() == len(accounts)
    for account in accounts:
        events = AuditEvent.objects.filter(subject_type="accounts.Account", subject_id=account.pk)
        assert list(events.values_list("name", flat=True)) == ["expire"]
    assert set(Account.objects.values_list("state", flat=True)) == {"expired"}


@pytest.mark.requirement("OPS-3", "SIM-2", "VER-2")
def test_an_advance_killed_on_its_way_is_finished_by_the_tick(world):
    companies = awaiting(world, 12)
    start = world.now()
    with process("advance", str(world.pk)) as child:
        wait_until_fired(5)
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert fired() < 12 * 4, "the kill did not come in mid-work"
    World.objects.filter(pk=world.pk).update(lease_until=clock.real_now(), rings_at=clock.real_now())
    tick.tick()
    world.refresh_from_db()
    assert (world.now() - start).days == 11
    assert world.advancing_to is None
    for company in companies:
        told = Notice.objects.filter(account=company).order_by("id").values_list("kind", flat=True)
        assert [kind.removeprefix("verification.wire_") for kind in told] == [
            "accounts.activated", "asked", "reminded", "reminded", "reminded", "expired",
        ]  # fmt: skip
    assert money_is_conserved()


# The relay killed in mid-delivery: delivered again, under the same Message-ID.


class Sink(socketserver.ThreadingTCPServer):
    """A mail server that keeps message ids, and holds its answer to the first letter back."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.received: list[str] = []
        self.holding, self.release = threading.Event(), threading.Event()


class Session(socketserver.StreamRequestHandler):
    """One conversation in the little SMTP that a client needs."""

    def handle(self) -> None:
        sink = self.server
        assert isinstance(sink, Sink)
        self.say("220 sink.example")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb == b"DATA":
                self.say("354 go on")
                letter = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
                sink.received += re.findall(r"^Message-ID: (.+?)\r?$", letter, re.MULTILINE)
                if len(sink.received) == 1:
                    sink.holding.set()
                    sink.release.wait(30)
            self.say("221 bye" if verb == b"QUIT" else "250 done")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.requirement("OPS-3")
def test_a_relay_killed_while_it_delivers_delivers_again(world, sink, settings):
    url = f"smtp://127.0.0.1:{sink.server_address[1]}?from=console@greenroom.example"
    settings.SMTP_URL = url
    account = walks.register(world, "ada@kite.example")
    message = OutgoingMessage.objects.get(kind=SMTP)
    with process("relay", PORTAL_SMTP_URL=url, PORTAL_DEBUG="1") as child:  # no collected files
        assert sink.holding.wait(30)
        child.send_signal(signal.SIGKILL)
        child.wait()
    sink.release.set()
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("waiting", 1)
    assert outbox.relay() == 0, "its lease still runs"
    OutgoingMessage.objects.update(next_attempt_at=clock.real_now())
    assert outbox.relay() == 1
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("sent", 2)
    letter = Letter.objects.get(to=account.email)
    assert sink.received == [f"<letter-{letter.pk}@greenroom.example>"] * 2
    assert outbox.relay() == 0


# The broker away: nobody who works with the console notices.


@pytest.mark.requirement("OPS-3")
def test_nothing_that_answers_a_request_knows_the_broker():
    code = (
        "import sys, portal.wsgi; from django.urls import get_resolver; get_resolver().url_patterns;"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'celery', 'kombu', 'billiard'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=django_settings.BASE_DIR
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


@pytest.mark.requirement("OPS-3")
def test_without_a_broker_people_act_and_everything_catches_up(world, settings, visitor):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    started = real.monotonic()
    company = walks.account_at(world, "verified", email="ada@kite.example")
    waiting = walks.register(world, "bo@kite.example")
    assert visitor.get("/").status_code == 200
    assert real.monotonic() - started < 5
    assert visitor.get("/healthz").json()["broker"] is False
    World.objects.filter(pk=world.pk).update(frozen_at=Deadline.objects.get(account_id=waiting.pk).due_at)
    ring(world)
    tick.tick()  # what a worker does when the doorbell rings again
    waiting.refresh_from_db()
    company.refresh_from_db()
    assert (company.state, waiting.state) == ("verified", "expired")


# The database gone: 503 with Retry-After, never 500, and the next request is as if nothing were.


def freeze(request: WorldRequest) -> HttpResponse:
    worlds.freeze(request.world.pk, by=SIMULATOR)
    return HttpResponse("frozen")


def look_up(request: WorldRequest) -> HttpResponse:
    return HttpResponse(World.objects.get(pk=request.world.pk).name)


def delete_and_use(request: WorldRequest) -> HttpResponse:
    worlds.delete(request.world.pk, by=SIMULATOR)
    return freeze(request)


class Urls:
    """The portal's addresses and three that act."""

    urlpatterns = [
        *urls.urlpatterns,
        path("freeze/", freeze),
        path("look-up/", look_up),
        path("delete-and-use/", delete_and_use),
    ]
    handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


def answer(world: World, address: str) -> tuple[int, str | None]:
    """Return status and Retry-After of a request on a connection of its own, as a server answers."""
    client = Client(raise_request_exception=False)
    client.cookies["world"] = world.token
    response = client.post(address)
    return response.status_code, response.headers.get("Retry-After")


postgresql = pytest.mark.skipif(
    "postgresql" not in str(django_settings.DATABASES["default"]["ENGINE"]),
    reason="a server that can go away is PostgreSQL's",
)


@postgresql
@pytest.mark.requirement("OPS-3")
def test_a_connection_cut_in_mid_request_is_503_and_the_next_request_works(world, settings):
    settings.ROOT_URLCONF = Urls

    def cut() -> None:
        for _look in range(200):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event = 'advisory'"
                )
                if cursor.fetchone():
                    return
            real.sleep(0.01)

    with transaction.atomic():
        locks.hold_world(world.pk)
        outcomes = race([lambda: answer(world, "/freeze/"), cut])
    assert words(outcomes) == {"done": 2}
    assert outcomes[0].value == (503, "5")
    assert answer(world, "/freeze/") == (200, None)


@postgresql
@pytest.mark.requirement("OPS-3")
def test_a_connection_cut_between_requests_is_503_at_worst(world, settings):
    """The first query of a request is a middleware's, where no view's exception is caught."""
    settings.ROOT_URLCONF = Urls

    def cut_then_ask() -> list[tuple[int, str | None]]:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (mine,) = cursor.fetchone()
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [mine])
        other.close()
        answers = [answer(world, "/look-up/")]
        connection.close_if_unusable_or_obsolete()  # as at the end of each request
        return [*answers, answer(world, "/look-up/")]

    (outcome,) = race([cut_then_ask])
    assert outcome.value == [(503, "5"), (200, None)], outcome.error


@postgresql
@pytest.mark.requirement("OPS-3")
def test_a_lock_that_is_held_too_long_is_503_within_seconds(world, settings):
    settings.ROOT_URLCONF = Urls
    with transaction.atomic():
        locks.hold_world(world.pk)
        started = real.monotonic()
        (outcome,) = race([lambda: answer(world, "/freeze/")])
        waited = real.monotonic() - started
    assert outcome.value == (503, "5"), outcome.error
    assert waited < 6


@pytest.mark.requirement("SIM-1")
def test_a_world_deleted_under_a_request_is_said_in_a_sentence(world, settings, visitor):
    settings.ROOT_URLCONF = Urls
    response = visitor.post("/delete-and-use/")
    assert (response.status_code, response.url) == (302, "/")
    program = visitor.post("/freeze/", headers={"Accept": "application/json"})
    assert program.status_code == 302  # its cookie opens no world any more
