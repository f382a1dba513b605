"""The process beside bench.queue: fills its database with reviews, then shows the page it is asked for."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from statistics import median

from django.core.management import call_command
from django.test import Client

from accounts.models import Login
from bench.rows import ABOVE, moment, multiply, settle, unhurried
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Review, World
from portal.simulator import rooms

FEW = 100
SHOWN = 20
QUEUE = "/admin/kernel/review/"
# A page of each filter; "far" begins thirty before the end, as its key tells.
PAGES = {
    "waiting": "?show=open",
    "far": "?after=",
    "past due": "?show=late",
    "one kind": "?kind=verification.authentication",
    "decided": "?show=decided",
}


def main(reviews: int) -> None:
    """Answer each line of the input with the median milliseconds of the page that it names."""
    world = fill(reviews)
    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(headers={"host": "localhost"})
    client.force_login(Login.objects.get(world=world, is_staff=True))
    client.cookies["desk"] = client.cookies["console"].value
    far = Review.objects.open().order_by("due_at", "id")[reviews - 30]
    print("ready", flush=True)
    for line in sys.stdin:
        page = line.strip()
        key = f"{far.due_at.isoformat().replace('+', '%2B')}~{far.pk}" if page == "far" else ""
        lengths = []
        for _shown in range(SHOWN):
            started = time.perf_counter()
            response = client.get(f"{QUEUE}{PAGES[page]}{key}")
            lengths.append((time.perf_counter() - started) * 1000)
            assert response.status_code == 200
        print(median(lengths), flush=True)


def fill(reviews: int) -> World:
    """Make one world with so many open reviews, half of them past due, and as many that are decided."""
    unhurried()
    world = rooms.open_world(name="Bench", by=SIMULATOR, seed=7, frozen=True).world
    now = world.now()

    def review(subject_id: int, **columns: object) -> Review:
        made = Review(
            world=world,
            kind="verification.authentication",
            subject_id=subject_id,
            account_id=0,
            title="Applicant",
            submitted_at=now - timedelta(days=3),
            due_at=now,
            **columns,
        )
        Review.objects.bulk_create([made])
        return made

    days = [moment(now + timedelta(hours=step - 50)) for step in range(100)]
    cases = " ".join(f"WHEN {step} THEN {at}" for step, at in enumerate(days))
    open_one, decided = review(1), review(2, state=Review.State.WITHDRAWN, decided_at=now)
    for row, first in ((open_one, 10), (decided, 10 + reviews)):
        multiply(
            row,
            reviews,
            id=f"{ABOVE + first} + n.i",
            subject_id=f"{ABOVE + first} + n.i",
            title="'Applicant ' || CAST(n.i AS TEXT)",
            due_at=f"CASE n.i % 100 {cases} END",
        )
    settle()
    return world
