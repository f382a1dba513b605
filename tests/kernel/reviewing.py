"""Sessions at the desk, and reviews by the dozen, for the tests of its pages."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from accounts.models import Login
from portal.kernel.models import Review, World

KIND = "verification.authentication"
QUEUE = "/admin/kernel/review/"


def session(login: Login) -> Client:
    """Return a client that is signed in to the desk."""
    client = Client()
    client.force_login(login)
    client.cookies["desk"] = client.cookies.pop("console").value
    return client


def address(name: str, *ids: object) -> str:
    return reverse(f"admin:kernel_review_{name}", args=ids)


def queue_up(world: World, count: int, *, first: int = 1_000_000, kind: str = KIND) -> list[Review]:
    """Put reviews without a subject into the queue, due one minute after the other."""
    now = world.now()
    return Review.objects.bulk_create(
        Review(
            world=world,
            kind=kind,
            subject_id=first + number,
            account_id=0,
            title=f"Applicant {number:04}",
            submitted_at=now,
            due_at=now + timedelta(days=5, minutes=number),
        )
        for number in range(count)
    )


PASSED = {f"check_{code}": "pass" for code in ("entity", "seal", "legal_person", "bank", "contact")}
APPROVE = {**PASSED, "fact_name": "passed", "verdict": "approve"}
