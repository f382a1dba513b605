"""What tests of playing share: a version brought online, people to play it, and a released night."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Account
from portal.kernel.models import World
from portal.outside.models import Person
from releases.models import Version
from tests.releases.conftest import decide, released, submitted

DASH, NIGHT = "paper-lantern-dash", "paper-lantern-dash-night"


def online(upload: Callable[..., Version], number: str, sample: str = DASH, percent: int = 100) -> Version:
    """Upload a sample, have it approved, and release it."""
    version = upload(number, sample)
    submission = submitted(version)
    decide(submission, "approve")
    submission.refresh_from_db()
    released(submission, percent)
    return version


def anew(account: Account) -> Account:
    """Return an account as it is now."""
    return Account.objects.select_related("world").get(pk=account.pk)


def people(world: World, count: int) -> list[Person]:
    """Return new people of a world."""
    return Person.objects.bulk_create(
        Person(
            world=world,
            name=f"Player {number}",
            wechat_id=f"player-{number}",
            id_number="11010519491231002X",
            phone=f"1{number:010}",
        )
        for number in range(count)
    )
